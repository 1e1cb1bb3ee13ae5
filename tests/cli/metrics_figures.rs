//! `metrics`: sums, filters, times, and a test for each bug of 1.x in them.

use crate::harness::{Sandbox, finish, good_error};
use crate::metrics::summary;
use serde_json::{Value, json};

/// Imports one execution per line: time, skill, outcome, and more fields.
fn given(sandbox: &Sandbox, rows: &[(&str, &str, &str, Value)]) {
    let lines: String = rows
        .iter()
        .map(|(ts, skill, outcome, more)| {
            let mut line = json!({"ts": ts, "skill": skill, "outcome": outcome});
            let fields = line.as_object_mut().unwrap();
            fields.extend(more.as_object().cloned().unwrap_or_default());
            format!("{line}\n")
        })
        .collect();
    let ran = sandbox.feed(&["metrics", "import", "-"], lines.as_bytes());
    assert_eq!(
        ran.text(),
        format!("executions: {} imported, 0 already imported\n", rows.len()),
        "{}",
        ran.err
    );
}

/// The skills that `metrics show` prints, in its order.
fn skills(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let shown = sandbox.good(&[&["metrics", "show", "--limit", "1000"], args].concat());
    let skill = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["skill"].as_str().unwrap().to_owned()
    };
    shown.lines().map(skill).collect()
}

#[test]
fn a_summary_matches_a_manual_count() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.good(&["metrics", "summary"]), "No metrics recorded\n");
    assert_eq!(
        sandbox.good(&["metrics", "summary", "--skill", "tea"]),
        "No metrics recorded for skill: tea\n"
    );
    let at = "2026-11-03T08:00:00Z";
    let mut rows = vec![(at, "one-of-8", "success", json!({"duration_s": 1}))];
    rows.extend((0..7).map(|_| (at, "one-of-8", "failure", json!({"duration_s": 2}))));
    rows.push((at, "mix", "success", json!({"duration_s": 1, "cost_usd": 0.1})));
    rows.push((at, "mix", "partial", json!({"duration_s": 2, "cost_usd": 0.2})));
    rows.push((at, "mix", "skipped", json!({"tokens_in": 10, "tokens_out": 5})));
    given(&sandbox, &rows);
    // 1 of 8 is 12.5%, 7 of 8 is 87.5%; 15 s of 8 are 1.875 s.
    assert_eq!(
        sandbox.good(&["metrics", "summary", "--skill", "one-of-8"]),
        "Total executions: 8\n  Success: 1 (13%)\n  Failure: 7 (88%)\n  Partial: 0 (0%)\nAvg duration: 2s\n\
         Median duration: 2.0s, p95: 2.0s\n"
    );
    // 1.5 s is rounded up; skipped executions count.
    assert_eq!(
        sandbox.good(&["metrics", "summary", "--skill", "mix"]),
        "Total executions: 3\n  Success: 1 (33%)\n  Failure: 0 (0%)\n  Partial: 1 (33%)\n  Skipped: 1 (33%)\n\
         Avg duration: 2s\nMedian duration: 1.0s, p95: 2.0s\nCost: $0.3 over 2 executions\n\
         Tokens: 10 in, 5 out, over 1 execution\n"
    );
    let all = sandbox.good(&["metrics", "summary"]);
    assert!(
        all.starts_with("Total executions: 11\n  Success: 2 (18%)\n  Failure: 7 (64%)\n"),
        "{all}"
    );
    assert!(
        all.ends_with("\n\nSkill breakdown:\n  mix: 3\n  one-of-8: 8\n"),
        "{all}"
    );
    let reply = summary(&sandbox, &[]);
    assert_eq!(reply["skills"][0]["skill"], "mix");
    assert_eq!(
        reply["skills"][0]["cost"],
        json!({"count": 2, "total": 0.3}),
        "exactly 0.3"
    );
    assert_eq!(reply["skills"][1]["failure"], 7);
    assert_eq!(reply["skills"][1]["cost"], Value::Null);
    let all = &reply["all"];
    assert_eq!(
        (&all["total"], &all["skipped"], &all["open"]),
        (&json!(11), &json!(1), &json!(0))
    );
    assert_eq!(
        (&all["duration"]["count"], &all["duration"]["total"]),
        (&json!(10), &json!(18.0))
    );
    assert_eq!(all["duration"]["mean"], 1.8);
    assert_eq!(
        all["tokens"],
        json!({"count": 1, "tokens_in": 10, "tokens_out": 5})
    );
    assert_eq!((&all["first_at"], &all["last_at"]), (&json!(at), &json!(at)));
}

