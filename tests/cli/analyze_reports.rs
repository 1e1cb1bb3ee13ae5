//! The formats of `analyze` as fixtures, and the HTML in a real browser.

use crate::analyze::{THEN, import, lines, worsening};
use crate::harness::Sandbox;
use crate::system::shown;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A home with skills that got worse, stayed good, are low, are rarely used, and are not used any more.
fn lived() -> Sandbox {
    let sandbox = Sandbox::new();
    let paid = |(index, line): (usize, &str)| {
        let model = if index % 3 == 0 { "m-1" } else { "m-2" };
        let paid = format!("\"model\":\"{model}\",\"cost_usd\":0.02,\"tokens_in\":900,\"duration_s\"");
        line.replace("\"duration_s\"", &paid) + "\n"
    };
    let deploy = lines("deploy", 0, worsening());
    let mut all: String = deploy.lines().enumerate().map(paid).collect();
    all += &lines("retired", 0, (0..50).map(|index| index % 2 == 0)).replace("2026-", "2024-");
    all += &lines("release-notes", 0, (0..150).map(|index| index % 20 != 0));
    all += &lines("flaky", 50, (0..100).map(|index| index % 5 == 0));
    all += &lines("rare", 100, (0..4).map(|_| true));
    import(&sandbox, &all);
    sandbox
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/analyze")
        .join(name)
}

/// `CLAWPOWERS_UPDATE=1` replaces the fixtures with the current output.
#[test]
fn every_format_matches_its_fixture() {
    let sandbox = lived();
    for (words, name) in [
        (&["--format", "text"][..], "report.txt"),
        (&["--format", "markdown"], "report.md"),
        (&["--format", "json"], "report.json"),
        (&["--format", "html"], "report.html"),
        (&["--skill", "deploy"], "skill.txt"),
        (&["--recommendations"], "recommendations.txt"),
        (
            &["--recommendations", "--format", "markdown"],
            "recommendations.md",
        ),
        (&["--recommendations", "--format", "html"], "recommendations.html"),
        // A reply is always complete.
        (&["--recommendations", "--format", "json"], "report.json"),
    ] {
        let mut ran = sandbox.run(&[&["analyze", THEN], words].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        // The path of the home differs in each run.
        ran.out = ran
            .out
            .replace(&shown(sandbox.runtime_home()), "/home/ada/.clawpowers");
        let file = golden(name);
        if std::env::var_os("CLAWPOWERS_UPDATE").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &ran.out).unwrap();
        }
        let good = fs::read_to_string(&file).unwrap();
        assert!(ran.out == good, "{name} is another one:\n{}", ran.out);
    }
}

#[test]
fn recommendations_alone_in_every_format() {
    let sandbox = lived();
    for format in ["text", "markdown", "html"] {
        let ran = sandbox.run(&["analyze", THEN, "--recommendations", "--format", format, "--save"]);
        assert!(ran.out.contains("rework it"), "{}", ran.out);
        // For a skill that stays good there is nothing to recommend.
        assert!(!ran.out.contains("release-notes"), "{}", ran.out);
        let saved = ran.err.trim_start_matches("saved to ").trim_end();
        assert_eq!(fs::read_to_string(saved).unwrap(), ran.out);
    }
    let sandbox = Sandbox::new();
    import(&sandbox, &lines("steady", 0, (0..100).map(|_| true)));
    for format in ["text", "markdown", "html"] {
        let ran = sandbox.good(&["analyze", "--recommendations", "--format", format]);
        assert!(ran.to_lowercase().contains("nothing to recommend"), "{ran}");
    }
}

