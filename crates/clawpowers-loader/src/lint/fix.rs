//! Writes the repairs: a text in, the same text with every mechanical repair made out.

use crate::lint::{Diagnostic, Edit, Rule};
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::syntax::source::{Encoding, Source};
use std::collections::BTreeMap;

/// How often repairs may uncover others before the text is given up on.
const MAX_PASSES: usize = 6;

/// A text with its repairs made.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// The text before, decoded and without its byte order mark.
    pub before: String,
    /// The text after.
    pub after: String,
    /// The findings that were repaired, in the order in which they were.
    pub applied: Vec<Diagnostic>,
    /// What the repaired text gives when it is parsed.
    pub parsed: Parsed,
    /// Whether the file differs from `after` in its bytes.
    pub changed: bool,
}

/// Makes every mechanical repair of a SKILL.md.
///
/// A file that parses keeps its meaning to the letter, and fixing twice gives the same as fixing once. A file that is
/// not UTF-8 is left alone, since its bytes cannot be told from damage.
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
            let (text, made) = apply(&after, &parsed.diagnostics);
            if made.is_empty() {
                break;
            }
            let mended = parse_source(&Source::from_text(&text), options);
            if parsed.skill.is_some() && mended.skill.is_none() {
                // Edits make a text longer, and a block that passes its bound is not read at all.
                break;
            }
            applied.extend(made);
            (after, parsed) = (text, mended);
        }
    }
    if after == before && !applied.is_empty() {
        // Only the encoding changes, which the text no longer shows.
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

/// Makes the edits of all findings; one that overlaps an earlier one waits for the next pass.
fn apply(text: &str, diagnostics: &[Diagnostic]) -> (String, Vec<Diagnostic>) {
    let mut edits: BTreeMap<(usize, usize), &Edit> = BTreeMap::new();
    let mut made = Vec::new();
    for diagnostic in diagnostics.iter().filter(|d| !d.edits.is_empty()) {
        // Edits that were taken do not overlap, so one that is in the way is the next to either side.
        let free = |edit: &Edit| {
            let sides = [
                edits.range(..key(edit)).next_back(),
                edits.range(key(edit)..).next(),
            ];
            let mut sides = sides.into_iter().flatten();
            // Two findings about one line share its edit.
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
