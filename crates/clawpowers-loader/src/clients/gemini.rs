//! Gemini CLI, as of version 0.61.0: YAML if both fields are strings, otherwise the lines that look like them.

use super::client::{CHILDREN, Client, Collision, Listing};
use super::fields::{Value, Yaml, split, starts_with_dashes};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, WalkRules};
use crate::lint::{Rule, Target};
use crate::skill::Invocation;

pub(super) const GEMINI: Client = Client {
    name: "gemini",
    aliases: &["gemini-cli"],
    verified: Some("0.61.0"),
    project_folder: Some(".gemini"),
    target: Target::Gemini,
    collision: Collision::FirstWins,
    listing: Listing {
        by_name: true,
        links_in_order: true,
        prefers_real: false,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &["node_modules", ".git"],
        skip_hidden: true,
        follows_out: true,
        ..CHILDREN
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let mut roots = env.project(&env.cwd, &[".agents/skills", ".gemini/skills"]);
    roots.extend(env.user(&[".agents/skills", ".gemini/skills"]));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.text();
    let block =
        split(&text, |line| line == "---", starts_with_dashes).ok_or_else(|| file.no_frontmatter())?;
    let yaml = Yaml {
        tags: false,
        ..Yaml::STRICT
    };
    let strings = yaml.read(block.yaml).ok().and_then(|root| {
        let field = |key: &str| Value::of(&root, key).string().map(str::to_owned);
        field("name").zip(field("description"))
    });
    let (name, description) = match strings {
        Some(fields) => fields,
        None => lines(block.yaml)?,
    };
    let separator = |c: char| matches!(c, ':' | '\\' | '/' | '<' | '>' | '*' | '?' | '"' | '|');
    Ok(ClientSkill {
        name: name.replace(separator, "-"),
        label: None,
        description,
        invocation: Invocation {
            user: true,
            model: true,
        },
        hidden: None,
    })
}

/// Reads the two fields line by line; indented lines continue a description.
fn lines(yaml: &str) -> Result<(String, String), Refusal> {
    let value = |line: &str, key: &str| {
        let rest = line.trim_start().strip_prefix(key)?.strip_prefix(':')?;
        Some(rest.trim().to_owned())
    };
    let (mut name, mut description) = (None, None);
    let mut rows = yaml.lines().peekable();
    while let Some(row) = rows.next() {
        if let Some(text) = value(row, "name") {
            name = Some(text);
        } else if let Some(text) = value(row, "description") {
            let mut parts = vec![text];
            let continues = |row: &&str| row.starts_with([' ', '\t']) && !row.trim().is_empty();
            while let Some(next) = rows.next_if(continues) {
                parts.push(next.trim().to_owned());
            }
            parts.retain(|part| !part.is_empty());
            description = Some(parts.join(" "));
        }
    }
    let name = name.filter(|name| !name.is_empty());
    let missing = |rule, field: &str| Refusal::new(rule, format!("this client requires the field `{field}`"));
    let name = name.ok_or_else(|| missing(Rule::NameMissing, "name"))?;
    let description = description.filter(|description| !description.is_empty());
    let description = description.ok_or_else(|| missing(Rule::DescriptionMissing, "description"))?;
    Ok((name, description))
}