#[test]
fn sums_are_exact() {
    let sandbox = Sandbox::new();
    let at = "2026-11-03T08:00:00Z";
    let rows: Vec<_> = (0..1000)
        .map(|_| {
            (
                at,
                "a",
                "success",
                json!({"duration_s": 0.001, "cost_usd": 0.000000001}),
            )
        })
        .collect();
    given(&sandbox, &rows);
    let all = summary(&sandbox, &[])["all"].clone();
    assert_eq!(
        (&all["duration"]["total"], &all["duration"]["mean"]),
        (&json!(1.0), &json!(0.001))
    );
    assert_eq!(all["cost"]["total"], 0.000_001);
    // The stored statistics equal a count.
    let counted = summary(&sandbox, &["--since", "2026-01-01"])["all"].clone();
    assert_eq!(counted, all);
}

#[test]
fn sums_beyond_64_bits_are_rejected() {
    let sandbox = Sandbox::new();
    let lines: String = (0..92_234)
        .map(|n| {
            format!(
                "{{\"ts\":\"2026-11-03T08:00:00Z\",\"skill\":\"a\",\"outcome\":\"success\",\"duration_s\":100000000,\"n\":{n}}}\n"
            )
        })
        .collect();
    let ran = sandbox.feed(&["metrics", "import", "-"], lines.as_bytes());
    assert_eq!((ran.code, ran.text()), (3, ""));
    good_error(&ran.err);
    assert!(ran.err.contains("would overflow 64 bits"), "{}", ran.err);
    assert_eq!(sandbox.good(&["metrics", "show"]), "");
}

#[test]
fn filters_select_executions() {
    let sandbox = Sandbox::new();
    given(
        &sandbox,
        &[
            (
                "2026-11-03T08:00:00Z",
                "first",
                "success",
                json!({"session": "s1"}),
            ),
            (
                "2026-11-03T09:00:00Z",
                "second",
                "failure",
                json!({"session": "s1"}),
            ),
            (
                "2026-11-04T00:00:00Z",
                "third",
                "partial",
                json!({"session": "s2"}),
            ),
            ("2026-11-05T00:00:00Z", "fourth", "skipped", json!({})),
        ],
    );
    sandbox.good(&["metrics", "start", "--skill", "fifth"]);
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &["first", "second", "third", "fourth", "fifth"]),
        (&["--skill", "second"], &["second"]),
        (&["--session", "s1"], &["first", "second"]),
        (&["--session-id", "s2"], &["third"]),
        (&["--session", "s"], &[]),
        (&["--outcome", "skipped"], &["fourth"]),
        (&["--outcome", "open"], &["fifth"]),
        (
            &["--since", "2026-11-03T09:00:00Z"],
            &["second", "third", "fourth", "fifth"],
        ),
        (&["--until", "2026-11-03T09:00:00Z"], &["first"]),
        (&["--since", "2026-11-04", "--until", "2026-11-05"], &["third"]),
        (
            &["--since", "2026-11-04T01:00:00+01:00", "--until", "2026-11-05"],
            &["third"],
        ),
        (&["--until", "2026-11-04", "--outcome", "failure"], &["second"]),
        (&["--skill", "first", "--outcome", "failure"], &[]),
        (
            &["--since", "30000d", "--until", "1h"],
            &["first", "second", "third", "fourth"],
        ),
        (&["--since", "2026-11-05", "--until", "2026-11-04"], &[]),
    ];
    for (args, expected) in cases {
        assert_eq!(skills(&sandbox, args), *expected, "{args:?}");
        let figures = summary(&sandbox, args);
        let counted = figures["all"]["total"].as_u64().unwrap() + figures["all"]["open"].as_u64().unwrap();
        assert_eq!(counted, expected.len() as u64, "{args:?}");
        // An export contains open executions only if they are selected.
        let exported = sandbox.good(&[&["metrics", "export"], *args].concat());
        let asked = args.contains(&"open");
        let ended = expected.iter().filter(|skill| asked || **skill != "fifth");
        assert_eq!(exported.lines().count(), ended.count(), "{args:?}");
    }
    for (limit, expected) in [
        ("0", &[][..]),
        ("1", &["fifth"]),
        ("2", &["fourth", "fifth"]),
        (
            "9007199254740991",
            &["first", "second", "third", "fourth", "fifth"],
        ),
    ] {
        let shown = sandbox.ok(&["metrics", "show", "--limit", limit]);
        let found = shown["executions"].as_array().unwrap();
        let found: Vec<&str> = found.iter().map(|one| one["skill"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "--limit {limit}");
    }
}

