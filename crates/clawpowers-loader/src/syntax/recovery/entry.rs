//! One top-level entry and the passes that are tried on it.

use super::header::text_after_header;
use super::line::{Line, ParseBudget, indent_of};
use super::passes::{self, is_bracket_prose};
use super::single_line::{repairs, whole_item};
use crate::lint::Rule;
use crate::syntax::delimiter::is_entry;

/// How many following entries an unclosed quote or bracket may extend over.
const MAX_MERGE: usize = 8;

/// How many lines of one entry are repaired in turn.
const MAX_STEPS: usize = 64;

/// How far a repair may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Every line keeps its meaning.
    Faithful,
    /// Lines that are not YAML may become comments.
    CommentOut,
}

/// Returns the repaired lines of an entry, if the pass applies to them.
type Pass = for<'t> fn(&[Line<'t>]) -> Option<Vec<Line<'t>>>;

/// The lines of one top-level entry: its `key:` line and the lines of its value.
pub(super) struct Entry<'a, 't> {
    lines: &'a mut [Line<'t>],
    /// The line at which they stop being a mapping, if they do.
    error: Option<usize>,
}

impl<'a, 't> Entry<'a, 't> {
    /// Splits the next entry off `rest`, together with those that its open quote or bracket extends over.
    pub(super) fn split_off(rest: &mut &'a mut [Line<'t>], budget: &mut ParseBudget) -> Option<Self> {
        let all = std::mem::take(rest);
        if all.is_empty() {
            return None;
        }
        let first = next_entry(all, 1);
        let mut length = first;
        let entry = all.get(..first)?;
        let mut error = budget.error_line(entry);
        let marks: &[char] = match is_bracket_prose(entry) {
            true => &['"', '\''],
            false => &['"', '\'', '[', '{'],
        };
        let opens = entry.iter().any(|line| line.text.contains(marks));
        if error.is_some() && opens {
            for _ in 0..MAX_MERGE {
                if length == all.len() || budget.is_spent() {
                    break;
                }
                length = next_entry(all, length + 1);
                if budget.parses(all.get(..length)?) {
                    error = None;
                    break;
                }
            }
            if error.is_some() {
                length = first;
            }
        }
        let (lines, tail) = all.split_at_mut(length);
        *rest = tail;
        Some(Self { lines, error })
    }

    /// Tries passes until the entry parses by itself.
    pub(super) fn repair(mut self, effort: Effort, budget: &mut ParseBudget) -> Option<()> {
        if self.error.is_none() || self.by_whole(budget) || self.by_line(budget) {
            return Some(());
        }
        (effort == Effort::CommentOut).then(|| self.comment_out(budget))
    }

    /// Tries the passes over the whole entry.
    fn by_whole(&mut self, budget: &mut ParseBudget) -> bool {
        let passes: [Pass; 5] = [
            text_after_header,
            passes::indent_quoted,
            passes::unescape_markdown,
            passes::balance_brackets,
            passes::continuation,
        ];
        passes
            .iter()
            .any(|pass| !budget.is_spent() && self.adopt(pass(self.lines), budget))
    }

    fn adopt(&mut self, repaired: Option<Vec<Line<'t>>>, budget: &mut ParseBudget) -> bool {
        let Some(repaired) = repaired.filter(|repaired| budget.parses(repaired)) else {
            return false;
        };
        self.lines.clone_from_slice(&repaired);
        true
    }

    /// Tries repairs of one line: the one at which the parser stopped, or the entry's first.
    fn by_line(&mut self, budget: &mut ParseBudget) -> bool {
        if budget.is_spent() {
            return false;
        }
        let mut work = self.lines.to_vec();
        let mut error = self.error;
        for _ in 0..MAX_STEPS {
            let Some(at) = error else { break };
            let Some(better) = step(&work, at, budget) else {
                return false;
            };
            (work, error) = better;
        }
        let repaired = error.is_none();
        if repaired {
            self.lines.clone_from_slice(&work);
        }
        repaired
    }

    /// Comments out the lines at which the parser stops, until the rest parses.
    fn comment_out(&mut self, budget: &mut ParseBudget) {
        let mut steps = 0;
        while let Some(at) = budget.error_line(self.lines) {
            steps += 1;
            if steps > MAX_STEPS || budget.is_spent() {
                self.comment_out_from(at, budget);
                break;
            }
            let live = |line: &Line<'_>| !line.text.trim_start().starts_with('#') && !line.is_blank();
            let target = match self.lines.get(at) {
                Some(line) if live(line) => Some(at),
                _ => self.lines.iter().rposition(live),
            };
            let Some(line) = target.and_then(|at| self.lines.get_mut(at)) else {
                break;
            };
            comment_out(line);
        }
    }

    /// Comments out every line from `at` on, for entries that are only prose.
    fn comment_out_from(&mut self, at: usize, budget: &mut ParseBudget) {
        self.lines.iter_mut().skip(at).for_each(comment_out);
        if !budget.parses(self.lines) {
            self.lines.iter_mut().for_each(comment_out);
        }
    }
}

fn comment_out(line: &mut Line<'_>) {
    if !line.text.starts_with('#') {
        let text = format!("# {}", line.text);
        line.set(Rule::YamlRepairedComment, text);
    }
}

/// Lines and the line at which they stop being a mapping, if they do.
type Step<'t> = (Vec<Line<'t>>, Option<usize>);

/// Finds a repair of one line with which the parser gets past the line at which it stopped.
fn step<'t>(work: &[Line<'t>], at: usize, budget: &mut ParseBudget) -> Option<Step<'t>> {
    let previous = work.get(..at)?.iter().rposition(|line| !line.is_blank());
    let mut candidates = vec![at];
    candidates.extend(previous);
    candidates.push(0);
    candidates.dedup();
    let words = is_list_of_words(work);
    for candidate in candidates {
        let line = work.get(candidate)?;
        let whole = words.then(|| whole_item(&line.text)).flatten();
        for (rule, text) in whole.into_iter().chain(repairs(&line.text)) {
            if text == line.text {
                continue;
            }
            if budget.is_spent() {
                return None;
            }
            let mut better = work.to_vec();
            better.get_mut(candidate)?.set(rule, text);
            let error = budget.error_line(&better);
            if error.is_none_or(|next| next > at) {
                return Some((better, error));
            }
        }
    }
    None
}

/// Returns whether an entry is a list with at least one item that is not a key with a value.
fn is_list_of_words(lines: &[Line<'_>]) -> bool {
    let mut items = lines.iter().skip(1).map(|line| line.text.trim());
    items.any(|line| {
        line.strip_prefix("- ")
            .is_some_and(|item| !item.contains(": ") && !item.ends_with(':'))
    })
}

/// Returns the index at or after `from` of the next line that starts an entry at the first line's indentation.
fn next_entry(lines: &[Line<'_>], from: usize) -> usize {
    let indent = lines.first().map_or(0, |first| indent_of(&first.text));
    let starts = |line: &Line<'_>| indent_of(&line.text) <= indent && is_entry(line.text.trim_start());
    lines
        .iter()
        .enumerate()
        .skip(from)
        .find(|(_, line)| starts(line))
        .map_or(lines.len(), |(index, _)| index)
}