#[test]
fn a_report_is_saved_only_with_save() {
    let sandbox = lived();
    let saved = || -> Vec<String> {
        let Ok(entries) = fs::read_dir(sandbox.runtime_home().join("feedback")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    sandbox.run(&["analyze"]);
    assert_eq!(saved(), Vec::<String>::new());
    // A second report replaces the first one of the day.
    for format in ["text", "markdown", "html", "json", "text"] {
        let ran = sandbox.run(&["analyze", "--save", "--format", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.starts_with("saved to "), "{}", ran.err);
    }
    let names = saved();
    let endings: Vec<&str> = names
        .iter()
        .map(|name| name.rsplit('.').next().unwrap())
        .collect();
    assert_eq!(endings, ["html", "json", "md", "txt"]);
    assert!(
        names.iter().all(|name| name.starts_with("analysis-20")),
        "{names:?}"
    );
}

/// Opens the page in a browser, light and dark, and inspects the result.
#[test]
fn a_browser_shows_the_report_without_errors() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|ran| ran.status.success())
        })
    else {
        println!("skipped: there is no Chromium");
        return;
    };
    let sandbox = lived();
    let page = sandbox.file(
        "report.html",
        sandbox.run(&["analyze", THEN, "--format", "html"]).out,
    );
    let profile = sandbox.work().join("profile");
    let opened = |fragment: &str| {
        let ran = Command::new(browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("file://{}{fragment}", page.display()))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{log}");
        let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert_eq!(complaints, Vec::<&str>::new());
        String::from_utf8(ran.stdout).unwrap()
    };
    let dom = opened("");
    let count = |mark: &str| dom.matches(mark).count();
    assert_eq!(count("<tr class=\"skill\">"), 5);
    assert_eq!(
        (count("<details"), count("<details open=\"\"")),
        (5, 2),
        "the fallen and the low one are open"
    );
    assert_eq!((count("class=\"interval\""), count("class=\"rate\"")), (5, 7));
    assert_eq!(count("class=\"rate\""), count("class=\"band\""));
    assert_eq!(count("class=\"change\""), 1, "the drop of one skill");
    assert!(count("class=\"success\"") > 4 && count("class=\"failure\"") > 4 && count("class=\"took\"") == 5);
    // Every link has a target on the page.
    let links: Vec<&str> = dom
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(links.len(), 5 + 3);
    assert!(
        links.iter().all(|link| dom.contains(&format!("id=\"{link}\""))),
        "{links:?}"
    );
    // A link to a collapsed skill expands it.
    let folded = dom.split("<details>").nth(1).unwrap();
    let place = folded.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(links.contains(&place), "{place}: {links:?}");
    let followed = opened(&format!("#{place}"));
    assert_eq!(followed.matches("<details open=\"\"").count(), 3);
    let unfolded = followed.split(&format!("id=\"{place}\"")).next().unwrap();
    assert!(
        unfolded
            .rsplit("<details")
            .next()
            .unwrap()
            .starts_with(" open=\"\">")
    );
    assert!(dom.contains("prefers-color-scheme") && dom.contains("@media print") && !dom.contains("<script"));
}

/// Checks a value against the part of JSON Schema that the committed schemas use.
fn conforms(value: &Value, schema: &Value, root: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let pointed = root
            .pointer(name.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{name} is not there"));
        return conforms(value, pointed, root, place);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let null = any.iter().find(|one| one["type"] == "null");
        let other = any.iter().find(|one| one["type"] != "null");
        let chosen = if value.is_null() { null } else { other };
        return conforms(
            value,
            chosen.unwrap_or_else(|| panic!("{place}: {value}")),
            root,
            place,
        );
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let allowed = |name: &str| types.iter().any(|one| one == name);
    assert!(
        allowed(kind) || kind == "integer" && allowed("number"),
        "{place}: {value} is no {types:?}"
    );
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{place}: {value} is none of {values:?}");
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        conforms(item, &schema["items"], root, &format!("{place}/{index}"));
    }
    let Some(fields) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(
            fields.contains_key(name.as_str().unwrap()),
            "{place}: {name} is missing"
        );
    }
    for (name, field) in fields {
        let known = schema["properties"]
            .get(name)
            .unwrap_or_else(|| panic!("{place}: {name} is not in the schema"));
        conforms(field, known, root, &format!("{place}/{name}"));
    }
}

#[test]
fn the_json_matches_its_schema() {
    let schema =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/operations.json"))
            .unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let (empty, lived) = (Sandbox::new(), lived());
    for words in [
        "--cost 0.5 --tokens-in 10 --session-id s",
        "--duration 3 --notes x",
        "--tokens-out 7",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let all = [
            &["metrics", "record", "--skill", "paid", "--outcome", "failure"],
            &words[..],
        ]
        .concat();
        assert_eq!(lived.run(&all).code, 0);
    }
    for sandbox in [&empty, &lived] {
        let (_, reply) = sandbox.json(&["analyze", "--skill=deploy"]);
        let reply = if reply["error"].is_object() {
            sandbox.json(&["analyze"]).1
        } else {
            reply
        };
        let reference = serde_json::json!({ "$ref": "#/$defs/AnalyzeReply" });
        conforms(&reply["ok"], &reference, &schema, "");
    }
}

#[test]
fn a_report_that_cannot_be_saved_prints_no_reply() {
    let sandbox = lived();
    fs::write(sandbox.runtime_home().join("feedback"), "a file").unwrap();
    let ran = sandbox.run(&["--json", "analyze", "--save"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
}
