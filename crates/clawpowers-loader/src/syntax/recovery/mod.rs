//! Recovery from YAML errors: makes frontmatter parse with as few edits as possible.
//!
//! The text is split into its top-level entries. An entry that parses alone is not changed. For any other, passes are
//! tried in order until one makes it parse; each pass has its own rule. Lines are changed in place, never moved, so
//! positions stay correct.

mod entry;
mod header;
mod line;
mod passes;
mod separator;
mod single_line;
mod value;

pub(crate) use entry::Effort;
pub(crate) use header::has_text_after_header;
pub(crate) use line::Change;
pub(crate) use separator::odd_field;
pub(crate) use value::quote_yaml;

use crate::syntax::source;
use crate::syntax::yaml::{Facts, Kind, Node, parse};
use entry::Entry;
use line::{Line, MAX_REPAIR_BYTES, ParseBudget, added, join};

/// Frontmatter that parses after repair.
#[derive(Debug, Clone)]
pub(crate) struct Repaired {
    pub text: String,
    pub root: Node,
    pub facts: Facts,
    pub changes: Vec<Change>,
    /// The 1-based numbers of the added lines, in order.
    pub added: Vec<usize>,
}

/// Repairs `yaml`, which does not parse; `None` if no pass leads to a mapping.
pub(crate) fn repair(yaml: &str, effort: Effort) -> Option<Repaired> {
    if yaml.len() > MAX_REPAIR_BYTES {
        return None;
    }
    let mut lines: Vec<Line<'_>> = source::lines(yaml)
        .map(|line| Line {
            start: line.start,
            original: line.text,
            end: yaml
                .get(line.start + line.text.len()..line.next)
                .unwrap_or_default(),
            text: line.text.into(),
            rules: Vec::new(),
        })
        .collect();
    passes::clean(&mut lines);
    let mut budget = ParseBudget::default();
    let clean = lines.iter().any(|line| !line.rules.is_empty()) && budget.parses(&lines);
    if !clean {
        let mut rest = lines.as_mut_slice();
        while let Some(entry) = Entry::split_off(&mut rest, &mut budget) {
            entry.repair(effort, &mut budget)?;
        }
    }
    let text = join(&lines);
    let (root, facts) = parse(&text).ok()?;
    let root = root.filter(|root| matches!(&root.kind, Kind::Mapping(entries) if !entries.is_empty()))?;
    Some(Repaired {
        text,
        root,
        facts,
        changes: lines.iter().filter_map(Line::change).collect(),
        added: added(&lines),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Rule;
    use Rule::{
        YamlRepairedColon as Colon, YamlRepairedContinuation as Continuation, YamlRepairedControl as Control,
        YamlRepairedEscape as Escape, YamlRepairedIndent as Indent, YamlRepairedIndicator as Indicator,
        YamlRepairedQuote as Quote, YamlRepairedTab as Tab,
    };

    fn check(cases: &[(&str, &str, &[Rule])]) {
        for (yaml, expected, rules) in cases {
            let repaired = repair(yaml, Effort::Faithful).unwrap_or_else(|| panic!("{yaml:?}"));
            let mut found: Vec<Rule> = repaired.changes.iter().flat_map(|c| c.rules.clone()).collect();
            found.dedup();
            assert_eq!((repaired.text.as_str(), found.as_slice()), (*expected, *rules));
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
            // Lines that contain only YAML fields.
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
            // Quotes that enclose the whole value.
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
    fn no_line_becomes_a_delimiter() {
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
    fn parse_attempts_are_limited() {
        let yaml = format!(
            "x:\n{}{}",
            "  - [[[[[a]]]]]\n".repeat(800),
            "  - \"a\" \"b\n".repeat(75)
        );
        assert!(repair(&yaml, Effort::Faithful).is_none());
        assert!(repair(&yaml, Effort::CommentOut).is_some());
    }
}
