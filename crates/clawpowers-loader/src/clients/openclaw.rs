//! OpenClaw, as of version 2026.9.6.

use super::client::{Client, Collision, Listing, SIX_DEEP};
use super::fields::{
    Value, Yaml, change_lines, flag, js_trim, quoted, split, without_quotes, without_sequences,
};
use super::file::{ClientFile, ClientSkill, Hidden, Outcome, Refusal};
use crate::discovery::{Environment, FileLinks, Root, RootKind, Scope, WalkRules};
use crate::display::quote;
use crate::lint::{Rule, Target};
use crate::skill::{HostInfo, Invocation, Requirements};
use crate::syntax::yaml::Node;
use serde_json::Value as Json;
use std::path::PathBuf;

pub(super) const OPENCLAW: Client = Client {
    name: "openclaw",
    aliases: &["open-claw"],
    verified: Some("2026.9.6"),
    project_folder: None,
    target: Target::OpenClaw,
    collision: Collision::FirstWins,
    listing: Listing {
        by_name: true,
        reversed: true,
        links_in_order: true,
        prefers_real: false,
        ..Listing::BY_PATH
    },
    // Symlinks must stay inside the root; a linked SKILL.md must stay inside its skill.
    walk: WalkRules {
        stop_at_skill: true,
        max_file_bytes: 256_000,
        max_folders: 200_000,
        skipped: &["node_modules"],
        file_links: FileLinks::InFolder,
        ..SIX_DEEP
    },
    roots,
    read,
};

/// Its folder in the user's home folder.
const FOLDER: &str = ".openclaw";
/// How large its configuration may be.
const MAX_CONFIG: u64 = 1 << 20;

/// Returns OpenClaw's configuration, `openclaw.json`; `null` if there is none that can be read.
#[must_use]
pub fn openclaw_settings(env: &Environment) -> Json {
    let read = || {
        let path = env.folder(&None, FOLDER)?.join("openclaw.json");
        let size = path.metadata().ok()?.len();
        let text = (size <= MAX_CONFIG).then(|| std::fs::read(&path).ok())??;
        serde_json::from_slice(&text).ok()
    };
    read().unwrap_or_default()
}

fn roots(env: &Environment) -> Vec<Root> {
    let settings = openclaw_settings(env);
    let mut roots: Vec<Root> = Vec::new();
    let named = settings.pointer("/agents/defaults/workspace");
    let workspace = named.and_then(Json::as_str).map(|named| resolve(named, env));
    let workspace = workspace.or_else(|| Some(env.folder(&None, FOLDER)?.join("workspace")));
    if let Some(workspace) = workspace {
        for below in ["skills", ".agents/skills"] {
            roots.push(Root::enclosed(workspace.join(below), Scope::Project));
        }
    }
    roots.extend(env.user(&[".agents/skills", ".openclaw/skills"]));
    let extra = settings
        .pointer("/skills/load/extraDirs")
        .and_then(Json::as_array);
    let extra = extra.into_iter().flatten().filter_map(Json::as_str);
    let extra = extra.map(str::trim).filter(|named| !named.is_empty());
    let extra: Vec<&str> = extra.collect();
    // The last one takes precedence.
    roots.extend(extra.into_iter().rev().map(|named| {
        let path = resolve(named, env);
        Root {
            kind: match path.ends_with("skills") {
                true => RootKind::Skills,
                false => RootKind::TwoLevels,
            },
            ..Root::enclosed(path, Scope::User)
        }
    }));
    roots
}

/// Returns the folder that a setting names.
fn resolve(named: &str, env: &Environment) -> PathBuf {
    let below_home = match named {
        "~" => Some(""),
        _ => named.strip_prefix("~/"),
    };
    match below_home.zip(env.user_home.as_ref()) {
        Some((rest, user)) => user.join(rest),
        None => env.cwd.join(named),
    }
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.normalized_text();
    let dashes = |line: &str| {
        line.strip_prefix("---")
            .is_some_and(|rest| js_trim(rest).is_empty())
    };
    let block = split(&text, dashes, dashes).ok_or_else(|| file.no_frontmatter())?;
    let yaml = Yaml {
        repair: Some(quote_description),
        ..Yaml::STRICT
    };
    let root = yaml.read(block.yaml)?;
    // What the line of a field has after the colon.
    let on_line = |key: &str| {
        let value = |line: &str| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim().to_owned());
        block.yaml.lines().find_map(value).unwrap_or_default()
    };
    let field = |key: &str| match Value::of(&root, key) {
        Value::Missing => None,
        Value::Null => Some(on_line(key)),
        Value::Text(text) | Value::Literal(text) => Some(text.to_owned()),
        Value::Other(node) => Some(match on_line(key) {
            line if line.contains(':') => line,
            _ => node.to_json().to_string(),
        }),
    };
    let field = |key: &str| field(key).map(|text| without_controls(&text).trim().to_owned());
    let field = |key: &str| field(key).filter(|text| !text.is_empty());
    let Some(description) = field("description") else {
        let message = "this client requires a description";
        return Err(Refusal::new(Rule::DescriptionMissing, message));
    };
    let name = field("name").unwrap_or_else(|| file.folder());
    // A browser has no host; what is never used there does not get into its module.
    let host = file.host.filter(|_| !cfg!(target_family = "wasm"));
    let hidden = host.and_then(|host| {
        let gate = Gate::new(&name, &root, &host.openclaw);
        gate.reason(host, &file.skill?.requirements)
    });
    Ok(ClientSkill {
        name,
        label: None,
        description,
        invocation: Invocation {
            model: !flag(&root, "disable-model-invocation").unwrap_or(false) && hidden.is_none(),
            ..file.invocation()
        },
        hidden,
    })
}

