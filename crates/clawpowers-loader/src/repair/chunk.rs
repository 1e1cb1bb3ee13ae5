//! One top-level entry and the rungs it climbs.

use super::line::repairs;
use super::rungs;
use super::{Draft, Effort, error_line, parses};
use crate::diag::Rule;
use crate::frontmatter::is_entry;

/// How many following entries an unclosed quote or bracket may take in.
const MAX_MERGE: usize = 8;

/// How many lines of one entry are repaired one after the other.
const MAX_STEPS: usize = 64;

/// A rung gives the lines of an entry as they would be, if it has anything to say to them.
type Rung = fn(&[Draft]) -> Option<Vec<Draft>>;

/// The lines of one top-level entry: its `key:` line and all that belongs to it.
pub(super) struct Chunk<'a> {
    lines: &'a mut [Draft],
    parses: bool,
}

impl<'a> Chunk<'a> {
    /// Takes the next entry off `rest`, together with those that its open quote or bracket runs into.
    pub(super) fn take(rest: &mut &'a mut [Draft]) -> Option<Self> {
        let all = std::mem::take(rest);
        if all.is_empty() {
            return None;
        }
        let first = next_entry(all, 1);
        let mut length = first;
        let mut good = parses(all.get(..first)?);
        for _ in 0..MAX_MERGE {
            if good || length == all.len() {
                break;
            }
            length = next_entry(all, length + 1);
            good = parses(all.get(..length)?);
        }
        if !good {
            length = first;
        }
        let (lines, tail) = all.split_at_mut(length);
        *rest = tail;
        Some(Self { lines, parses: good })
    }

    /// Climbs the ladder until the entry parses by itself.
    pub(super) fn mend(mut self, effort: Effort) -> Option<()> {
        if self.parses || self.by_whole() || self.by_line() {
            return Some(());
        }
        match effort {
            Effort::Faithful => None,
            Effort::SetAside => {
                self.set_aside();
                Some(())
            }
        }
    }

    /// Rungs that look at the entry as a whole.
    fn by_whole(&mut self) -> bool {
        let rungs: [Rung; 4] = [
            rungs::indent_quoted,
            rungs::unescape_markdown,
            rungs::balance_brackets,
            rungs::continuation,
        ];
        rungs.iter().any(|rung| self.adopt(rung(self.lines)))
    }

    fn adopt(&mut self, mended: Option<Vec<Draft>>) -> bool {
        let Some(mended) = mended.filter(|mended| parses(mended)) else {
            return false;
        };
        self.lines.clone_from_slice(&mended);
        true
    }

    /// Rungs that look at one line: the one at which the parser stopped, or the entry's first.
    fn by_line(&mut self) -> bool {
        let mut work = self.lines.to_vec();
        for _ in 0..MAX_STEPS {
            let Some(at) = error_line(&work) else {
                self.lines.clone_from_slice(&work);
                return true;
            };
            let Some(better) = step(&work, at) else { break };
            work = better;
        }
        false
    }

    /// Comments out what still does not parse, from the line at which the parser stops.
    fn set_aside(&mut self) {
        let mut steps = 0;
        while let Some(at) = error_line(self.lines) {
            steps += 1;
            if steps > MAX_STEPS {
                self.set_aside_from(at);
                break;
            }
            let live =
                |draft: &Draft| !draft.text.trim_start().starts_with('#') && !draft.text.trim().is_empty();
            let target = match self.lines.get(at) {
                Some(draft) if live(draft) => Some(at),
                _ => self.lines.iter().rposition(live),
            };
            let Some(draft) = target.and_then(|at| self.lines.get_mut(at)) else {
                break;
            };
            comment_out(draft);
        }
    }

    /// Comments out every line from `at` on, for entries that are prose through and through.
    fn set_aside_from(&mut self, at: usize) {
        self.lines.iter_mut().skip(at).for_each(comment_out);
        if !parses(self.lines) {
            self.lines.iter_mut().for_each(comment_out);
        }
    }
}

fn comment_out(draft: &mut Draft) {
    if !draft.text.starts_with('#') {
        let text = format!("# {}", draft.text);
        draft.set(Rule::YamlRepairedComment, text);
    }
}

/// Finds the one-line repair that gets the parser past the line at which it stopped.
fn step(work: &[Draft], at: usize) -> Option<Vec<Draft>> {
    let previous = work
        .get(..at)?
        .iter()
        .rposition(|draft| !draft.text.trim().is_empty());
    let mut candidates = vec![at];
    candidates.extend(previous);
    candidates.push(0);
    for candidate in candidates {
        let line = work.get(candidate)?;
        for (rule, text) in repairs(&line.text) {
            let mut better = work.to_vec();
            better.get_mut(candidate)?.set(rule, text);
            if error_line(&better).is_none_or(|next| next > at) {
                return Some(better);
            }
        }
    }
    None
}

/// Returns the index at or after `from` of the next line that starts an entry at the first line's indentation.
fn next_entry(lines: &[Draft], from: usize) -> usize {
    let indent = lines.first().map_or(0, |first| indent_of(&first.text));
    let starts = |draft: &Draft| indent_of(&draft.text) <= indent && is_entry(draft.text.trim_start());
    lines
        .iter()
        .enumerate()
        .skip(from)
        .find(|(_, draft)| starts(draft))
        .map_or(lines.len(), |(index, _)| index)
}

pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
