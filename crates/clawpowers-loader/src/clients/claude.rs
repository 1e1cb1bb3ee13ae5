//! Claude Code, as of version 2.1.332.
//!
//! The folder is the name, and the name of the frontmatter only a label. Nearly every file loads: without a usable
//! description the first line of the body describes the skill, and frontmatter that is not YAML is ignored.

use super::client::{CHILDREN, Client, Collision, Listing};
use super::fields::{Block, Value, Yaml, change_lines, flag, js_trim, quoted, without_sequences};
use super::file::{ClientFile, ClientSkill, Hidden, Outcome, Refusal};
use crate::discovery::{Environment, Root, RootKind, Scope, WalkRules, reserved_folder, user_root};
use crate::display::quote;
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use crate::sort;
use crate::syntax::yaml::parse;
use std::path::{Path, PathBuf};
use unicode_normalization::char::is_combining_mark;

/// How much of a description it shows, in code points.
const MAX_DESCRIPTION: usize = 1536;
/// The folder for the skills that Claude Code syncs from the user's claude.ai account.
const RESERVED: &str = "synced";
/// How large the `.git` of a worktree may be.
const MAX_GIT_FILE: u64 = 4096;

pub(super) const CLAUDE: Client = Client {
    name: "claude",
    aliases: &["claude-code"],
    verified: Some("2.1.332"),
    project_folder: Some(".claude"),
    target: Target::ClaudeCode,
    collision: Collision::FirstWins,
    listing: Listing {
        folds_case: true,
        links_in_order: true,
        prefers_real: false,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &[],
        reserved: Some(RESERVED),
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
    roots.extend(projects(env, ".claude/skills"));
    roots.extend(nested(env));
    let mut commands = projects(env, ".claude/commands");
    commands.extend(own("commands"));
    roots.extend(commands.into_iter().map(|root| Root {
        kind: RootKind::NestedCommands,
        ..root
    }));
    roots
}

/// Returns the folders at the relative path `below` in the project folders; in a Git worktree without one, that of the
/// main checkout too.
fn projects(env: &Environment, below: &str) -> Vec<Root> {
    let mut roots = env.projects(&[below]);
    let is_missing = roots.last().is_some_and(|root| !root.path.exists());
    if let Some(main) = main_checkout(&env.project_root()).filter(|_| is_missing) {
        roots.push(Root {
            boundary: Some(main.clone()),
            ..Root::unbounded(main.join(below), Scope::Project)
        });
    }
    roots
}

/// Returns the main checkout of the worktree `root`, whose `.git` is a file: `gitdir: MAIN/.git/worktrees/NAME`.
fn main_checkout(root: &Path) -> Option<PathBuf> {
    let file = root.join(".git");
    let size = file.metadata().ok().filter(|file| file.is_file())?.len();
    let text = (size <= MAX_GIT_FILE).then(|| std::fs::read_to_string(file).ok())??;
    let folder = root.join(text.strip_prefix("gitdir:")?.trim());
    let git = folder.parent()?.parent()?;
    let is_worktree = folder.parent()?.ends_with("worktrees") && git.ends_with(".git");
    Some(git.parent()?.to_owned()).filter(|_| is_worktree)
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
    if !is_command && folder.eq_ignore_ascii_case(RESERVED) {
        return Err(Refusal::new(Rule::NameReserved, reserved_folder(RESERVED)));
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
        repair: Some(quote_values),
        duplicates: |_| true,
        ..Yaml::STRICT
    };
    let root = block.as_ref().and_then(|block| yaml.read(block.yaml).ok());
    let field = |key: &str| {
        let text = js_trim(Value::of(root.as_ref()?, key).scalar()?);
        (!text.is_empty()).then_some(text)
    };
    let paths = root.as_ref().map(|root| Value::of(root, "paths"));
    if paths.is_some_and(|paths| !paths.is_empty()) {
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
    let label = root.as_ref().and_then(|root| Value::of(root, "name").scalar());
    let label = label.filter(|label| !is_command && *label != name && is_label(label));
    let flag = |key: &str| root.as_ref().and_then(|root| flag(root, key));
    let is_odd = is_odd_name(&name);
    let odd =
        "its name has control characters, invisible ones, or spaces other than single ones between words";
    Ok(ClientSkill {
        label: label.map(str::to_owned),
        description: cut(&shown(&description)),
        invocation: Invocation {
            user: flag("user-invocable").unwrap_or(true),
            model: !flag("disable-model-invocation").unwrap_or(false) && !is_odd,
        },
        hidden: is_odd.then(|| Hidden {
            reason: odd.to_owned(),
            hint: "rename its folder",
        }),
        name,
    })
}

/// Quotes the values that may not be YAML, and replaces tabs that indent.
fn quote_values(yaml: &str) -> String {
    let special = |text: &str| text.contains(": ") || text.contains(|c| "{}[]*&#!|>%@`".contains(c));
    let has_quotes =
        |text: &str, quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    let is_list = |text: &str| text.starts_with('[') && !text.contains(": ") && parse(text).is_ok();
    change_lines(yaml, |line| {
        let plain = line.trim_start_matches('\t');
        let (key, rest) = plain.split_once(':').unwrap_or_default();
        let is_key = !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte));
        let text = rest.trim_start();
        let quotes = is_key
            && plain.len() == line.len()
            && text.len() < rest.len()
            && !text.ends_with('\r')
            && special(text)
            && !is_list(text)
            && !has_quotes(text, '"')
            && !has_quotes(text, '\'');
        match quotes {
            true => Some(format!("{key}: {}", quoted(text))),
            false => Some("  ".repeat(line.len() - plain.len()) + plain),
        }
    })
}

/// Returns whether the model is not shown a skill because of its name.
fn is_odd_name(name: &str) -> bool {
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    words != name || shown(name) != name
}

/// Returns whether it shows a name of the frontmatter as a label.
fn is_label(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || is_combining_mark(c) || "-_.:".contains(c);
    !name.is_empty() && name.chars().all(allowed)
}

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

/// Returns the first line of a body that has text, without the prefix of a heading.
fn first_line(body: &str) -> Option<&str> {
    let mut lines = body.split('\n').map(str::trim);
    let line = lines.find(|line| !line.is_empty())?;
    let heading = line.trim_start_matches('#');
    Some(match heading.len() < line.len() && heading.starts_with(' ') {
        true => heading.trim_start(),
        false => line,
    })
}

/// Returns a text as it is shown: without terminal sequences, and with one space for a run of characters without a shape.
fn shown(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut in_run = false;
    let shown = |c: char| {
        let starts = !std::mem::replace(&mut in_run, hidden(c));
        match hidden(c) {
            true => starts.then_some(' '),
            false => Some(c),
        }
    };
    without_sequences(text).chars().filter_map(shown).collect()
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
