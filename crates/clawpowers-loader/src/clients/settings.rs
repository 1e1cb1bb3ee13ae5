//! Reads the settings of clients that keep single skills from the model.
//!
//! A file that the client cannot read counts as missing.

use super::switches::{Selects, Shows, Switch, Switches, matches};
use crate::discovery::Environment;
use crate::display::display_path;
use jsonc_parser::ParseOptions;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};

/// How large a file of settings may be.
const MAX_FILE: u64 = 1 << 20;

impl Switches {
    /// Reads the settings of Claude Code, Codex, Gemini CLI and OpenCode.
    #[must_use]
    pub fn read(env: &Environment) -> Self {
        let clients = [claude(env), codex(env), gemini(env), opencode(env)];
        Self(clients.into_iter().flatten().collect())
    }
}

fn text(path: &Path) -> Option<String> {
    // Opening a pipe would block.
    let metadata = path.metadata().ok()?;
    let is_text = metadata.is_file() && metadata.len() <= MAX_FILE;
    is_text.then(|| fs::read_to_string(path).ok())?
}

/// Parses JSON with comments.
fn json(text: &str, allow_trailing_commas: bool) -> Option<Json> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    jsonc_parser::parse_to_serde_value(text, &options).ok()
}

/// Reads `skillOverrides`: of the user, of the working directory, then `settings.local.json` of the project's root too.
fn claude(env: &Environment) -> Vec<Switch> {
    let user = env.folder(&env.claude_config, ".claude");
    let user = user.map(|folder| folder.join("settings.json"));
    let [project, local] =
        ["settings.json", "settings.local.json"].map(|name| env.cwd.join(".claude").join(name));
    let root = env.project_root().join(".claude/settings.local.json");
    let files = user.into_iter().chain([project, root, local]);
    let switches = |file: PathBuf| -> Option<Vec<Switch>> {
        let settings: Json = serde_json::from_str(&text(&file)?).ok()?;
        let overrides = settings.get("skillOverrides")?.as_object()?;
        // One wrong word makes it ignore the file.
        let switch = |(name, word): (&String, &Json)| {
            Some(Switch {
                client: "claude",
                selects: Selects::Name(name.clone()),
                shows: match word.as_str()? {
                    "on" => Shows::Whole,
                    "name-only" => Shows::Name,
                    "user-invocable-only" | "off" => Shows::Nothing,
                    _ => return None,
                },
                setting: format!("skillOverrides.{name}"),
                file: display_path(&file),
            })
        };
        overrides.iter().map(switch).collect()
    };
    files.filter_map(switches).flatten().collect()
}

/// Reads `[[skills.config]]`, whose entries have a name or a path.
fn codex(env: &Environment) -> Vec<Switch> {
    let switches = || {
        let folder = env.folder(&env.codex_home, ".codex")?;
        let file = folder.join("config.toml");
        let settings: toml::Table = text(&file)?.parse().ok()?;
        let entries = settings.get("skills")?.get("config")?.as_array()?;
        let switch = |entry: &toml::Value| {
            let field = |key: &str| entry.get(key).and_then(toml::Value::as_str);
            let selects = match (field("name"), field("path")) {
                (Some(name), None) if !name.trim().is_empty() => Selects::Name(name.trim().to_owned()),
                (None, Some(path)) => {
                    let user = path.strip_prefix("~/").zip(env.user_home.as_ref());
                    let path = user.map_or_else(|| folder.join(path), |(below, user)| user.join(below));
                    Selects::File(path.canonicalize().ok()?)
                }
                _ => return None,
            };
            Some(Switch {
                client: "codex",
                selects,
                shows: match entry.get("enabled")?.as_bool()? {
                    true => Shows::Whole,
                    false => Shows::Nothing,
                },
                setting: "skills.config".to_owned(),
                file: display_path(&file),
            })
        };
        Some(entries.iter().filter_map(switch).collect())
    };
    switches().unwrap_or_default()
}

/// Reads `skills.disabled` of the user and of the working directory, which add up, and `skills.enabled`.
fn gemini(env: &Environment) -> Vec<Switch> {
    let folders = env.user_home.iter().chain([&env.cwd]);
    let mut off = None;
    let mut switches = Vec::new();
    for file in folders.map(|folder| folder.join(".gemini/settings.json")) {
        let Some(settings) = text(&file).and_then(|text| json(&text, false)) else {
            continue;
        };
        let switch = |setting: &str, selects| Switch {
            client: "gemini",
            selects,
            shows: Shows::Nothing,
            setting: setting.to_owned(),
            file: display_path(&file),
        };
        let named = settings.pointer("/skills/disabled").and_then(Json::as_array);
        let names = named.into_iter().flatten().filter_map(Json::as_str);
        switches.extend(names.map(|name| switch("skills.disabled", Selects::NameInAnyCase(name.to_owned()))));
        match settings.pointer("/skills/enabled").and_then(Json::as_bool) {
            Some(true) => off = None,
            Some(false) => off = Some(switch("skills.enabled", Selects::All)),
            None => {}
        }
    }
    switches.extend(off);
    switches
}

/// Reads `permission`: of the user, of the project folders from its root on, then of their `.opencode`. Files are merged.
fn opencode(env: &Environment) -> Vec<Switch> {
    let user = env.folder(&env.config_home, ".config");
    let user = user.map(|folder| folder.join("opencode"));
    let mut folders: Vec<PathBuf> = env.project_folders();
    folders.reverse();
    let own: Vec<PathBuf> = folders.iter().map(|folder| folder.join(".opencode")).collect();
    let mut permission = Json::Null;
    let mut file = String::new();
    for folder in user.into_iter().chain(folders).chain(own) {
        for name in ["opencode.json", "opencode.jsonc"] {
            let path = folder.join(name);
            let settings = text(&path).and_then(|text| json(&text, true));
            if let Some(own) = settings.as_ref().and_then(|settings| settings.get("permission")) {
                file = display_path(&path);
                merge(&mut permission, own);
            }
        }
    }
    let switch = |pattern: &str, action: &Json| Switch {
        client: "opencode",
        selects: Selects::Pattern(pattern.to_owned()),
        shows: match action.as_str() {
            Some("deny") => Shows::Nothing,
            _ => Shows::Whole,
        },
        setting: "permission".to_owned(),
        file: file.clone(),
    };
    let of_skills = |(tool, value): (&String, &Json)| match value {
        _ if !matches(tool, "skill") => Vec::new(),
        Json::Object(patterns) => patterns
            .iter()
            .map(|(name, action)| switch(name, action))
            .collect(),
        action => vec![switch("*", action)],
    };
    match &permission {
        Json::Object(tools) => tools.iter().flat_map(of_skills).collect(),
        Json::Null => Vec::new(),
        action => vec![switch("*", action)],
    }
}

/// Merges settings into those of an earlier file; a field keeps its place.
fn merge(settings: &mut Json, later: &Json) {
    match (settings, later) {
        (Json::Object(fields), Json::Object(later)) => {
            for (key, value) in later {
                merge(fields.entry(key).or_insert(Json::Null), value);
            }
        }
        (Json::Object(_), Json::Null) => {}
        (settings, later) => *settings = later.clone(),
    }
}
