//! OpenClaw's configuration: what it does to skills, as version 2026.9.6 listed them with the same files.

use super::UserHome;
use clawpowers_loader::{Catalog, CatalogOptions, Client, HostInfo, Rule, openclaw_settings};

const WORKSPACE: &str = ".openclaw/workspace/skills";

fn see(user: &UserHome) -> Catalog {
    let client = Client::named("openclaw").unwrap();
    let environment = user.surroundings("repo");
    Catalog::load(&CatalogOptions {
        roots: client.roots(&environment),
        client: Some(client),
        host: Some(HostInfo {
            openclaw: openclaw_settings(&environment),
            ..HostInfo::default()
        }),
        ..CatalogOptions::default()
    })
}

/// Writes a skill with these contents of `metadata.openclaw`.
fn skill(user: &UserHome, name: &str, metadata: &str) {
    let text =
        format!("---\nname: {name}\ndescription: Does.\nmetadata: {{\"openclaw\":{metadata}}}\n---\nDo.\n");
    user.write(&format!("{WORKSPACE}/{name}/SKILL.md"), &text);
}

/// Returns the names of the skills that the model sees, and of those that are hidden with the reason.
fn split(catalog: &Catalog) -> (Vec<&str>, Vec<(&str, &str)>) {
    let (mut seen, mut hidden) = (Vec::new(), Vec::new());
    for entry in &catalog.entries {
        let name = entry.skill.name.as_str();
        let found = entry.diagnostics.iter().find(|d| d.rule == Rule::HiddenFromModel);
        match found {
            None => seen.push(name),
            Some(d) => {
                assert!(!entry.skill.invocation.model && d.hint.is_some(), "{name}");
                hidden.push((name, d.message.as_str()));
            }
        }
    }
    (seen, hidden)
}

#[test]
fn settings_and_entries_gate_skills() {
    let user = UserHome::new();
    user.write(
        ".openclaw/openclaw.json",
        r#"{"skills":{"load":{"watch":false,"extraDirs":["x"]},"entries":{
            "off":{"enabled":false},"other-key":{"enabled":false},"keyed2":{"enabled":false},
            "always-off":{"enabled":false},"enved":{"env":{"NOPE_A":"1"}},"envkey":{"apiKey":"abc"}}}}"#,
    );
    for (name, metadata) in [
        ("always-off", r#"{"always":true}"#),
        (
            "cfgalways",
            r#"{"always":true,"requires":{"config":["channels.nothing.token"]}}"#,
        ),
        ("cfgdef", r#"{"requires":{"config":["browser.enabled"]}}"#),
        ("cfgfalse", r#"{"requires":{"config":["skills.load.watch"]}}"#),
        ("cfgno", r#"{"requires":{"config":["channels.nothing.token"]}}"#),
        ("cfgyes", r#"{"requires":{"config":["skills.load.extraDirs"]}}"#),
        ("enved", r#"{"requires":{"env":["NOPE_A"]}}"#),
        (
            "envkey",
            r#"{"primaryEnv":"NOPE_B","requires":{"env":["NOPE_B"]}}"#,
        ),
        ("keyed", r#"{"skillKey":"other-key"}"#),
        ("keyed2", r#"{"skillKey":"k2"}"#),
        ("off", "{}"),
    ] {
        skill(&user, name, metadata);
    }
    let catalog = see(&user);
    let (seen, hidden) = split(&catalog);
    assert_eq!(
        seen,
        ["cfgalways", "cfgdef", "cfgyes", "enved", "envkey", "keyed2"]
    );
    let disabled = |key: &str| format!("`skills.entries.{key}.enabled` in openclaw.json is false");
    let setting = |path: &str| format!("its requirements are not met: config `{path}`");
    let expected = [
        ("always-off", disabled("always-off")),
        ("cfgfalse", setting("skills.load.watch")),
        ("cfgno", setting("channels.nothing.token")),
        ("keyed", disabled("other-key")),
        ("off", disabled("off")),
    ];
    let expected: Vec<(&str, &str)> = expected.iter().map(|(name, why)| (*name, why.as_str())).collect();
    assert_eq!(hidden, expected);
}

#[test]
fn extra_folders_come_last_and_links_stay_inside_them() {
    let user = UserHome::new();
    let extra = user.path("extra").to_string_lossy().replace('\\', "/");
    user.write(
        ".openclaw/openclaw.json",
        &format!(r#"{{"skills":{{"load":{{"extraDirs":["{extra}","~/tilde","single","  ",7]}}}}}}"#),
    );
    user.skill(&format!("{WORKSPACE}/plain"), "plain")
        .skill(".openclaw/skills/managed", "managed")
        .skill("extra/plain", "plain")
        .skill("extra/managed", "managed")
        .skill("extra/x1", "x1")
        .skill("extra/both", "both")
        .skill("tilde/t1", "t1")
        .skill("tilde/both", "both")
        .skill("repo/single", "single");
    let catalog = see(&user);
    let place = |entry: &clawpowers_loader::Entry| {
        let below = entry.file.strip_prefix(user.home.path()).unwrap();
        below.parent().unwrap().to_string_lossy().replace('\\', "/")
    };
    let places: Vec<String> = catalog.entries.iter().map(place).collect();
    // The last of the extra folders has the highest precedence.
    assert_eq!(
        places,
        [
            "tilde/both",
            ".openclaw/skills/managed",
            ".openclaw/workspace/skills/plain",
            "repo/single",
            "tilde/t1",
            "extra/x1"
        ]
    );
}

#[test]
fn settings_that_cannot_be_read_are_none() {
    let user = UserHome::new();
    for text in [
        "",
        "{",
        "[]",
        "7",
        r#"{"skills":[]}"#,
        r#"{"skills":{"entries":7,"load":7}}"#,
    ] {
        user.write(".openclaw/openclaw.json", text);
        skill(&user, "off", "{}");
        assert_eq!(split(&see(&user)).0, ["off"], "{text}");
    }
}