/// What the configuration says of a skill.
struct Gate<'a> {
    settings: &'a Json,
    /// The name of its entry.
    key: String,
    entry: Option<&'a Json>,
    /// The environment variable that the key of its entry sets.
    primary_env: Option<String>,
}

impl<'a> Gate<'a> {
    fn new(name: &str, root: &Node, settings: &'a Json) -> Self {
        let metadata = root.get("metadata");
        let own = ["openclaw", "clawdbot"]
            .iter()
            .find_map(|vendor| metadata?.get(vendor));
        let text = |field: &str| own?.get(field)?.as_text().map(str::to_owned);
        let key = text("skillKey").unwrap_or_else(|| name.to_owned());
        let entries = settings.pointer("/skills/entries");
        Self {
            settings,
            entry: entries.and_then(|entries| entries.get(&key)),
            key,
            primary_env: text("primaryEnv"),
        }
    }

    /// Returns why the model does not see the skill, if the machine and the configuration say so.
    fn reason(&self, host: &HostInfo, requirements: &Requirements) -> Option<Hidden> {
        if self.entry.and_then(|entry| entry.get("enabled")) == Some(&Json::Bool(false)) {
            let setting = quote(&format!("skills.entries.{}.enabled", self.key));
            return Some(Hidden {
                reason: format!("{setting} in openclaw.json is false"),
                hint: "set it to true, or remove it",
            });
        }
        let mut missing = requirements.missing_on(host);
        missing.retain(|one| one.kind != "env" || !self.sets(&one.name));
        let mut missing: Vec<String> = missing
            .iter()
            .map(|one| format!("{} {}", one.kind, quote(&one.name)))
            .collect();
        if !requirements.always {
            let unset = requirements.config.iter().filter(|path| !self.is_on(path));
            missing.extend(unset.map(|path| format!("config {}", quote(path))));
        }
        (!missing.is_empty()).then(|| Hidden {
            reason: format!("its requirements are not met: {}", missing.join(", ")),
            hint: "install or set what is missing",
        })
    }

    /// Returns whether the entry of the skill sets an environment variable.
    fn sets(&self, name: &str) -> bool {
        let is_set = |value: Option<&Json>| match value {
            Some(Json::String(text)) => !text.trim().is_empty(),
            Some(Json::Object(_)) => true,
            _ => false,
        };
        let field = |key: &str| self.entry?.get(key);
        let in_env = field("env").and_then(|env| env.get(name));
        is_set(in_env) || (self.primary_env.as_deref() == Some(name) && is_set(field("apiKey")))
    }

    /// Returns whether a setting is there and not off.
    fn is_on(&self, path: &str) -> bool {
        const ON_BY_DEFAULT: [&str; 2] = ["browser.enabled", "browser.evaluateEnabled"];
        let mut parts = path.split('.').filter(|part| !part.is_empty());
        match parts.try_fold(self.settings, |value, part| value.get(part)) {
            None => ON_BY_DEFAULT.contains(&path),
            Some(Json::Null) => false,
            Some(Json::Bool(on)) => *on,
            Some(Json::Number(number)) => number.as_f64() != Some(0.0),
            Some(Json::String(text)) => !text.trim().is_empty(),
            Some(Json::Array(_) | Json::Object(_)) => true,
        }
    }
}

/// Quotes the description, whatever it is.
fn quote_description(yaml: &str) -> String {
    change_lines(yaml, |line| {
        let value = line.strip_prefix("description:")?;
        let value = value.strip_prefix(char::is_whitespace)?.trim();
        Some(format!("description: {}", quoted(without_quotes(value))))
    })
}

/// Removes terminal sequences and control characters other than tabs and line ends.
fn without_controls(text: &str) -> String {
    let mut kept = without_sequences(text);
    kept.retain(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'));
    kept
}
