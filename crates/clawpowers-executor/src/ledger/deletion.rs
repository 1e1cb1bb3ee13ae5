//! Deletions: what was deleted in one home is deleted in every home that imports its lines.

use super::execution::Execution;
use super::fields::MAX_TEXT_BYTES;
use super::identity::{Hash, deletion_identity, digest, identity, remember, uid};
use super::jsonl::{self, Reason, subject};
use super::query::{self, Filter};
use super::rollup::{Delta, settle};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use rusqlite::Connection;
use std::collections::HashMap;

/// What a line of the export calls the outcome of a deleted execution.
pub(super) const OUTCOME: &str = "deleted";

/// How many deleted equal lines a line may count. Each is a row here, so that a short line of a stranger must not count many.
const MAX_DELETED: u64 = 1000;
/// How many equal lines that are left.
const MAX_LEFT: u64 = 1_000_000;

/// An execution that was deleted: what identifies it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The skill.
    pub skill: String,
    /// When the execution was.
    pub at: Timestamp,
    /// What identifies it.
    pub name: Name,
}

/// What identifies a deleted execution in every home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Its uid.
    Uid(String),
    /// A line of 1.x has no uid; equal lines are one execution each, and stand for each other.
    Line {
        /// The digest of what the line says.
        digest: Hash,
        /// How many of the equal lines were deleted.
        deleted: u64,
        /// How many are left.
        left: u64,
    },
}

impl Deletion {
    /// Writes it as a line of JSON that an import understands.
    #[must_use]
    pub fn jsonl(&self) -> String {
        let mut out = String::from("{");
        jsonl::put(&mut out, "ts", &jsonl::quoted(&self.at.to_string()));
        jsonl::put(&mut out, "skill", &jsonl::quoted(&self.skill));
        jsonl::put(&mut out, "outcome", &jsonl::quoted(OUTCOME));
        match &self.name {
            Name::Uid(uid) => jsonl::put(&mut out, "uid", &jsonl::quoted(uid)),
            Name::Line {
                digest,
                deleted,
                left,
            } => {
                let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                jsonl::put(&mut out, "digest", &jsonl::quoted(&digest));
                jsonl::put(&mut out, "deleted", &deleted.to_string());
                jsonl::put(&mut out, "left", &left.to_string());
            }
        }
        out.push('}');
        out
    }
}

/// Deletes an execution that is here.
pub(super) fn delete(tx: &Tx<'_>, execution: &Execution, home: &str) -> Result<()> {
    remove(tx, execution)?;
    let (at, skill) = (execution.at, execution.skill.as_str());
    match uid(execution, home) {
        Some(uid) => {
            // Neither the execution nor the deletion is news when it comes back from elsewhere.
            remember(tx, &identity(&uid, at, skill))?;
            remember(tx, &deletion_identity(uid.as_bytes(), at, skill))?;
            insert(tx, Some(execution.id), (skill, at), Some(&uid), None, false)
        }
        None => insert(
            tx,
            Some(execution.id),
            (skill, at),
            None,
            Some(&digest(execution)),
            false,
        ),
    }
}

/// Removes an execution and takes it out of the figures of its skill and of its analysis.
fn remove(tx: &Tx<'_>, execution: &Execution) -> Result<()> {
    let skill = tx.run(|connection| {
        connection
            .prepare_cached("DELETE FROM execution WHERE id = ? RETURNING skill")?
            .query_row([execution.id], |row| row.get::<_, i64>(0))
    })?;
    let mut delta = Delta::default();
    delta.remove(execution)?;
    delta.apply(tx, skill)?;
    settle(tx, skill)?;
    tx.run(|connection| {
        connection
            .prepare_cached("DELETE FROM analysis WHERE skill = ?")?
            .execute([skill])
    })?;
    Ok(())
}

fn insert(
    tx: &Tx<'_>,
    id: Option<i64>,
    (skill, at): (&str, Timestamp),
    uid: Option<&str>,
    digest: Option<&Hash>,
    pending: bool,
) -> Result<()> {
    tx.run(|connection| {
        // Executions and deletions share their numbers.
        let mut statement = connection.prepare_cached(
            "INSERT INTO deleted (id, skill, at, uid, digest, pending)
             VALUES (ifnull(?1, (SELECT max(id) + 1 FROM execution
                 WHERE id >= ifnull((SELECT max(id) FROM deleted), 0))), ?2, ?3, ?4, ?5, ?6)",
        )?;
        statement.execute((id, skill, at.micros(), uid, digest.map(Hash::as_slice), pending))?;
        Ok(())
    })
}

/// Calls `each` with deletions in the order of their executions' times.
pub(super) fn each(tx: &Tx<'_>, filter: &Filter, mut each: impl FnMut(Deletion) -> bool) -> Result<()> {
    let mut deletions = tx.run(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT skill, at, uid, digest, count(*) FROM deleted
             WHERE (?1 IS NULL OR skill = ?1) AND at >= ?2 AND at < ?3
             GROUP BY ifnull(digest, id) ORDER BY at, id",
        )?;
        let since = filter.since.map_or(i64::MIN, Timestamp::micros);
        let until = filter.until.map_or(i64::MAX, Timestamp::micros);
        let rows = statement.query_map((filter.skill.as_deref(), since, until), |row| {
            let name = match row.get::<_, Option<Hash>>(3)? {
                None => Name::Uid(row.get(2)?),
                Some(digest) => Name::Line {
                    digest,
                    deleted: row.get::<_, i64>(4)?.unsigned_abs(),
                    left: 0,
                },
            };
            Ok(Deletion {
                skill: row.get(0)?,
                at: Timestamp::from_micros(row.get(1)?),
                name,
            })
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    })?;
    for deletion in &mut deletions {
        if let Name::Line { digest, left, .. } = &mut deletion.name {
            *left = equal(tx, &deletion.skill, deletion.at, digest)?.len() as u64;
        }
    }
    for deletion in deletions {
        if !each(deletion) {
            break;
        }
    }
    Ok(())
}

