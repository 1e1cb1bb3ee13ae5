//! Claude Code by version 2.1.332.
//!
//! The folder is the name, and the name of the frontmatter only a label. Nearly every file loads: without a usable
//! description the first line of the body describes the skill, and frontmatter that is not YAML is ignored.

use super::client::{CHILDREN, Client, Collision, Listing};
use super::fields::{Block, Value, Yaml, flag};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, RootKind, WalkRules, user_root};
use crate::display::quote;
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use crate::sort;
use std::path::Path;

/// How much of a description it shows, in code points.
const MAX_DESCRIPTION: usize = 1536;

pub(super) const CLAUDE: Client = Client {
    name: "claude",
    aliases: &["claude-code"],
    verified: Some("2.1.332"),
    target: Target::Claude,
    collision: Collision::FirstWins,
    listing: Listing {
        folds_case: true,
        links_in_order: true,
        prefers_real: false,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &[],
        follows_out: true,
        ..CHILDREN
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let config = env.folder(&env.claude_config, ".claude");
    let own = |below: &str| {
        config
            .iter()
            .map(move |dir| user_root(dir.join(below)))
            .collect::<Vec<_>>()
    };
    let mut roots = own("skills");
    roots.extend(env.projects(&[".claude/skills"]));
    roots.extend(nested(env));
    let mut commands = env.projects(&[".claude/commands"]);
    commands.extend(own("commands"));
    roots.extend(commands.into_iter().map(|root| Root {
        kind: RootKind::NestedCommands,
        ..root
    }));
    roots
}

/// How many folders in the working directory are searched for skills that load later, and how deep.
const MAX_NESTED: usize = 2000;
const MAX_NESTED_DEPTH: usize = 8;

/// Returns the skill folders in subfolders of the working directory.
fn nested(env: &Environment) -> Vec<Root> {
    let mut roots = Vec::new();
    let mut level = match env.project(&env.cwd, &[""]).is_empty() {
        true => Vec::new(),
        false => vec![env.cwd.clone()],
    };
    let mut left = MAX_NESTED;
    for _ in 0..MAX_NESTED_DEPTH {
        let mut next = Vec::new();
        for folder in std::mem::take(&mut level) {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            let name = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
            let visible =
                folders.filter(|entry| !name(entry).starts_with('.') && name(entry) != "node_modules");
            next.extend(
                visible
                    .map(|entry| entry.path())
                    .take(left.saturating_sub(next.len())),
            );
        }
        sort::by(&mut next, Ord::cmp);
        left = left.saturating_sub(next.len());
        let below = next
            .iter()
            .flat_map(|folder| env.project(folder, &[".claude/skills"]));
        let below = below.filter(|root| root.path.is_dir());
        roots.extend(below.map(|root| Root {
            kind: RootKind::Later,
            ..root
        }));
        level = next;
    }
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let folder = file.folder();
    let is_command = file.root.kind.is_commands();
    if !is_command && folder.eq_ignore_ascii_case("synced") {
        let message = "the folder name `synced` is reserved for the skills of the account";
        return Err(Refusal::new(Rule::NameReserved, message));
    }
    if file.root.kind == RootKind::Later {
        let project = file
            .root
            .path
            .parent()
            .and_then(Path::parent)
            .unwrap_or(&file.root.path);
        let name = project.file_name().unwrap_or_default().to_string_lossy();
        let message = format!(
            "loads when the agent works on a file in the folder {}",
            quote(&name)
        );
        return Err(Refusal::new(Rule::LoadsLater, message));
    }
    let text = file.text_without_mark();
    let block = split(&text);
    let body = block.as_ref().map_or(&*text, |block| block.body);
    let yaml = Yaml {
        repairs: REPAIRS,
        duplicates: true,
        repaired_fields: &[],
    };
    let root = block.as_ref().and_then(|block| yaml.read(block.yaml).ok());
    let field = |key: &str| {
        let text = Value::of(root.as_ref()?, key).scalar()?.trim();
        (!text.is_empty()).then_some(text)
    };
    let paths = root.as_ref().and_then(|root| root.get("paths"));
    if paths.is_some_and(|paths| !paths.is_null()) {
        let message = "loads when the agent works on a file that matches `paths`";
        return Err(Refusal::new(Rule::LoadsLater, message));
    }
    let described = field("description").or_else(|| first_line(body));
    let mut description = described.unwrap_or("Skill").to_owned();
    if let Some(when) = field("when_to_use") {
        description = format!("{description} - {when}");
    }
    let name = match is_command {
        true => command_name(file.path, &file.root.path),
        false => folder,
    };
    let label = field("name").filter(|label| !is_command && *label != name && !label.contains([' ', '/']));
    let flag = |key: &str| root.as_ref().and_then(|root| flag(root, key));
    Ok(ClientSkill {
        label: label.map(str::to_owned),
        description: cut(&shown(&description)),
        invocation: Invocation {
            user: flag("user-invocable").unwrap_or(true),
            // Without the other fields of broken YAML, this one still counts.
            model: match root {
                Some(_) => !flag("disable-model-invocation").unwrap_or(false),
                None => file.invocation().model,
            },
        },
        hidden: None,
        name,
    })
}

/// The repairs that it makes by quoting a value: of a colon or an indicator, and of tabs.
const REPAIRS: &[Rule] = &[
    Rule::YamlRepairedColon,
    Rule::YamlRepairedIndicator,
    Rule::YamlRepairedTab,
];

/// Splits at the first `---` after the opening line, wherever it is.
fn split(text: &str) -> Option<Block<'_>> {
    let rest = text.strip_prefix("---")?;
    let space = rest.len() - rest.trim_start().len();
    let start = rest.get(..space)?.rfind('\n')? + 1;
    let rest = rest.get(start..)?;
    let end = rest.find("---")?;
    Some(Block {
        yaml: rest.get(..end)?,
        body: rest.get(end + 3..)?.trim_start(),
    })
}

/// Returns the first line of a body that has text, without the marks of a heading.
fn first_line(body: &str) -> Option<&str> {
    let mut lines = body.split('\n').map(str::trim);
    let line = lines.find(|line| !line.is_empty())?;
    let heading = line.trim_start_matches('#');
    Some(match heading.len() < line.len() && heading.starts_with(' ') {
        true => heading.trim_start(),
        false => line,
    })
}

/// Returns a text as it is shown: terminal sequences are removed, other characters without a shape become spaces.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
            let end = sequence.find(|c: char| ('@'..='~').contains(&c));
            rest = end.and_then(|end| sequence.get(end + 1..)).unwrap_or_default();
            continue;
        }
        let hidden = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        shown.push(if hidden { ' ' } else { c });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    shown
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_DESCRIPTION {
        return text.to_owned();
    }
    text.chars().take(MAX_DESCRIPTION - 1).chain(['…']).collect()
}

/// Returns the name of a command: the folders under the root and the file, joined with `:`.
pub(super) fn command_name(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = match below.file_name().is_some_and(|name| name == "SKILL.md") {
        true => below.parent().unwrap_or(below).to_owned(),
        false => below.with_extension(""),
    };
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join(":")
}
