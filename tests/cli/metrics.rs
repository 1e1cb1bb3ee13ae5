//! `metrics`: record, start and finish, with valid and invalid arguments.

use crate::harness::Sandbox;
use serde_json::{Value, json};

/// The statistics in a reply.
pub(crate) fn summary(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox.ok(&[&["metrics", "summary"], args].concat())
}

#[test]
fn record_prints_the_id() {
    let sandbox = Sandbox::new();
    for (outcome, at, id) in [
        ("success", "2026-11-03T08:00:00Z", 1),
        ("failure", "2025-12-01", 2),
        ("partial", "1999-01-31T23:59:59Z", 3),
        ("skipped", "2025-02-28T23:30:00-01:00", 4),
    ] {
        let args = [
            "metrics",
            "record",
            "--outcome",
            outcome,
            "--at",
            at,
            "--skill",
            "b c é",
        ];
        let out = sandbox.good(&args);
        assert_eq!(out, format!("Recorded: b c é → {outcome} (id {id})\n"));
    }
    let out = sandbox.good(&["metrics", "record", "--skill", "now", "--outcome", "success"]);
    let shown = sandbox.ok(&["metrics", "show", "--skill", "now"]);
    let at = shown["executions"][0]["at"].as_str().unwrap();
    assert_eq!(out, "Recorded: now → success (id 5)\n");
    assert!(at.ends_with('Z'), "{at}");
}

/// Returns the fields of an execution that have a value.
fn without_nulls(execution: &Value) -> Value {
    let fields = execution.as_object().unwrap().iter();
    let fields = fields.filter(|(_, value)| !value.is_null());
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}

#[test]
fn record_keeps_every_option() {
    let sandbox = Sandbox::new();
    let notes = "<b>&amp;\"quoted\" \\ \u{1b}[31m\u{202e}\nsecond line\r\n\ttab \u{7f}🦀 é";
    let (code, reply) = sandbox.json(&[
        "metrics",
        "record",
        "--tokens-out",
        "0",
        "--tokens-in",
        "9007199254740991",
        "--cost",
        "0.0125",
        "--project",
        "p",
        "--tier",
        "t",
        "--model",
        "m-1",
        "--agent",
        "a",
        "--session",
        "s",
        "--notes",
        notes,
        "--duration",
        "012.50",
        "--at",
        "2026-11-03T08:00:00.5+01:00",
        "--outcome",
        "partial",
        "--skill",
        "review",
    ]);
    let at = "2026-11-03T07:00:00.5Z";
    let warning = json!({
        "message": "there is no skill `review` here; execution `1` was recorded anyway",
        "hint": "`clawpowers skill list` shows the skills; `clawpowers metrics delete 1` deletes it",
    });
    let expected = json!({"id": "1", "skill": "review", "outcome": "partial", "at": at, "warning": warning});
    assert_eq!((code, reply), (0, json!({ "ok": expected })));
    sandbox.good(&[
        "metrics",
        "record",
        "--skill",
        "review",
        "--outcome",
        "success",
        "--notes",
        "",
        "--session-id=-5",
        "--at",
        "2026-11-04",
    ]);
    let shown = sandbox.ok(&["metrics", "show"]);
    let expected = [
        json!({"id": "1", "at": at, "skill": "review", "outcome": "partial", "duration": 12.5, "notes": notes,
             "session": "s", "agent": "a", "model": "m-1", "tier": "t", "project": "p", "cost": 0.0125,
             "tokens_in": 9_007_199_254_740_991_i64, "tokens_out": 0}),
        json!({"id": "2", "at": "2026-11-04T00:00:00Z", "skill": "review", "outcome": "success", "session": "-5"}),
    ];
    let shown = shown["executions"].as_array().unwrap();
    assert_eq!(shown.len(), 2);
    for (shown, expected) in shown.iter().zip(&expected) {
        assert_eq!(&without_nulls(shown), expected);
    }
    let lines = sandbox.good(&["metrics", "show", "--limit", "1"]);
    let uid = serde_json::from_str::<Value>(&lines).unwrap()["uid"].clone();
    assert!(uid.as_str().unwrap().ends_with("-2"), "{uid}");
    // The fields of 1.x come first and in its order.
    let line = json!({"ts": "2026-11-04T00:00:00Z", "skill": "review", "outcome": "success", "session": "-5", "uid": uid});
    assert_eq!(lines, format!("{line}\n"));
}

