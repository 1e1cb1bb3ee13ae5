//! Diagnostics: what is wrong with a skill, where, by which rule, and how to mend it.
//!
//! A [`Diagnostic`] carries a [`Rule`] with a stable id, a position, a message, a hint and, where a repair is
//! mechanical, the edits that make it. How grave a rule is depends on who will read the skill, so a severity is
//! looked up per [`Profile`] and never stored in the rule's name.

use super::{Profile, Rule, Severity};
use std::collections::BTreeMap;
use std::ops::Range;

/// How many findings of one rule a file may have before the rest become one.
pub(crate) const MAX_OF_ONE_RULE: usize = 100;

/// A place in a text: 1-based line, and 1-based column counted in code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based line number.
    pub line: usize,
    /// 1-based column in code points.
    pub column: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A replacement of a byte range of the decoded text (the text without its byte order mark).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; an empty range inserts.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub replacement: String,
}

/// One finding about one skill file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that was broken.
    pub rule: Rule,
    /// How grave that is under the profile of the run.
    pub severity: Severity,
    /// Where in the file.
    pub position: Position,
    /// What is wrong, with the offending value in backticks.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The mechanical repair; empty where a person has to decide.
    pub edits: Vec<Edit>,
}

/// Collects diagnostics for one profile and drops those the profile does not care about.
#[derive(Debug)]
pub(crate) struct Diagnostics {
    profile: Profile,
    diagnostics: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Starts an empty report for `profile`.
    #[must_use]
    pub(crate) const fn new(profile: Profile) -> Self {
        Self {
            profile,
            diagnostics: Vec::new(),
        }
    }

    /// Tells whether the profile cares about `rule`, for findings that are dear to word.
    #[must_use]
    pub(crate) const fn wants(&self, rule: Rule) -> bool {
        rule.severity(self.profile).is_some()
    }

    /// Adds a finding without a hint or a repair.
    pub(crate) fn add(&mut self, rule: Rule, position: Position, message: impl Into<String>) {
        self.push(rule, position, message.into(), None, Vec::new());
    }

    /// Adds a finding that says what to do next.
    pub(crate) fn hint(
        &mut self,
        rule: Rule,
        position: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(rule, position, message.into(), Some(hint.into()), Vec::new());
    }

    /// Adds a finding with its mechanical repair.
    pub(crate) fn fixable(
        &mut self,
        rule: Rule,
        position: Position,
        message: impl Into<String>,
        edits: Vec<Edit>,
    ) {
        self.push(rule, position, message.into(), None, edits);
    }

    fn push(
        &mut self,
        rule: Rule,
        position: Position,
        message: String,
        hint: Option<String>,
        edits: Vec<Edit>,
    ) {
        if let Some(severity) = rule.severity(self.profile) {
            self.diagnostics.push(Diagnostic {
                rule,
                severity,
                position,
                message,
                hint,
                edits,
            });
        }
    }

    /// Returns the findings in the order of their position, then of their rule; many of one rule are gathered in one.
    #[must_use]
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|d| (d.position, d.rule));
        if self.diagnostics.len() <= MAX_OF_ONE_RULE {
            return self.diagnostics;
        }
        gathered(self.diagnostics)
    }
}

/// Gathers what goes beyond [`MAX_OF_ONE_RULE`] findings of a rule in one that says how many there are.
///
/// It makes all their edits, so that a file with thousands of equal faults is still mended in one go.
fn gathered(all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    // How many findings a rule has, and where the one that stands for the rest is.
    let mut rules: BTreeMap<Rule, (usize, usize)> = BTreeMap::new();
    for finding in all {
        let (count, last) = rules.entry(finding.rule).or_default();
        *count += 1;
        match kept.get_mut(*last) {
            Some(rest) if *count > MAX_OF_ONE_RULE + 1 => {
                if rest.edits.is_empty() {
                    rest.hint = finding.hint;
                }
                rest.edits.extend(finding.edits);
            }
            _ => {
                *last = kept.len();
                kept.push(finding);
            }
        }
    }
    for (count, last) in rules.into_values() {
        if count > MAX_OF_ONE_RULE
            && let Some(rest) = kept.get_mut(last)
        {
            rest.message = match count - MAX_OF_ONE_RULE {
                1 => "1 more finding of this rule is here".to_owned(),
                more => format!("{more} more findings of this rule start here"),
            };
            settle(&mut rest.edits);
        }
    }
    kept
}

/// Puts edits in order and leaves out those that stand twice or in the way of another.
fn settle(edits: &mut Vec<Edit>) {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup_by(|edit, before| edit.range == before.range || edit.range.start < before.range.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_findings_of_one_rule_become_one_with_all_their_edits() {
        let many = MAX_OF_ONE_RULE + 1;
        for (count, kept, message, edits) in [
            (1, 1, "0", 1),
            (many - 1, many - 1, "99", 1),
            (many, many, "1 more finding of this rule is here", 1),
            // Two findings each share an edit here.
            (5000, many, "4900 more findings of this rule start here", 2450),
        ] {
            let mut diagnostics = Diagnostics::new(Profile::Spec);
            diagnostics.add(Rule::BodyEmpty, Position { line: 50, column: 1 }, "other");
            for line in (0..count).rev() {
                let edit = Edit {
                    range: line / 2..line / 2,
                    replacement: "# ".to_owned(),
                };
                let position = Position {
                    line: line + 1,
                    column: 1,
                };
                diagnostics.fixable(Rule::DuplicateKey, position, line.to_string(), vec![edit]);
            }
            let mut found = diagnostics.finish();
            found.retain(|d| d.rule == Rule::DuplicateKey);
            let last = found.last().unwrap();
            assert_eq!(
                (found.len(), last.message.as_str(), last.edits.len()),
                (kept, message, edits)
            );
        }
    }
}
