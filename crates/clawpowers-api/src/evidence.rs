//! What the failures of a skill have in common.

use crate::analysis::Period;
use crate::operations::feedback::analyze::{NoteCount, SessionCount, VersionCount};
use crate::wire::error::ApiError;
use clawpowers_executor::ledger::{Execution, Filter, Order};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::compare;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many of the last executions are looked at for sessions and versions.
const LOOKED_AT: usize = 200;
/// How many executions before and after a change may hold the version that brought it.
const AROUND: usize = 10;
/// Failures cluster in a session or a version where chance would make them so less often than this.
const CLUSTERED: f64 = 0.01;

/// Returns the notes of a skill's last failures, the most common first. Notes that differ in case, blanks and numbers alone are
/// one; where no two are, the last one stands for them.
pub(crate) fn common_notes(db: &mut Db, skill: &str, period: Period) -> Result<Vec<NoteCount>, ApiError> {
    const FAILURES: usize = 50;
    const NOTES: usize = 3;
    let filter = Filter {
        outcome: Some(Some(Outcome::Failure)),
        ..period.filter(Some(skill))
    };
    // By what they have in common: how many there are, and the place and the text of the last one.
    let mut groups: BTreeMap<String, (usize, usize, String)> = BTreeMap::new();
    for (place, execution) in db.ledger().last(&filter, FAILURES)?.into_iter().enumerate() {
        let note = shortened(&execution.notes.unwrap_or_default());
        if !note.is_empty() {
            let group = groups.entry(alike(&note)).or_default();
            *group = (group.0 + 1, place, note);
        }
    }
    let mut found: Vec<(usize, usize, String)> = groups.into_values().collect();
    found.sort_by_key(|(count, place, _)| Reverse((*count, *place)));
    let wanted = if found.first().is_some_and(|(count, ..)| *count > 1) {
        found.retain(|(count, ..)| *count > 1);
        NOTES
    } else {
        1
    };
    found.truncate(wanted);
    let note = |(count, _, note)| NoteCount { note, count };
    Ok(found.into_iter().map(note).collect())
}

/// Returns a note on one line, cut after so many letters that it can still be told from others.
fn shortened(note: &str) -> String {
    const LETTERS: usize = 200;
    let mut line = note.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LETTERS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Returns what notes of the same kind have in common: times, ports and counts differ from one to the next.
fn alike(note: &str) -> String {
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

/// Where the failures among a skill's last executions cluster.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    pub(crate) session: Option<SessionCount>,
    pub(crate) version: Option<VersionCount>,
}

/// Returns the session and the version that have more than their share of the failures among a skill's last executions.
pub(crate) fn clusters(db: &mut Db, skill: &str, period: Period) -> Result<Clusters, ApiError> {
    let executions = db.ledger().last(&period.filter(Some(skill)), LOOKED_AT)?;
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
pub(crate) fn new_version(
    db: &mut Db,
    skill: &str,
    since: Moment,
    period: Period,
) -> Result<Option<String>, ApiError> {
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
    all.extend(some(Some(since), period.until, Order::OldestFirst)?);
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

#[cfg(test)]
mod tests {
    use super::{alike, shortened};

    #[test]
    fn notes_are_told_apart_by_what_is_not_a_number() {
        assert_eq!(
            alike("Timeout after 31.5s on host-7"),
            alike("timeout after 9s on host-12")
        );
        assert_ne!(
            alike("timeout waiting for the registry"),
            alike("timeout waiting for the cache")
        );
        assert_eq!(shortened(" a\n\tb  c "), "a b c");
        assert_eq!(shortened(&"\u{8d85}".repeat(300)).chars().count(), 201);
    }
}
