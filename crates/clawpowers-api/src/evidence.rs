//! What the failures of a skill have in common.

use crate::error::ApiError;
use crate::ops::analyze::{SessionCount, VersionCount, WordCount};
use crate::words::telling;
use clawpowers_executor::ledger::{Execution, Filter, Order};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::compare;
use std::collections::BTreeMap;

/// How many of the last executions are looked at for sessions and versions.
const LOOKED_AT: usize = 200;
/// How many executions before and after a change may hold the version that brought it.
const AROUND: usize = 10;
/// Failures cluster in a session or a version where chance would make them so less often than this.
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
        for word in telling(&execution.notes.unwrap_or_default()) {
            *counts.entry(word).or_default() += 1;
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

/// Where the failures among a skill's last executions cluster.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    pub(crate) session: Option<SessionCount>,
    pub(crate) version: Option<VersionCount>,
}

/// Returns the session and the version that have more than their share of the failures among a skill's last executions.
pub(crate) fn clusters(db: &mut Db, skill: &str, since: Option<Moment>) -> Result<Clusters, ApiError> {
    let filter = Filter {
        skill: Some(skill.to_owned()),
        since,
        ..Filter::default()
    };
    let executions = db.ledger().last(&filter, LOOKED_AT)?;
    let session = cluster(&executions, |one| one.details.session.as_ref());
    let version = cluster(&executions, |one| one.details.skill_version.as_ref());
    Ok(Clusters {
        session: session.map(|(session, failures, total)| SessionCount {
            session,
            failures,
            total,
        }),
        version: version.map(|(version, failures, total)| VersionCount {
            version,
            failures,
            total,
        }),
    })
}

/// Returns the group whose executions fail more often than the others, with its failures and its executions.
fn cluster(
    executions: &[Execution],
    group: impl Fn(&Execution) -> Option<&String>,
) -> Option<(String, u64, u64)> {
    let mut groups: BTreeMap<&String, (u64, u64)> = BTreeMap::new();
    let mut all = (0, 0);
    for execution in executions {
        let Some(outcome) = execution.outcome.filter(|outcome| *outcome != Outcome::Skipped) else {
            continue;
        };
        let failed = u64::from(outcome != Outcome::Success);
        all = (all.0 + failed, all.1 + 1);
        if let Some(name) = group(execution) {
            let counts = groups.entry(name).or_default();
            *counts = (counts.0 + failed, counts.1 + 1);
        }
    }
    // As many groups are looked at, as many chances there are for one to stand out.
    let limit = CLUSTERED / groups.len().max(1) as f64;
    let stands_out = |(failures, total): (u64, u64)| {
        let rest = (all.0 - failures, all.1 - total);
        compare(rest, (failures, total)).filter(|found| found.difference > 0.0 && found.p_value < limit)
    };
    let found = groups
        .into_iter()
        .filter_map(|(name, counts)| Some((stands_out(counts)?.p_value, name, counts)));
    let found = found.min_by(|a, b| a.0.total_cmp(&b.0));
    found.map(|(_, name, (failures, total))| (name.clone(), failures, total))
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

/// Returns the first that differs from those before it, unless those come again: then they are used side by side.
/// Executions that say nothing of it are not among them: they do not tell that it was another one.
fn first_new<'a>(all: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut all = all.peekable();
    let first = *all.peek()?;
    let new = all.find(|one| *one != first)?;
    all.all(|one| one != first).then_some(new)
}
