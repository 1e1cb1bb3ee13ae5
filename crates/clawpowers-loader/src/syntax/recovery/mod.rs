//! The repair ladder: frontmatter that is not YAML, made YAML with as few edits as possible.
//!
//! The text is cut into its top-level entries, and an entry that parses by itself is never touched. One that does
//! not climbs the ladder: the first rung that makes it parse is taken, and every rung that was needed is reported
//! by a rule of its own. Lines are changed in place, never moved, so positions stay true.

mod chunk;
mod header;
mod line;
mod rungs;
mod separator;

pub(crate) use header::has_text_behind_header;
pub(crate) use line::quote;
pub(crate) use separator::odd_field;

use crate::lint::{Edit, Rule};
use crate::syntax::delimiter::is_fence;
use crate::syntax::source::lines;
use crate::syntax::yaml::{Facts, Kind, Node, parse};
use chunk::Chunk;
use std::borrow::Cow;

/// How long a text the ladder looks at; what is longer and broken is not frontmatter.
pub(crate) const MAX_REPAIR_BYTES: usize = 16 * 1024;

/// How much text one climb tries on the parser before it tries no more than it must; a real file takes a hundredth.
const MAX_TRIAL_BYTES: usize = 16 * MAX_REPAIR_BYTES;

/// One line that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The rungs that changed it, each once, the first one first.
    pub rules: Vec<Rule>,
    /// Byte offset in the YAML text of the first character that differs.
    pub offset: usize,
    /// The edit, in offsets of the YAML text.
    pub edit: Edit,
}

/// Frontmatter that parses after repair.
#[derive(Debug, Clone)]
pub(crate) struct Repaired {
    /// The repaired YAML.
    pub text: String,
    /// The fields.
    pub root: Node,
    /// What else was seen.
    pub facts: Facts,
    /// What was changed.
    pub changes: Vec<Change>,
    /// The 1-based numbers of the lines that the text has and the original has not, in order.
    pub added: Vec<usize>,
}

/// How far the ladder may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Every line must keep its meaning.
    Faithful,
    /// Lines that are not YAML may be set aside as comments.
    SetAside,
}

/// A line under repair.
#[derive(Debug, Clone)]
struct Draft<'a> {
    start: usize,
    original: &'a str,
    /// The line's end as it stands in the text.
    end: &'a str,
    text: Cow<'a, str>,
    rules: Vec<Rule>,
}

/// Repairs `yaml`, which no parser takes, or gives `None` where no rung leads to a mapping of fields.
#[must_use]
pub(crate) fn repair(yaml: &str, effort: Effort) -> Option<Repaired> {
    if yaml.len() > MAX_REPAIR_BYTES {
        return None;
    }
    let mut drafts: Vec<Draft<'_>> = lines(yaml)
        .map(|line| Draft {
            start: line.start,
            original: line.text,
            end: yaml
                .get(line.start + line.text.len()..line.next)
                .unwrap_or_default(),
            text: line.text.into(),
            rules: Vec::new(),
        })
        .collect();
    rungs::clean(&mut drafts);
    let mut trials = Trials::default();
    let clean = drafts.iter().any(|draft| !draft.rules.is_empty()) && trials.parses(&drafts);
    if !clean {
        let mut rest = drafts.as_mut_slice();
        while let Some(chunk) = Chunk::take(&mut rest, &mut trials) {
            chunk.mend(effort, &mut trials)?;
        }
    }
    let text = join(&drafts);
    let (root, facts) = parse(&text).ok()?;
    let root = root.filter(|root| matches!(&root.kind, Kind::Mapping(entries) if !entries.is_empty()))?;
    let changes = drafts.iter().filter_map(Draft::change).collect();
    let added = added(&drafts);
    Some(Repaired {
        text,
        root,
        facts,
        changes,
        added,
    })
}

