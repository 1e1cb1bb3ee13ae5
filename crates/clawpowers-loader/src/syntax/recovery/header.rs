//! Block scalars whose text stands on the line of their header: `description: > Text`.

use super::line::{Line, indent_of};
use super::value::{quote_yaml, split};
use crate::lint::Rule;
use crate::syntax::yaml::{Kind, parse};

/// A line with a block header and text behind it.
struct HeaderLine<'a> {
    /// What stands before the header.
    head: &'a str,
    header: &'a str,
    text: &'a str,
    /// The lines of the block are indented deeper than this.
    indent: usize,
}

impl<'a> HeaderLine<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (head, value) = split(line)?;
        let text = value.trim_start_matches(|c: char| !c.is_whitespace());
        let header = value.get(..value.len() - text.len())?;
        let text = text.trim();
        // What starts with `#` is a comment of a header that YAML knows.
        if !is_header(header) || text.is_empty() || text.starts_with('#') {
            return None;
        }
        // `>2 weeks` is a comparison.
        if header.contains(|c: char| c.is_ascii_digit()) && text.starts_with(char::is_lowercase) {
            return None;
        }
        let indent = match head.trim_end().ends_with(':') {
            true => head.len() - head.trim_start_matches([' ', '-']).len(),
            false => head.rfind('-')?,
        };
        Some(Self {
            head,
            header,
            text,
            indent,
        })
    }

    /// Writes a value of one line.
    fn on_one_line(&self) -> String {
        let text = self.text;
        let plain = parse(&format!("k: {text}")).ok().and_then(|(root, _)| root);
        let plain = plain.as_ref().and_then(|root| root.get("k"));
        let same = plain.is_some_and(|node| {
            matches!(&node.kind, Kind::Scalar { text: value, plain: true } if value == text)
                && node.to_json().is_string()
        });
        let value = if same { text.to_owned() } else { quote_yaml(text) };
        format!("{}{value}", self.head)
    }

    /// Writes the header and the text below it.
    fn on_two_lines(&self, end: &str, below: usize) -> String {
        let digit = self.header.chars().find_map(|c| c.to_digit(10));
        let indent = digit.map_or(below, |digit| self.indent + digit as usize);
        let end = if end.is_empty() { "\n" } else { end };
        format!(
            "{}{}{end}{}{}",
            self.head,
            self.header,
            " ".repeat(indent),
            self.text
        )
    }
}

fn is_header(text: &str) -> bool {
    let Some(indicators) = text.strip_prefix(['|', '>']) else {
        return false;
    };
    let chomping = indicators.matches(['+', '-']).count();
    let digits = indicators.matches(|c| matches!(c, '1'..='9')).count();
    chomping <= 1 && digits <= 1 && chomping + digits == indicators.len()
}

/// Returns a line with its block header taken off, where text stands behind one.
pub(super) fn without_header(line: &str) -> Option<String> {
    HeaderLine::of(line).map(|line| line.on_one_line())
}

/// Tells whether text stands behind a block header on a line.
pub(crate) fn has_text_behind_header(line: &str) -> bool {
    HeaderLine::of(line).is_some()
}

/// Takes block headers off values of one line, and puts the text behind those of longer ones on a line of its own.
pub(super) fn text_behind_header<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    let mut mended = lines.to_vec();
    let mut found = false;
    for (at, draft) in lines.iter().enumerate() {
        let Some(line) = HeaderLine::of(&draft.text) else {
            continue;
        };
        found = true;
        let below = mended.get_mut(at + 1..)?;
        let is_blank = |draft: &Line<'_>| draft.text.trim().is_empty();
        let ends = |draft: &Line<'_>| !is_blank(draft) && indent_of(&draft.text) <= line.indent;
        let mut length = below.iter().position(ends).unwrap_or(below.len());
        if at == 0 && length < below.len() {
            // What is no field goes on with the value, as it does without a header.
            for draft in below.iter_mut().filter(|draft| !is_blank(draft)) {
                let text = format!("  {}", draft.text);
                draft.set(Rule::YamlRepairedContinuation, text);
            }
            length = below.len();
        }
        let indents = below.iter().take(length).filter(|draft| !is_blank(draft));
        let text = match indents.map(|draft| indent_of(&draft.text)).min() {
            Some(indent) => line.on_two_lines(draft.end, indent),
            None => line.on_one_line(),
        };
        mended.get_mut(at)?.set(Rule::YamlRepairedIndicator, text);
    }
    found.then_some(mended)
}
