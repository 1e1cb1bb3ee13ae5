//! `analyze`: rates, changes, recommendations, plans.

use crate::harness::{Sandbox, unsafe_characters};
use serde_json::{Value, json};

/// Lines of executions of a skill, one per hour from `first` on; `pattern` says which of them succeeded.
pub(crate) fn lines(skill: &str, first: usize, pattern: impl Iterator<Item = bool>) -> String {
    let line = |(index, success): (usize, bool)| {
        let hour = first + index;
        let (outcome, notes) = if success {
            ("success", "")
        } else {
            ("failure", "timeout while waiting")
        };
        format!(
            "{{\"ts\":\"2026-{:02}-{:02}T{:02}:00:00Z\",\"skill\":\"{skill}\",\"outcome\":\"{outcome}\",\"duration_s\":2,\"notes\":\"{notes}\"}}\n",
            1 + hour / 24 / 28,
            1 + hour / 24 % 28,
            hour % 24
        )
    };
    pattern.enumerate().map(line).collect()
}

/// Nine of ten succeed, then every second one.
pub(crate) fn worsening() -> impl Iterator<Item = bool> {
    (0..200).map(|index: usize| {
        if index < 120 {
            !index.is_multiple_of(10)
        } else {
            index.is_multiple_of(2)
        }
    })
}

