//! OpenCode, as of version 1.18.33.

use super::client::{ANY_DEPTH, Client, Collision, Listing};
use super::fields::{Block, Value, Yaml, change_lines, without_line_end};
use super::file::{ClientFile, ClientSkill, Hidden, Outcome, Refusal};
use crate::discovery::{Environment, Root, RootKind, WalkRules, user_root};
use crate::lint::{Rule, Target};
use crate::skill::Invocation;

// Which of two skills with the same name it loads varies from run to run.
pub(super) const OPENCODE: Client = Client {
    name: "opencode",
    aliases: &["open-code"],
    verified: Some("1.18.33"),
    project_folder: Some(".opencode"),
    target: Target::OpenCode,
    collision: Collision::Undetermined,
    listing: Listing {
        by_name: true,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &[],
        skip_hidden: true,
        follows_out: true,
        ..ANY_DEPTH
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let mut roots = env.projects(&[".opencode/skills", ".opencode/skill"]);
    roots.extend(env.user(&[".opencode/skills"]));
    if let Some(config) = env.folder(&env.config_home, ".config") {
        roots.extend(["opencode/skills", "opencode/skill"].map(|below| user_root(config.join(below))));
    }
    const OF_OTHERS: [&str; 2] = [".agents/skills", ".claude/skills"];
    let of_others = env.projects(&OF_OTHERS).into_iter().chain(env.user(&OF_OTHERS));
    roots.extend(of_others.map(|root| Root {
        kind: RootKind::SkillsAndHidden,
        ..root
    }));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.text_without_mark();
    let block = split(&text).ok_or_else(|| file.no_frontmatter())?;
    let yaml = Yaml {
        repair: Some(block_values),
        tags: false,
        ..Yaml::STRICT
    };
    let root = yaml.read(block.yaml)?;
    let name = match Value::of(&root, "name") {
        Value::Text(text) => text,
        Value::Missing | Value::Null => {
            return Err(Refusal::new(
                Rule::NameMissing,
                "this client requires the field `name`",
            ));
        }
        _ => {
            return Err(Refusal::new(
                Rule::NameNotString,
                "this client requires the name to be a string",
            ));
        }
    };
    let description = match Value::of(&root, "description") {
        Value::Text(text) => Some(text),
        Value::Missing => None,
        _ => {
            let message = "this client requires the description to be a string";
            return Err(Refusal::new(Rule::DescriptionNotString, message));
        }
    };
    Ok(ClientSkill {
        name: name.to_owned(),
        label: None,
        description: description.unwrap_or_default().to_owned(),
        invocation: Invocation {
            user: true,
            model: description.is_some(),
        },
        hidden: description.is_none().then(|| Hidden {
            reason: "it has no description".to_owned(),
            hint: "add a description",
        }),
    })
}

/// Writes the values with a colon as block scalars, and removes tabs that indent.
fn block_values(yaml: &str) -> String {
    change_lines(yaml, |line| {
        let line = line.trim_start_matches('\t');
        let (key, rest) = line.split_once(':').unwrap_or_default();
        let (key, value) = (key.trim_end(), rest.trim());
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_key = key.starts_with(|c: char| letter(c) && !c.is_ascii_digit()) && key.chars().all(letter);
        Some(
            match is_key && value.contains(':') && !value.starts_with(['"', '\'']) {
                true => format!("{key}: |-\n  {value}"),
                false => line.to_owned(),
            },
        )
    })
}

/// Splits a text that starts with `---` at the next line that does; without one, the whole text is frontmatter.
fn split(text: &str) -> Option<Block<'_>> {
    let rest = text.strip_prefix("---")?;
    let (language, rest) = rest.split_once('\n')?;
    if !matches!(language.trim_matches([' ', '\t', '\r']), "" | "yaml") {
        return None;
    }
    let end = match rest.strip_prefix("---") {
        Some(_) => Some(0),
        None => rest.find("\n---").map(|end| end + 1),
    };
    let (yaml, body) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    Some(Block {
        yaml: without_line_end(yaml),
        body,
    })
}
