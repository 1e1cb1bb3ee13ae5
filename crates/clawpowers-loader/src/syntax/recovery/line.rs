//! A line under repair, and what it costs to try lines on the parser.

use crate::lint::{Edit, Rule};
use crate::syntax::delimiter::is_fence;
use crate::syntax::source::lines;
use crate::syntax::yaml::{Kind, parse};
use std::borrow::Cow;

/// How long a text may be; what is longer and broken is not frontmatter.
pub(super) const MAX_REPAIR_BYTES: usize = 16 * 1024;
/// How much text one recovery may parse before it tries no more than it must; a real file takes a hundredth.
const MAX_TRIAL_BYTES: usize = 16 * MAX_REPAIR_BYTES;

/// One line that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The rules of the passes that changed it, each once, in order.
    pub rules: Vec<Rule>,
    /// Byte offset in the YAML text of the first character that differs.
    pub offset: usize,
    /// The edit, in offsets of the YAML text.
    pub edit: Edit,
}

/// A line under repair.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) original: &'a str,
    /// The line's end as it stands in the text.
    pub(super) end: &'a str,
    pub(super) text: Cow<'a, str>,
    pub(super) rules: Vec<Rule>,
}

impl Line<'_> {
    pub(super) fn set(&mut self, rule: Rule, text: String) {
        // No repair may write what reads as the closing fence: `---` behind a control character, say.
        let text = if is_fence(&text) { String::new() } else { text };
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
            edit: Edit {
                range,
                replacement: self.text.clone().into_owned(),
            },
        })
    }
}

/// Returns the numbers of the lines that repairs added below others.
pub(super) fn added(drafts: &[Line<'_>]) -> Vec<usize> {
    let mut added = Vec::new();
    let mut number = 0;
    for draft in drafts {
        number += 1;
        for _ in 1..lines(&draft.text).count() {
            number += 1;
            added.push(number);
        }
    }
    added
}

pub(super) fn join(drafts: &[Line<'_>]) -> String {
    drafts
        .iter()
        .flat_map(|draft| [draft.text.as_ref(), draft.end])
        .collect()
}

/// Parses lines under repair, and counts how much it has parsed.
#[derive(Default)]
pub(super) struct ParseBudget {
    bytes: usize,
}

impl ParseBudget {
    /// Tells whether so much was tried that what is left is hostile rather than broken.
    pub(super) const fn spent(&self) -> bool {
        self.bytes > MAX_TRIAL_BYTES
    }

    /// Tells whether the lines are a mapping, or nothing but comments.
    pub(super) fn parses(&mut self, drafts: &[Line<'_>]) -> bool {
        self.error_line(drafts).is_none()
    }

    /// Returns the index of the line at which the lines stop being a mapping, if they do.
    pub(super) fn error_line(&mut self, drafts: &[Line<'_>]) -> Option<usize> {
        let text = join(drafts);
        let parsed = parse(&text);
        // What stands behind an error was not looked at.
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
        for (index, draft) in drafts.iter().enumerate() {
            end += draft.text.len() + draft.end.len();
            if offset < end {
                return Some(index);
            }
        }
        Some(drafts.len().saturating_sub(1))
    }
}

/// Returns how many spaces a line starts with.
pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
