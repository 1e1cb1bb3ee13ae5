//! The data that analyses read from the database, and the histories that they save in it.

use crate::text::did_you_mean;
use crate::wire::{ApiError, Result};
use clawpowers_executor::ledger::{DailyCounts, Execution, Filter, Order, SavedAnalysis, SkillStats};
use clawpowers_executor::{Db, Outcome, Timestamp};
use clawpowers_feedback::{
    Cluster, History, NoteCount, Observation, Position, SavedHistory, cluster, common_notes, first_new,
};
use clawpowers_loader::display::quote;
use std::collections::BTreeMap;

/// The number of last failures whose notes are compared.
const FAILURES: usize = 50;
/// The number of last executions in which clusters of failures are searched for.
const CLUSTERED: usize = 200;
/// The number of executions before and after a change in which a new version is searched for.
const AROUND_CHANGE: usize = 10;

/// Updates the saved histories of all skills, so that the next analysis is fast. If that fails, the next analysis does
/// it.
pub(crate) fn catch_up(db: &mut Db) {
    let Ok(figures) = db.ledger().stats(&Filter::default()) else {
        return;
    };
    let _ = with_saved(db, &figures, |db, figures, saved| {
        let now = Timestamp::now().micros();
        let after = |position| Period::default().observations(db, &figures.skill, position);
        History::update(counted(figures).1, saved, now, after).map(|(_, next)| ((), next))
    });
}

/// Calls `work` for each skill with its saved history, and saves the histories that it returns.
pub(super) fn with_saved<T>(
    db: &mut Db,
    skills: &[SkillStats],
    mut work: impl FnMut(&mut Db, &SkillStats, Option<&SavedHistory>) -> Result<(T, Option<SavedHistory>)>,
) -> Result<Vec<T>> {
    let deletions = db.ledger().deletions()?;
    let mut results = Vec::new();
    let mut kept = Vec::new();
    for figures in skills {
        let saved = db
            .ledger()
            .saved_analysis(&figures.skill)?
            .map(|kept| SavedHistory {
                position: (kept.last.0.micros(), kept.last.1),
                state: kept.state,
            });
        let (result, next) = work(db, figures, saved.as_ref())?;
        results.push(result);
        kept.extend(next.map(|next| {
            let last = (Timestamp::from_micros(next.position.0), next.position.1);
            let state = next.state;
            (figures.skill.as_str(), SavedAnalysis { last, state })
        }));
    }
    if !kept.is_empty() {
        // In a read-only home, the next analysis starts from the old ones.
        let _ = db.ledger().save_analyses(&kept, deletions);
    }
    Ok(results)
}

/// Returns the successes and the executions that count for a rate: all but skipped and open ones.
pub(super) fn counted(figures: &SkillStats) -> (u64, u64) {
    let of = |outcome| u64::try_from(figures.of(outcome)).unwrap_or_default();
    let success = of(Outcome::Success);
    (success, success + of(Outcome::Failure) + of(Outcome::Partial))
}

/// Returns the error for a skill without executions; `figures` are the statistics of all that have some.
pub(super) fn unknown(skill: &str, figures: &[SkillStats]) -> ApiError {
    let names = figures.iter().map(|one| one.skill.as_str());
    let otherwise = "record an execution with {metrics_record skill=NAME outcome=success}";
    ApiError::not_found(format!("there are no executions of the skill {}", quote(skill)))
        .hint(did_you_mean(skill, names, otherwise))
}

/// A period of time; without bounds it is all time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Period {
    pub(super) since: Option<Timestamp>,
    /// Keep only executions before this time.
    pub(super) until: Option<Timestamp>,
}

