//! Applies the mechanical repairs to the text of a file.

use crate::lint::{Diagnostic, Edit, Rule};
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::syntax::source::{Encoding, Source};
use std::collections::BTreeMap;

/// How many passes are made; a repair may uncover another problem.
const MAX_PASSES: usize = 6;

/// The maximum number of diagnostics whose edits are each applied alone, if all of them together lose the skill.
const MAX_SEPARATE: usize = 20;

/// A repaired text.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// The original text, decoded and without its byte order mark.
    pub before: String,
    pub after: String,
    /// The diagnostics that were fixed, in order.
    pub applied: Vec<Diagnostic>,
    /// The result of parsing `after`.
    pub parsed: Parsed,
    /// Whether the bytes of the file differ from `after`.
    pub changed: bool,
}

/// Applies every mechanical repair to a SKILL.md.
///
/// A file that parses keeps its meaning exactly, and fixing twice gives the same as fixing once. A file that is not
/// UTF-8 is not changed, because it may be in another encoding.
///
/// # Examples
///
/// ```
/// let fixed = clawpowers_loader::fix(b"---\nname: a\ndescription: x: y\n---\n", &Default::default());
/// assert_eq!(fixed.after, "---\nname: a\ndescription: 'x: y'\n---\n");
/// ```
#[must_use]
pub fn fix(bytes: &[u8], options: &ParseOptions) -> Fixed {
    let source = Source::decode(bytes);
    let before = source.text().to_owned();
    let mut parsed = parse_source(&source, options);
    let mut after = before.clone();
    let lossy = matches!(source.encoding(), Encoding::Lossy(_));
    let of_bytes = |d: &&Diagnostic| matches!(d.rule, Rule::Bom | Rule::Utf16) && !lossy;
    let mut applied: Vec<Diagnostic> = parsed.diagnostics.iter().filter(of_bytes).cloned().collect();
    if !lossy {
        for _ in 0..MAX_PASSES {
            let (mut text, mut made) = apply(&after, &parsed.diagnostics);
            let mut fixed = parse_source(&Source::from_text(&text), options);
            let lost = |fixed: &Parsed| parsed.skill.is_some() && fixed.skill.is_none();
            if lost(&fixed) {
                // A longer block may exceed its limit, or a shorter one no longer look like frontmatter.
                (text, made) = apply(&after, &separable(&after, &parsed.diagnostics, options));
                fixed = parse_source(&Source::from_text(&text), options);
            }
            if made.is_empty() || lost(&fixed) {
                break;
            }
            applied.extend(made);
            (after, parsed) = (text, fixed);
        }
    }
    if after == before && !applied.is_empty() {
        // Only the encoding changes.
        parsed = parse_source(&Source::from_text(&after), options);
    }
    let changed = !lossy && after.as_bytes() != bytes;
    Fixed {
        before,
        after,
        applied,
        parsed,
        changed,
    }
}

/// Returns the diagnostics that can each be repaired alone without losing the skill; none if there are too many to try.
fn separable(text: &str, diagnostics: &[Diagnostic], options: &ParseOptions) -> Vec<Diagnostic> {
    let with_edits = diagnostics.iter().filter(|d| !d.edits.is_empty());
    let few: Vec<&Diagnostic> = with_edits.take(MAX_SEPARATE + 1).collect();
    if few.len() > MAX_SEPARATE {
        return Vec::new();
    }
    let loads = |diagnostic: &&Diagnostic| {
        let (text, _) = apply(text, std::slice::from_ref(*diagnostic));
        parse_source(&Source::from_text(&text), options).skill.is_some()
    };
    few.into_iter().filter(loads).cloned().collect()
}

/// Applies the edits of all diagnostics; one that overlaps an earlier one waits for the next pass.
fn apply(text: &str, diagnostics: &[Diagnostic]) -> (String, Vec<Diagnostic>) {
    let mut edits: BTreeMap<(usize, usize), &Edit> = BTreeMap::new();
    let mut made = Vec::new();
    for diagnostic in diagnostics.iter().filter(|d| !d.edits.is_empty()) {
        // Accepted edits do not overlap, so only the neighbors on both sides can overlap a new one.
        let free = |edit: &Edit| {
            let sides = [
                edits.range(..key(edit)).next_back(),
                edits.range(key(edit)..).next(),
            ];
            let mut sides = sides.into_iter().flatten();
            // Two diagnostics about one line share its edit.
            sides.all(|(_, other)| *other == edit || !overlap(&other.range, &edit.range))
        };
        if diagnostic.edits.iter().all(free) {
            edits.extend(diagnostic.edits.iter().map(|edit| (key(edit), edit)));
            made.push(diagnostic.clone());
        }
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits.into_values() {
        out.push_str(text.get(at..edit.range.start).unwrap_or_default());
        out.push_str(&edit.replacement);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, made)
}

const fn key(edit: &Edit) -> (usize, usize) {
    (edit.range.start, edit.range.end)
}

fn overlap(a: &std::ops::Range<usize>, b: &std::ops::Range<usize>) -> bool {
    a.start < b.end && b.start < a.end || (a.start == b.start && a.is_empty() && b.is_empty())
}
