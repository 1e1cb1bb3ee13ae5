//! The template of a new skill, and placeholders that were not replaced.

use super::name::yaml_name;
use crate::display::{pluralize, quote};
use crate::lint::{Diagnostics, Rule};
use crate::syntax::source::{Source, lines};

/// The description of a new skill that was given none.
const DESCRIPTION: &str = "Say in one or two sentences what this skill does and when to use it.";
/// The lines of a new body that are to be replaced.
const LINES: [&str; 3] = [
    "- Name the situation.",
    "1. Say what to do first.",
    "- Name what can be checked.",
];

/// Returns the text of a new SKILL.md.
#[must_use]
pub fn template(name: &str, description: Option<&str>) -> String {
    let description = description.unwrap_or(DESCRIPTION);
    let quoted = serde_json::Value::from(description.split_whitespace().collect::<Vec<_>>().join(" "));
    let [when, step, check] = LINES;
    let value = yaml_name(name);
    format!(
        "---\nname: {value}\ndescription: {quoted}\n---\n\n# {name}\n\n## When to use\n\n{when}\n\n## Steps\n\n{step}\n\n\
         ## Done when\n\n{check}\n"
    )
}

/// Returns whether a description is a placeholder.
pub(super) fn is_placeholder(description: &str) -> bool {
    description == DESCRIPTION || starts_with_todo(description)
}

/// Reports the placeholders in a body, which starts at offset `start` of the source.
pub(super) fn check_body(body: &str, start: usize, source: &Source, diagnostics: &mut Diagnostics) {
    if !diagnostics.wants(Rule::PlaceholderText) {
        return;
    }
    let mut fence: Option<&str> = None;
    let mut first = None;
    let mut more = 0;
    for line in lines(body) {
        let text = line.text.trim();
        let run = text.len() - text.trim_start_matches(['`', '~']).len();
        let marks = text.get(..run).unwrap_or_default();
        match fence {
            Some(open) if marks.starts_with(open) && run == text.len() => fence = None,
            Some(_) => {}
            None if run >= 3 => fence = Some(marks),
            None if LINES.contains(&text) || starts_with_todo(unmarked(text)) => match first {
                None => first = Some((line.start, text)),
                Some(_) => more += 1,
            },
            None => {}
        }
    }
    // A single word is not part of a sentence about todos.
    if first.is_none() && body.trim().eq_ignore_ascii_case("todo") {
        let at = body.len() - body.trim_start().len();
        first = Some((at, body.trim()));
    }
    if let Some((at, text)) = first {
        let mut message = format!("the body contains the placeholder {}", quote(text));
        if more > 0 {
            message.push_str(&format!(", and {}", pluralize(more, "more line")));
        }
        diagnostics.add(Rule::PlaceholderText, source.position(start + at), message);
    }
}

/// Removes the prefixes of headings, quotes, lists and emphasis from the start of a line.
fn unmarked(line: &str) -> &str {
    let text = line.trim_start_matches(['#', '>', '-', '*', '+', ' ']);
    let number = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = text.get(number..).filter(|_| number > 0);
    let text = numbered
        .and_then(|rest| rest.strip_prefix(['.', ')']))
        .unwrap_or(text)
        .trim_start_matches([' ', '*']);
    // The checkbox of a task list item.
    text.strip_prefix("[ ] ").unwrap_or(text)
}

/// Returns whether a string starts with `TODO` or `TBD` as a note to its author: alone, in brackets, or with a colon.
fn starts_with_todo(text: &str) -> bool {
    let bracket = ['[', '<', '('].iter().any(|open| text.starts_with(*open));
    let inner = text.trim_start_matches(['[', '<', '(']);
    let rest = inner.strip_prefix("TODO").or_else(|| inner.strip_prefix("TBD"));
    rest.is_some_and(|rest| {
        let end = rest
            .trim_matches(['.', '…', '!', '*', ' ', ']', '>', ')'])
            .is_empty();
        end || rest.starts_with([':', '：']) || (bracket && rest.starts_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ParseOptions, Target, parse};

    fn found(text: &str) -> Vec<String> {
        let options = ParseOptions {
            target: Target::ClawPowers,
            folder: Some("a".to_owned()),
        };
        let diagnostics = parse(text.as_bytes(), &options).diagnostics;
        let own = diagnostics.iter().filter(|d| d.rule == Rule::PlaceholderText);
        own.map(|d| format!("{}:{} {}", d.position.line, d.position.column, d.message))
            .collect()
    }

    #[test]
    fn an_unchanged_template_is_reported() {
        assert_eq!(
            found(&template("a", None)),
            [
                format!("3:14 the description is the placeholder {}", quote(DESCRIPTION)),
                "10:1 the body contains the placeholder `- Name the situation.`, and 2 more lines".to_owned(),
            ]
        );
        let described = found(&template("a", Some("Makes tea.")));
        assert_eq!(described.len(), 1, "{described:?}");
        let filled = LINES
            .iter()
            .fold(template("a", Some("Makes tea.")), |text, line| {
                text.replace(line, "Boil water.")
            });
        assert_eq!(found(&filled), [""; 0]);
    }

    #[test]
    fn notes_to_the_author_are_reported_and_text_about_todos_is_not() {
        let body = |body: &str| found(&format!("---\nname: a\ndescription: Makes tea.\n---\n{body}\n"));
        for text in [
            "TODO",
            "todo",
            "# A\n\nTODO: write this",
            "- [ ] TODO",
            "## [TODO: replace this]",
            "1. **TODO**",
            "[TODO add steps]",
            "TBD",
        ] {
            assert_eq!(body(text).len(), 1, "{text}");
        }
        for text in [
            "# TODO comments",
            "Find every TODO in the code.",
            "- Todo\n- Doing\n- Done",
            "```\nTODO: write this\n```",
            "Write `TODO: x` there.",
            "TODO.md holds the list.",
        ] {
            assert_eq!(body(text), [""; 0], "{text}");
        }
        let described = |text: &str| found(&format!("---\nname: a\ndescription: {text}\n---\nDo.\n")).len();
        assert_eq!(described("'TODO: what it does'"), 1);
        assert_eq!(described("Finds TODO comments."), 0);
    }
}
