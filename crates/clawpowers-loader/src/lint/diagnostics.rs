//! What is wrong with a skill, where, by which rule, and how to fix it.
//!
//! The severity of a diagnostic depends on who will read the skill, so it is looked up for a [`Target`].

use super::{Rule, Severity, Target};
use crate::fields::fields_of;
use crate::sort;
use std::collections::BTreeMap;
use std::ops::Range;

/// How many diagnostics of one rule a file may have before the rest are merged into one.
pub(crate) const MAX_OF_ONE_RULE: usize = 100;

/// A position in a text.
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
    pub replacement: String,
}

impl Edit {
    pub(crate) fn delete(range: Range<usize>) -> Self {
        Self::replace(range, "")
    }

    pub(crate) fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(offset..offset, text)
    }

    pub(crate) fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            range,
            replacement: text.into(),
        }
    }
}

/// One violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub rule: Rule,
    pub severity: Severity,
    /// The path below the skill's folder of the file with the problem, if it is not the SKILL.md.
    pub file: Option<String>,
    pub position: Position,
    /// What is wrong, with the offending value in backticks.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The mechanical repair; empty if a person has to decide.
    pub edits: Vec<Edit>,
}

/// Sorts by file, position and rule.
pub(crate) fn sort_by_place(diagnostics: &mut [Diagnostic]) {
    sort::by(diagnostics, |a, b| {
        (&a.file, a.position, a.rule).cmp(&(&b.file, b.position, b.rule))
    });
}

/// Adds the diagnostics of another target; what both report is kept once, with the higher severity.
pub fn merge_diagnostics(all: &mut Vec<Diagnostic>, more: Vec<Diagnostic>) {
    for one in more {
        let is_known = |known: &&mut Diagnostic| {
            (known.rule, known.position, &known.file, &known.message)
                == (one.rule, one.position, &one.file, &one.message)
        };
        match all.iter_mut().find(is_known) {
            Some(known) => known.severity = known.severity.max(one.severity),
            None => all.push(one),
        }
    }
    sort_by_place(all);
}

/// Collects diagnostics for one target and leaves out those that do not apply to it.
#[derive(Debug)]
pub(crate) struct Diagnostics {
    target: Target,
    diagnostics: Vec<Diagnostic>,
}

impl Diagnostics {
    pub(crate) const fn new(target: Target) -> Self {
        Self {
            target,
            diagnostics: Vec::new(),
        }
    }

    pub(crate) const fn target(&self) -> Target {
        self.target
    }

    /// Returns how many code points a field may have for the target.
    pub(crate) fn limit(&self, field: &str) -> Option<usize> {
        fields_of(self.target).limit(field)
    }

    /// Returns whether `rule` applies to the target, for diagnostics that are expensive to find.
    pub(crate) fn wants(&self, rule: Rule) -> bool {
        rule.severity(self.target).is_some()
    }

    /// Adds a diagnostic with the hint of its rule.
    pub(crate) fn add(&mut self, rule: Rule, position: Position, message: impl Into<String>) {
        let hint = rule.hint().map(str::to_owned);
        self.push(rule, position, message.into(), hint, Vec::new());
    }

    /// Adds a diagnostic with a hint of its own.
    pub(crate) fn hint(
        &mut self,
        rule: Rule,
        position: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(rule, position, message.into(), Some(hint.into()), Vec::new());
    }

    /// Adds a diagnostic with its mechanical repair.
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
        if let Some(severity) = rule.severity(self.target) {
            self.diagnostics.push(Diagnostic {
                rule,
                severity,
                file: None,
                position,
                message,
                hint,
                edits,
            });
        }
    }

    /// Returns the diagnostics in the order of their position, then of their rule; many of one rule are merged.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        sort::by_key(&mut self.diagnostics, |d| (d.position, d.rule));
        if self.diagnostics.len() <= MAX_OF_ONE_RULE {
            return self.diagnostics;
        }
        merge_excess(self.diagnostics)
    }
}

/// Merges the diagnostics of a rule beyond [`MAX_OF_ONE_RULE`] into one that says how many there are.
///
/// It has all their edits, so that a file with thousands of equal problems is still fixed in one pass.
fn merge_excess(all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    // For each rule the number of its diagnostics and the index of the one that represents the rest.
    let mut rules: BTreeMap<Rule, (usize, usize)> = BTreeMap::new();
    for diagnostic in all {
        let (count, last) = rules.entry(diagnostic.rule).or_default();
        *count += 1;
        match kept.get_mut(*last) {
            Some(rest) if *count > MAX_OF_ONE_RULE + 1 => {
                if rest.edits.is_empty() {
                    rest.hint = diagnostic.hint;
                }
                rest.edits.extend(diagnostic.edits);
            }
            _ => {
                *last = kept.len();
                kept.push(diagnostic);
            }
        }
    }
    for (count, last) in rules.into_values() {
        if count > MAX_OF_ONE_RULE
            && let Some(rest) = kept.get_mut(last)
        {
            rest.message = match count - MAX_OF_ONE_RULE {
                1 => "1 more violation of this rule follows".to_owned(),
                more => format!("{more} more violations of this rule follow"),
            };
            // Leaves out edits that occur twice or overlap another.
            sort::by_key(&mut rest.edits, |edit| (edit.range.start, edit.range.end));
            rest.edits
                .dedup_by(|edit, before| edit.range == before.range || edit.range.start < before.range.end);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_diagnostics_of_one_rule_become_one_with_all_their_edits() {
        let many = MAX_OF_ONE_RULE + 1;
        for (count, kept, message, edits) in [
            (1, 1, "0", 1),
            (many - 1, many - 1, "99", 1),
            (many, many, "1 more violation of this rule follows", 1),
            // Each edit is shared by two diagnostics here.
            (5000, many, "4900 more violations of this rule follow", 2450),
        ] {
            let mut diagnostics = Diagnostics::new(Target::Spec);
            diagnostics.add(Rule::BodyEmpty, Position { line: 50, column: 1 }, "other");
            for line in (0..count).rev() {
                let edit = Edit::insert(line / 2, "# ");
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
