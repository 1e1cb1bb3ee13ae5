//! `analyze`: unused skills, rates and their executions, notes, models, and unknown plans.

use crate::analyze::{THEN, analysis, import, lines};
use crate::harness::Sandbox;
use crate::terminal::has_terminals;
use serde_json::{Value, json};

/// A skill that is no longer used is marked in every format, and there is no recommendation for it.
#[test]
fn an_unused_skill_is_idle() {
    let sandbox = Sandbox::new();
    let old = lines("retired", 0, (0..100).map(|index| index % 5 == 0)).replace("2026-", "2024-");
    import(
        &sandbox,
        &(old + &lines("low", 0, (0..100).map(|index| index % 5 == 0))),
    );
    let ok = analysis(&sandbox, &[]);
    let (low, retired) = (&ok["skills"][0], &ok["skills"][1]);
    assert_eq!((&low["idle"], &low["idle_days"]), (&false.into(), &15.into()));
    assert_eq!(
        (&retired["idle"], &retired["idle_days"]),
        (&true.into(), &746.into())
    );
    // Both have the same weeks, which end now.
    for skill in [low, retired] {
        let weeks = skill["weeks"].as_array().unwrap();
        assert_eq!(
            (weeks.len(), &weeks[0]["start"], &weeks[11]["start"]),
            (12, &"2025-11-03".into(), &"2026-01-19".into())
        );
    }
    let advice = ok["recommendations"].as_array().unwrap();
    assert_eq!(
        (&advice[0]["skill"], &advice[1]["skill"]),
        (&"low".into(), &"retired".into())
    );
    assert!(
        advice[1]["text"]
            .as_str()
            .unwrap()
            .ends_with("; not used for 746 days"),
        "{advice:?}"
    );
    let text = sandbox.good(&["analyze", THEN]);
    let row = text.lines().find(|line| line.starts_with("retired")).unwrap();
    assert!(row.contains("  746d ago   ············  idle"), "{row}");
    assert!(
        text.contains("\nidle: no executions in the last twelve weeks\n"),
        "{text}"
    );
    let markdown = sandbox.good(&["analyze", THEN, "--format", "markdown"]);
    assert!(markdown.contains("| 2024-01-05 | idle |"), "{markdown}");
    let html = sandbox.good(&["analyze", THEN, "--format", "html"]);
    assert!(
        html.contains("No executions in the last twelve weeks; the last one was on 2024-01-05."),
        "{html}"
    );
}

/// A rate comes with the number of its executions, and no state contradicts a recommendation.
#[test]
fn a_rate_shows_its_number_of_executions() {
    let sandbox = Sandbox::new();
    let fell = (0..140).map(|index: usize| {
        if index < 120 {
            !index.is_multiple_of(10)
        } else {
            index.is_multiple_of(10)
        }
    });
    import(&sandbox, &lines("deploy", 0, fell));
    let ok = analysis(&sandbox, &[]);
    let skill = &ok["skills"][0];
    assert_eq!(
        (&skill["changes"][0]["direction"], &skill["missing"]),
        (&"drop".into(), &Value::Null)
    );
    assert!(skill["recent"]["total"].as_u64().unwrap() < 30, "{skill}");
    for format in ["text", "markdown", "html"] {
        let shown = sandbox.good(&["analyze", THEN, "--format", format]);
        assert!(!shown.contains("needed to detect a change"), "{shown}");
        let rate = format!("of {}", skill["recent"]["total"]);
        assert!(shown.contains(&rate), "{format}: {shown}");
    }
}

#[test]
fn notes_that_differ_only_in_numbers_are_counted_together() {
    let sandbox = Sandbox::new();
    let notes = [
        "timeout waiting for the registry after 31s",
        "Timeout waiting for  the registry after 9.5s",
        "no tag found",
        "timeout waiting for the registry after 120s",
        "no tag found",
        "once",
    ];
    let all: String = lines("deploy", 0, (0..24).map(|_| false))
        .lines()
        .zip(notes.iter().cycle())
        .map(|(line, note)| line.replace("timeout while waiting", note) + "\n")
        .collect();
    import(&sandbox, &all);
    let notes = analysis(&sandbox, &[])["recommendations"][0]["notes"].take();
    assert_eq!(
        notes,
        json!([
            {"note": "timeout waiting for the registry after 120s", "count": 12},
            {"note": "no tag found", "count": 8},
            {"note": "once", "count": 4},
        ])
    );
}