#[test]
fn executions_are_ordered_by_time() {
    let sandbox = Sandbox::new();
    for (skill, at) in [
        ("third", "2026-11-03T08:00:00+00:00"),
        ("first", "2026-11-03T08:00:00+02:00"),
        ("fourth", "2026-11-03T07:59:59.999999-00:01"),
        ("second", "2026-11-03T07:00:00Z"),
        ("old", "1970-01-01T00:00:00Z"),
        ("older", "1969-12-31T23:59:59Z"),
    ] {
        sandbox.good(&[
            "metrics",
            "record",
            "--outcome",
            "success",
            "--skill",
            skill,
            "--at",
            at,
        ]);
    }
    // An execution that another home recorded with a fast clock is imported.
    let imported = |skill: &str, at: &str| {
        let line = format!("{{\"ts\":\"{at}\",\"skill\":\"{skill}\",\"outcome\":\"success\"}}\n");
        let file = sandbox.file("lines.jsonl", line);
        sandbox.good(&["metrics", "import", file.to_str().unwrap()]);
    };
    imported("future", "2999-01-01");
    let order = ["older", "old", "first", "second", "third", "fourth", "future"];
    assert_eq!(skills(&sandbox, &[]), order);
    let last = sandbox.good(&["metrics", "show", "--limit", "1"]);
    assert!(last.contains("\"ts\":\"2999-01-01T00:00:00Z\""), "{last}");
    // Executions with the same time are in the order in which they were recorded.
    for skill in ["b", "a"] {
        imported(skill, "3000-01-01");
    }
    assert_eq!(skills(&sandbox, &["--since", "3000-01-01"]), ["b", "a"]);
    let all = summary(&sandbox, &[])["all"].clone();
    assert_eq!(all["first_at"], "1969-12-31T23:59:59Z");
    assert_eq!(all["last_at"], "3000-01-01T00:00:00Z");
}

#[test]
fn a_summary_counts_every_record_once() {
    let sandbox = Sandbox::new();
    for n in 1..=11 {
        sandbox.good(&["metrics", "record", "--skill", "a", "--outcome", "success"]);
        let total = sandbox.good(&["metrics", "summary"]);
        assert!(
            total.starts_with(&format!("Total executions: {n}\n  Success: {n} (100%)\n")),
            "{total}"
        );
    }
    assert!(
        sandbox
            .good(&["metrics", "summary", "--skill", "a"])
            .starts_with("Total executions: 11\n")
    );
}

#[test]
fn a_skill_is_an_exact_name() {
    let sandbox = Sandbox::new();
    let names = [
        "b.c",
        "bxc",
        ".*",
        "[",
        "a\"b",
        "a\\b",
        "%",
        "_",
        "A",
        "a",
        "é",
        "' OR 1=1 --",
    ];
    for name in names {
        sandbox.good(&["metrics", "record", "--skill", name, "--outcome", "success"]);
    }
    for name in names {
        assert_eq!(skills(&sandbox, &["--skill", name]), [name]);
        let figures = summary(&sandbox, &["--skill", name]);
        assert_eq!(
            (&figures["all"]["total"], &figures["skills"][0]["skill"]),
            (&json!(1), &json!(name))
        );
    }
    let breakdown = sandbox.good(&["metrics", "summary"]);
    for name in names {
        assert!(breakdown.contains(&format!("\n  {name}: 1\n")), "{breakdown}");
    }
    assert_eq!(skills(&sandbox, &["--skill", "b"]), [""; 0]);
}