#[test]
fn an_execution_is_started_and_finished() {
    let sandbox = Sandbox::new();
    let id = sandbox.good(&[
        "metrics",
        "start",
        "--skill",
        "tea",
        "--session-id",
        "s",
        "--agent",
        "a",
        "--model",
        "m",
        "--tier",
        "t",
        "--project",
        "p",
        "--notes",
        "begun",
    ]);
    assert_eq!(id, "1\n");
    let open = sandbox.ok(&["metrics", "show", "--outcome", "open"]);
    assert_eq!(open["executions"][0]["outcome"], "open");
    assert_eq!(open["executions"][0]["duration"], Value::Null);
    let figures = summary(&sandbox, &[]);
    assert_eq!(
        (&figures["all"]["total"], &figures["all"]["open"]),
        (&json!(0), &json!(1))
    );
    let ended = sandbox.ok(&[
        "metrics",
        "finish",
        "1",
        "--outcome",
        "failure",
        "--duration",
        "61.5",
        "--notes",
        "ended",
        "--cost",
        "0.5",
        "--tokens-in",
        "3",
        "--tokens-out",
        "4",
    ]);
    let execution = &ended["execution"];
    assert_eq!(
        without_nulls(execution),
        json!({"id": "1", "at": open["executions"][0]["at"], "skill": "tea", "outcome": "failure",
            "duration": 61.5, "notes": "ended", "session": "s", "agent": "a", "model": "m", "tier": "t",
            "project": "p", "cost": 0.5, "tokens_in": 3, "tokens_out": 4})
    );
    // Finishing it again changes nothing.
    let ran = sandbox.refused(
        3,
        &["metrics", "finish", "1", "--outcome", "success", "--cost", "9"],
    );
    assert!(
        ran.err
            .contains("the execution `1` has already ended with the outcome failure"),
        "{ran:?}"
    );
    assert_eq!(sandbox.ok(&["metrics", "show"])["executions"][0], *execution);
    // Without a duration it is measured, and the fields of the start are kept.
    let reply = sandbox.ok(&["metrics", "start", "--skill", "tea", "--notes", "begun"]);
    assert_eq!(reply["id"], "2");
    let out = sandbox.good(&["metrics", "finish", "2", "--outcome", "success"]);
    assert!(out.starts_with("Recorded: tea → success ("), "{out}");
    let last = sandbox.ok(&["metrics", "show", "--limit", "1"]);
    let last = &last["executions"][0];
    assert_eq!(
        (&last["notes"], &last["outcome"]),
        (&json!("begun"), &json!("success"))
    );
    assert!(last["duration"].as_f64().unwrap() > 0.0, "{last}");
    assert_eq!(sandbox.good(&["metrics", "show", "--outcome", "open"]), "");
}

#[test]
fn an_execution_that_was_not_started_cannot_be_finished() {
    let sandbox = Sandbox::new();
    let ran = sandbox.refused(1, &["metrics", "finish", "1", "--outcome", "success"]);
    assert!(ran.err.contains("there is no execution `1`"), "{ran:?}");
    assert_eq!(
        std::fs::read_dir(sandbox.runtime_home()).unwrap().count(),
        0,
        "and nothing was created"
    );
    sandbox.good(&["metrics", "start", "--skill", "tea"]);
    for id in ["2", "0", "9223372036854775807"] {
        sandbox.refused(1, &["metrics", "finish", id, "--outcome", "success"]);
    }
    for id in ["", "x", "1.0", "1 ", "9223372036854775808", "\u{1b}[2J"] {
        sandbox.refused(3, &["metrics", "finish", id, "--outcome", "success"]);
    }
    sandbox.refused(2, &["metrics", "finish", "1"]);
    sandbox.refused(2, &["metrics", "finish", "--outcome", "success"]);
    sandbox.refused(3, &["metrics", "finish", "1", "--outcome", "open"]);
    sandbox.refused(
        3,
        &[
            "metrics",
            "finish",
            "1",
            "--outcome",
            "success",
            "--duration",
            "-1",
        ],
    );
    assert_eq!(summary(&sandbox, &[])["all"]["open"], 1);
}

