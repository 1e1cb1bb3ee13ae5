//! Pi, as of version 1.6.0.

use super::client::{ANY_DEPTH, Client, Collision, Listing};
use super::fields::{Block, Value, Yaml};
use super::file::{ClientFile, ClientSkill, Outcome, Refusal};
use crate::discovery::{Environment, Root, RootKind, WalkRules, user_root};
use crate::lint::{Rule, Target};
use crate::skill::Invocation;
use crate::syntax::yaml::Node;

pub(super) const PI: Client = Client {
    name: "pi",
    aliases: &["pi-coding-agent"],
    verified: Some("1.6.0"),
    project_folder: Some(".pi"),
    target: Target::Pi,
    collision: Collision::FirstWins,
    listing: Listing {
        links_in_order: true,
        prefers_real: false,
        ..Listing::BY_PATH
    },
    walk: WalkRules {
        skipped: &["node_modules"],
        skip_hidden: true,
        stop_at_skill: true,
        follows_out: true,
        ..ANY_DEPTH
    },
    roots,
    read,
};

fn roots(env: &Environment) -> Vec<Root> {
    let with_markdown = |root| Root {
        kind: RootKind::SkillsAndMarkdown,
        ..root
    };
    let project = env.project(&env.cwd, &[".pi/skills"]).into_iter();
    let mut roots: Vec<Root> = project.map(with_markdown).collect();
    roots.extend(env.projects(&[".agents/skills"]));
    let own = env.folder(&env.pi_agent_dir, ".pi/agent");
    roots.extend(own.map(|dir| with_markdown(user_root(dir.join("skills")))));
    roots.extend(env.user(&[".agents/skills"]));
    roots
}

fn read(file: &ClientFile<'_>) -> Outcome {
    let text = file.normalized_text();
    let block = split(&text).ok_or_else(|| file.no_frontmatter())?;
    let root = Yaml::STRICT.read(block.yaml)?;
    let description = match Value::of(&root, "description") {
        Value::Text(text) if !text.trim().is_empty() => text,
        Value::Text(_) => {
            return Err(Refusal::new(
                Rule::DescriptionEmpty,
                "this client requires a description",
            ));
        }
        Value::Missing | Value::Null => {
            return Err(Refusal::new(
                Rule::DescriptionMissing,
                "this client requires a description",
            ));
        }
        _ => {
            let message = "this client requires the description to be a string";
            return Err(Refusal::new(Rule::DescriptionNotString, message));
        }
    };
    let name = match Value::of(&root, "name") {
        Value::Text(text) if !text.is_empty() => text.to_owned(),
        _ => file.folder(),
    };
    Ok(ClientSkill {
        name,
        label: None,
        description: description.to_owned(),
        invocation: Invocation {
            user: true,
            // Only a boolean of YAML hides it.
            model: root.get("disable-model-invocation").and_then(Node::as_bool) != Some(true),
        },
        hidden: None,
    })
}

/// Splits a text that starts with `---`, whatever follows on that line, at the next line that starts with `---`.
fn split(text: &str) -> Option<Block<'_>> {
    let rest = text.strip_prefix("---")?;
    let end = rest.find("\n---")?;
    // It skips one character after the dashes, whatever it is.
    let start = rest.chars().next()?.len_utf8().min(end);
    Some(Block {
        yaml: rest.get(start..end)?,
        body: rest.get(end + 4..)?,
    })
}