/// Models are counted if one skill is selected.
#[test]
fn the_models_of_a_skill_are_counted() {
    let sandbox = Sandbox::new();
    let model = |(index, line): (usize, &str)| {
        let name = ["m-1", "m-2", "m-1"][index % 3];
        line.replace("\"duration_s\"", &format!("\"model\":\"{name}\",\"duration_s\"")) + "\n"
    };
    let all = lines("deploy", 0, (0..120).map(|index| index % 3 != 0));
    import(&sandbox, &all.lines().enumerate().map(model).collect::<String>());
    let ok = analysis(&sandbox, &["--skill", "deploy"]);
    assert_eq!(
        ok["skills"][0]["models"],
        json!([{"model": "m-1", "success": 34, "total": 67}, {"model": "m-2", "success": 33, "total": 33}])
    );
    assert_eq!(analysis(&sandbox, &[])["skills"][0]["models"], json!([]));
    let durations = ok["skills"][0]["durations"].as_array().unwrap();
    let second = |row: &serde_json::Value, end: &str| row[end].as_f64().unwrap();
    assert!(
        !durations.is_empty()
            && durations
                .iter()
                .all(|row| second(row, "to") == 2.0 * second(row, "from")),
        "{durations:?}"
    );
    let text = sandbox.good(&["analyze", THEN, "--skill", "deploy"]);
    assert!(
        text.contains("  models      m-1: 34 of 67, m-2: 33 of 33\n"),
        "{text}"
    );
    let html = sandbox.good(&["analyze", THEN, "--format", "html"]);
    assert!(
        html.contains("<dt>models</dt><dd>m-1: 34 of 67, m-2: 33 of 33</dd>"),
        "{html}"
    );
}

/// A plan without any keys is a mistake, not a plan of unknown duration.
#[test]
fn an_unknown_plan_is_an_error() {
    let sandbox = Sandbox::new();
    let refused = sandbox.refused(1, &["analyze", "--plan", "x"]);
    assert!(refused.err.contains("there is no plan `x`"), "{refused:?}");
    for (key, value) in [
        ("plan:auth-rework:estimated_duration", "60"),
        ("execution:task_1:status", "open"),
        ("execution:cleanup:task_1:status", "open"),
    ] {
        sandbox.good(&["store", "set", key, value]);
    }
    let refused = sandbox.refused(1, &["analyze", "--plan", "auth-rewrok"]);
    assert!(refused.err.contains("did you mean `auth-rework`?"), "{refused:?}");
    for unknown in ["auth", "task_1", "*", "auth-rework:estimated_duration", "clean"] {
        sandbox.refused(1, &["analyze", "--plan", unknown]);
    }
    let known = sandbox.good(&["analyze", "--plan", "auth-rework"]);
    assert!(
        known.starts_with("Estimated duration: 60min\nActual duration: unknown\n"),
        "{known}"
    );
    let known = sandbox.good(&["analyze", "--plan", "cleanup"]);
    assert!(known.contains("execution:cleanup:task_1:status: open"), "{known}");
}

#[test]
fn plans_are_compared_with_their_tasks() {
    let sandbox = Sandbox::new();
    let set = |key: &str, value: &str| assert_eq!(sandbox.run(&["store", "set", key, value]).code, 0);
    set("plan:auth:estimated_duration", "100");
    set("plan:auth:actual_duration", "120");
    set("execution:auth:task_1:status", "complete");
    set("execution:task_2:status", "open");
    let plan = sandbox.run(&["analyze", "--plan", "auth"]).out;
    assert!(
        plan.contains("Estimation accuracy: 1.2x") && !plan.contains("Recommendation"),
        "{plan}"
    );
    assert!(
        plan.contains("execution:auth:task_1:status: complete")
            && plan.contains("execution:task_2:status: open")
    );
    set("plan:auth:actual_duration", "150");
    assert!(
        sandbox
            .run(&["analyze", "--plan", "auth"])
            .out
            .contains("Recommendation: multiply estimates like this one by 1.5")
    );
    for (estimate, actual) in [
        ("1e-308", "1e308"),
        ("0", "5"),
        ("soon", "5"),
        ("NaN", "5"),
        ("system(\"x\")+1", "5"),
    ] {
        set("plan:auth:estimated_duration", estimate);
        set("plan:auth:actual_duration", actual);
        let (_, reply) = sandbox.json(&["analyze", "--plan", "auth"]);
        assert_eq!(reply["ok"]["ratio"], Value::Null, "{estimate}");
        let text = sandbox.run(&["analyze", "--plan", "auth"]).out;
        assert!(!text.contains("accuracy"), "{text}");
    }
    set("worktree:feature-x", "/tmp/x");
    assert!(
        sandbox
            .run(&["analyze", "--worktrees"])
            .out
            .contains("worktree:feature-x: /tmp/x")
    );
}

