//! Codex, as of version 0.171.0.

use super::client::{Client, Collision, Listing, SIX_DEEP};
use super::fields::{Value, Yaml, change_lines, collapse, is_dashes, quoted, split};
use super::file::{ClientFile, ClientSkill, Hidden, Outcome, Refusal};
use crate::discovery::{Environment, FileLinks, Root, Scope, WalkRules, user_root};
use crate::fields::MAX_NAME_CHARS;
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use crate::syntax::yaml::{Kind, Node, parse};
use std::path::PathBuf;

/// How large `agents/openai.yaml` may be.
const MAX_METADATA: u64 = 64 * 1024;

// It keeps both skills with the same name, and then neither can be invoked by name. Symlinks of the skills that ship
// with it must stay inside their root.
pub(super) const CODEX: Client = Client {
    name: "codex",
    aliases: &["codex-cli", "openai-codex"],
    verified: Some("0.171.0"),
    project_folder: Some(".codex"),
    target: Target::Codex,
    collision: Collision::KeepAll,
    listing: Listing::BY_PATH,
    walk: WalkRules {
        file_links: FileLinks::Never,
        follows_out: true,
        ..SIX_DEEP
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let mut roots = env.projects(&[".agents/skills", ".codex/skills"]);
    roots.extend(env.user(&[".agents/skills"]));
    if let Some(codex) = env.folder(&env.codex_home, ".codex") {
        roots.push(user_root(codex.join("skills")));
        let own = codex.join("skills/.system");
        // If this file is missing, Codex replaces the folder when it starts.
        if own.join(".codex-system-skills.marker").is_file() {
            roots.push(Root::enclosed(own, Scope::System));
        }
    }
    roots.push(Root::unbounded(PathBuf::from("/etc/codex/skills"), Scope::System));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = std::str::from_utf8(file.bytes)
        .map_err(|_| Refusal::new(Rule::NotUtf8, "this client only reads UTF-8"))?;
    let block = split(text, is_dashes, is_dashes).ok_or_else(|| file.no_frontmatter())?;
    let yaml = Yaml {
        repair: Some(quote_values),
        duplicates: |key| !matches!(key, "name" | "description" | "metadata"),
        ..Yaml::STRICT
    };
    let mut root = yaml.read(block.yaml)?;
    let is_other = |key: &str| matches!(Value::of(&root, key), Value::Other(_));
    if is_other("name") || is_other("description") {
        root = yaml.read(&quote_values(block.yaml))?;
    }
    let description = match Value::of(&root, "description") {
        Value::Text(text) | Value::Literal(text) => collapse(text),
        Value::Missing | Value::Null => String::new(),
        Value::Other(_) => {
            let message = "this client requires the description to be a string";
            return Err(Refusal::new(Rule::DescriptionNotString, message));
        }
    };
    if description.is_empty() {
        let rule = match Value::of(&root, "description") {
            Value::Missing => Rule::DescriptionMissing,
            _ => Rule::DescriptionEmpty,
        };
        return Err(Refusal::new(rule, "this client requires a description"));
    }
    let name = match Value::of(&root, "name") {
        Value::Text(text) | Value::Literal(text) => collapse(text),
        Value::Missing | Value::Null => String::new(),
        Value::Other(_) => {
            let message = "this client requires the name to be a string";
            return Err(Refusal::new(Rule::NameNotString, message));
        }
    };
    let name = if name.is_empty() {
        collapse(&file.folder())
    } else {
        name
    };
    if name.chars().count() > MAX_NAME_CHARS {
        let message = format!("this client rejects a name of more than {MAX_NAME_CHARS} characters");
        return Err(Refusal::new(Rule::NameTooLong, message));
    }
    check_metadata(&root)?;
    let model = allows_implicit_use(file);
    let reason = "agents/openai.yaml sets `policy.allow_implicit_invocation` to false";
    Ok(ClientSkill {
        name,
        label: None,
        description,
        invocation: Invocation { user: true, model },
        hidden: (!model).then(|| Hidden {
            reason: reason.to_owned(),
            hint: "set it to true, or remove it",
        }),
    })
}

/// Quotes the values outside block scalars that contain `: `, or that start with an indicator and are not YAML.
fn quote_values(yaml: &str) -> String {
    // The indentation of the key that a block scalar belongs to.
    let mut block: Option<usize> = None;
    change_lines(yaml, |line| {
        let indent = line.len() - line.trim_start().len();
        let is_blank = line.trim().is_empty();
        if block.is_some_and(|of_key| is_blank || indent > of_key) {
            return None;
        }
        block = None;
        let (key, rest) = split_key(line)?;
        let value = rest.split(" #").next().unwrap_or_default().trim();
        if value.starts_with(['|', '>']) {
            block = Some(indent);
            return None;
        }
        if value.starts_with(['"', '\'', '#']) {
            return None;
        }
        let is_open = value.starts_with(['[', '{', '@', '`']) && parse(value).is_err();
        (is_open || split_key(value).is_some()).then(|| format!("{key}: {}", quoted(value)))
    })
}

/// Splits at the first colon that white space follows.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let mut colons = line.match_indices(':');
    let splits = |at: usize| {
        line.get(at + 1..)
            .is_some_and(|rest| rest.starts_with(char::is_whitespace))
    };
    let (at, _) = colons.find(|(at, _)| splits(*at))?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

/// Rejects metadata of another form than the client's own structure.
fn check_metadata(root: &Node) -> Result<(), Refusal> {
    let Some(metadata) = root.get("metadata") else {
        return Ok(());
    };
    if metadata.entries().is_none() {
        let message = "this client requires the metadata to be a mapping";
        return Err(Refusal::new(Rule::MetadataNotMapping, message));
    }
    match metadata.get("short-description") {
        Some(text) if !matches!(text.kind, Kind::Scalar { .. }) => {
            let message = "this client requires `metadata.short-description` to be a string";
            Err(Refusal::new(Rule::FieldValue, message))
        }
        _ => Ok(()),
    }
}

/// Returns whether `agents/openai.yaml` lets the model choose the skill.
fn allows_implicit_use(file: &ClientFile<'_>) -> bool {
    if file.folder.is_some_and(|folder| folder.lacks("agents".as_ref())) {
        return true;
    }
    let path = file.path.with_file_name("agents").join("openai.yaml");
    let Ok(bytes) = file.tree.read(&path, MAX_METADATA) else {
        return true;
    };
    let parsed = parse(&String::from_utf8_lossy(&bytes));
    let root = parsed.ok().and_then(|(root, _)| root);
    let policy = root.as_ref().and_then(|root| root.get("policy"));
    policy.and_then(|policy| policy.get("allow_implicit_invocation")?.as_bool()) != Some(false)
}