#[test]
fn months_are_in_utc_in_every_time_zone() {
    let sandbox = Sandbox::new();
    for zone in ["America/New_York", "Pacific/Kiritimati", "UTC", "EST5EDT"] {
        let mut command = sandbox.program();
        command.env("TZ", zone).args([
            "metrics",
            "record",
            "--skill",
            "a",
            "--outcome",
            "success",
            "--at",
            "2025-12-01T03:00:00Z",
        ]);
        let ran = finish(&mut command);
        assert_eq!(ran.code, 0, "{zone}: {ran:?}");
    }
    let shown = sandbox.ok(&["metrics", "show"]);
    for execution in shown["executions"].as_array().unwrap() {
        assert_eq!(execution["at"], "2025-12-01T03:00:00Z");
    }
    assert_eq!(summary(&sandbox, &["--since", "2025-12-01"])["all"]["total"], 4);
    assert_eq!(summary(&sandbox, &["--until", "2025-12-01"])["all"]["total"], 0);
}

#[test]
fn records_do_not_mix() {
    let sandbox = Sandbox::new();
    std::fs::remove_dir(sandbox.runtime_home()).unwrap();
    let notes = |n: usize| format!("{n}:{}", "x".repeat(20_000));
    let record = |n: usize| {
        [
            "metrics",
            "record",
            "--skill",
            "a",
            "--outcome",
            "success",
            "--notes",
            &notes(n),
        ]
        .map(str::to_owned)
        .to_vec()
    };
    sandbox.concurrently((0..50).map(record));
    let shown = sandbox.ok(&["metrics", "show", "--limit", "100"]);
    let mut found: Vec<String> = shown["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["notes"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    let mut expected: Vec<String> = (0..50).map(notes).collect();
    expected.sort();
    assert!(found == expected);
    assert_eq!(summary(&sandbox, &[])["all"]["success"], 50);
}

#[test]
fn many_records_are_summarized_by_one_process() {
    let sandbox = Sandbox::new();
    let rows: Vec<_> = (0..2000)
        .map(|n| {
            let skill = if n % 4 == 0 { "a" } else { "b" };
            ("2026-11-03T08:00:00Z", skill, "success", json!({"duration_s": n}))
        })
        .collect();
    given(&sandbox, &rows);
    let figures = summary(&sandbox, &["--skill", "a"]);
    assert_eq!(figures["all"]["total"], 500);
    assert_eq!(
        figures["all"]["duration"]["total"],
        f64::from((0..500).map(|n| n * 4).sum::<i32>())
    );
    let median = figures["all"]["duration"]["p50"].as_f64().unwrap();
    assert!((median - 996.0).abs() <= 996.0 * 0.02, "{median}");
}

#[test]
fn skipped_executions_are_shown_and_periods_selectable() {
    let sandbox = Sandbox::new();
    given(
        &sandbox,
        &[
            ("2026-11-03T08:00:00Z", "a", "partial", json!({"session": "s"})),
            ("2026-11-04T08:00:00Z", "a", "skipped", json!({})),
        ],
    );
    let all = sandbox.good(&["metrics", "summary"]);
    assert!(all.contains("  Partial: 1 (50%)\n  Skipped: 1 (50%)\n"), "{all}");
    for args in [
        &["--session", "s"][..],
        &["--until", "2026-11-04"],
        &["--outcome", "partial"],
    ] {
        let some = sandbox.good(&[&["metrics", "summary"], args].concat());
        assert!(some.starts_with("Total executions: 1\n"), "{args:?}: {some}");
        assert!(!some.contains("Skipped"), "{args:?}: {some}");
    }
}

#[test]
fn the_trace_context_of_the_environment_is_recorded() {
    let sandbox = Sandbox::new();
    let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    let record = ["metrics", "record", "--skill", "a", "--outcome", "success"];
    for (variable, option, expected) in [
        (context, None, json!(context)),
        (context, Some(other), json!(other)),
        ("garbage", None, json!(null)),
    ] {
        let mut command = sandbox.program();
        command.env("TRACEPARENT", variable).args(record);
        command.args(option.into_iter().flat_map(|value| ["--traceparent", value]));
        let ran = finish(&mut command);
        assert_eq!(ran.code, 0, "{ran:?}");
        let shown = sandbox.ok(&["metrics", "show"]);
        assert_eq!(
            shown["executions"].as_array().unwrap().last().unwrap()["traceparent"],
            expected
        );
    }
    let ran = sandbox.run(&[&record[..], &["--traceparent", "garbage"]].concat());
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err
            .contains("the trace context `garbage` is not a W3C traceparent"),
        "{ran:?}"
    );
}
