//! Tombstones, which record deletions: what was deleted in one home is deleted in every home that imports its export.

use super::execution::Execution;
use super::fields::MAX_TEXT_BYTES;
use super::identity::{DELETION, EXECUTION, Hash, identity, record_hash, remember, uid};
use super::jsonl::{JsonlRecord, Reason};
use super::outbox::{self, Change};
use super::query::{self, Filter};
use super::stats::{Delta, settle};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use serde_json::json;
use std::collections::HashMap;

/// The outcome of a deleted execution in an export.
pub(super) const OUTCOME: &str = "deleted";

/// The maximum number of deleted identical records that a tombstone may count. Each becomes a row, so a short line from
/// another home must not count many.
const MAX_DELETED: u64 = 1000;
/// The maximum number of remaining identical records that a tombstone may count.
const MAX_LEFT: u64 = 1_000_000;

/// A tombstone: what identifies a deleted execution, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The name of the skill.
    pub skill: String,
    /// The time of the execution.
    pub at: Timestamp,
    /// What identifies it.
    pub name: Name,
}

/// What identifies a deleted execution in every home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Its uid.
    Uid(String),
    /// A record from a 1.x metrics file has no uid. Identical records are one execution each and cannot be told apart.
    Records(IdenticalRecords),
}

/// Identical records from 1.x metrics files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdenticalRecords {
    /// The hash of their content.
    pub hash: Hash,
    /// How many of them were deleted.
    pub deleted: u64,
    /// How many remain.
    pub left: u64,
}

impl Deletion {
    /// Writes it as a line of JSON that can be imported.
    #[must_use]
    pub fn jsonl(&self) -> String {
        let (ts, skill) = (self.at.to_string(), &self.skill);
        let line = match &self.name {
            Name::Uid(uid) => json!({ "ts": ts, "skill": skill, "outcome": OUTCOME, "uid": uid }),
            Name::Records(records) => json!({
                "ts": ts, "skill": skill, "outcome": OUTCOME,
                "digest": format!("{:032x}", u128::from_be_bytes(records.hash)),
                "deleted": records.deleted, "left": records.left,
            }),
        };
        line.to_string()
    }
}

/// Deletes an execution of this home.
pub(super) fn delete(tx: &Tx<'_>, execution: &Execution, home: &str) -> Result<()> {
    remove(tx, execution)?;
    let (at, skill) = (execution.at, execution.skill.as_str());
    let uid = uid(execution, home);
    if let Some(uid) = &uid {
        // Remember both, so that importing either from another home has no effect.
        remember(tx, &identity(EXECUTION, uid, at, skill))?;
        remember(tx, &identity(DELETION, uid, at, skill))?;
    }
    let hash = uid.is_none().then(|| record_hash(execution));
    insert(tx, Some(execution.id), skill, at, uid.as_deref(), hash, false)
}

/// Removes an execution from the table, from the statistics of its skill and from its analysis.
fn remove(tx: &Tx<'_>, execution: &Execution) -> Result<()> {
    let sql = "DELETE FROM execution WHERE id = ? RETURNING skill";
    let skill: i64 = tx.query_row(sql, [execution.id], |row| row.get(0))?;
    let mut delta = Delta::default();
    delta.remove(execution)?;
    delta.apply(tx, skill)?;
    settle(tx, skill)?;
    tx.execute("DELETE FROM analysis WHERE skill = ?", [skill])?;
    outbox::note(tx, execution.id, Change::Deleted)
}

fn insert(
    tx: &Tx<'_>,
    id: Option<i64>,
    skill: &str,
    at: Timestamp,
    uid: Option<&str>,
    hash: Option<Hash>,
    pending: bool,
) -> Result<()> {
    // No execution and tombstone have the same id.
    tx.execute(
        "INSERT INTO deleted (id, skill, at, uid, digest, pending)
         VALUES (ifnull(?1, (SELECT max(id) + 1 FROM execution
             WHERE id >= ifnull((SELECT max(id) FROM deleted), 0))), ?2, ?3, ?4, ?5, ?6)",
        (id, skill, at.micros(), uid, hash, pending),
    )?;
    Ok(())
}

/// Calls `each` with tombstones in the order of their executions' times.
pub(super) fn each(tx: &Tx<'_>, filter: &Filter, mut each: impl FnMut(Deletion) -> bool) -> Result<()> {
    let since = filter.since.map_or(i64::MIN, Timestamp::micros);
    let until = filter.until.map_or(i64::MAX, Timestamp::micros);
    let deletions: Vec<Deletion> = tx.query_all(
        "SELECT skill, at, uid, digest, count(*) FROM deleted
         WHERE (?1 IS NULL OR skill = ?1) AND at >= ?2 AND at < ?3
         GROUP BY ifnull(digest, id) ORDER BY at, id",
        (filter.skill.as_deref(), since, until),
        |row| {
            let name = match row.get(3)? {
                None => Name::Uid(row.get(2)?),
                Some(hash) => Name::Records(IdenticalRecords {
                    hash,
                    deleted: row.get(4)?,
                    left: 0,
                }),
            };
            Ok(Deletion {
                skill: row.get(0)?,
                at: Timestamp::from_micros(row.get(1)?),
                name,
            })
        },
    )?;
    for mut deletion in deletions {
        if let Name::Records(records) = &mut deletion.name {
            records.left = identical(tx, &deletion.skill, deletion.at, &records.hash)?.len() as u64;
        }
        if !each(deletion) {
            break;
        }
    }
    Ok(())
}