/// Returns the executions of a digest, which are lines of 1.x.
fn equal(tx: &Tx<'_>, skill: &str, at: Timestamp, wanted: &Hash) -> Result<Vec<Execution>> {
    let mut found = query::at_time(tx, skill, at)?;
    found.retain(|one| uid(one, "").is_none() && digest(one) == *wanted);
    Ok(found)
}

/// Returns the error for an id that no execution has.
pub(super) fn no_execution(tx: &Tx<'_>, id: i64, hint: &str) -> Result<Error> {
    let deleted = tx.run(|connection| {
        connection
            .prepare_cached("SELECT 1 FROM deleted WHERE id = ?")?
            .exists([id])
    })?;
    Ok(match deleted {
        true => Error::not_found(format!("the execution `{id}` was deleted"), hint),
        false => Error::not_found(format!("there is no execution `{id}`"), hint),
    })
}

impl Deletion {
    /// Reads a line whose outcome is [`OUTCOME`].
    pub(super) fn read(line: &jsonl::JsonlRecord<'_>) -> std::result::Result<Self, Reason> {
        let (skill, at) = subject(line)?;
        if skill.len() > MAX_TEXT_BYTES {
            return Err(("too-long", "the skill's name is too long".to_owned()));
        }
        let uid = line
            .uid
            .text()
            .filter(|uid| !uid.is_empty() && uid.len() <= MAX_TEXT_BYTES);
        let digest = line
            .extra
            .get("digest")
            .and_then(|digest| unhex(digest.as_str()?));
        let number = |name: &str, most: u64| {
            let number = line.extra.get(name)?.as_u64();
            number.filter(|number| *number <= most)
        };
        let deleted = number("deleted", MAX_DELETED);
        let name = match (uid, digest, deleted, number("left", MAX_LEFT)) {
            (Some(uid), ..) => Name::Uid(uid.to_owned()),
            (None, Some(digest), Some(deleted), Some(left)) => Name::Line {
                digest,
                deleted,
                left,
            },
            _ => {
                let detail = format!(
                    "a deletion needs `uid`, or `digest`, `deleted` (up to {MAX_DELETED}) and `left`"
                );
                return Err(("outcome", detail));
            }
        };
        Ok(Self {
            skill: skill.to_owned(),
            at,
            name,
        })
    }

    /// Deletes what it means, as far as that is here, and returns how many executions that were. A deletion that is known
    /// changes nothing.
    pub(super) fn apply(&self, tx: &Tx<'_>, home: &str) -> Result<u64> {
        let (skill, at) = (self.skill.as_str(), self.at);
        match &self.name {
            Name::Uid(name) => {
                if !remember(tx, &deletion_identity(name.as_bytes(), at, skill))? {
                    return Ok(0);
                }
                remember(tx, &identity(name, at, skill))?;
                let mut same = query::at_time(tx, skill, at)?.into_iter();
                let found = same.find(|one| uid(one, home).as_ref() == Some(name));
                if let Some(found) = &found {
                    remove(tx, found)?;
                }
                let id = found.as_ref().map(|found| found.id);
                insert(tx, id, (skill, at), Some(name), None, false)?;
                Ok(u64::from(found.is_some()))
            }
            Name::Line {
                digest,
                deleted,
                left,
            } => {
                let here = equal(tx, skill, at, digest)?;
                let deleted_here: i64 = tx.run(|connection| {
                    connection
                        .prepare_cached("SELECT count(*) FROM deleted WHERE digest = ?")?
                        .query_row([digest.as_slice()], |row| row.get(0))
                })?;
                let (left_here, deleted_here) = (here.len() as u64, deleted_here.unsigned_abs());
                // As many equal lines exist as either home knows, and as many of them are deleted.
                let all = (left + deleted).max(left_here + deleted_here);
                let deleted = deleted_here.max(*deleted);
                let surplus = (left_here + deleted).saturating_sub(all);
                let mut removed = 0;
                let mut here = here.iter().take(usize::try_from(surplus).unwrap_or_default());
                for _ in deleted_here..deleted {
                    let found = here.next();
                    if let Some(found) = found {
                        remove(tx, found)?;
                        removed += 1;
                    }
                    let id = found.map(|found| found.id);
                    insert(tx, id, (skill, at), None, Some(digest), found.is_none())?;
                }
                Ok(removed)
            }
        }
    }
}

/// Returns the lines of 1.x that were deleted elsewhere and have not been imported here, with how many there are of each.
pub(super) fn pending(connection: &Connection) -> rusqlite::Result<HashMap<Hash, u64>> {
    let mut statement = connection
        .prepare_cached("SELECT digest, count(*) FROM deleted WHERE pending = 1 GROUP BY digest")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
    rows.collect()
}

/// Remembers that one of the pending lines was in an import, and left out there.
pub(super) fn take_pending(tx: &Tx<'_>, digest: &Hash) -> Result<()> {
    tx.run(|connection| {
        connection
            .prepare_cached(
                "UPDATE deleted SET pending = 0
                 WHERE id = (SELECT id FROM deleted WHERE digest = ? AND pending = 1 LIMIT 1)",
            )?
            .execute([digest.as_slice()])
    })?;
    Ok(())
}

fn unhex(text: &str) -> Option<Hash> {
    if text.len() != 2 * Hash::default().len() {
        return None;
    }
    let mut out = Hash::default();
    for (to, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *to = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}