#[test]
fn invalid_numbers_are_rejected() {
    let sandbox = Sandbox::new();
    let record = |args: &[&str]| {
        let all = [
            &["metrics", "record", "--skill", "a", "--outcome", "success"],
            args,
        ]
        .concat();
        sandbox.refused(3, &all).err
    };
    let long = "9".repeat(5000);
    let amounts = [
        "-1",
        "NaN",
        "nan",
        "inf",
        "Infinity",
        "1e3",
        ".5",
        "5.",
        "+5",
        "1,5",
        "1 ",
        " 1",
        "",
        "0x10",
        "١",
        "1_000",
        "100000000.000001",
        &long,
    ];
    for amount in amounts {
        let err = record(&["--duration", amount]);
        assert!(err.contains("give `--duration` in seconds, such as"), "{err}");
        let err = record(&["--cost", amount]);
        assert!(err.contains("US dollars"), "{err}");
        assert!(err.len() < 400, "a long one is cut: {err}");
    }
    for tokens in [
        "-1",
        "NaN",
        "1e3",
        "1.5",
        "",
        "9007199254740992",
        "18446744073709551616",
        &long,
    ] {
        let err = record(&["--tokens-in", tokens]);
        assert_eq!(err, record(&["--tokens-out", tokens]));
        assert!(err.contains("the number of tokens"), "{err}");
        assert!(err.len() < 400, "{err}");
    }
    for at in [
        "",
        "yesterday",
        "7d",
        "2026-13-01",
        "2026-02-30",
        "2026-11-03T08:00:00",
        "1762156800",
        "08:00Z",
    ] {
        let err = record(&["--at", at]);
        assert!(err.contains("write a time as 2026-11-03T08:00:00Z"), "{err}");
    }
    assert_eq!(sandbox.good(&["metrics", "show"]), "", "nothing was recorded");
    for good in ["0", "0.0", "007", "100000000", "0.000001"] {
        sandbox.good(&[
            "metrics",
            "record",
            "--skill",
            "a",
            "--outcome",
            "success",
            "--duration",
            good,
        ]);
    }
    assert_eq!(
        summary(&sandbox, &[])["all"]["duration"]["total"],
        100_000_007.000_001
    );
}

#[test]
fn invalid_words_are_rejected() {
    let sandbox = Sandbox::new();
    let long = "x".repeat(1025);
    for (code, args) in [
        (3, &["record", "--skill", "a", "--outcome", "bad"][..]),
        (3, &["record", "--skill", "a", "--outcome", "open"]),
        (3, &["record", "--skill", "a", "--outcome", "Success"]),
        (3, &["record", "--skill", "a", "--outcome", ""]),
        (3, &["record", "--skill", "", "--outcome", "success"]),
        (3, &["record", "--skill", "a\nb", "--outcome", "success"]),
        (3, &["record", "--skill", "a\u{1b}", "--outcome", "success"]),
        (3, &["record", "--skill", &long, "--outcome", "success"]),
        (
            3,
            &[
                "record",
                "--skill",
                "a",
                "--outcome",
                "success",
                "--session",
                "a\nb",
            ],
        ),
        (
            3,
            &["record", "--skill", "a", "--outcome", "success", "--model", &long],
        ),
        (2, &["record", "--skill", "a"]),
        (2, &["record", "--outcome", "success"]),
        (
            2,
            &[
                "record",
                "--skill",
                "a",
                "--outcome",
                "success",
                "--frobnicate",
                "1",
            ],
        ),
        (2, &["record", "--skill", "a", "--outcome", "success", "word"]),
        (2, &["record", "--skill", "a", "--outcome"]),
        (3, &["start", "--skill", ""]),
        (2, &["start"]),
        (2, &["start", "--skill", "a", "--duration", "1"]),
        (2, &["show", "--limit", "-1"]),
        (2, &["show", "--limit", "abc"]),
        (2, &["show", "--limit", ""]),
        (2, &["show", "--limit", "1.5"]),
        (2, &["show", "--frobnicate"]),
        (3, &["show", "--outcome", "bad"]),
        (3, &["show", "--since", "bad"]),
        (3, &["summary", "--until", "bad"]),
        (2, &["summary", "--limit", "1"]),
        (3, &["export", "--format", "xml"]),
        (3, &["export", "--outcome", "bad"]),
        (2, &["import"]),
        (4, &["import", "missing.jsonl"]),
        (4, &["import", "."]),
        (2, &["frobnicate"]),
    ] {
        sandbox.refused(code, &[&["metrics"], args].concat());
    }
    let ran = sandbox.refused(3, &["metrics", "show", "--outcome", "bad"]);
    assert!(ran.err.contains("skipped or open"), "{ran:?}");
    assert_eq!(sandbox.good(&["metrics", "show"]), "", "nothing was recorded");
}
