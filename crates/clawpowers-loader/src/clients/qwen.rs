//! Qwen Code by version 0.24.4.

use super::client::{CHILDREN, Client, Collision, Listing};
use super::fields::{Value, Yaml, split};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, WalkRules};
use crate::lint::{Rule, Target};
use crate::syntax::yaml::{Kind, Node};

pub(super) const QWEN: Client = Client {
    name: "qwen",
    aliases: &["qwen-code"],
    verified: Some("0.24.4"),
    target: Target::ClawPowers,
    collision: Collision::FirstWins,
    listing: Listing {
        by_name: true,
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
            Value::Other(node) => Some(joined(node)),
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
    Ok(ClientSkill {
        name,
        label: None,
        description: description
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned(),
        invocation: file.invocation(),
        hidden: None,
    })
}

/// Returns the last value of a key, as its line has it.
fn line(yaml: &str, key: &str) -> Option<String> {
    let value = |line: &str| {
        line.strip_prefix(key)?
            .strip_prefix(':')
            .map(str::trim)
            .map(str::to_owned)
    };
    yaml.lines().filter_map(value).next_back()
}

/// Joins the items of a list, as JavaScript turns one into a string.
fn joined(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar { text, .. } => text.clone(),
        Kind::Sequence(items) => items.iter().map(joined).collect::<Vec<_>>().join(","),
        Kind::Mapping(_) => "[object Object]".to_owned(),
    }
}