pub(crate) fn import(sandbox: &Sandbox, lines: &str) {
    let file = sandbox.file("lines.jsonl", lines);
    let ran = sandbox.run(&["metrics", "import", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
}

/// The end of the period of the lines in these tests. Reports are for this time, not for now.
pub(crate) const THEN: &str = "--until=2026-01-20";

pub(crate) fn analysis(sandbox: &Sandbox, words: &[&str]) -> Value {
    let then: &[&str] = if words.contains(&"--compare") {
        &[]
    } else {
        &[THEN]
    };
    let (code, mut reply) = sandbox.json(&[&["analyze"], then, words].concat());
    assert_eq!(code, 0, "{reply}");
    reply["ok"].take()
}

/// The analysis as of now without its time; only this one uses saved histories.
fn analysis_of_all(sandbox: &Sandbox) -> Value {
    let (code, mut reply) = sandbox.json(&["analyze"]);
    assert_eq!(code, 0, "{reply}");
    assert!(reply["ok"]["as_of"].take().is_string());
    reply["ok"].take()
}

#[test]
fn a_skill_that_got_worse_is_named_with_its_evidence() {
    let sandbox = Sandbox::new();
    import(&sandbox, &lines("deploy", 0, worsening()));
    import(
        &sandbox,
        &lines(&"a-very-long-name-".repeat(5), 0, (0..9).map(|_| true)),
    );
    import(
        &sandbox,
        &lines("steady", 0, (0..100).map(|index| index % 20 != 0)),
    );
    let ok = analysis(&sandbox, &[]);
    let skills = ok["skills"].as_array().unwrap();
    let (deploy, steady) = (&skills[1], &skills[2]);
    assert_eq!(steady["changes"].as_array().unwrap().len(), 0);
    assert_eq!(steady["tier"], "good");
    let change = &deploy["changes"][0];
    assert_eq!(
        (&change["direction"], &change["holds"]),
        (&"drop".into(), &true.into())
    );
    assert!(
        change["since"].as_str().unwrap().starts_with("2026-01-0"),
        "{change}"
    );
    assert!(change["runs_ago"].as_u64().unwrap().abs_diff(80) <= 4, "{change}");
    assert_eq!(deploy["rate"]["total"], 200);
    assert_eq!(deploy["recent"]["total"], change["runs_ago"]);
    let advice = ok["recommendations"].as_array().unwrap();
    assert_eq!(advice.len(), 2, "{advice:?}");
    assert_eq!(
        (&advice[0]["kind"], &advice[0]["skill"]),
        (&"worse".into(), &"deploy".into())
    );
    assert_eq!(
        advice[0]["notes"],
        json!([{"note": "timeout while waiting", "count": 50}])
    );
    // The same as text, within 80 columns.
    let text = sandbox.run(&["analyze", THEN]);
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    let row = text.out.lines().find(|line| line.starts_with("deploy")).unwrap();
    assert!(
        row.contains("  200    49% of 79") && row.ends_with("  fell"),
        "{row}"
    );
    assert!(text.out.contains("\nfell: success rate fell; "), "{}", text.out);
    assert!(
        text.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        text.out
    );
    let one = sandbox.run(&["analyze", THEN, "--skill", "deploy"]);
    assert!(
        one.out.contains("  fell        on 2026-01-0") && !one.out.contains("steady"),
        "{}",
        one.out
    );
    let advice = sandbox.run(&["analyze", THEN, "--recommendations"]);
    assert!(
        advice.out.contains("[worse] deploy: success rate fell from ") && !advice.out.contains("TOTAL"),
        "{}",
        advice.out
    );
}

#[test]
fn checking_often_finds_the_same_changes() {
    let (often, once) = (Sandbox::new(), Sandbox::new());
    let all: Vec<bool> = worsening().chain((0..300).map(|index| index % 10 != 0)).collect();
    for (part, outcomes) in all.chunks(37).enumerate() {
        import(&often, &lines("deploy", part * 37, outcomes.iter().copied()));
        analysis_of_all(&often);
    }
    import(&once, &lines("deploy", 0, all.iter().copied()));
    assert_eq!(analysis_of_all(&often), analysis_of_all(&once));
    // An execution that is recorded late is counted at its time.
    let late = lines("deploy", 3, std::iter::once(false)).replace("03:00:00", "03:30:00");
    for sandbox in [&often, &once] {
        import(sandbox, &late);
    }
    std::fs::remove_file(once.runtime_home().join("clawpowers.db")).unwrap();
    std::fs::remove_file(once.runtime_home().join("clawpowers.db-wal")).unwrap();
    import(&once, &(lines("deploy", 0, all.iter().copied()) + &late));
    assert_eq!(analysis_of_all(&often), analysis_of_all(&once));
    assert_eq!(analysis_of_all(&once)["skills"][0]["rate"]["total"], 501);
}

#[test]
fn skipped_and_open_executions_do_not_count() {
    let sandbox = Sandbox::new();
    for outcome in ["success", "skipped", "skipped", "failure"] {
        sandbox.run(&["metrics", "record", "--skill", "s", "--outcome", outcome]);
    }
    sandbox.run(&["metrics", "start", "--skill", "s"]);
    let ok = analysis_of_all(&sandbox);
    let skill = &ok["skills"][0];
    assert_eq!(
        (&skill["rate"]["success"], &skill["rate"]["total"]),
        (&1.into(), &2.into())
    );
    assert_eq!(skill["rate"]["value"], 0.5);
    assert_eq!(skill["tier"], "unsure");
    assert_eq!(skill["missing"], "8 more executions needed for a rating");
}

#[test]
fn unknown_names_are_reported_with_a_suggestion() {
    let sandbox = Sandbox::new();
    let none = sandbox.run(&["analyze", THEN]);
    assert_eq!((none.code, none.out.as_str()), (0, "No executions yet.\n"));
    assert!(
        none.err.starts_with("hint: record an execution with "),
        "{}",
        none.err
    );
    let refused = sandbox.refused(1, &["analyze", THEN, "--skill", "deploy"]);
    assert!(refused.err.contains("metrics record"), "{}", refused.err);
    assert!(
        !sandbox.runtime_home().join("clawpowers.db").exists(),
        "looking makes nothing"
    );
    sandbox.run(&["metrics", "record", "--skill", "deploy", "--outcome", "success"]);
    let refused = sandbox.refused(1, &["analyze", "--skill", "deplyo"]);
    assert!(refused.err.contains("did you mean `deploy`?"), "{}", refused.err);
    sandbox.refused(2, &["analyze", "--format", "prose"]);
    sandbox.refused(2, &["analyze", "--plan", "a", "--worktrees"]);
    // There is no fallback to text: a page of HTML would contain untrusted text without escaping.
    for words in [&["--plan", "a"][..], &["--worktrees"]] {
        for format in ["html", "markdown"] {
            sandbox.refused(3, &[&["analyze", "--format", format], words].concat());
        }
    }
}

#[test]
fn untrusted_text_is_escaped() {
    let sandbox = Sandbox::new();
    // 1.x accepted any name.
    let name = "a|b\\u001b[31m<script>\\u202e";
    let notes = "<img src=x onerror=alert(1)> \\u001b[2J";
    let lines: String = (0..20)
        .map(|n| format!("{{\"ts\":\"2026-01-01T00:00:{n:02}Z\",\"skill\":\"{name}\",\"outcome\":\"failure\",\"notes\":\"{notes}\"}}\n"))
        .collect();
    import(&sandbox, &lines);
    for format in ["text", "json", "markdown", "html"] {
        let ran = sandbox.run(&["analyze", THEN, "--format", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(
            unsafe_characters(&ran.out),
            Vec::<char>::new(),
            "{format}: {}",
            ran.out
        );
        if format == "html" {
            assert!(ran.out.contains("a|b") && !ran.out.contains("<script") && !ran.out.contains("<img"));
        }
        if format == "markdown" {
            assert!(
                ran.out.contains("a\\|b") && !ran.out.contains("<script>"),
                "{}",
                ran.out
            );
        }
    }
}

#[test]
fn an_explicit_format_overrides_the_global_option() {
    let sandbox = Sandbox::new();
    import(
        &sandbox,
        "{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"a\",\"outcome\":\"success\"}\n",
    );
    assert!(sandbox.run(&["analyze", "--json"]).out.starts_with("{\"ok\":"));
    for (format, start) in [
        ("markdown", "# "),
        ("html", "<!doctype html>"),
        ("json", "{\"ok\":"),
    ] {
        let ran = sandbox.run(&["analyze", "--json", "--format", format]);
        assert!(ran.out.to_lowercase().starts_with(start), "{format}: {}", ran.out);
    }
}

#[test]
fn versions_and_periods_are_compared() {
    let sandbox = Sandbox::new();
    let version = |version: &str, first, good: usize, all: usize| {
        let text = lines("deploy", first, (0..all).map(move |index| index < good));
        text.replace(
            "\"duration_s\"",
            &format!("\"skill_version\":\"{version}\",\"duration_s\""),
        )
    };
    import(
        &sandbox,
        &(version("1.0.0", 0, 90, 100) + &version("1.1.0", 100, 61, 100)),
    );
    let ran = sandbox.run(&["analyze", "--skill", "deploy", "--compare", "1.0.0", "1.1.0"]);
    assert_eq!(
        ran.out,
        "deploy\n  1.0.0: 90 of 100 = 90% (83–94%)\n  1.1.0: 61 of 100 = 61% (51–70%)\n  difference: -29 points (95%: -40 to \
         -17), p < 0.001 (z)\n  `1.0.0` succeeds more often\n"
    );
    let ok = analysis(
        &sandbox,
        &[
            "--skill",
            "deploy",
            "--compare",
            "..2026-01-02",
            "2026-01-02..2026-01-03",
        ],
    );
    assert_eq!(
        (&ok["a"]["rate"]["total"], &ok["b"]["rate"]["total"]),
        (&24.into(), &24.into())
    );
    assert_eq!(ok["verdict"], "the rates are equal");
    sandbox.refused(
        3,
        &["analyze", "--skill", "deploy", "--compare", "soon..", "1.0.0"],
    );
    let refused = sandbox.refused(1, &["analyze", "--skill", "deplyo", "--compare", "1", "2"]);
    assert!(refused.err.contains("did you mean `deploy`?"), "{}", refused.err);
    sandbox.refused(2, &["analyze", "--compare", "1", "2"]);
}

#[test]
fn an_empty_side_of_a_comparison_is_reported() {
    let sandbox = Sandbox::new();
    let version = |version: &str, day: usize, outcomes: &[bool]| {
        lines("deploy", day * 24, outcomes.iter().copied()).replace(
            "\"duration_s\"",
            &format!("\"skill_version\":\"{version}\",\"duration_s\""),
        )
    };
    let mut all = String::new();
    for minor in 0..6 {
        all += &version(&format!("1.{minor}.0"), minor, &[true, true, true, false]);
    }
    import(&sandbox, &all);
    let compare = |a, b| ["analyze", "--skill", "deploy", "--compare", a, b];
    let near = sandbox.refused(1, &compare("1.0.0", "1.5.1"));
    assert!(
        near.err
            .contains("no executions of the version `1.5.1` of the skill `deploy`")
            && near.err.contains("did you mean `1.5.0`?"),
        "{}",
        near.err
    );
    let far = sandbox.refused(1, &compare("next", "1.0.0"));
    assert!(
        far.err.contains("the version `next`")
            && far
                .err
                .contains("executions of `1.5.0`, `1.4.0`, `1.3.0`, `1.2.0`, `1.1.0` and 1 more"),
        "{}",
        far.err
    );
    // One failed execution is enough for the skill to be known.
    import(
        &sandbox,
        &version("2.0.0", 10, &[true]).replace("\"success\"", "\"skipped\""),
    );
    for (a, b, verdict) in [
        ("1.0.0", "2.0.0", "`2.0.0` has no executions that count"),
        (
            "..2020-01-01",
            "1.0.0",
            "`..2020-01-01` has no executions that count",
        ),
        ("..2020-01-01", "2.0.0", "neither side has executions that count"),
    ] {
        let ok = analysis(&sandbox, &compare(a, b)[1..]);
        assert_eq!(
            (&ok["comparison"], &ok["verdict"]),
            (&Value::Null, &verdict.into())
        );
    }
    let bare = Sandbox::new();
    import(&bare, &lines("deploy", 0, std::iter::once(true)));
    let none = bare.refused(1, &compare("1.0.0", "1.1.0"));
    assert!(
        none.err.contains("none of its executions has a version"),
        "{}",
        none.err
    );
}

#[test]
fn a_comparison_says_how_many_executions_are_missing() {
    let sandbox = Sandbox::new();
    import(&sandbox, &lines("deploy", 0, (0..24).map(|index| index % 4 > 0)));
    import(&sandbox, &lines("deploy", 24, (0..48).map(|index| index % 3 > 0)));
    let words = ["--skill", "deploy", "--compare", "..2026-01-02", "2026-01-02.."];
    let ok = analysis(&sandbox, &words);
    let needed = ok["comparison"]["needed"].as_u64().unwrap();
    assert_eq!(
        ok["verdict"],
        format!(
            "not significant: detecting this difference takes about {needed} executions per side, {} more of \
             `..2026-01-02` and {} more of `2026-01-02..`",
            needed - 24,
            needed - 48
        )
    );
}

#[test]
fn overlapping_periods_are_rejected() {
    let sandbox = Sandbox::new();
    import(&sandbox, &lines("deploy", 0, (0..48).map(|index| index % 4 > 0)));
    let compare = |a, b| ["analyze", "--skill", "deploy", "--compare", a, b];
    for (a, b) in [
        ("..", ".."),
        ("..2026-01-02", ".."),
        ("..2026-01-03", "2026-01-02.."),
        ("2026-01-02..", "2026-01-01..2026-01-02T00:00:01Z"),
        ("30d..", "7d.."),
    ] {
        let refused = sandbox.refused(3, &compare(a, b));
        assert!(
            refused
                .err
                .contains(&format!("the times `{a}` and `{b}` overlap")),
            "{}",
            refused.err
        );
    }
    for (a, b) in [
        ("..2026-01-02", "2026-01-02.."),
        ("2026-01-02..", "..2026-01-01"),
        ("7d..", "30d..7d"),
    ] {
        sandbox.good(&compare(a, b));
    }
}

#[test]
fn failures_are_traced_to_a_version_and_a_session() {
    let sandbox = Sandbox::new();
    let first = lines("deploy", 0, worsening().take(120))
        .replace("\"duration_s\"", "\"skill_version\":\"1.0.0\",\"duration_s\"");
    let later = lines("deploy", 120, worsening().skip(120))
        .replace("\"duration_s\"", "\"skill_version\":\"2.0.0\",\"duration_s\"");
    // All later failures are of one session, among others that succeed.
    let session = |line: &str| {
        let name = if line.contains("failure") { "night" } else { "day" };
        line.replace(
            "\"duration_s\"",
            &format!("\"session\":\"{name}\",\"duration_s\""),
        ) + "\n"
    };
    import(
        &sandbox,
        &(first + &later.lines().map(session).collect::<String>()),
    );
    let ok = analysis(&sandbox, &[]);
    let advice = &ok["recommendations"][0];
    assert_eq!(
        (&advice["kind"], &advice["version"]),
        (&"worse".into(), &"2.0.0".into()),
        "{advice}"
    );
    assert_eq!(advice["session"]["session"], "night");
    assert_eq!(advice["session"]["failures"], advice["session"]["total"]);
    let text = sandbox.run(&["analyze", THEN, "--recommendations"]).out;
    assert!(
        text.contains("the skill changed to 2.0.0 at that time")
            && text.contains("executions in session night failed"),
        "{text}"
    );
    assert!(
        sandbox
            .run(&["status"])
            .out
            .contains("[worse] deploy: success rate fell from 90% to 49% on 2026-01-06")
    );
    // The executions since then show no change.
    let ok = analysis(&sandbox, &["--since", "2026-01-06T12:00:00Z"]);
    assert_eq!(ok["skills"][0]["changes"], Value::Array(Vec::new()));
    assert!(ok["skills"][0]["rate"]["total"].as_u64().unwrap() < 80);
    sandbox.refused(3, &["analyze", "--since", "soon"]);
}

#[test]
fn a_report_contains_only_its_period() {
    let sandbox = Sandbox::new();
    let old = lines("deploy", 0, (0..30).map(|_| false)).replace("timeout while waiting", "ancient breakage");
    import(
        &sandbox,
        &(old + &lines("deploy", 30, (0..30).map(|index| index % 4 == 0))),
    );
    let ok = analysis(&sandbox, &["--since", "2026-01-02T06:00:00Z"]);
    let skill = &ok["skills"][0];
    let sum = |field: &str| -> i64 {
        let weeks = skill["weeks"].as_array().unwrap();
        weeks.iter().map(|week| week[field].as_i64().unwrap()).sum()
    };
    assert_eq!((sum("success"), sum("failure")), (8, 22));
    let advice = ok["recommendations"][0].to_string();
    assert!(
        advice.contains("timeout") && !advice.contains("ancient"),
        "{advice}"
    );
}

#[test]
fn executions_in_the_future_hide_nothing() {
    let sandbox = Sandbox::new();
    let ahead = lines("deploy", 300, std::iter::once(true)).replace("2026-", "2099-");
    import(&sandbox, &(lines("deploy", 0, worsening()) + &ahead));
    let ok = analysis(&sandbox, &[]);
    let weeks = ok["skills"][0]["weeks"].as_array().unwrap();
    assert_ne!(weeks[11]["start"], "2099-01-12", "{weeks:?}");
    // A skill that is used in the future is not idle, and future executions are in no week.
    let alone = Sandbox::new();
    import(&alone, &ahead);
    let ok = analysis_of_all(&alone);
    let skill = &ok["skills"][0];
    assert_eq!(
        (&skill["rate"]["total"], &skill["idle"], &skill["idle_days"]),
        (&1.into(), &false.into(), &0.into())
    );
    assert_eq!(skill["weeks"][11]["success"], 0);
}

#[test]
fn wide_characters_and_long_words_are_wrapped() {
    let sandbox = Sandbox::new();
    let name = "\u{53d1}".repeat(40);
    let failing = lines(&name, 0, (0..30).map(|_| false)).replace("timeout", &"\u{8d85}".repeat(60));
    import(&sandbox, &failing);
    for format in ["text", "markdown", "html"] {
        let shown = sandbox.run(&["analyze", THEN, "--format", format]).out;
        let word = format!(" {}… (30)", "\u{8d85}".repeat(29));
        assert!(shown.replace("\n      ", " ").contains(&word), "{shown}");
    }
    for words in [
        &["analyze"][..],
        &["analyze", THEN, "--recommendations"],
        &["status"],
    ] {
        let ran = sandbox.run(words);
        let columns = |line: &str| {
            line.chars()
                .map(|c| 1 + usize::from(c > '\u{2e80}'))
                .sum::<usize>()
        };
        let shown = ran.out.split("recommendations").last().unwrap();
        let shown = if words == ["analyze"] {
            ran.out.as_str()
        } else {
            shown
        };
        assert!(shown.lines().all(|line| columns(line) <= 80), "{}", ran.out);
    }
}

#[test]
fn a_missing_version_is_not_a_change_of_version() {
    let sandbox = Sandbox::new();
    // Some are recorded by hand without a version; or two versions are used at the same time.
    let side_by_side = |(index, line): (usize, &str)| {
        let version = format!("\"skill_version\":\"{}.0.0\",", 1 + index % 2);
        line.replace("\"duration_s\"", &format!("{version}\"duration_s\""))
            .replace("deploy", "both")
            + "\n"
    };
    let named = |(index, line): (usize, &str)| {
        let version = if index % 3 == 0 {
            "\"skill_version\":\"1.0.0\","
        } else {
            ""
        };
        line.replace("\"duration_s\"", &format!("{version}\"duration_s\"")) + "\n"
    };
    let all: String = lines("deploy", 0, worsening())
        .lines()
        .enumerate()
        .map(named)
        .collect();
    let both: String = lines("deploy", 0, worsening())
        .lines()
        .enumerate()
        .map(side_by_side)
        .collect();
    import(&sandbox, &(all + &both));
    let ok = analysis(&sandbox, &[]);
    let advice = ok["recommendations"].as_array().unwrap();
    assert_eq!(advice.len(), 2);
    for one in advice {
        assert_eq!(
            (&one["kind"], &one["version"]),
            (&"worse".into(), &Value::Null),
            "{one}"
        );
    }
}

#[test]
fn failures_are_traced_to_the_version_in_which_they_cluster() {
    let sandbox = Sandbox::new();
    // Two versions at the same time: one fails two times of three, the other rarely. Nothing changes over time.
    let named = |(index, line): (usize, &str)| {
        let version = if index % 5 == 0 { "1.0.0" } else { "2.0.0" };
        line.replace(
            "\"duration_s\"",
            &format!("\"skill_version\":\"{version}\",\"duration_s\""),
        ) + "\n"
    };
    let outcomes = (0..150).map(|index: usize| index.is_multiple_of(5) || index.is_multiple_of(3));
    let all: String = lines("deploy", 0, outcomes)
        .lines()
        .enumerate()
        .map(named)
        .collect();
    import(&sandbox, &all);
    let ok = analysis(&sandbox, &[]);
    let advice = &ok["recommendations"][0];
    assert_eq!(
        (&advice["kind"], &advice["version"]),
        (&"low".into(), &Value::Null),
        "{advice}"
    );
    assert_eq!(advice["failing_version"]["version"], "2.0.0");
    assert_eq!(
        (
            &advice["failing_version"]["failures"],
            &advice["failing_version"]["total"]
        ),
        (&80.into(), &120.into())
    );
    let text = sandbox.run(&["analyze", THEN, "--recommendations"]).out;
    assert!(
        text.contains("80 of 120 executions of version 2.0.0 failed"),
        "{text}"
    );
}

#[test]
fn low_is_sure_only_if_valid_under_repeated_checks() {
    let sandbox = Sandbox::new();
    // The 95% interval is below 60% in both.
    import(
        &sandbox,
        &lines("many", 0, (0..100).map(|index| index * 40 % 100 < 40)),
    );
    import(
        &sandbox,
        &lines("chance", 0, (0..50).map(|index| index * 22 % 50 < 22)),
    );
    let ok = analysis(&sandbox, &[]);
    let advice = |skill: &str| {
        let all = ok["recommendations"].as_array().unwrap();
        all.iter().find(|one| one["skill"] == skill).unwrap().clone()
    };
    for (skill, sure, words) in [
        ("many", "sure", "rework it, or use another skill"),
        ("chance", "unsure", "which may be chance"),
    ] {
        let one = advice(skill);
        assert_eq!(
            (&one["kind"], &one["sure"]),
            (&"low".into(), &sure.into()),
            "{one}"
        );
        assert!(one["text"].as_str().unwrap().contains(words), "{one}");
    }
}

#[test]
fn counts_of_one_are_singular() {
    let sandbox = Sandbox::new();
    import(&sandbox, &lines("once", 0, std::iter::once(true)));
    import(&sandbox, &lines("nearly", 0, (0..9).map(|_| true)));
    for format in ["text", "markdown", "html"] {
        let text = sandbox.run(&["analyze", THEN, "--format", format]).out;
        for words in [
            "too few executions: 9 more needed",
            "too few executions: 1 more needed",
        ] {
            assert!(text.replace("\n      ", " ").contains(words), "{text}");
        }
    }
    let one = sandbox
        .run(&["analyze", THEN, "--format", "html", "--skill", "once"])
        .out;
    assert!(
        one.contains("<p>1 skill. Executions: 1 (1 success, ") && one.contains("1 of 1 = "),
        "{one}"
    );
}

#[test]
fn a_report_of_many_skills_is_shortened() {
    let sandbox = Sandbox::new();
    // 25 skills with a low rate and 40 with few executions.
    let low = |n: usize| lines(&format!("low-{n:02}"), 0, (0..30).map(|_| false));
    let few = |n: usize| lines(&format!("few-{n:02}"), 0, (0..=n % 3).map(|_| true));
    import(
        &sandbox,
        &(0..25).map(low).chain((0..40).map(few)).collect::<String>(),
    );
    let count = |text: &str, mark: &str| text.lines().filter(|line| line.starts_with(mark)).count();
    let text = sandbox.good(&["analyze", THEN]);
    // Low ones are selected first, then the most used; the table is sorted by name.
    assert_eq!((count(&text, "few-"), count(&text, "low-")), (25, 25), "{text}");
    assert!(text.find("few-01") < text.find("low-00"), "{text}");
    assert!(text.contains("\nand 15 more: `clawpowers analyze --skill NAME` or `--json`\n"));
    assert_eq!(count(&text, "  [low] low-"), 20);
    assert!(text.ends_with("\n  and 45 more: `clawpowers analyze --recommendations`\n"));
    let status = sandbox.good(&["status"]);
    assert_eq!(count(&status, "  [low] low-"), 10);
    assert!(status.ends_with("\n  and 15 more: `clawpowers analyze --recommendations`\n"));
    let all = sandbox.good(&["analyze", THEN, "--recommendations"]);
    assert_eq!(
        (count(&all, "  [low] low-"), count(&all, "  [more] few-")),
        (25, 40)
    );
    let ok = analysis(&sandbox, &[]);
    let length = |field: &str| ok[field].as_array().unwrap().len();
    assert_eq!((length("skills"), length("recommendations")), (65, 65));
}
