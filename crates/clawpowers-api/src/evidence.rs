//! What the failures of a skill have in common.

use crate::error::ApiError;
use crate::ops::analyze::{SessionCount, WordCount};
use clawpowers_executor::ledger::{Execution, Filter, Order};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::compare;
use std::collections::BTreeMap;

/// How many of the last executions are looked at for sessions.
const LOOKED_AT: usize = 200;
/// How many executions before and after a change may hold the version that brought it.
const AROUND: usize = 10;
/// Failures cluster in a session where chance would make them so less often than this.
const CLUSTERED: f64 = 0.01;

/// Returns the words that the notes of a skill's last failures have in common.
pub(crate) fn common_words(
    db: &mut Db,
    skill: &str,
    since: Option<Moment>,
) -> Result<Vec<WordCount>, ApiError> {
    const FAILURES: usize = 50;
    const WORDS: usize = 5;
    let filter = Filter {
        skill: Some(skill.to_owned()),
        outcome: Some(Some(Outcome::Failure)),
        since,
        ..Filter::default()
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for execution in db.ledger().last(&filter, FAILURES)? {
        let notes = execution.notes.unwrap_or_default().to_lowercase();
        let mut words: Vec<&str> = notes
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 3)
            .collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *counts.entry(word.chars().take(40).collect()).or_default() += 1;
        }
    }
    let mut found: Vec<WordCount> = counts
        .into_iter()
        .filter(|(_, notes)| *notes > 1)
        .map(|(word, notes)| WordCount { word, notes })
        .collect();
    found.sort_by(|a, b| b.notes.cmp(&a.notes).then_with(|| a.word.cmp(&b.word)));
    found.truncate(WORDS);
    Ok(found)
}

/// Returns the session that has more than its share of the failures among a skill's last executions.
pub(crate) fn session(
    db: &mut Db,
    skill: &str,
    since: Option<Moment>,
) -> Result<Option<SessionCount>, ApiError> {
    let filter = Filter {
        skill: Some(skill.to_owned()),
        since,
        ..Filter::default()
    };
    let mut sessions: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut all = (0, 0);
    for execution in db.ledger().last(&filter, LOOKED_AT)? {
        let Some(outcome) = execution.outcome.filter(|outcome| *outcome != Outcome::Skipped) else {
            continue;
        };
        let failed = u64::from(outcome != Outcome::Success);
        all = (all.0 + failed, all.1 + 1);
        if let Some(session) = execution.details.session {
            let counts = sessions.entry(session).or_default();
            *counts = (counts.0 + failed, counts.1 + 1);
        }
    }
    // As many sessions are looked at, as many chances there are for one to stand out.
    let limit = CLUSTERED / sessions.len().max(1) as f64;
    let stands_out = |(failures, total): (u64, u64)| {
        let rest = (all.0 - failures, all.1 - total);
        compare(rest, (failures, total)).filter(|found| found.difference > 0.0 && found.p_value < limit)
    };
    let found = sessions
        .into_iter()
        .filter_map(|(session, counts)| Some((stands_out(counts)?.p_value, session, counts)));
    let found = found.min_by(|a, b| a.0.total_cmp(&b.0));
    Ok(found.map(|(_, session, (failures, total))| SessionCount {
        session,
        failures,
        total,
    }))
}

/// Returns the version, else the digest, that a skill changed to at about a time: a change of its rate is dated only as well
/// as its outcomes tell.
pub(crate) fn new_version(db: &mut Db, skill: &str, since: Moment) -> Result<Option<String>, ApiError> {
    let mut some = |since, until, order| {
        let filter = Filter {
            skill: Some(skill.to_owned()),
            since,
            until,
            limit: Some(AROUND),
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
    all.extend(some(Some(since), None, Order::OldestFirst)?);
    let changed = |pick: fn(&Execution) -> Option<&String>| first_new(all.iter().filter_map(pick)).cloned();
    let version = changed(|one| one.details.skill_version.as_ref());
    Ok(version.or_else(|| changed(|one| one.details.skill_digest.as_ref())))
}

/// Returns the first that differs from those before it. Executions that say nothing of it are not among them: they do not
/// tell that it was another one.
fn first_new<'a>(mut all: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let first = all.next()?;
    all.find(|one| *one != first)
}