/// A color matches the state, and every color comes with a word.
#[test]
fn the_colors_of_a_page_follow_the_state() {
    let sandbox = Sandbox::new();
    let rates = [("never", 0), ("always", 10), ("mostly", 8)];
    let all = rates.map(|(skill, good)| lines(skill, 0, (0..200).map(move |index| index % 10 < good)));
    import(&sandbox, &all.concat());
    let page = sandbox.good(&["analyze", THEN, "--format", "html"]);
    for (skill, color, word) in [
        ("never", "bad", "✖ low"),
        ("always", "good", "● good"),
        ("mostly", "mid", "◐ moderate"),
    ] {
        let row = page
            .lines()
            .find(|line| line.starts_with("<tr") && line.contains(skill));
        let row = row.unwrap();
        assert!(
            row.contains(&format!("<span class=\"chip {color}\">{word}</span>")),
            "{row}"
        );
        assert!(row.contains(&format!("fill=\"var(--{color})\"")), "{row}");
        for other in ["bad", "good", "mid"].into_iter().filter(|other| *other != color) {
            assert!(!row.contains(other), "{other}: {row}");
        }
    }
}

/// On a phone, 400 pixels wide, no text is smaller than 11 pixels, and no chart is scaled down.
#[test]
fn a_page_fits_a_phone() {
    let sandbox = Sandbox::new();
    import(
        &sandbox,
        &lines("deploy", 0, (0..100).map(|index| index % 3 == 0)),
    );
    let page = sandbox.good(&["analyze", THEN, "--format", "html"]);
    let number = |text: &str| -> Option<(f64, String)> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, rest) = text.split_at(end);
        Some((digits.parse().ok()?, rest.chars().take(3).collect()))
    };
    let mut sizes = 0;
    for text in page
        .split("font-size:")
        .skip(1)
        .chain(page.split("{font:").skip(1))
        .chain(page.split(";font:").skip(1))
    {
        let (size, unit) = number(text).unwrap();
        let pixels = if unit.starts_with("px") { size } else { size * 16.0 };
        assert!(pixels >= 11.0, "{size}{unit}");
        sizes += 1;
    }
    assert!(sizes >= 6, "{sizes}");
    // There is a margin of 16 pixels on each side.
    let widths = page.split("<svg").skip(1).map(|svg| {
        let (width, _) = number(svg.split(" width=\"").nth(1).unwrap()).unwrap();
        width
    });
    let widths: Vec<f64> = widths.collect();
    assert!(
        widths.len() == 5 && widths.iter().all(|width| *width <= 368.0),
        "{widths:?}"
    );
}

/// A narrow terminal shows fewer columns instead of very narrow ones.
#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_narrow_terminal_shows_fewer_columns() {
    if !has_terminals() {
        println!("skipped: there is no script of util-linux");
        return;
    }
    let sandbox = Sandbox::new();
    import(
        &sandbox,
        &lines("release-notes", 0, (0..100).map(|index| index % 5 != 0)),
    );
    let heading = |columns: usize| {
        let shown = sandbox.shown(columns, &["analyze", THEN], &[("NO_COLOR", "1")]);
        assert!(
            shown[1].starts_with("release-notes ") && shown[1].contains("80% of 100"),
            "{shown:?}"
        );
        assert!(
            shown[1].ends_with("moderate") && !shown[1].contains('…'),
            "{shown:?}"
        );
        shown[0]
            .split("  ")
            .filter(|title| !title.is_empty())
            .map(|title| title.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(heading(40), ["SKILL", "RATE", "STATE"]);
    assert_eq!(heading(60), ["SKILL", "RATE", "LAST USED", "STATE"]);
    let all = ["SKILL", "TOTAL", "RATE", "95%", "LAST USED", "12 WEEKS", "STATE"];
    assert_eq!(heading(80), all);
}

#[test]
fn nine_executions_are_too_few_for_a_rating() {
    let sandbox = Sandbox::new();
    for (skill, count) in [("nine", 9), ("ten", 10)] {
        import(&sandbox, &lines(skill, 0, (0..count).map(|_| false)));
    }
    let ok = analysis(&sandbox, &[]);
    let tiers: Vec<&str> = ok["skills"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skill| skill["tier"].as_str().unwrap())
        .collect();
    assert_eq!(tiers, ["unsure", "low"]);
}

#[test]
fn a_version_may_be_the_start_of_a_digest() {
    let sandbox = Sandbox::new();
    let digest = |line: &str, digest: &str| {
        line.replace(
            "\"duration_s\"",
            &format!("\"skill_digest\":\"{digest}\",\"duration_s\""),
        )
    };
    let old = lines("deploy", 0, (0..20).map(|_| false));
    let new = lines("deploy", 100, (0..20).map(|_| true));
    let (a, b) = ("abcdef".repeat(10) + "0000", "123456".repeat(10) + "0000");
    import(&sandbox, &(digest(&old, &a) + &digest(&new, &b)));
    let compare = |a: &str, b: &str| sandbox.json(&["analyze", "--skill", "deploy", "--compare", a, b]);
    let (code, reply) = compare("abcdef", "12345612");
    assert_eq!(code, 0, "{reply}");
    assert_eq!(
        (
            &reply["ok"]["a"]["rate"]["success"],
            &reply["ok"]["b"]["rate"]["success"]
        ),
        (&json!(0), &json!(20))
    );
    assert_eq!(compare("abcde", "123456").0, 1, "five are too few");
}
