//! The description: what a model sees before it decides.

use super::MAX_DESCRIPTION_CHARS;
use super::normalize::python_trim;
use crate::display::{has_unsafe, quote};
use crate::lint::{Diagnostics, Rule};
use crate::skill::template::check_description;
use crate::syntax::frontmatter::Front;
use crate::syntax::yaml::Kind;
use std::borrow::Cow;

const HINT: &str = "add `description:` with what the skill does and when to use it";

pub(super) fn read(front: &Front<'_>, diagnostics: &mut Diagnostics) -> Result<String, Rule> {
    let Some((key, node)) = front.root.entry("description") else {
        diagnostics.hint(
            Rule::DescriptionMissing,
            front.position(0),
            "there is no field `description`",
            HINT,
        );
        return Err(Rule::DescriptionMissing);
    };
    let position = || front.position(node.start);
    let text = match &node.kind {
        Kind::Scalar { text, .. } => Cow::from(text),
        _ => {
            let message = format!("the description is not a string but {}", quote(front.slice(node)));
            diagnostics.hint(
                Rule::DescriptionNotString,
                position(),
                message,
                "put it in quotes",
            );
            // As in a string, a line end is a line end, whatever it is written as.
            Cow::from(front.slice(node).replace("\r\n", "\n").replace('\r', "\n"))
        }
    };
    let trimmed = python_trim(&text);
    if trimmed.is_empty() || node.is_null() {
        let (message, hint) = match front.comment_after(key) {
            Some(comment) => (
                format!("the description is empty: {} is a comment", quote(comment)),
                "put the text in quotes: in YAML `#` starts a comment",
            ),
            None => ("the description is empty".to_owned(), HINT),
        };
        diagnostics.hint(Rule::DescriptionEmpty, front.position(key.start), message, hint);
        return Err(Rule::DescriptionEmpty);
    }
    if let Some((offset, comment)) = front.comment_behind(node) {
        diagnostics.hint(
            Rule::DescriptionComment,
            front.position(offset),
            format!("the description ends before the comment {}", quote(comment)),
            "put the whole text in quotes if the comment is part of it",
        );
    }
    let length = text.chars().count();
    if length > MAX_DESCRIPTION_CHARS {
        let message = format!("the description has {length} characters, more than {MAX_DESCRIPTION_CHARS}");
        diagnostics.hint(
            Rule::DescriptionTooLong,
            position(),
            message,
            "move what is not needed to choose the skill to the body",
        );
    }
    check_description(trimmed, position, diagnostics);
    if has_tag(trimmed) {
        let message = "the description holds something like an XML tag";
        diagnostics.hint(
            Rule::DescriptionTag,
            position(),
            message,
            "clients that do not escape it may read it as markup",
        );
    }
    if has_unsafe(trimmed) {
        let message = "the description holds control, bidirectional or invisible characters";
        diagnostics.hint(Rule::HiddenCharacter, position(), message, "take them out");
    }
    Ok(trimmed.to_owned())
}

/// Tells whether a text holds `<word…>` or `</word>`.
fn has_tag(text: &str) -> bool {
    let Some((opened, _)) = text.rsplit_once('>') else {
        return false;
    };
    opened.split('<').skip(1).any(|rest| {
        let name = rest.strip_prefix('/').unwrap_or(rest);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::has_tag;

    #[test]
    fn tags_are_words_in_angle_brackets() {
        for text in ["<a>", "x </b> y", "<a < b>", "<1 <a x=\"y\">"] {
            assert!(has_tag(text), "{text}");
        }
        for text in ["", "a < b", "a > b", "> <a", "< a>", "<1>", "<<>", "->"] {
            assert!(!has_tag(text), "{text}");
        }
    }
}
