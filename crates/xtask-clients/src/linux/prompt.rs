//! Reads the skills in the prompt that a model was sent.

use super::find::Tree;
use super::output::Output;
use super::recording::{Verdict, shortened};
use super::tree;
use serde_json::Value;

/// Returns the longest text of the requests that contains `part`.
pub(crate) fn find(output: &Output, part: &str) -> Result<String, String> {
    let mut found = String::new();
    for request in &output.requests {
        let mut open = vec![request];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) if text.contains(part) && text.len() > found.len() => {
                    found.clone_from(text)
                }
                Value::Array(values) => open.extend(values),
                Value::Object(fields) => open.extend(fields.values()),
                _ => {}
            }
        }
    }
    match found.is_empty() {
        true => Err(format!(
            "none of its {} requests names skills",
            output.requests.len()
        )),
        false => Ok(found),
    }
}

/// Tells whether a prompt has a skill of this name in a `<skill>`.
pub(crate) fn has_element(prompt: &str, name: &str) -> bool {
    elements(prompt)
        .iter()
        .any(|[found, _, _]| shortened(found) == name)
}

/// Tells whether a prompt has a skill of this name in a line of a list.
pub(crate) fn has_line(prompt: &str, name: &str) -> bool {
    let start = format!("- {name}: ");
    prompt.lines().any(|line| line.starts_with(&start))
}

/// `- id: description` or `- id (label): description`, with angle brackets escaped.
pub(crate) fn claude(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let text = find(output, "\n- t01-colon: ")?;
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("- ")?.split_once(": "));
    let skills = rows.filter_map(|(title, description)| {
        let labelled = title.strip_suffix(')').and_then(|title| title.split_once(" ("));
        let (id, label) = labelled.map_or((title, None), |(id, label)| (id, Some(label)));
        let description = description.replace("&lt;", "<").replace("&gt;", ">");
        let mut skill = tree.called(&["/.claude/"], id, &description)?;
        skill.label = label.map(shortened);
        Some(skill)
    });
    Ok(skills.collect())
}

pub(crate) fn pi(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let skills = elements(&find(output, "<available_skills>")?);
    Ok(skills
        .into_iter()
        .filter_map(|[name, description, location]| {
            tree.loaded(Some(location), Some(name), Some(description))
        })
        .collect())
}

pub(crate) fn qwen(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let skills = elements(&find(output, "<available_skills>")?)
        .into_iter()
        .filter_map(|[name, description, level]| {
            let description = description
                .strip_suffix(&format!(" ({level})"))
                .unwrap_or(&description);
            let root = match level.as_str() {
                "project" => tree::CWD,
                "user" => tree::HOME,
                _ => return None,
            };
            let below = [".qwen", ".agents"].map(|folder| format!("{root}/{folder}/skills/"));
            tree.called(&below.each_ref().map(String::as_str), &name, description)
        });
    Ok(skills.collect())
}

/// Returns name, description and location of each `<skill>` of a prompt.
fn elements(text: &str) -> Vec<[String; 3]> {
    let skills = text.split("<skill>").skip(1);
    skills
        .filter_map(|skill| {
            let mut parts = ["name", "description", "location"].map(|tag| {
                let inner = skill
                    .split_once(&format!("<{tag}>"))?
                    .1
                    .split_once(&format!("</{tag}>"))?
                    .0;
                Some(inner)
            });
            // Some put each text on a line of its own.
            if parts
                .iter()
                .flatten()
                .all(|part| part.starts_with('\n') && part.ends_with('\n'))
            {
                parts = parts.map(|part| part.and_then(|part| part.get(1..part.len().saturating_sub(1))));
            }
            let [name, description, location] = parts.map(|part| part.map(unescaped));
            Some([name?, description?, location?])
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_on_one_line_and_on_several() {
        let one = "<skill>\n  <name>a</name>\n  <description>&lt;x&gt; &amp;amp;\n</description><location>p</location>";
        let several = "<skill>\n<name>\na\n</name>\n<description>\n&lt;x&gt; &amp;amp;\n\n</description>\n<location>\np\n</location>";
        for text in [one, several] {
            assert_eq!(
                elements(text),
                [["a", "<x> &amp;\n", "p"].map(str::to_owned)],
                "{text}"
            );
            assert!(has_element(text, "a") && !has_element(text, "b"));
        }
    }
}
