//! Qwen Code, as of version 0.24.4.

use super::client::{CHILDREN, Client, Collision, ListedSkill, Listing};
use super::fields::{Value, Yaml, js_trim, split};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, WalkRules};
use crate::fields::GUARD;
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use crate::syntax::yaml::{Kind, Node};

pub(super) const QWEN: Client = Client {
    name: "qwen",
    aliases: &["qwen-code"],
    verified: Some("0.24.4"),
    project_folder: Some(".qwen"),
    target: Target::ClawPowers,
    collision: Collision::FirstWins,
    listing: Listing {
        by_name: true,
        shorten: Some(shorten),
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
    let mut roots = env.project(&env.cwd, &[".qwen/skills", ".agents/skills"]);
    roots.extend(env.user(&[".qwen/skills", ".agents/skills"]));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.normalized_text();
    let dashes = |line: &str| line == "---";
    let block = split(&text, dashes, dashes).ok_or_else(|| file.no_frontmatter())?;
    let parsed = Yaml::STRICT.read(block.yaml);
    let field = |key: &str| match &parsed {
        Ok(root) => match Value::of(root, key) {
            Value::Missing | Value::Null => None,
            Value::Text(text) | Value::Literal(text) => Some(text.to_owned()),
            Value::Other(node) => joined(node),
        },
        Err(_) => line(block.yaml, key),
    };
    let field = |key: &str| field(key).filter(|text| !text.trim().is_empty());
    let required = |rule, key: &str| {
        let refusal = || Refusal::new(rule, format!("this client requires the field `{key}`"));
        field(key).ok_or_else(refusal)
    };
    let name = required(Rule::NameMissing, "name")?;
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if !name.chars().all(allowed) {
        let message =
            "this client only accepts letters, digits, hyphens, underscores, dots and colons in a name";
        return Err(Refusal::new(Rule::NameCharset, message));
    }
    if field("paths").is_some() {
        let message = "loads when the agent works on a file that matches `paths`";
        return Err(Refusal::new(Rule::LoadsLater, message));
    }
    let description = required(Rule::DescriptionMissing, "description")?;
    let guard = match &parsed {
        Ok(root) => Value::of(root, GUARD).scalar().map(str::to_owned),
        Err(_) => line(block.yaml, GUARD),
    };
    Ok(ClientSkill {
        name,
        label: None,
        description,
        invocation: Invocation {
            model: !guard.is_some_and(|word| word.trim().eq_ignore_ascii_case("true")),
            ..file.invocation()
        },
        hidden: None,
    })
}

/// Returns the last value of a key, as written on its line.
fn line(yaml: &str, key: &str) -> Option<String> {
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        (name.trim() == key).then(|| inner.unwrap_or(value).to_owned())
    };
    yaml.lines().filter_map(value).next_back()
}

/// Joins the items of a list, as JavaScript turns one into a string; a mapping is not text.
fn joined(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(text.clone()),
        Kind::Sequence(items) => Some(items.iter().map(joined).collect::<Option<Vec<_>>>()?.join(",")),
        Kind::Mapping(_) => None,
    }
}

/// How long its list of skills may be in UTF-16 units: 8,000 in all, less 5,843 for its own skills and 13 line feeds.
const MAX_LIST: usize = 8000 - 5843 - 13;

/// Keeps the first line of each description if the list is too long.
fn shorten(skills: &mut [ListedSkill<'_>]) {
    const MARKUP: &str = "<skill>\n<name>\n\n</name>\n<description>\n ()\n</description>\n<location>\n\n</location>\n</skill>\n";
    let length = |text: &str| -> usize {
        let length = |c: char| match c {
            '&' => 5,
            '<' | '>' => 4,
            '"' | '\'' => 6,
            c => c.len_utf16(),
        };
        text.chars().map(length).sum()
    };
    let skill = |skill: &ListedSkill<'_>| {
        let level = if skill.is_project { "project" } else { "user" };
        MARKUP.len() + length(&skill.name) + length(skill.description) + 2 * level.len()
    };
    if skills.iter().map(skill).sum::<usize>() > MAX_LIST {
        for skill in skills {
            let first = skill.description.split('\n').next().unwrap_or_default();
            *skill.description = js_trim(first).to_owned();
        }
    }
}
