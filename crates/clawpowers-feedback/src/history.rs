//! The changes of a skill's success rate, saved from one analysis to the next, so that each only reads new executions.

use crate::detect::{Detector, Direction};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// How many of the last executions are left out of a saved history: one that started before them may be recorded later.
const UNSETTLED: usize = 32;
/// The minimum number of new executions for which a history is saved.
const MIN_NEW: usize = 128;

/// The place of an execution in the order of its skill's executions: its time in microseconds since 1970, then its id.
pub type Position = (i64, i64);

/// An execution that counts for a success rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// Its place among the executions of its skill.
    pub position: Position,
    /// Whether it succeeded; a partial success does not count as a success.
    pub success: bool,
}

/// A history up to an execution, to be continued by the next analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedHistory {
    /// The last execution that it covers.
    pub position: Position,
    /// The history as text.
    pub state: String,
}

/// A change in a rate with its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DatedChange {
    /// How many executions came before it.
    pub(crate) at: u64,
    pub(crate) direction: Direction,
    /// Successes and executions between the change before this one and this one.
    pub(crate) before: (u64, u64),
    /// Microseconds since 1970.
    pub(crate) since: i64,
}

/// The success rate of a skill over time.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub(crate) changes: Vec<DatedChange>,
    pub(crate) detector: Detector,
}

/// The content of [`SavedHistory::state`].
#[derive(Serialize, Deserialize)]
struct State {
    changes: Vec<DatedChange>,
    detector: String,
}

impl History {
    /// Reads the executions of a skill that are new since a history was saved. Also returns the history to save, if
    /// there are enough new executions.
    ///
    /// `after` returns the executions after a position, or all, in their order. `total` is the number of all executions
    /// that count; if it shows that more were recorded before the end of the saved history, all are read. Executions
    /// later than `now` are not saved, because those that will be recorded until then come before them.
    ///
    /// # Errors
    ///
    /// What `after` returns.
    pub fn update<E>(
        total: u64,
        saved: Option<&SavedHistory>,
        now: i64,
        mut after: impl FnMut(Option<Position>) -> Result<Vec<Observation>, E>,
    ) -> Result<(Self, Option<SavedHistory>), E> {
        if let Some(saved) = saved
            && let Some(mut history) = Self::from_state(&saved.state)
        {
            let next = history.extend(Some(saved.position), now, &mut after)?;
            if history.detector.seen() == total {
                return Ok((history, next));
            }
        }
        let mut history = Self::default();
        let next = history.extend(None, now, &mut after)?;
        Ok((history, next))
    }

    fn extend<E>(
        &mut self,
        last: Option<Position>,
        now: i64,
        after: &mut impl FnMut(Option<Position>) -> Result<Vec<Observation>, E>,
    ) -> Result<Option<SavedHistory>, E> {
        let new = after(last)?;
        let start = self.detector.seen();
        let past = new.partition_point(|one| one.position.0 <= now);
        let settled = new.len().saturating_sub(UNSETTLED).min(past);
        let mut saved = None;
        for (index, one) in new.iter().enumerate() {
            if index == settled
                && settled >= MIN_NEW
                && let Some(before) = settled.checked_sub(1).and_then(|before| new.get(before))
            {
                saved = Some(SavedHistory {
                    position: before.position,
                    state: self.to_state(),
                });
            }
            let Some(change) = self.detector.push(one.success) else {
                continue;
            };
            let index = change.at.checked_sub(start);
            let index = index.and_then(|index| usize::try_from(index).ok());
            let since = match index.and_then(|index| new.get(index)) {
                Some(first) => first.position.0,
                None => time_before(last, start.saturating_sub(change.at), after)?,
            };
            self.changes.push(DatedChange {
                at: change.at,
                direction: change.direction,
                before: (change.before.success, change.before.total),
                since,
            });
        }
        Ok(saved)
    }

    fn to_state(&self) -> String {
        let state = State {
            changes: self.changes.clone(),
            detector: STANDARD.encode(self.detector.to_bytes()),
        };
        serde_json::to_string(&state).unwrap_or_default()
    }

    fn from_state(text: &str) -> Option<Self> {
        let state: State = serde_json::from_str(text).ok()?;
        Some(Self {
            changes: state.changes,
            detector: Detector::from_bytes(&STANDARD.decode(state.detector).ok()?)?,
        })
    }
}

/// Returns the time of the execution that is `back` places before the first one after `last`.
fn time_before<E>(
    last: Option<Position>,
    back: u64,
    after: &mut impl FnMut(Option<Position>) -> Result<Vec<Observation>, E>,
) -> Result<i64, E> {
    let mut known = after(None)?;
    known.truncate(known.partition_point(|one| last.is_none_or(|last| one.position <= last)));
    let index = usize::try_from(back)
        .ok()
        .and_then(|back| known.len().checked_sub(back));
    let found = index.and_then(|index| known.get(index)).or(known.first());
    Ok(found.map_or(0, |one| one.position.0))
}
