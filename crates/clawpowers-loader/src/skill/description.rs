//! The description: what a model reads before it chooses a skill.

use super::normalize::python_trim;
use crate::display::{has_unsafe, quote};
use crate::lint::hidden::check_value;
use crate::lint::{Diagnostics, Rule, Target};
use crate::skill::template::is_placeholder;
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::Kind;
use std::borrow::Cow;

pub(super) fn read(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Result<String, Rule> {
    let Some((key, node)) = front.root.entry("description") else {
        let message = "missing field `description`";
        diagnostics.add(Rule::DescriptionMissing, front.position(0), message);
        return Err(Rule::DescriptionMissing);
    };
    let position = || front.position(node.start);
    let text = match &node.kind {
        Kind::Scalar { text, .. } => Cow::from(text),
        _ => {
            let message = format!(
                "`description` must be a string, found {}",
                quote(front.slice(node))
            );
            diagnostics.add(Rule::DescriptionNotString, position(), message);
            // As in a string, every line ending is a newline.
            Cow::from(front.slice(node).replace("\r\n", "\n").replace('\r', "\n"))
        }
    };
    let trimmed = python_trim(&text);
    if trimmed.is_empty() || node.is_null() {
        let (rule, position) = (Rule::DescriptionEmpty, front.position(key.start));
        match front.comment_after(key) {
            Some(comment) => {
                let message = format!("the description is empty: {} is a comment", quote(comment));
                let hint = "put the text in quotes: in YAML `#` starts a comment";
                diagnostics.hint(rule, position, message, hint);
            }
            None => diagnostics.add(rule, position, "the description is empty"),
        }
        return Err(Rule::DescriptionEmpty);
    }
    if let Some((offset, comment)) = front.comment_behind(node) {
        let message = format!("the description ends before the comment {}", quote(comment));
        diagnostics.add(Rule::DescriptionComment, front.position(offset), message);
    }
    let length = text.chars().count();
    if let Some(limit) = diagnostics.limit("description").filter(|&limit| length > limit) {
        let message = format!("the description has {length} characters, more than {limit}");
        diagnostics.add(Rule::DescriptionTooLong, position(), message);
    }
    if is_placeholder(trimmed) {
        let message = format!("the description is the placeholder {}", quote(trimmed));
        let hint = "say what the skill does and when to use it";
        diagnostics.hint(Rule::PlaceholderText, position(), message, hint);
    }
    if has_tag(trimmed) {
        let message = "the description contains something like an XML tag";
        diagnostics.add(Rule::DescriptionTag, position(), message);
    } else if diagnostics.target() == Target::ClaudeUpload && trimmed.contains(['<', '>']) {
        let message = "the description contains `<` or `>`, which claude.ai rejects";
        diagnostics.hint(Rule::DescriptionTag, position(), message, "write it in words");
    }
    if has_unsafe(trimmed) {
        check_value("description", trimmed, front.slice(node), position(), diagnostics);
    }
    Ok(trimmed.to_owned())
}

/// Returns whether a string contains `<word…>` or `</word>`.
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
