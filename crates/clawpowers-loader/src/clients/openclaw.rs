//! OpenClaw, as of version 2026.9.6.

use super::client::{Client, Collision, Listing, SIX_DEEP};
use super::fields::{
    Value, Yaml, change_lines, flag, js_trim, quoted, split, without_quotes, without_sequences,
};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, FileLinks, Root, WalkRules};
use crate::display::quote;
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

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

/// How large its configuration may be.
const MAX_CONFIG: u64 = 1 << 20;

fn roots(env: &Environment) -> Vec<Root> {
    let home = env.folder(&None, ".openclaw");
    let workspace = home.as_deref().map(|home| workspace(home, env));
    let mut roots: Vec<Root> = Vec::new();
    if let Some(workspace) = workspace {
        for below in ["skills", ".agents/skills"] {
            roots.push(Root::enclosed(
                workspace.join(below),
                crate::discovery::Scope::Project,
            ));
        }
    }
    roots.extend(env.user(&[".agents/skills", ".openclaw/skills"]));
    roots
}

/// Returns the workspace that `openclaw.json` names, else its default.
fn workspace(home: &Path, env: &Environment) -> PathBuf {
    let named = || {
        let path = home.join("openclaw.json");
        let size = path.metadata().ok()?.len();
        let text = (size <= MAX_CONFIG).then(|| std::fs::read_to_string(&path).ok())??;
        let config: Json = serde_json::from_str(&text).ok()?;
        let named = config.pointer("/agents/defaults/workspace")?.as_str()?;
        let below_home = named.strip_prefix("~/").zip(env.user_home.as_ref());
        Some(match below_home {
            Some((rest, user)) => user.join(rest),
            None => env.cwd.join(named),
        })
    };
    named().unwrap_or_else(|| home.join("workspace"))
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
    let missing = file
        .host
        .zip(file.skill)
        .map(|(host, skill)| skill.requirements.missing_on(host));
    let missing = missing.unwrap_or_default().into_iter();
    let missing: Vec<_> = missing
        .map(|one| format!("{} {}", one.kind, quote(&one.name)))
        .collect();
    Ok(ClientSkill {
        name: field("name").unwrap_or_else(|| file.folder()),
        label: None,
        description,
        invocation: Invocation {
            model: !flag(&root, "disable-model-invocation").unwrap_or(false) && missing.is_empty(),
            ..file.invocation()
        },
        hidden: (!missing.is_empty())
            .then(|| format!("its requirements are not met: {}", missing.join(", "))),
    })
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
