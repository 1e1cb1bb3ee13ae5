//! Copilot CLI, as of version 1.0.102: strict YAML, strict names, and the body in place of a missing description.

use super::claude::command_name;
use super::client::{ANY_DEPTH, Client, Collision, Listing};
use super::fields::{Value, Yaml, collapse, split};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, RootKind, WalkRules, user_root};
use crate::fields::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};
use crate::lint::{Rule, Target};
use crate::syntax::yaml::Node;

pub(super) const COPILOT: Client = Client {
    name: "copilot",
    aliases: &["github-copilot", "copilot-cli", "github-copilot-cli"],
    verified: Some("1.0.102"),
    project_folder: Some(".github/skills"),
    target: Target::Copilot,
    collision: Collision::FirstWins,
    listing: Listing {
        links_in_order: true,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &[],
        skip_hidden: true,
        stop_at_skill: true,
        follows_out: true,
        ..ANY_DEPTH
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let mut roots = Vec::new();
    for below in [".github/skills", ".agents/skills", ".claude/skills"] {
        roots.extend(env.projects(&[below]));
    }
    let copilot = env.folder(&env.copilot_home, ".copilot");
    roots.extend(copilot.map(|dir| user_root(dir.join("skills"))));
    roots.extend(env.user(&[".agents/skills"]));
    roots.extend(env.copilot_skills.iter().cloned().map(user_root));
    let commands = env.projects(&[".claude/commands"]).into_iter();
    roots.extend(commands.map(|root| Root {
        kind: RootKind::Commands,
        ..root
    }));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.text_without_mark();
    let is_command = file.root.kind.is_commands();
    let dashes = |line: &str| line.starts_with("---") && line.trim_end() == "---";
    let (yaml, body) = match split(&text, dashes, dashes) {
        Some(block) => (block.yaml, block.body),
        None if is_command => ("", &*text),
        None => return Err(file.no_frontmatter()),
    };
    let fields = match yaml.trim().is_empty() {
        true => None,
        false => match Yaml::STRICT.read(yaml) {
            Err(refusal) if refusal.rule == Rule::FrontmatterNotMapping => None,
            read => Some(read?),
        },
    };
    let field = |key: &str| {
        fields
            .as_ref()
            .map_or(Value::Missing, |root| Value::of(root, key))
    };
    let refuse = |rule, message: String| Err(Refusal::new(rule, message));
    let name = match field("name") {
        Value::Text(text) if text.trim().is_empty() => {
            return refuse(Rule::NameEmpty, "this client rejects an empty name".to_owned());
        }
        Value::Text(text) => text.trim().replace(' ', "-"),
        Value::Missing if is_command => command_name(file.path, &file.root.path),
        Value::Missing => file.folder().replace(' ', "-"),
        _ => {
            return refuse(
                Rule::NameNotString,
                "this client requires the name to be a string".to_owned(),
            );
        }
    };
    if name.chars().count() > MAX_NAME_CHARS {
        let message = format!("this client rejects a name of more than {MAX_NAME_CHARS} characters");
        return refuse(Rule::NameTooLong, message);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(allowed) {
        let message = "this client only accepts the letters a to z, digits, hyphens, underscores, dots, colons and spaces in a name";
        return refuse(Rule::NameCharset, message.to_owned());
    }
    let description = match field("description") {
        Value::Text(text) => text_of(text, yaml),
        Value::Missing => collapse(body),
        _ => {
            let message = "this client requires the description to be a string".to_owned();
            return refuse(Rule::DescriptionNotString, message);
        }
    };
    if matches!(field("description"), Value::Text(_)) && description.chars().count() > MAX_DESCRIPTION_CHARS {
        let message =
            format!("this client rejects a description of more than {MAX_DESCRIPTION_CHARS} characters");
        return refuse(Rule::DescriptionTooLong, message);
    }
    for key in ["disable-model-invocation", "user-invocable"] {
        let node = fields.as_ref().and_then(|root| root.get(key));
        if node.is_some_and(|node| node.as_bool().is_none()) {
            let message = format!("this client requires `{key}` to be `true` or `false` without quotes");
            return refuse(Rule::InvocationNotBoolean, message);
        }
    }
    if !matches!(
        field("argument-hint"),
        Value::Text(_) | Value::Missing | Value::Null
    ) {
        let message = "this client requires `argument-hint` to be a string".to_owned();
        return refuse(Rule::FieldValue, message);
    }
    let is_list = |node: &Node| {
        node.items()
            .is_some_and(|items| items.iter().all(Node::is_string))
    };
    match field("allowed-tools") {
        Value::Text(_) | Value::Missing | Value::Null => {}
        Value::Other(node) if is_list(node) => {}
        _ => {
            let message =
                "this client requires `allowed-tools` to be a string or a list of strings".to_owned();
            return refuse(Rule::AllowedToolsNotString, message);
        }
    }
    Ok(ClientSkill {
        name,
        label: None,
        description,
        invocation: file.invocation(),
        hidden: None,
    })
}

/// Returns a description as its parser reads it: a block scalar at the very end has no line end.
fn text_of(text: &str, yaml: &str) -> String {
    let last = yaml.lines().next_back().unwrap_or_default().trim();
    let at_end = text
        .strip_suffix('\n')
        .filter(|text| !yaml.ends_with('\n') && text.ends_with(last));
    let text = at_end.unwrap_or(text);
    match yaml.contains(BREAKS) {
        true => folded(text),
        false => text.to_owned(),
    }
}

/// What ends a line in YAML 1.1 beside line feeds.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Returns a text as YAML 1.1 folds it.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for part in text.split_inclusive(BREAKS) {
        let line = part.trim_end_matches(BREAKS);
        folded.push_str(line.trim_matches(' '));
        match part.get(line.len()..) {
            Some("\u{85}") => folded.push(' '),
            Some(separator) => folded.push_str(separator),
            None => {}
        }
    }
    folded
}
