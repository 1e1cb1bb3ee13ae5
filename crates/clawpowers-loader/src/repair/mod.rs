//! The repair ladder: frontmatter that is not YAML, made YAML with as few edits as possible.
//!
//! The text is cut into its top-level entries, and an entry that parses by itself is never touched. One that does
//! not climbs the ladder: the first rung that makes it parse is taken, and every rung that was needed is reported
//! by a rule of its own. Lines are changed in place, never moved, so positions stay true.

mod chunk;
mod line;
pub(crate) use line::quote;
mod rungs;

use crate::diag::{Edit, Rule};
use crate::source::lines;
use crate::yaml::{Facts, Kind, Node, parse};
use chunk::Chunk;

/// How long a text the ladder looks at; what is longer and broken is not frontmatter.
pub const MAX_REPAIR_BYTES: usize = 16 * 1024;

/// One line that a rung changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rung.
    pub rule: Rule,
    /// Byte offset in the YAML text of the first character that differs.
    pub offset: usize,
    /// The edit, in offsets of the YAML text.
    pub edit: Edit,
}

/// Frontmatter that parses after repair.
#[derive(Debug, Clone)]
pub struct Repaired {
    /// The repaired YAML.
    pub text: String,
    /// The fields.
    pub root: Node,
    /// What else was seen.
    pub facts: Facts,
    /// What was changed.
    pub changes: Vec<Change>,
}

/// How far the ladder may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Every line must keep its meaning.
    Faithful,
    /// Lines that are not YAML may be set aside as comments.
    SetAside,
}

/// A line under repair.
#[derive(Debug, Clone)]
struct Draft {
    start: usize,
    original: String,
    end: String,
    text: String,
    rule: Option<Rule>,
}

/// Repairs `yaml`, or gives `None` where no rung leads to a mapping of fields.
#[must_use]
pub fn repair(yaml: &str, effort: Effort) -> Option<Repaired> {
    if yaml.len() > MAX_REPAIR_BYTES {
        return None;
    }
    let mut drafts: Vec<Draft> = lines(yaml)
        .map(|line| Draft {
            start: line.start,
            original: line.text.to_owned(),
            end: yaml
                .get(line.start + line.text.len()..line.next)
                .unwrap_or_default()
                .to_owned(),
            text: line.text.to_owned(),
            rule: None,
        })
        .collect();
    rungs::clean(&mut drafts);
    if !parses(&drafts) {
        let mut rest = drafts.as_mut_slice();
        while let Some(chunk) = Chunk::take(&mut rest) {
            chunk.mend(effort)?;
        }
    }
    let text = join(&drafts);
    let (root, facts) = parse(&text).ok()?;
    let root = root.filter(|root| matches!(&root.kind, Kind::Mapping(entries) if !entries.is_empty()))?;
    let changes = drafts.iter().filter_map(Draft::change).collect();
    Some(Repaired {
        text,
        root,
        facts,
        changes,
    })
}

impl Draft {
    fn set(&mut self, rule: Rule, text: String) {
        if text != self.text {
            self.text = text;
            self.rule = Some(rule);
        }
    }

    fn change(&self) -> Option<Change> {
        let rule = self.rule.filter(|_| self.text != self.original)?;
        let same = self
            .original
            .chars()
            .zip(self.text.chars())
            .take_while(|(a, b)| a == b);
        let offset = self.start + same.map(|(c, _)| c.len_utf8()).sum::<usize>();
        let range = self.start..self.start + self.original.len();
        Some(Change {
            rule,
            offset,
            edit: Edit {
                range,
                replacement: self.text.clone(),
            },
        })
    }
}

fn join(drafts: &[Draft]) -> String {
    drafts
        .iter()
        .flat_map(|draft| [draft.text.as_str(), draft.end.as_str()])
        .collect()
}

/// Tells whether the lines are a mapping, or nothing but comments.
fn parses(drafts: &[Draft]) -> bool {
    error_line(drafts).is_none()
}

/// Returns the index of the line at which the lines stop being a mapping, if they do.
fn error_line(drafts: &[Draft]) -> Option<usize> {
    let text = join(drafts);
    let offset = match parse(&text) {
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