impl Period {
    pub(super) const fn is_all(self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Returns the filter for the executions of a skill, or of all skills, in the period.
    pub(super) fn filter(self, skill: Option<&str>) -> Filter {
        Filter {
            skill: skill.map(str::to_owned),
            since: self.since,
            until: self.until,
            ..Filter::default()
        }
    }

    /// Calls `each` with the ended executions of a skill after a position, in their order.
    fn outcomes(
        self,
        db: &mut Db,
        skill: &str,
        position: Option<Position>,
        mut each: impl FnMut(Timestamp, i64, Outcome),
    ) -> Result<()> {
        let start = self
            .since
            .map(|since| (since.micros().saturating_sub(1), i64::MAX));
        let behind = position
            .max(start)
            .map(|(at, id)| (Timestamp::from_micros(at), id));
        db.ledger().outcomes(skill, behind, |at, id, outcome| {
            let within = self.until.is_none_or(|until| at < until);
            if within {
                each(at, id, outcome);
            }
            within
        })?;
        Ok(())
    }

    /// Returns the executions of a skill after a position that count for a rate.
    pub(super) fn observations(
        self,
        db: &mut Db,
        skill: &str,
        position: Option<Position>,
    ) -> Result<Vec<Observation>> {
        let mut found = Vec::new();
        self.outcomes(db, skill, position, |at, id, outcome| {
            if outcome != Outcome::Skipped {
                found.push(Observation {
                    position: (at.micros(), id),
                    success: outcome == Outcome::Success,
                });
            }
        })?;
        Ok(found)
    }

    /// Returns the counts of each day from `first` on.
    pub(super) fn days(self, db: &mut Db, skills: &[SkillStats], first: i64) -> Result<Vec<DailyCounts>> {
        if self.is_all() {
            let only = match skills {
                [one] => Some(one.skill.as_str()),
                _ => None,
            };
            return Ok(db.ledger().days(only, first)?);
        }
        // The stored counts are of whole days, and the period may start or end within one.
        let mut found = Vec::new();
        for one in skills {
            let mut days: BTreeMap<i64, [i64; 4]> = BTreeMap::new();
            self.outcomes(db, &one.skill, None, |at, _, outcome| {
                let sums = days.entry(at.day()).or_default();
                for (sum, known) in sums.iter_mut().zip(Outcome::ALL) {
                    *sum += i64::from(known == outcome);
                }
            })?;
            found.extend(days.into_iter().map(|(day, outcomes)| DailyCounts {
                skill: one.skill.clone(),
                day,
                outcomes,
            }));
        }
        Ok(found)
    }

    /// Returns the most common notes of a skill's last failures.
    pub(super) fn common_notes(self, db: &mut Db, skill: &str) -> Result<Vec<NoteCount>> {
        let filter = Filter {
            outcome: Some(Some(Outcome::Failure)),
            ..self.filter(Some(skill))
        };
        let failures = db.ledger().last(&filter, FAILURES)?;
        Ok(common_notes(
            failures.into_iter().filter_map(|one| one.fields.notes),
        ))
    }

    /// Returns the session and the version in which the failures among a skill's last executions cluster.
    pub(super) fn clusters(self, db: &mut Db, skill: &str) -> Result<[Option<Cluster>; 2]> {
        let executions = db.ledger().last(&self.filter(Some(skill)), CLUSTERED)?;
        let by = |group: fn(&Execution) -> Option<&str>| {
            cluster(executions.iter().filter_map(|one| {
                let outcome = one.outcome.filter(|outcome| *outcome != Outcome::Skipped)?;
                Some((group(one), outcome != Outcome::Success))
            }))
        };
        Ok([
            by(|one| one.fields.session.as_deref()),
            by(|one| one.fields.skill_version.as_deref()),
        ])
    }

    /// Returns the version, else the digest, to which a skill changed at about the given time, which is only as exact
    /// as the outcomes allow.
    pub(super) fn new_version(self, db: &mut Db, skill: &str, since: Timestamp) -> Result<Option<String>> {
        let mut some = |since, until, order| {
            let filter = Filter {
                skill: Some(skill.to_owned()),
                since,
                until,
                limit: Some(AROUND_CHANGE),
                ..Filter::default()
            };
            let mut found: Vec<Execution> = Vec::new();
            db.ledger().each(&filter, order, |execution| {
                found.push(execution);
                true
            })?;
            Ok::<_, ApiError>(found)
        };
        let mut all = some(None, Some(since), Order::NewestFirst)?;
        all.reverse();
        all.extend(some(Some(since), self.until, Order::OldestFirst)?);
        // An execution without a version is not evidence of another one.
        let changed = |pick: fn(&Execution) -> Option<&str>| first_new(all.iter().filter_map(pick));
        let version = changed(|one| one.fields.skill_version.as_deref());
        let found = version.or_else(|| changed(|one| one.fields.skill_digest.as_deref()));
        Ok(found.map(str::to_owned))
    }
}
