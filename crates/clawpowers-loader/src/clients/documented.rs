//! Clients that were not run: Cursor, VS Code and Cline according to their documentation, Goose according to its source of
//! November 2026.

use super::client::{ANY_DEPTH, CHILDREN, Client, Collision, Listing};
use super::fields::{Value, Yaml, is_dashes, split};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, WalkRules, user_root};
use crate::lint::{Rule, Target};
use crate::skill::normalize_name;

pub(super) const CURSOR: Client = Client {
    name: "cursor",
    aliases: &[],
    verified: None,
    project_folder: None,
    target: Target::Cursor,
    collision: Collision::FirstWins,
    listing: Listing::BY_PATH,
    walk: ANY_DEPTH,
    roots: |env| {
        const FOLDERS: [&str; 4] = [
            ".agents/skills",
            ".cursor/skills",
            ".claude/skills",
            ".codex/skills",
        ];
        let mut roots = env.projects(&FOLDERS);
        roots.extend(env.user(&FOLDERS));
        roots
    },
    read: |file| fields(file, Name::Folder),
};

pub(super) const VSCODE: Client = Client {
    name: "vscode",
    aliases: &["vs-code", "visual-studio-code"],
    verified: None,
    project_folder: None,
    target: Target::VsCode,
    collision: Collision::FirstWins,
    listing: Listing::BY_PATH,
    walk: CHILDREN,
    roots: |env| {
        let mut roots = env.projects(&[".github/skills", ".agents/skills", ".claude/skills"]);
        roots.extend(env.user(&[".copilot/skills", ".agents/skills", ".claude/skills"]));
        roots
    },
    read: |file| fields(file, Name::PlainOfFolder),
};

// A skill of the user takes precedence over one of the project.
pub(super) const CLINE: Client = Client {
    name: "cline",
    aliases: &[],
    verified: None,
    project_folder: None,
    target: Target::ClawPowers,
    collision: Collision::FirstWins,
    listing: Listing::BY_PATH,
    walk: CHILDREN,
    roots: |env| {
        let mut roots = env.user(&[".cline/skills", ".agents/skills"]);
        let project = [
            ".cline/skills",
            ".clinerules/skills",
            ".claude/skills",
            ".agents/skills",
        ];
        roots.extend(env.project(&env.cwd, &project));
        roots
    },
    read: |file| fields(file, Name::OfFolder),
};

// The first skill takes precedence; only the working directory counts as project.
pub(super) const GOOSE: Client = Client {
    name: "goose",
    aliases: &[],
    verified: None,
    project_folder: None,
    target: Target::ClawPowers,
    collision: Collision::FirstWins,
    listing: Listing::BY_PATH,
    walk: WalkRules {
        skipped: &[".git", ".hg", ".svn"],
        ..ANY_DEPTH
    },
    roots: goose_roots,
    read: |file| {
        if std::str::from_utf8(file.bytes).is_err() {
            return Err(Refusal::new(Rule::NotUtf8, "this client only reads UTF-8"));
        }
        fields(file, Name::Required)
    },
};

fn goose_roots(env: &Environment) -> Vec<Root> {
    let config = env.folder(&env.config_home, ".config");
    let mut roots = env.project(&env.cwd, &[".agents/skills", ".goose/skills", ".claude/skills"]);
    roots.extend(env.user(&[".agents/skills"]));
    roots.extend(config.map(|config| user_root(config.join("goose/skills"))));
    roots.extend(env.user(&[".claude/skills", ".config/agents/skills"]));
    roots
}

/// What a client requires of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// The folder's name replaces a missing one.
    Folder,
    /// It must equal the name of the folder.
    OfFolder,
    /// It must equal the name of the folder, and have only characters that the specification allows.
    PlainOfFolder,
    /// It must be there, and without a slash.
    Required,
}

/// Reads the two fields of the specification from strict YAML.
fn fields(file: &ClientFile<'_>, rule: Name) -> Outcome {
    let text = file.text_without_mark();
    let block = split(&text, is_dashes, is_dashes).ok_or_else(|| file.no_frontmatter())?;
    let root = Yaml::STRICT.read(block.yaml)?;
    let folder = file.folder();
    let name = match Value::of(&root, "name") {
        Value::Text(text) if !text.trim().is_empty() => text.trim(),
        Value::Text(_) | Value::Missing | Value::Null if rule == Name::Folder => folder.as_str(),
        Value::Missing | Value::Null => {
            return Err(Refusal::new(
                Rule::NameMissing,
                "this client requires the field `name`",
            ));
        }
        Value::Text(_) => {
            return Err(Refusal::new(Rule::NameEmpty, "this client rejects an empty name"));
        }
        _ => {
            let message = "this client requires the name to be a string";
            return Err(Refusal::new(Rule::NameNotString, message));
        }
    };
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if rule == Name::PlainOfFolder && !name.chars().all(is_plain) {
        let message = "this client only accepts a to z, 0 to 9 and hyphens in a name";
        return Err(Refusal::new(Rule::NameCharset, message));
    }
    if matches!(rule, Name::OfFolder | Name::PlainOfFolder) && normalize_name(name) != normalize_name(&folder)
    {
        let message = "this client requires the name to equal the name of the folder";
        return Err(Refusal::new(Rule::NameFolderMismatch, message));
    }
    if rule == Name::Required && name.contains('/') {
        let message = "this client rejects a name with a slash";
        return Err(Refusal::new(Rule::NameCharset, message));
    }
    let description = match Value::of(&root, "description") {
        Value::Text(text) => text.trim(),
        // Goose has a default for the field.
        Value::Missing if rule == Name::Required => "",
        Value::Missing | Value::Null => {
            let message = "this client requires the field `description`";
            return Err(Refusal::new(Rule::DescriptionMissing, message));
        }
        _ => {
            let message = "this client requires the description to be a string";
            return Err(Refusal::new(Rule::DescriptionNotString, message));
        }
    };
    if description.is_empty() && rule != Name::Required {
        return Err(Refusal::new(
            Rule::DescriptionEmpty,
            "this client rejects an empty description",
        ));
    }
    Ok(ClientSkill {
        name: name.to_owned(),
        label: None,
        description: description.to_owned(),
        invocation: file.invocation(),
        hidden: None,
    })
}
