//! `metrics`: warnings, deletions, exit codes of imports, and executions as a table.

use crate::harness::Sandbox;
use crate::metrics::summary;
use serde_json::{Value, json};

fn record(sandbox: &Sandbox, skill: &str) -> crate::harness::Ran {
    sandbox.run(&["metrics", "record", "--skill", skill, "--outcome", "success"])
}

#[test]
fn the_first_execution_of_an_unknown_skill_warns() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/release-notes", "Writes notes.");
    let ran = record(&sandbox, "relaese-notes");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Recorded: relaese-notes → success (id 1)\n")
    );
    assert_eq!(
        ran.err,
        "warning: there is no skill `relaese-notes` here; execution `1` was recorded anyway\n\
         hint: did you mean `release-notes`? `clawpowers metrics delete 1` deletes it\n"
    );
    // The warning is given only once, and not for a skill that exists.
    for skill in ["relaese-notes", "release-notes", "systematic-debugging"] {
        assert_eq!(record(&sandbox, skill).err, "", "{skill}");
    }
    let ran = sandbox.run(&["metrics", "start", "--skill", "qwerty"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "5\n"));
    assert!(
        ran.err.starts_with("warning: there is no skill `qwerty` here"),
        "{ran:?}"
    );
    // After its deletion the next one is the first again.
    sandbox.good(&["metrics", "delete", "5"]);
    assert!(
        record(&sandbox, "qwerty")
            .err
            .contains("`clawpowers metrics delete 6`")
    );
    let hostile = record(&sandbox, "\u{202e}evil");
    assert!(!hostile.err.contains('\u{202e}'), "{hostile:?}");
}

#[test]
fn a_time_in_the_future_is_rejected() {
    let sandbox = Sandbox::new();
    let at = |at: &str| -> Vec<String> {
        [
            "metrics",
            "record",
            "--skill",
            "s",
            "--outcome",
            "success",
            "--at",
            at,
        ]
        .map(str::to_owned)
        .to_vec()
    };
    for future in ["2999-12-31T23:59:59Z", "2999-12-31", "9999-12-30T22:00:00Z"] {
        let args = at(future);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = sandbox.refused(3, &args);
        assert!(
            ran.err.contains(&format!("the time `{future}` is in the future")),
            "{ran:?}"
        );
        assert!(ran.err.contains("the clock of this machine says 20"), "{ran:?}");
    }
    assert_eq!(sandbox.good(&["metrics", "show"]), "", "nothing was recorded");
}

#[test]
fn deletions_apply_to_all_statistics_and_other_homes() {
    let (sandbox, other) = (Sandbox::new(), Sandbox::new());
    let lines: String = (0..200)
        .map(|n| {
            format!(
                "{{\"ts\":\"2026-01-{:02}T{:02}:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"duration_s\":{n},\
                 \"cost_usd\":0.01,\"tokens_in\":{n},\"uid\":\"elsewhere-{n}\"}}\n",
                n / 24 + 1,
                n % 24
            )
        })
        .collect();
    let file = sandbox.file("lines.jsonl", &lines);
    let file = file.to_str().unwrap();
    sandbox.good(&["metrics", "import", file]);
    sandbox.good(&[
        "metrics",
        "record",
        "--skill",
        "s",
        "--outcome",
        "failure",
        "--notes",
        "secret",
        "--at",
        "2026-01-20",
    ]);
    sandbox.good(&["analyze"]);
    let whole = sandbox.good(&["metrics", "export"]);
    let path = other.file("lines.jsonl", &whole);
    other.good(&["metrics", "import", path.to_str().unwrap()]);

    let out = sandbox.good(&["metrics", "delete", "201"]);
    assert_eq!(out, "Deleted: 201 s → failure (2026-01-20T00:00:00Z)\n");
    let reply = sandbox.ok(&["metrics", "delete", "1"]);
    assert_eq!(reply["execution"]["at"], "2026-01-01T00:00:00Z");
    let all = &summary(&sandbox, &[])["all"];
    assert_eq!(
        (&all["total"], &all["failure"], &all["duration"]["total"]),
        (&json!(199), &json!(0), &json!(19_900.0))
    );
    assert_eq!(all["cost"]["total"], 1.99);
    assert_eq!(
        (&all["first_at"], &all["last_at"]),
        (&json!("2026-01-01T01:00:00Z"), &json!("2026-01-09T07:00:00Z"))
    );
    // Counting the executions gives the same result, and so does the analysis.
    assert_eq!(summary(&sandbox, &["--since", "1990-01-01"])["all"], *all);
    assert_eq!(sandbox.ok(&["analyze"])["skills"][0]["rate"]["total"], 199);
    assert_eq!(sandbox.run(&["doctor"]).out.matches("differ").count(), 0);
    let ran = sandbox.refused(1, &["metrics", "delete", "1"]);
    assert!(ran.err.contains("the execution `1` was deleted"), "{ran:?}");

    // The export has a tombstone without other fields.
    let export = sandbox.good(&["metrics", "export"]);
    let gone: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["outcome"] == "deleted")
        .collect();
    assert_eq!(gone.len(), 2);
    assert!(!export.contains("secret"));
    assert_eq!(
        gone[0],
        json!({"ts": "2026-01-01T00:00:00Z", "skill": "s", "outcome": "deleted", "uid": "elsewhere-0"})
    );
    let path = other.file("later.jsonl", &export);
    let import = || other.good(&["metrics", "import", path.to_str().unwrap()]);
    assert_eq!(
        import(),
        "executions: 0 imported, 199 already imported, 2 deleted\n"
    );
    assert_eq!(import(), "executions: 0 imported, 201 already imported\n");
    assert_eq!(other.good(&["metrics", "export"]), export);
    // Neither the original file nor a backup restores it.
    assert_eq!(
        sandbox.good(&["metrics", "import", file]),
        "executions: 0 imported, 200 already imported\n"
    );
    assert_eq!(summary(&sandbox, &[])["all"]["total"], 199);
    // Its session and outcome are unknown, and CSV has no column for it.
    for narrowed in [
        &["--outcome", "success"][..],
        &["--session", "x"],
        &["--format", "csv"],
        &["--skill", "t"],
    ] {
        let lines = sandbox.good(&[&["metrics", "export"], narrowed].concat());
        assert!(!lines.contains("deleted"), "{narrowed:?}");
    }
}