impl Draft<'_> {
    fn set(&mut self, rule: Rule, text: String) {
        // No repair may write what reads as the closing fence: `---` behind a control character, say.
        let text = if is_fence(&text) { String::new() } else { text };
        if text != self.text {
            self.text = text.into();
            if !self.rules.contains(&rule) {
                self.rules.push(rule);
            }
        }
    }

    fn change(&self) -> Option<Change> {
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
fn added(drafts: &[Draft<'_>]) -> Vec<usize> {
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

fn join(drafts: &[Draft<'_>]) -> String {
    drafts
        .iter()
        .flat_map(|draft| [draft.text.as_ref(), draft.end])
        .collect()
}

/// Tries lines on the parser, and counts what that costs.
#[derive(Default)]
struct Trials {
    bytes: usize,
}

impl Trials {
    /// Tells whether so much was tried that what is left is hostile rather than broken.
    const fn spent(&self) -> bool {
        self.bytes > MAX_TRIAL_BYTES
    }

    /// Tells whether the lines are a mapping, or nothing but comments.
    fn parses(&mut self, drafts: &[Draft<'_>]) -> bool {
        self.error_line(drafts).is_none()
    }

    /// Returns the index of the line at which the lines stop being a mapping, if they do.
    fn error_line(&mut self, drafts: &[Draft<'_>]) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use Rule::{
        YamlRepairedColon as Colon, YamlRepairedContinuation as Continuation, YamlRepairedControl as Control,
        YamlRepairedEscape as Escape, YamlRepairedIndent as Indent, YamlRepairedIndicator as Indicator,
        YamlRepairedQuote as Quote, YamlRepairedTab as Tab,
    };

    fn check(cases: &[(&str, &str, &[Rule])]) {
        for (yaml, mended, rules) in cases {
            let repaired = repair(yaml, Effort::Faithful).unwrap_or_else(|| panic!("{yaml:?}"));
            let mut found: Vec<Rule> = repaired.changes.iter().flat_map(|c| c.rules.clone()).collect();
            found.dedup();
            assert_eq!((repaired.text.as_str(), found.as_slice()), (*mended, *rules));
        }
    }

    #[test]
    fn items_are_repaired_one_by_one() {
        check(&[
            ("t:\n- a: b: c\n- d\n", "t:\n- 'a: b: c'\n- d\n", &[Colon]),
            (
                "t:\n  - d\n  - a: b: c # e\n",
                "t:\n  - d\n  - 'a: b: c' # e\n",
                &[Colon],
            ),
            // Without a word among them they are fields.
            ("t:\n- a: b: c\n  d: e\n", "t:\n- a: 'b: c'\n  d: e\n", &[Colon]),
            (
                "t:\n- *a*\n- \"b\" c\n- d\n",
                "t:\n- '*a*'\n- '\"b\" c'\n- d\n",
                &[Indicator, Quote],
            ),
            ("t:\nuse\n- b\n", "t: \"\n  use\n  - b\"\n", &[Continuation]),
            ("t: a\nb\n", "t: \"a\n  b\"\n", &[Continuation]),
        ]);
    }

    #[test]
    fn quotes_that_end_before_the_value_are_part_of_it() {
        check(&[
            ("a: \"b\" then: c\n", "a: '\"b\" then: c'\n", &[Quote]),
            ("a: \"b\" or \"c\"\n", "a: '\"b\" or \"c\"'\n", &[Quote]),
            ("a: 'b' or 'c'\n", "a: \"'b' or 'c'\"\n", &[Quote]),
            ("a: \"it's\" or c\n", "a: \"\\\"it's\\\" or c\"\n", &[Quote]),
            // These stand around all of it.
            ("a: 'users' own b'\n", "a: \"users' own b\"\n", &[Quote]),
            ("a: \"say \"b\" c\"\n", "a: \"say \\\"b\\\" c\"\n", &[Quote]),
            ("a: 'it's b'\n", "a: \"it's b\"\n", &[Quote]),
            ("a: \"b: c\n", "a: \"b: c\"\n", &[Quote]),
            ("a: \"\\d+\"\n", "a: \"\\\\d+\"\n", &[Escape]),
        ]);
    }

    #[test]
    fn a_number_sign_is_text_in_a_line_that_is_repaired() {
        check(&[
            ("a: see: #12 or #13\n", "a: 'see: #12 or #13'\n", &[Colon]),
            ("a: b: c # d\n", "a: 'b: c' # d\n", &[Colon]),
            ("a: b: #1 # d\n", "a: 'b: #1' # d\n", &[Colon]),
            ("a: b: c #\n", "a: 'b: c' #\n", &[Colon]),
            // A line that is YAML keeps its comment.
            ("a: b: c\nd: e #12\n", "a: 'b: c'\nd: e #12\n", &[Colon]),
        ]);
    }

    #[test]
    fn odd_blanks_and_control_characters_leave_words_apart() {
        check(&[
            ("a:\u{a0}b: c\n", "a: 'b: c'\n", &[Tab, Colon]),
            ("a: b:\u{a0}c\nd:\u{a0}\u{a0}e\n", "a: b:\u{a0}c\nd:  e\n", &[Tab]),
            ("a: b\u{85}c: d\n", "a: 'b c: d'\n", &[Control, Colon]),
            ("a: \u{1}b\u{2}\n", "a: b\n", &[Control]),
            ("\u{c}a: \u{1}b\n", "a: b\n", &[Control]),
            (
                "a:\n\tb: \u{1}c: d\n",
                "a:\n  b: 'c: d'\n",
                &[Control, Tab, Colon],
            ),
            (
                "a:\n  -\u{a0}b\n  - *c\n",
                "a:\n  - b\n  - '*c'\n",
                &[Tab, Indicator],
            ),
            ("\"a\": b: c\n", "\"a\": 'b: c'\n", &[Colon]),
            ("'a b': *c\n", "'a b': '*c'\n", &[Indicator]),
        ]);
    }

    #[test]
    fn no_line_becomes_a_fence() {
        check(&[
            ("\u{1}---\na: b\n", "\na: b\n", &[Control]),
            (
                "a: \"b\n\u{1}---\u{85}\nc\"\n",
                "a: \"b\n\n  c\"\n",
                &[Control, Indent],
            ),
        ]);
    }

    #[test]
    fn trials_end() {
        let yaml = format!(
            "x:\n{}{}",
            "  - [[[[[a]]]]]\n".repeat(800),
            "  - \"a\" \"b\n".repeat(75)
        );
        assert!(repair(&yaml, Effort::Faithful).is_none());
        assert!(repair(&yaml, Effort::SetAside).is_some());
    }
}
