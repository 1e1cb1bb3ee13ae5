//! The most common notes of failures.

use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The maximum number of notes that are returned.
const NOTES: usize = 3;
/// The code points after which a note is truncated.
const NOTE_LENGTH: usize = 200;

/// A note and how many failures have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoteCount {
    /// The most recent note of this kind, on one line, truncated to 200 characters.
    pub note: String,
    /// How many of the last 50 failures have this note.
    pub count: usize,
}

/// Returns the notes of failures, the most common first. The failures must be in order, the oldest first. Notes that differ
/// only in case, whitespace and numbers count as equal; if no two are, only the last one is returned.
pub fn common_notes(notes: impl IntoIterator<Item = String>) -> Vec<NoteCount> {
    // By key: the count, the place of the last note, and its text.
    let mut groups: BTreeMap<String, (usize, usize, String)> = BTreeMap::new();
    for (place, note) in notes.into_iter().enumerate() {
        let note = shorten(&note);
        if !note.is_empty() {
            let group = groups.entry(key(&note)).or_default();
            *group = (group.0 + 1, place, note);
        }
    }
    let mut found: Vec<(usize, usize, String)> = groups.into_values().collect();
    found.sort_by_key(|(count, place, _)| Reverse((*count, *place)));
    if found.first().is_some_and(|(count, ..)| *count > 1) {
        found.retain(|(count, ..)| *count > 1);
        found.truncate(NOTES);
    } else {
        found.truncate(1);
    }
    let note = |(count, _, note)| NoteCount { note, count };
    found.into_iter().map(note).collect()
}

fn shorten(note: &str) -> String {
    let mut line = note.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(NOTE_LENGTH) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Replaces every number with `0`: times, ports and counts differ from one failure to the next.
fn key(note: &str) -> String {
    let mut out = String::with_capacity(note.len());
    for c in note.chars().flat_map(char::to_lowercase) {
        match (c.is_numeric(), out.ends_with('0')) {
            (true, true) => {}
            (true, false) => out.push('0'),
            (false, _) => out.push(c),
        }
    }
    // A fraction, or an address, is one number.
    while out.contains("0.0") {
        out = out.replace("0.0", "0");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{common_notes, key, shorten};

    #[test]
    fn notes_are_told_apart_by_what_is_not_a_number() {
        assert_eq!(
            key("Timeout after 31.5s on host-7"),
            key("timeout after 9s on host-12")
        );
        assert_ne!(
            key("timeout waiting for the registry"),
            key("timeout waiting for the cache")
        );
        assert_eq!(shorten(" a\n\tb  c "), "a b c");
        assert_eq!(shorten(&"\u{8d85}".repeat(300)).chars().count(), 201);
    }

    #[test]
    fn the_last_of_equal_notes_stands_for_them() {
        let notes = ["exit 1", "no route", "exit 2", "", "disk full"].map(str::to_owned);
        let found: Vec<_> = common_notes(notes)
            .into_iter()
            .map(|one| (one.note, one.count))
            .collect();
        assert_eq!(found, [("exit 2".to_owned(), 2)]);
        let found = common_notes(["a".to_owned(), "b".to_owned()]);
        assert_eq!((found.len(), found[0].note.as_str()), (1, "b"));
    }
}
