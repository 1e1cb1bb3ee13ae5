//! `skill list --as CLIENT` against what the clients themselves loaded from the same tree.
//!
//! The recording is from Linux, as are the links of the tree and its two files whose names differ in case alone.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test shows paths as the system writes them"
)]

mod budget;
mod near;
mod recording;
mod switches;
mod tree;

use clawpowers_loader::CLIENTS;
use recording::{Recording, Source, Verdict, Verdicts, shortened};
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What the program listed.
#[derive(Debug)]
struct Listing {
    loaded: Vec<Verdict>,
    /// Where the files lie that it rejected.
    rejected: HashSet<String>,
    /// Files that lost to others of the same name, or may have: the loser and the winner.
    undetermined: Vec<(String, String)>,
}

#[test]
fn views_equal_the_recordings() {
    let mut table = Vec::new();
    for (client, recorded) in &Recording::read().clients {
        if let Some(problem) = other_version(client, &recorded.version) {
            table.push(problem);
            continue;
        }
        let dir = TempDir::new().unwrap();
        let base = dir.path().canonicalize().unwrap();
        tree::create(&base, client, &recorded.project);
        match list(&base, client) {
            Ok(listing) => table.extend(
                differences(&base, &listing, recorded)
                    .iter()
                    .map(|line| format!("{client}\t{line}")),
            ),
            Err(error) => table.push(format!("{client}\t-\tfails\t{error}\t-")),
        }
    }
    assert!(
        table.is_empty(),
        "{} differences (client, file, what, ours, recorded):\n{}",
        table.len(),
        table.join("\n")
    );
}

/// Says what to do if the view of a client is not by the version that was recorded.
fn other_version(client: &str, recorded: &str) -> Option<String> {
    let Some(view) = CLIENTS.iter().find(|view| view.name == client) else {
        return Some(format!(
            "{client}\tis not in the table `CLIENTS`: add its view, or remove its recording"
        ));
    };
    let by = view.verified.unwrap_or("no version");
    (by != recorded).then(|| {
        format!(
            "{client}\tis recorded by version {recorded}, its view is by {by}: set `verified` of the view and \
             docs/clients.md to {recorded} and mend the differences that remain, or record {by} again with \
             `cargo xtask clients refresh {client}@{by}`"
        )
    })
}

#[test]
fn a_recording_of_another_version_says_what_to_do() {
    assert_eq!(other_version("codex", "0.171.0"), None);
    let problem = other_version("codex", "0.172.1").unwrap();
    assert!(problem.starts_with("codex\tis recorded by version 0.172.1, its view is by 0.171.0: "));
    assert!(problem.ends_with("`cargo xtask clients refresh codex@0.171.0`"));
    assert!(
        other_version("goose", "1.2")
            .unwrap()
            .contains("its view is by no version")
    );
    assert!(other_version("nobody", "1").unwrap().contains("not in the table"));
    let recorded = Recording::read().clients;
    let run = CLIENTS.iter().filter(|view| view.verified.is_some());
    for view in run {
        assert!(
            recorded.contains_key(view.name),
            "{} has a version, but no recording",
            view.name
        );
    }
}

