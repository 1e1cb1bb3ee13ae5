//! A line that is repaired, and the limit on parsing attempts.

use crate::lint::{Edit, Rule};
use crate::syntax::delimiter::is_delimiter;
use crate::syntax::source;
use crate::syntax::yaml::{Kind, parse};
use std::borrow::Cow;

/// The maximum length of text that is repaired.
pub(super) const MAX_REPAIR_BYTES: usize = 16 * 1024;
/// How much text one recovery may parse before it stops trying; a real file takes a hundredth.
const MAX_TRIAL_BYTES: usize = 16 * MAX_REPAIR_BYTES;

/// One line that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The rules of the passes that changed it, in order.
    pub rules: Vec<Rule>,
    /// Byte offset in the YAML of the first character that differs.
    pub offset: usize,
    /// With offsets in the YAML.
    pub edit: Edit,
}

#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) original: &'a str,
    /// The original line ending.
    pub(super) end: &'a str,
    pub(super) text: Cow<'a, str>,
    pub(super) rules: Vec<Rule>,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn set(&mut self, rule: Rule, text: String) {
        // No repair may write a closing delimiter, for example `---` after a control character.
        let text = if is_delimiter(&text) { String::new() } else { text };
        if text != self.text {
            self.text = text.into();
            if !self.rules.contains(&rule) {
                self.rules.push(rule);
            }
        }
    }

    pub(super) fn change(&self) -> Option<Change> {
        if self.text == self.original {
            return None;
        }
        let same = self
            .original
            .chars()
            .zip(self.text.chars())
            .take_while(|(a, b)| a == b);
        let offset = self.start + same.map(|(c, _)| c.len_utf8()).sum::<usize>();
        let range = self.start..self.start + self.original.len();
        Some(Change {
            rules: self.rules.clone(),
            offset,
            edit: Edit::replace(range, &*self.text),
        })
    }
}

/// Returns the numbers of the lines that repairs added.
pub(super) fn added(lines: &[Line<'_>]) -> Vec<usize> {
    let mut added = Vec::new();
    let mut number = 0;
    for line in lines {
        number += 1;
        for _ in 1..source::lines(&line.text).count() {
            number += 1;
            added.push(number);
        }
    }
    added
}

pub(super) fn join(lines: &[Line<'_>]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.text.as_ref(), line.end])
        .collect()
}

/// Parses lines and counts the bytes.
#[derive(Default)]
pub(super) struct ParseBudget {
    bytes: usize,
}

impl ParseBudget {
    /// Returns whether the parsing budget is spent; then the text must be hostile.
    pub(super) const fn is_spent(&self) -> bool {
        self.bytes > MAX_TRIAL_BYTES
    }

    /// Returns whether the lines are a mapping, or only comments.
    pub(super) fn parses(&mut self, lines: &[Line<'_>]) -> bool {
        self.error_line(lines).is_none()
    }

    /// Returns the index of the line at which the lines stop being a mapping, if they do.
    pub(super) fn error_line(&mut self, lines: &[Line<'_>]) -> Option<usize> {
        let text = join(lines);
        let parsed = parse(&text);
        // The text after an error was not parsed.
        self.bytes += match &parsed {
            Ok(_) => text.len(),
            Err(error) => error.offset,
        };
        let offset = match parsed {
            Ok((None, _)) => return None,
            Ok((Some(root), _)) if matches!(root.kind, Kind::Mapping(_)) => return None,
            Ok((Some(root), _)) => root.start,
            Err(error) => error.offset,
        };
        let mut end = 0;
        for (index, line) in lines.iter().enumerate() {
            end += line.text.len() + line.end.len();
            if offset < end {
                return Some(index);
            }
        }
        Some(lines.len().saturating_sub(1))
    }
}

/// Returns how many spaces a line starts with.
pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
