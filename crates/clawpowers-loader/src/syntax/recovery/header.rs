//! Block scalars with text on the line of their header: `description: > Text`.

use super::line::{Line, indent_of};
use super::value::{quote_yaml, split};
use crate::lint::Rule;
use crate::syntax::yaml::{Kind, parse};

/// A line with a block header and text after it.
struct HeaderLine<'a> {
    /// The text before the header.
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
        // With a comment, the header is valid YAML.
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

    /// Returns the line without the header.
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

    /// Returns the header with its text on the next line.
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

/// Removes the block header from a line if text follows it.
pub(super) fn without_header(line: &str) -> Option<String> {
    HeaderLine::of(line).map(|line| line.on_one_line())
}

/// Returns whether text follows a block header on a line.
pub(crate) fn has_text_after_header(line: &str) -> bool {
    HeaderLine::of(line).is_some()
}

/// Removes the headers of values of one line, and moves the text after the headers of longer ones to a line of its own.
pub(super) fn text_after_header<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    let mut repaired = lines.to_vec();
    let mut found = false;
    for (at, line) in lines.iter().enumerate() {
        let Some(header) = HeaderLine::of(&line.text) else {
            continue;
        };
        found = true;
        let below = repaired.get_mut(at + 1..)?;
        let ends = |line: &Line<'_>| !line.is_blank() && indent_of(&line.text) <= header.indent;
        let mut length = below.iter().position(ends).unwrap_or(below.len());
        if at == 0 && length < below.len() {
            // Lines that are not a field continue the value, as they do without a header.
            for line in below.iter_mut().filter(|line| !line.is_blank()) {
                let text = format!("  {}", line.text);
                line.set(Rule::YamlRepairedContinuation, text);
            }
            length = below.len();
        }
        let indents = below.iter().take(length).filter(|line| !line.is_blank());
        let text = match indents.map(|line| indent_of(&line.text)).min() {
            Some(indent) => header.on_two_lines(line.end, indent),
            None => header.on_one_line(),
        };
        repaired.get_mut(at)?.set(Rule::YamlRepairedIndicator, text);
    }
    found.then_some(repaired)
}
