//! Settings of clients that switch off single skills: what the clients showed to the model, as recorded in
//! `switches.json`, against the views.
//!
//! The versions are those of `verdicts.json`. In the texts of files, `BASE` is the folder of `home` and `proj`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a client showed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    client: String,
    cwd: String,
    /// Skills and commands, each with its name and a description.
    skills: Vec<String>,
    /// The texts of the settings.
    files: BTreeMap<String, String>,
    /// The names of the skills that the model saw, in any order.
    shown: Vec<String>,
    /// Those without their description.
    #[serde(default)]
    name_only: Vec<String>,
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn skills_that_settings_switch_off_are_hidden() {
    let recorded = include_str!("switches.json");
    let recorded: Vec<Shown> = serde_json::from_str(recorded).unwrap();
    for (at, one) in recorded.iter().enumerate() {
        let dir = TempDir::new().unwrap();
        let base = dir.path().canonicalize().unwrap();
        for folder in ["home", "proj/.git", "proj/sub"] {
            fs::create_dir_all(base.join(folder)).unwrap();
        }
        for skill in &one.skills {
            let path = base.join(skill);
            let name = match path.file_stem().unwrap().to_str().unwrap() {
                "SKILL" => path.parent().unwrap().file_name().unwrap().to_str().unwrap(),
                name => name,
            };
            let text = format!("---\nname: {name}\ndescription: about {name}\n---\nDo.\n");
            write(&path, &text);
        }
        for (file, text) in &one.files {
            write(&base.join(file), &text.replace("BASE", base.to_str().unwrap()));
        }
        let output = Command::new(env!("CARGO_BIN_EXE_clawpowers"))
            .args(["skill", "list", "--json", "--as", &one.client])
            .current_dir(base.join(&one.cwd))
            .env_clear()
            .env("HOME", base.join("home"))
            .env("CLAWPOWERS_DIR", base.join("runtime"))
            .output()
            .unwrap();
        let reply: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let skills = reply["ok"]["skills"].as_array().unwrap();
        let mut shown: Vec<&str> = Vec::new();
        let mut name_only: Vec<&str> = Vec::new();
        for skill in skills.iter().filter(|skill| skill["invocation"]["model"] == true) {
            let name = skill["name"].as_str().unwrap();
            shown.push(name);
            if skill["description"] == "" {
                name_only.push(name);
            }
        }
        shown.sort_unstable();
        let mut expected: Vec<&str> = one.shown.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{} of entry {at}", one.client);
        assert_eq!(name_only, one.name_only, "{} of entry {at}", one.client);
    }
}
