//! The changes of each skill's success rate: kept from one look to the next, so that a look costs what is new.

use crate::wire::error::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawpowers_executor::ledger::{Figures, Filter, Kept};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::{Change, Detector, Direction};
use serde::{Deserialize, Serialize};

/// So many of the last executions are looked at anew each time: one that took long comes in behind others that began
/// later.
const LOOKED_AT_AGAIN: usize = 32;
/// What was learnt is kept once so many executions were looked at.
const KEPT_AFTER: usize = 128;

/// A change with the time at which it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Dated {
    pub(crate) at: u64,
    pub(crate) drop: bool,
    pub(crate) before: (u64, u64),
    /// Microseconds since 1970.
    pub(crate) since: i64,
}

/// What is known of a skill's rate over time.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) changes: Vec<Dated>,
    pub(crate) detector: Detector,
}

/// What is kept of it.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    changes: Vec<Dated>,
    detector: String,
}

/// Takes in what is new of every skill, so that the next look finds it done. Where that fails, the next look does it.
pub(crate) fn catch_up(db: &mut Db) {
    let Ok(figures) = db.ledger().figures(&Filter::default()) else {
        return;
    };
    let counts: Vec<(&str, u64)> = figures
        .iter()
        .map(|one| (one.skill.as_str(), counted(one).1))
        .collect();
    let _ = histories(db, &counts);
}

/// Returns successes and what counts for a rate: skipped and open ones do not.
pub(crate) fn counted(figures: &Figures) -> (u64, u64) {
    let of = |outcome| u64::try_from(figures.of(outcome)).unwrap_or_default();
    let success = of(Outcome::Success);
    (success, success + of(Outcome::Failure) + of(Outcome::Partial))
}

/// From when to when executions are meant; all of them where neither is said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Period {
    pub(crate) since: Option<Moment>,
    /// Before this time.
    pub(crate) until: Option<Moment>,
}