/// `skill validate` says of every file what the view says, and so what the client does.
#[test]
fn validation_agrees_with_the_views() {
    let mut checked = 0;
    for (client, recorded) in &Recording::read().clients {
        let target = clawpowers_loader::Client::named(client).unwrap().target;
        if !target.is_client() {
            continue;
        }
        let dir = TempDir::new().unwrap();
        let base = dir.path().canonicalize().unwrap();
        tree::create(&base, client, &recorded.project);
        let listed = reply(&base, &["skill", "list", "--as", client]).unwrap();
        let rows = |key: &str| listed[key].as_array().unwrap().iter();
        let loaded = rows("skills").chain(rows("shadowed")).chain(rows("duplicates"));
        let loaded = loaded.map(|row| (text(row, "location").unwrap(), None));
        // These say where the client does not look.
        let is_read = |reason: &str| {
            !["file-", "scan-", "symlink-", "folder-", "loads-later"]
                .iter()
                .any(|start| reason.starts_with(start))
                || reason == "file-empty"
        };
        let rejected = rows("rejected").filter(|row| is_read(&text(row, "reason").unwrap()));
        let rejected = rejected.map(|row| (text(row, "location").unwrap(), text(row, "reason")));
        // Commands are no skills to validate.
        let files = loaded
            .chain(rejected)
            .filter(|(path, _)| path.ends_with("SKILL.md"));
        let files: Vec<(String, Option<String>)> = files.collect();
        let mut args = vec!["skill", "validate", "--target", target.as_str()];
        args.extend(files.iter().map(|(path, _)| path.as_str()));
        let validated = reply(&base, &args).unwrap();
        let found = validated["files"].as_array().unwrap();
        assert_eq!(found.len(), files.len(), "{client}");
        for ((path, reason), file) in files.iter().zip(found) {
            assert_eq!(text(file, "reason"), *reason, "{client}: {path}: {file}");
            if reason.is_some() {
                assert_eq!(file["valid"], false, "{client}: {path}");
            }
        }
        checked += files.len();
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn recording_is_written_as_it_is_read() {
    let text = std::fs::read_to_string(Recording::path()).unwrap();
    assert_eq!(Recording::read().text(), text);
}

/// Runs the program as a user of the tree would.
fn reply(base: &Path, args: &[&str]) -> Result<Value, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_clawpowers"))
        .args(args)
        .arg("--json")
        .env_clear()
        .env("HOME", base.join(tree::HOME))
        .env("PATH", "/usr/bin:/bin")
        .current_dir(base.join(tree::CWD))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let reply: Value = serde_json::from_slice(&output.stdout).map_err(|_| error.trim().to_owned())?;
    Ok(reply.get("ok").ok_or("there is no `ok` in the reply")?.clone())
}

/// Returns what a client would load, by `skill list`.
fn list(base: &Path, client: &str) -> Result<Listing, String> {
    let reply = reply(base, &["skill", "list", "--as", client])?;
    let rows = |key: &str| {
        reply
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let at = |row: &Value, key: &str| place(base, text(row, key).unwrap_or_default().as_str());
    let loaded = rows("skills").into_iter().map(|row| Verdict {
        at: at(&row, "location"),
        name: text(&row, "name").map(|text| shortened(&text)),
        label: text(&row, "label").map(|text| shortened(&text)),
        description: text(&row, "description").map(|text| shortened(&text)),
        hidden: row.pointer("/invocation/model") == Some(&Value::Bool(false)),
        error: None,
    });
    let loaded = loaded.collect();
    let rejected = rows("rejected").iter().map(|row| at(row, "location")).collect();
    let hidden = rows("shadowed").into_iter().chain(rows("duplicates"));
    let undetermined = hidden.filter(|row| row.get("undetermined") == Some(&Value::Bool(true)));
    let undetermined = undetermined
        .map(|row| (at(&row, "location"), at(&row, "winner")))
        .collect();
    Ok(Listing {
        loaded,
        rejected,
        undetermined,
    })
}

fn text(row: &Value, key: &str) -> Option<String> {
    row.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Returns the folder of a `SKILL.md`, or the file, below the folder of the tree.
fn place(base: &Path, location: &str) -> String {
    let path = Path::new(location)
        .strip_prefix(base)
        .unwrap_or(Path::new(location));
    match path.ends_with("SKILL.md") {
        true => path.parent().unwrap().display().to_string(),
        false => path.display().to_string(),
    }
}

/// Returns the differences of one client, each a line of the table.
fn differences(base: &Path, ours: &Listing, recorded: &Verdicts) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |at: &str, what: &str, ours: Option<&str>, recorded: Option<&str>| {
        let cell = |value: Option<&str>| {
            value.map_or("-".to_owned(), |value| {
                let start: String = value.chars().take(60).collect();
                format!("{start:?}")
            })
        };
        lines.push(format!("{at}\t{what}\t{}\t{}", cell(ours), cell(recorded)));
    };
    // Where the model's prompt was read, a skill that the model is not shown was not seen.
    let seen = |skill: &&Verdict| recorded.from == Source::Listing || !skill.hidden;
    let loaded: Vec<&Verdict> = ours.loaded.iter().filter(seen).collect();
    let (theirs, rejected): (Vec<&Verdict>, Vec<&Verdict>) =
        recorded.skills.iter().partition(|skill| skill.error.is_none());
    let tells_hidden = theirs.iter().any(|skill| skill.hidden);
    for their in &theirs {
        let at = their.at.as_str();
        if !base.join(at).exists() {
            line(at, "is not in the tree", None, None);
        }
        let Some(our) = loaded.iter().find(|our| our.at == their.at) else {
            let random = |(loser, winner): &(String, String)| {
                loser == at && loaded.iter().any(|our| our.at == *winner)
            };
            if !ours.undetermined.iter().any(random) {
                let why = if ours.rejected.contains(at) {
                    "rejected"
                } else {
                    "missing"
                };
                line(at, why, None, their.name.as_deref());
            }
            continue;
        };
        for (what, our, their) in [
            ("name", &our.name, &their.name),
            ("label", &our.label, &their.label),
            ("description", &our.description, &their.description),
        ] {
            // A missing description is an empty one in the listing.
            let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
            if filled(our) != filled(their) {
                line(at, what, our.as_deref(), their.as_deref());
            }
        }
        if tells_hidden && our.hidden != their.hidden {
            line(
                at,
                "hidden",
                Some(&our.hidden.to_string()),
                Some(&their.hidden.to_string()),
            );
        }
    }
    for our in &loaded {
        let at = our.at.as_str();
        if theirs.iter().any(|their| their.at == at) {
            continue;
        }
        let random = |(loser, winner): &(String, String)| {
            winner == at && theirs.iter().any(|their| their.at == *loser)
        };
        if !ours.undetermined.iter().any(random) {
            let rejection = rejected.iter().find(|rejected| rejected.at == at);
            line(
                at,
                "extra",
                our.name.as_deref(),
                rejection.and_then(|rejected| rejected.error.as_deref()),
            );
        }
    }
    for rejection in rejected {
        let at = rejection.at.as_str();
        if !ours.rejected.contains(at) && !loaded.iter().any(|our| our.at == at) {
            line(at, "not rejected", None, rejection.error.as_deref());
        }
    }
    if recorded.ordered {
        let both = |one: &[&Verdict], other: &[&Verdict]| -> Vec<String> {
            let common = one
                .iter()
                .filter(|skill| other.iter().any(|other| other.at == skill.at));
            common.map(|skill| skill.at.clone()).collect()
        };
        let (our, their) = (both(&loaded, &theirs), both(&theirs, &loaded));
        if let Some((our, their)) = our.iter().zip(&their).find(|(our, their)| our != their) {
            line(their, "order", Some(our), Some(their));
        }
    }
    lines
}