/// Returns the executions with this hash, which come from 1.x metrics files.
fn identical(tx: &Tx<'_>, skill: &str, at: Timestamp, wanted: &Hash) -> Result<Vec<Execution>> {
    let mut found = query::at_time(tx, skill, at)?;
    found.retain(|one| uid(one, "").is_none() && record_hash(one) == *wanted);
    Ok(found)
}

/// Returns an execution.
pub(super) fn find(tx: &Tx<'_>, id: i64, hint: &str) -> Result<Execution> {
    if let Some(found) = query::by_id(tx, id)? {
        return Ok(found);
    }
    let message = match tx.exists("SELECT 1 FROM deleted WHERE id = ?", [id])? {
        true => format!("the execution `{id}` was deleted"),
        false => format!("there is no execution `{id}`"),
    };
    Err(Error::not_found(message, hint))
}

impl Deletion {
    /// Reads a line whose outcome is [`OUTCOME`].
    pub(super) fn read(line: &JsonlRecord) -> std::result::Result<Self, Reason> {
        let (skill, at) = line.subject()?;
        if skill.len() > MAX_TEXT_BYTES {
            return Err(("too-long", "the skill's name is too long".to_owned()));
        }
        let other = |key| line.others.get(key);
        let hash = other("digest").and_then(|digest| {
            let digits = digest.as_str()?;
            let number = u128::from_str_radix(digits, 16).ok()?;
            (digits.len() == 32).then_some(number.to_be_bytes())
        });
        let number = |key, most| other(key)?.as_u64().filter(|number| *number <= most);
        let counts = (number("deleted", MAX_DELETED), number("left", MAX_LEFT));
        let name = match (line.uid(), hash, counts) {
            (Some(uid), ..) => Name::Uid(uid.to_owned()),
            (None, Some(hash), (Some(deleted), Some(left))) => {
                Name::Records(IdenticalRecords { hash, deleted, left })
            }
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

    /// Deletes what it identifies, if it is in this home, and returns how many executions that were. A tombstone that is
    /// known already changes nothing.
    pub(super) fn apply(&self, tx: &Tx<'_>, home: &str) -> Result<u64> {
        let (skill, at) = (self.skill.as_str(), self.at);
        match &self.name {
            Name::Uid(name) => {
                if !remember(tx, &identity(DELETION, name, at, skill))? {
                    return Ok(0);
                }
                remember(tx, &identity(EXECUTION, name, at, skill))?;
                let mut same = query::at_time(tx, skill, at)?.into_iter();
                let found = same.find(|one| uid(one, home).as_ref() == Some(name));
                if let Some(found) = &found {
                    remove(tx, found)?;
                }
                let id = found.as_ref().map(|found| found.id);
                insert(tx, id, skill, at, Some(name), None, false)?;
                Ok(u64::from(found.is_some()))
            }
            Name::Records(records) => {
                let here = identical(tx, skill, at, &records.hash)?;
                let sql = "SELECT count(*) FROM deleted WHERE digest = ?";
                let deleted_here: u64 = tx.query_row(sql, [records.hash], |row| row.get(0))?;
                let left_here = here.len() as u64;
                // Take the larger number of records, and the larger number of deletions, that either home knows.
                let all = (records.left + records.deleted).max(left_here + deleted_here);
                let deleted = deleted_here.max(records.deleted);
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
                    insert(tx, id, skill, at, None, Some(records.hash), found.is_none())?;
                }
                Ok(removed)
            }
        }
    }
}

/// Returns the hashes of the 1.x records that were deleted in another home and have not been imported here, with their
/// numbers.
pub(super) fn pending(db: &Db) -> Result<HashMap<Hash, u64>> {
    let sql = "SELECT digest, count(*) FROM deleted WHERE pending = 1 GROUP BY digest";
    db.query_all(sql, (), |row| row.try_into())
}

/// Notes that an import skipped one of the pending records.
pub(super) fn take_pending(tx: &Tx<'_>, hash: &Hash) -> Result<()> {
    tx.execute(
        "UPDATE deleted SET pending = 0
         WHERE id = (SELECT id FROM deleted WHERE digest = ? AND pending = 1 LIMIT 1)",
        [hash],
    )?;
    Ok(())
}