impl Period {
    pub(crate) const fn is_all(self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// The filter for executions of a skill, or of all, in the period.
    pub(crate) fn filter(self, skill: Option<&str>) -> Filter {
        Filter {
            skill: skill.map(str::to_owned),
            since: self.since,
            until: self.until,
            ..Filter::default()
        }
    }

    /// Hands over the executions of a skill in the period that have ended, in the order of their times.
    pub(crate) fn outcomes(
        self,
        db: &mut Db,
        skill: &str,
        mut each: impl FnMut(Moment, i64, Outcome),
    ) -> Result<(), ApiError> {
        let behind = self.since.map(|since| {
            let before = Moment::from_micros(since.micros().saturating_sub(1));
            (before, i64::MAX)
        });
        db.ledger().outcomes(skill, behind, |at, id, outcome| {
            let within = self.until.is_none_or(|until| at < until);
            if within {
                each(at, id, outcome);
            }
            within
        })?;
        Ok(())
    }
}

/// Returns the history of each named skill in a period; nothing of it is kept.
pub(crate) fn histories_of(db: &mut Db, skills: &[&str], period: Period) -> Result<Vec<History>, ApiError> {
    let one = |skill: &&str| {
        let mut history = History {
            changes: Vec::new(),
            detector: Detector::new(),
        };
        let mut rows = Vec::new();
        period.outcomes(db, skill, |at, _, outcome| {
            if outcome != Outcome::Skipped {
                rows.push((at, outcome == Outcome::Success));
            }
        })?;
        for (_, success) in &rows {
            let Some(change) = history.detector.push(*success) else {
                continue;
            };
            let at = usize::try_from(change.at).ok().and_then(|at| rows.get(at));
            history
                .changes
                .extend(at.map(|(since, _)| dated(&change, *since)));
        }
        Ok(history)
    };
    skills.iter().map(one).collect()
}

/// Returns the history of each named skill; `counts` are how many executions of it count (that have ended and were not
/// skipped).
pub(crate) fn histories(db: &mut Db, skills: &[(&str, u64)]) -> Result<Vec<History>, ApiError> {
    let deletions = db.ledger().deletions()?;
    let mut histories = Vec::new();
    let mut to_keep = Vec::new();
    for &(skill, count) in skills {
        let kept = db.ledger().kept(skill)?;
        let known = kept.and_then(|kept| Some((kept.last, read(&kept.state)?)));
        let found = match known {
            // Where something came in before what is known, the count is another one, and all is looked at anew.
            Some((last, history)) => Some(go_on(db, skill, Some(last), history)?)
                .filter(|one| one.history.detector.seen() == count),
            None => None,
        };
        let found = match found {
            Some(found) => found,
            None => {
                let nothing = History {
                    changes: Vec::new(),
                    detector: Detector::new(),
                };
                go_on(db, skill, None, nothing)?
            }
        };
        if let Some(kept) = found.kept {
            to_keep.push((skill, kept));
        }
        histories.push(found.history);
    }
    if !to_keep.is_empty() {
        // A home that cannot be written to is analysed all the same; the next look starts from where this one did.
        let _ = db.ledger().keep(&to_keep, deletions);
    }
    Ok(histories)
}

struct Found {
    history: History,
    kept: Option<Kept>,
}

/// Takes in the executions behind the last one that is known.
fn go_on(
    db: &mut Db,
    skill: &str,
    last: Option<(Moment, i64)>,
    mut history: History,
) -> Result<Found, ApiError> {
    let mut rows = Vec::new();
    db.ledger().outcomes(skill, last, |at, id, outcome| {
        if outcome != Outcome::Skipped {
            rows.push((at, id, outcome == Outcome::Success));
        }
        true
    })?;
    let start = history.detector.seen();
    // What lies in the future is looked at anew each time: all that is recorded until then comes in before it.
    let now = Moment::now();
    let past = rows.partition_point(|(at, _, _)| *at <= now);
    let settled = rows.len().saturating_sub(LOOKED_AT_AGAIN).min(past);
    let mut kept = None;
    for (index, (_, _, success)) in rows.iter().enumerate() {
        if index == settled
            && settled >= KEPT_AFTER
            && let Some(&(at, id, _)) = settled.checked_sub(1).and_then(|before| rows.get(before))
        {
            kept = Some(Kept {
                last: (at, id),
                state: written(&history),
            });
        }
        if let Some(change) = history.detector.push(*success) {
            let since = match change
                .at
                .checked_sub(start)
                .and_then(|at| rows.get(usize::try_from(at).ok()?))
            {
                Some((at, _, _)) => *at,
                None => earlier(db, skill, last, start - change.at)?,
            };
            history.changes.push(dated(&change, since));
        }
    }
    Ok(Found { history, kept })
}

fn dated(change: &Change, since: Moment) -> Dated {
    Dated {
        at: change.at,
        drop: change.direction == Direction::Drop,
        before: change.before,
        since: since.micros(),
    }
}

/// Returns the time of the execution that lies so many before the first one behind `last`.
fn earlier(db: &mut Db, skill: &str, last: Option<(Moment, i64)>, back: u64) -> Result<Moment, ApiError> {
    let mut times = Vec::new();
    db.ledger().outcomes(skill, None, |at, id, outcome| {
        if last.is_some_and(|last| (at, id) > last) {
            return false;
        }
        if outcome != Outcome::Skipped {
            times.push(at);
        }
        true
    })?;
    let index = times
        .len()
        .checked_sub(usize::try_from(back).unwrap_or(usize::MAX));
    let time = index.and_then(|index| times.get(index)).or(times.first());
    Ok(time.copied().unwrap_or(Moment::from_micros(0)))
}

fn written(history: &History) -> String {
    let state = State {
        changes: history.changes.clone(),
        detector: STANDARD.encode(history.detector.to_bytes()),
    };
    serde_json::to_string(&state).unwrap_or_default()
}

fn read(text: &str) -> Option<History> {
    let state: State = serde_json::from_str(text).ok()?;
    Some(History {
        changes: state.changes,
        detector: Detector::from_bytes(&STANDARD.decode(state.detector).ok()?)?,
    })
}
