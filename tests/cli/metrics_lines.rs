//! `metrics`: executions as exported and imported lines, and on a terminal.

use crate::harness::{Sandbox, unsafe_characters};
use crate::metrics::summary;
use crate::system::TRUE;
use serde_json::{Value, json};

const NOTES: &str =
    "<b>&amp;\"quoted\" \\ \u{1b}[31mred\u{202e}\u{200b}\nsecond, line\r\n\ttab \u{7f}\u{9b}2J 🦀 é";

/// The export of a home.
fn export(sandbox: &Sandbox) -> Vec<u8> {
    let ran = sandbox.feed(&["metrics", "export"], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out
}

/// The report of an import: how many were imported, how many known, and source, line and reason of each skipped line.
fn imported(sandbox: &Sandbox, input: &[u8]) -> (u64, u64, Vec<(u64, String)>) {
    let ran = sandbox.feed(&["metrics", "import", "-", "--json"], input);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let reply: Value = serde_json::from_str(ran.text()).unwrap();
    let ok = &reply["ok"];
    let row = |row: &Value| {
        assert_eq!(row["source"], "-");
        (
            row["line"].as_u64().unwrap(),
            row["reason"].as_str().unwrap().to_owned(),
        )
    };
    let rows: Vec<(u64, String)> = ok["skipped"].as_array().unwrap().iter().map(row).collect();
    for (reason, count) in ok["reasons"].as_object().unwrap() {
        let listed = rows.iter().filter(|(_, listed)| listed == reason).count();
        assert_eq!(listed as u64, count.as_u64().unwrap(), "{reason}");
    }
    (ok["taken"].as_u64().unwrap(), ok["known"].as_u64().unwrap(), rows)
}

/// A home with executions of every kind.
fn lived() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea.");
    for outcome in ["success", "failure", "partial", "skipped"] {
        sandbox.good(&[
            "metrics",
            "record",
            "--skill",
            "b \"c\" \u{202e}é",
            "--outcome",
            outcome,
            "--duration",
            "0.000001",
            "--notes",
            NOTES,
            "--session-id",
            "=cmd",
            "--agent",
            "a,b",
            "--model",
            "m",
            "--tier",
            "t",
            "--project",
            "p",
            "--cost",
            "999999.999999999",
            "--tokens-in",
            "9007199254740991",
            "--tokens-out",
            "0",
            "--at",
            "2026-11-03T08:00:00.000001Z",
        ]);
    }
    sandbox.good(&["metrics", "start", "--skill", "tea"]);
    sandbox.good(&["metrics", "finish", "5", "--outcome", "success"]);
    let ran = sandbox.run(&[&["run", "--skill", "tea", "--root", "s", "--"][..], TRUE].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    sandbox.good(&["metrics", "start", "--skill", "still-open"]);
    sandbox
}

#[test]
fn an_export_is_the_same_from_another_home() {
    let sandbox = lived();
    let lines = export(&sandbox);
    assert_eq!(
        lines.iter().filter(|byte| **byte == b'\n').count(),
        6,
        "what is open waits"
    );
    assert!(String::from_utf8_lossy(&lines).contains("\"source\":\"run\""));
    let second = Sandbox::new();
    assert_eq!(imported(&second, &lines), (6, 0, vec![]));
    assert!(export(&second) == lines, "{:?}", export(&second));
    // A second import changes nothing in either home, and neither does one in the other direction.
    assert_eq!(imported(&second, &lines), (0, 6, vec![]));
    assert_eq!(imported(&sandbox, &lines), (0, 6, vec![]));
    assert_eq!(imported(&sandbox, &export(&second)), (0, 6, vec![]));
    assert!(export(&second) == lines);
    assert!(export(&sandbox) == lines);
    // A third home gets the same from either.
    let third = Sandbox::new();
    assert_eq!(imported(&third, &export(&second)), (6, 0, vec![]));
    assert_eq!(imported(&third, &lines), (0, 6, vec![]));
    assert!(export(&third) == lines);
    assert_eq!(
        summary(&second, &[])["all"]["cost"],
        summary(&sandbox, &[])["all"]["cost"]
    );
    // Later, only new executions are imported.
    sandbox.good(&["metrics", "finish", "7", "--outcome", "failure"]);
    assert_eq!(imported(&second, &export(&sandbox)), (1, 6, vec![]));
    let open = sandbox.ok(&["metrics", "export"]);
    assert_eq!(open["count"], 7);
    assert_eq!(open["text"].as_str().unwrap().as_bytes(), export(&sandbox));
}

#[test]
fn a_copied_home_does_not_hide_the_executions_of_the_other() {
    let (one, two) = (Sandbox::new(), Sandbox::new());
    let record = |sandbox: &Sandbox, skill: &str| {
        let ran = sandbox.run(&["metrics", "record", "--skill", skill, "--outcome", "success"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    record(&one, "before");
    for name in ["clawpowers.db", "clawpowers.db-wal"] {
        std::fs::copy(one.runtime_home().join(name), two.runtime_home().join(name)).unwrap();
    }
    record(&one, "mine");
    record(&two, "yours");
    let lines = export(&two);
    assert_eq!(imported(&one, &lines), (1, 1, vec![]));
    assert_eq!(imported(&one, &lines), (0, 2, vec![]));
    let lines = export(&one);
    assert_eq!(imported(&two, &lines), (1, 2, vec![]));
}

#[test]
fn a_file_of_1x_is_exported_unchanged() {
    let lines = concat!(
        r#"{"ts":"2026-11-03T08:00:00Z","skill":"systematic-debugging","outcome":"success","duration_s":1800,"notes":"found it","session":"s-1"}"#,
        "\n",
        r#"{"ts":"2026-11-03T08:00:00Z","skill":"tea","outcome":"failure","duration_s":12.5}"#,
        "\n",
        r#"{"ts":"2026-11-03T08:00:01Z","skill":"tea","outcome":"partial","notes":"tab\t, line\n, \"q\", \\ , \u001b[31m, é, 🦀, <b>"}"#,
        "\n",
        r#"{"ts":"2026-11-03T08:00:02Z","skill":"tea","outcome":"skipped"}"#,
        "\n",
        r#"{"ts":"2026-11-03T08:00:02Z","skill":"tea","outcome":"skipped"}"#,
        "\n",
        r#"{"ts":"2026-11-03T08:00:03Z","skill":"tea","outcome":"success","mood":"good","nested":{"z":[1,2.5,null],"a":true}}"#,
        "\n",
    );
    let sandbox = Sandbox::new();
    let file = sandbox.file("2026-11.jsonl", lines);
    let args = ["metrics", "import", file.to_str().unwrap()];
    assert_eq!(
        sandbox.good(&args),
        "executions: 6 imported, 0 already imported\n"
    );
    assert_eq!(String::from_utf8(export(&sandbox)).unwrap(), lines);
    assert_eq!(
        sandbox.good(&args),
        "executions: 0 imported, 6 already imported\n"
    );
    assert_eq!(String::from_utf8(export(&sandbox)).unwrap(), lines);
    // From the same file with more lines, only the new ones are imported.
    let more = "{\"ts\":\"2026-11-03T08:00:02Z\",\"skill\":\"tea\",\"outcome\":\"skipped\"}\n";
    sandbox.file("2026-11.jsonl", format!("{lines}{more}"));
    assert_eq!(
        sandbox.good(&args),
        "executions: 1 imported, 6 already imported\n"
    );
    let second = Sandbox::new();
    assert_eq!(imported(&second, &export(&sandbox)), (7, 0, vec![]));
    assert!(export(&second) == export(&sandbox));
}

#[test]
fn broken_and_foreign_lines_are_reported_with_their_position() {
    let sandbox = Sandbox::new();
    let good = r#"{"ts":"2026-11-03T08:00:00Z","skill":"good","outcome":"success"}"#;
    let cases = [
        (good.to_owned(), None),
        ("null".into(), Some("not-object")),
        ("[1]".into(), Some("not-object")),
        ("5".into(), Some("not-object")),
        ("\"text\"".into(), Some("not-object")),
        ("garbage".into(), Some("not-json")),
        (String::new(), None),
        (good.replace(r#"","outcome":"success"}"#, ""), Some("not-json")),
        (
            r#"{"skillName":"a","timestamp":1,"success":true}"#.into(),
            Some("no-skill"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":5,"outcome":"success"}"#.into(),
            Some("no-skill"),
        ),
        (r#"{"skill":"a","outcome":"success"}"#.into(), Some("no-time")),
        (
            r#"{"ts":"yesterday","skill":"a","outcome":"success"}"#.into(),
            Some("no-time"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"exploded"}"#.into(),
            Some("outcome"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a"}"#.into(),
            Some("outcome"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"open"}"#.into(),
            Some("open"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"success","duration_s":-1}"#.into(),
            Some("figure"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"success","duration_s":1.2e29}"#.into(),
            Some("figure"),
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"success","tokens_in":[1]}"#.into(),
            Some("figure"),
        ),
        (
            format!(
                r#"{{"ts":"2026-11-03T08:00:00Z","skill":"{}","outcome":"success"}}"#,
                "x".repeat(1025)
            ),
            Some("too-long"),
        ),
        ("x".repeat(9 * 1024 * 1024), Some("too-long")),
        (good.to_owned(), None),
    ];
    let text: String = cases.iter().map(|(line, _)| format!("{line}\r\n")).collect();
    let expected: Vec<(u64, String)> = (1..)
        .zip(&cases)
        .filter_map(|(number, (_, reason))| Some((number, (*reason)?.to_owned())))
        .collect();
    assert_eq!(imported(&sandbox, text.as_bytes()), (2, 0, expected.clone()));
    assert_eq!(
        imported(&sandbox, text.as_bytes()),
        (0, 2, expected),
        "and again the same is told"
    );
    assert_eq!(summary(&sandbox, &[])["all"]["total"], 2);
    // As text, every row names the file and the line.
    sandbox.file("m.jsonl", "garbage\n\nnull\n{\"ts\":\u{1b}[2J\n");
    let told = sandbox.run(&["metrics", "import", "m.jsonl"]);
    assert_eq!(told.code, 3, "{told:?}");
    let told = told.out;
    assert_eq!(
        told,
        "executions: 0 imported, 0 already imported\n  m.jsonl:1: the line is not JSON: expected value at column 1 (not-json)\n  \
         m.jsonl:3: the line is not a record: `null` (not-object)\n  \
         m.jsonl:4: the line is not JSON: expected value at column 7 (not-json)\n\
         not-json: 2\nnot-object: 1\n"
    );
    let ran = sandbox.refused(4, &["metrics", "import", "."]);
    assert!(ran.err.starts_with("error: `.` cannot be read: "), "{ran:?}");
}

#[test]
fn the_list_of_skipped_lines_is_limited_and_counted() {
    let sandbox = Sandbox::new();
    let text = "garbage\n".repeat(1500);
    let ran = sandbox.feed(&["metrics", "import", "-"], text.as_bytes());
    assert!(
        ran.text().lines().count() < 60 && ran.text().ends_with("  …\nnot-json: 1500\n"),
        "{}",
        ran.text()
    );
    let ran = sandbox.feed(&["metrics", "import", "-", "--json"], text.as_bytes());
    let reply: Value = serde_json::from_str(ran.text()).unwrap();
    assert_eq!(reply["ok"]["skipped"].as_array().unwrap().len(), 1000);
    assert_eq!(reply["ok"]["reasons"], json!({"not-json": 1500}));
}

#[test]
fn invalid_lines_of_the_shell_are_repaired_and_reported() {
    let sandbox = Sandbox::new();
    let text = b"{\"ts\":\"2026-11-03T08:00:00Z\",\"skill\":\"a\",\"outcome\":\"success\",\"duration_s\":007}\n\
        {\"ts\":\"2026-11-03T08:00:01Z\",\"skill\":\"a\",\"outcome\":\"success\",\"duration_s\":00.5}\n\
        {\"ts\":\"2026-11-03T08:00:02Z\",\"skill\":\"a\",\"outcome\":\"success\",\"notes\":\"raw\x1b[31m\ttab\"}\n\
        {\"ts\":\"2026-11-03T08:00:03Z\",\"skill\":\"a\",\"outcome\":\"success\",\"notes\":\"caf\xe9\"}\n\
        {\"ts\":\"2026-11-03T08:00:04Z\",\"skill\":\"a\",\"outcome\":\"success\",\"duration_s\":12.50}\n";
    let mended: Vec<_> = (1..=4).map(|line| (line, "mended".to_owned())).collect();
    assert_eq!(imported(&sandbox, text), (5, 0, mended.clone()));
    assert_eq!(imported(&sandbox, text), (0, 5, mended));
    let shown = sandbox.ok(&["metrics", "show"]);
    let field = |index: usize, name: &str| shown["executions"][index][name].clone();
    assert_eq!(
        (field(0, "duration"), field(1, "duration")),
        (json!(7.0), json!(0.5))
    );
    assert_eq!(field(2, "notes"), "raw\u{1b}[31m\ttab");
    assert_eq!(field(3, "notes"), "caf\u{fffd}");
    assert_eq!(field(4, "duration"), 12.5);
}

#[test]
fn json_that_is_not_a_record_is_skipped() {
    let sandbox = Sandbox::new();
    let lines = b"null\n[1]\n5\n{}\ntrue\n{\"ts\":\"2026-11-03T08:00:00Z\",\"skill\":\"a\",\"outcome\":\"success\"}\n";
    let (taken, known, rows) = imported(&sandbox, lines);
    assert_eq!((taken, known, rows.len()), (1, 0, 5));
    assert!(
        sandbox
            .good(&["metrics", "summary"])
            .starts_with("Total executions: 1\n")
    );
}

#[test]
fn json_with_spaces_is_read() {
    let sandbox = Sandbox::new();
    let lines = "  { \"outcome\" : \"failure\" , \"skill\" : \"a\", \"ts\": \"2026-11-03T09:00:00+01:00\" }  \n\
        \u{feff}{\"ts\": \"2026-11-03T08:00:00.123456789Z\", \"skill\": \"a\", \"outcome\": \"success\", \"duration_s\": \"3\"}";
    assert_eq!(imported(&sandbox, lines.as_bytes()), (2, 0, vec![]));
    let figures = summary(&sandbox, &["--skill", "a"]);
    let all = &figures["all"];
    assert_eq!(
        (&all["total"], &all["success"], &all["failure"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(all["duration"]["total"], 3.0);
    assert_eq!(
        (&all["first_at"], &all["last_at"]),
        (
            &json!("2026-11-03T08:00:00Z"),
            &json!("2026-11-03T08:00:00.123456Z")
        )
    );
}

#[test]
fn several_records_on_a_line_are_read() {
    let sandbox = Sandbox::new();
    let record = |second: u32| {
        format!(
            "{{\"ts\":\"2026-11-03T08:00:0{second}Z\",\"skill\":\"a\",\"outcome\":\"success\",\"notes\":\"{second}\"}}"
        )
    };
    let cut = record(1).replace("success\",\"notes\":\"1\"}", "succ");
    let [two, three, four, five, six] = [2, 3, 4, 5, 6].map(record);
    let text = format!("{cut}{two}\n{three}{four}\n{five}\n{six}");
    let glued: Vec<_> = (1..=2).map(|line| (line, "glued".to_owned())).collect();
    assert_eq!(
        imported(&sandbox, text.as_bytes()),
        (5, 0, glued.clone()),
        "the last one has no line end"
    );
    assert_eq!(imported(&sandbox, text.as_bytes()), (0, 5, glued));
    let shown = sandbox.ok(&["metrics", "show"]);
    let notes: Vec<&str> = shown["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["notes"].as_str().unwrap())
        .collect();
    assert_eq!(notes, ["2", "3", "4", "5", "6"]);
}

/// Reads CSV as in RFC 4180, with LF as line ends.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![];
    let mut record = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let field;
        if let Some(mut quoted) = rest.strip_prefix('"') {
            let mut value = String::new();
            loop {
                let (before, after) = quoted.split_once('"').unwrap();
                value.push_str(before);
                match after.strip_prefix('"') {
                    Some(after) => {
                        value.push('"');
                        quoted = after;
                    }
                    None => {
                        rest = after;
                        break;
                    }
                }
            }
            field = value;
        } else {
            let (plain, after) = rest.split_at(rest.find([',', '\n']).unwrap());
            assert!(!plain.contains(['"', '\r']), "not quoted: {plain:?}");
            field = plain.to_owned();
            rest = after;
        }
        record.push(field);
        if let Some(after) = rest.strip_prefix(',') {
            rest = after;
        } else {
            rest = rest.strip_prefix('\n').unwrap();
            records.push(std::mem::take(&mut record));
        }
    }
    assert!(record.is_empty());
    records
}

#[test]
fn csv_has_the_fields_of_the_lines() {
    let sandbox = lived();
    let text = sandbox.good(&["metrics", "export", "--format", "csv"]);
    let mut rows = records(&text).into_iter();
    let heading = rows.next().unwrap();
    // A new field comes before `uid`.
    let fields = "id,ts,skill,outcome,duration_s,notes,session,agent,model,tier,project,cost_usd,tokens_in,\
                  tokens_out,skill_version,skill_digest,source,";
    assert!(heading.join(",").starts_with(fields), "{heading:?}");
    assert_eq!(heading.last().map(String::as_str), Some("uid"));
    let lines = export(&sandbox);
    let lines: Vec<Value> = String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let rows: Vec<Vec<String>> = rows.collect();
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(row.len(), heading.len());
        for (name, field) in heading.iter().zip(row).skip(1) {
            let expected = match &line[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            // A small number is read back with an exponent.
            let same = field.parse::<f64>().is_ok_and(|a| expected.parse() == Ok(a));
            assert!(*field == expected || same, "{name}: {field:?} {expected:?}");
        }
    }
    assert_eq!(rows[0][5], NOTES);
    assert_eq!(
        rows[0][..5].join("|"),
        "1|2026-11-03T08:00:00.000001Z|b \"c\" \u{202e}é|success|0.000001"
    );
    let sandbox = Sandbox::new();
    let rows = || {
        sandbox
            .good(&["metrics", "export", "--format", "csv"])
            .lines()
            .count()
    };
    assert_eq!(rows(), 1, "an empty home has a heading alone");
    sandbox.good(&["metrics", "record", "--skill", "tea", "--outcome", "success"]);
    assert_eq!(rows(), 2);
    sandbox.good(&["metrics", "delete", "1"]);
    assert_eq!(rows(), 1, "a deletion has no row");
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn notes_are_exact_in_json_and_escaped_on_a_terminal() {
    let sandbox = lived();
    let shown = sandbox.ok(&["metrics", "show", "--outcome", "skipped"]);
    assert_eq!(shown["executions"][0]["notes"], NOTES);
    let ran = sandbox.run(&["metrics", "show", "--json"]);
    assert_eq!(unsafe_characters(&ran.out), [], "escaped even in a pipe");
    let ran = sandbox.run(&["status"]);
    assert_eq!(unsafe_characters(&ran.out), [], "a table is for people");
    let evil = "evil\u{202e}\u{200b}";
    let commands: [&[&str]; 12] = [
        &["metrics", "show"],
        &["metrics", "show", "--json"],
        &["metrics", "summary"],
        &["metrics", "summary", "--json"],
        &["metrics", "summary", "--skill", "evil\u{1b}[2J"],
        &["metrics", "export"],
        &["metrics", "export", "--format", "csv"],
        &["metrics", "record", "--skill", evil, "--outcome", "success"],
        &[
            "metrics",
            "record",
            "--skill",
            "evil\u{1b}[2J",
            "--outcome",
            "success",
        ],
        &["metrics", "record", "--skill", evil, "--outcome", "evil\u{1b}[2J"],
        &["metrics", "import", "evil\u{1b}[2J.jsonl"],
        &["status"],
    ];
    let bad = "{\"ts\":\"evil\u{1b}[2J\",\"skill\":\"a\",\"outcome\":\"success\"}\n{\"ts\":\"2026-11-03T08:00:00Z\",\"skill\":\"a\",\"outcome\":\"\u{202e}\u{9b}\"}\n";
    sandbox.file("evil\u{1b}[2J.jsonl", bad);
    for args in commands {
        let Some(shown) = sandbox.on_terminal(args, &[("NO_COLOR", "1")]) else {
            println!("skipped: there is no `script` of util-linux");
            return;
        };
        assert_eq!(unsafe_characters(&shown), [], "{args:?}: {shown:?}");
        assert!(
            shown.contains("evil") || shown.contains("\\u{202e}") || shown.contains("\\u202e"),
            "{args:?}: {shown:?}"
        );
    }
}