#[test]
fn ids_that_cannot_be_deleted() {
    let sandbox = Sandbox::new();
    sandbox.refused(1, &["metrics", "delete", "1"]);
    assert_eq!(
        std::fs::read_dir(sandbox.runtime_home()).unwrap().count(),
        0,
        "nothing was created"
    );
    sandbox.good(&["metrics", "record", "--skill", "s", "--outcome", "success"]);
    for id in ["2", "0", "-1"] {
        let ran = sandbox.run(&["metrics", "delete", "--", id]);
        assert_eq!(ran.code, 1, "{ran:?}");
    }
    for id in ["", "x", "1.0", "9223372036854775808", "\u{1b}[2J"] {
        sandbox.refused(3, &["metrics", "delete", id]);
    }
    sandbox.refused(2, &["metrics", "delete"]);
    assert_eq!(summary(&sandbox, &[])["all"]["total"], 1);
}

#[test]
fn an_import_reports_what_was_skipped() {
    let sandbox = Sandbox::new();
    let good = "{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\"}\n";
    let bad = "not json\n{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"great\"}\n";
    let run = |content: &str, words: &[&str]| {
        let file = sandbox.file("lines.jsonl", content);
        sandbox.run(&[&["metrics", "import", file.to_str().unwrap()], words].concat())
    };
    for words in [&[][..], &["--strict"]] {
        let ran = run(bad, words);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(
            ran.out
                .starts_with("executions: 0 imported, 0 already imported\n"),
            "{ran:?}"
        );
        assert_eq!(
            ran.err,
            "error: nothing was imported: 2 lines could not be used\nhint: import files that `clawpowers metrics export` or 1.x wrote\n"
        );
        let ran = run(bad, &[words, &["--json"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (3, ""));
        assert!(ran.out.starts_with("{\"ok\":{\"taken\":0,"), "{ran:?}");
        // An empty file has no skipped lines, and lines that are already imported are usable.
        assert_eq!(run("", words).code, 0);
        assert_eq!(run("\n\n", words).code, 0);
    }
    let mixed = format!("{good}{bad}");
    assert_eq!(run(&mixed, &[]).code, 0);
    assert_eq!(run(&mixed, &[]).code, 0, "what is known is usable");
    let ran = run(&mixed, &["--strict"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{ran:?}");
    assert_eq!(run(good, &["--strict"]).code, 0);
    // A repaired line is imported completely.
    let mended =
        "{\"ts\":\"2026-01-02T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"duration_s\":007}\n";
    let ran = run(mended, &["--strict"]);
    assert_eq!((ran.code, ran.out.contains("mended: 1")), (0, true), "{ran:?}");
}

#[test]
fn executions_are_a_table_on_a_terminal_and_lines_in_a_pipe() {
    let sandbox = Sandbox::new();
    sandbox.good(&[
        "metrics",
        "record",
        "--skill",
        "deploy",
        "--outcome",
        "failure",
        "--duration",
        "61.5",
        "--notes",
        "no\u{1b}[31m route\nto host",
        "--at",
        "2026-11-03T08:00:30Z",
    ]);
    let line = sandbox.good(&["metrics", "show"]);
    assert!(
        line.starts_with("{\"ts\":\"2026-11-03T08:00:30Z\",\"skill\":\"deploy\""),
        "{line}"
    );
    let Some(shown) = sandbox.on_terminal(&["metrics", "show"], &[("NO_COLOR", "1")]) else {
        println!("skipped: there is no script of util-linux");
        return;
    };
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["ID", "AT", "(UTC)", "SKILL", "OUTCOME", "TOOK", "NOTES"]
    );
    assert!(
        lines[1].starts_with("1   2026-11-03 08:00  deploy  failure  1m 01s  no")
            && lines[1].contains("to host"),
        "{shown}"
    );
    assert_eq!((lines.len(), shown.contains('\u{1b}')), (2, false), "{shown:?}");
}
