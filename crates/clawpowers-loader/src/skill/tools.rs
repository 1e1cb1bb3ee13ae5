//! The allowed tools: separated by commas or spaces, or a list; `Bash(npm run *)` is one tool.

use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::Kind;

pub(super) fn read(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let Some(node) = front.root.get("allowed-tools") else {
        return Vec::new();
    };
    let position = || front.position(node.start);
    let mut tools = Vec::new();
    let mut add = |text: &str, diagnostics: &mut Diagnostics| {
        let (found, is_balanced) = split(text);
        if !is_balanced {
            let message = format!("the allowed tools {} have an unbalanced parenthesis", quote(text));
            diagnostics.add(Rule::AllowedToolsParenthesis, position(), message);
        }
        tools.extend(found);
    };
    match &node.kind {
        Kind::Scalar { .. } => {
            let text = node.as_text().unwrap_or_default();
            if text.contains(',') {
                let message = "the allowed tools are separated by commas";
                let hint = "separate them with spaces";
                diagnostics.hint(Rule::AllowedToolsForm, position(), message, hint);
            }
            add(text, diagnostics);
        }
        Kind::Sequence(items) => {
            let message = "the allowed tools are a list";
            let hint = "write one string with spaces between the tools";
            diagnostics.hint(Rule::AllowedToolsForm, position(), message, hint);
            for item in items {
                match item.as_text() {
                    Some(text) => add(text, diagnostics),
                    None => diagnostics.add(
                        Rule::AllowedToolsNotString,
                        front.position(item.start),
                        format!("the allowed tool {} is not a string", quote(front.slice(item))),
                    ),
                }
            }
        }
        Kind::Mapping(_) => {
            let message = format!("the allowed tools are a mapping: {}", quote(front.slice(node)));
            diagnostics.add(Rule::AllowedToolsNotString, position(), message);
        }
    }
    tools
}

/// Splits at commas and whitespace outside parentheses, and returns whether the parentheses are balanced.
fn split(text: &str) -> (Vec<String>, bool) {
    let mut tools = Vec::new();
    let mut current = String::new();
    let mut depth = 0_i32;
    let mut balanced = true;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => balanced = false,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (c == ',' || c.is_whitespace()) {
            if !current.is_empty() {
                tools.push(std::mem::take(&mut current));
            }
        } else {
            current.push(c);
        }
    }
    if !current.trim().is_empty() {
        tools.push(current.trim().to_owned());
    }
    (tools, balanced && depth == 0)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn parentheses_are_not_split() {
        for (text, tools) in [
            ("Bash(git:*), Read", vec!["Bash(git:*)", "Read"]),
            ("Bash(npm run *) Write", vec!["Bash(npm run *)", "Write"]),
            ("Read Write", vec!["Read", "Write"]),
            (" A ,, B ", vec!["A", "B"]),
            ("", vec![]),
        ] {
            assert_eq!(
                split(text),
                (tools.into_iter().map(str::to_owned).collect(), true)
            );
        }
        assert_eq!(split("Bash(a, Read"), (vec!["Bash(a, Read".to_owned()], false));
        assert_eq!(
            split("Read), B"),
            (vec!["Read)".to_owned(), "B".to_owned()], false)
        );
    }
}
