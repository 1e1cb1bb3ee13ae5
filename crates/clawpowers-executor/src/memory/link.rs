//! Links between entries.

use super::Memory;
use super::entry::Relation;
use super::row::by_id;
use crate::db::Tx;
use crate::error::{Error, Result};

/// A link between two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The entry that it starts at.
    pub origin: i64,
    /// The entry that it leads to.
    pub target: i64,
    /// How `origin` is related to `target`.
    pub relation: Relation,
}

impl Memory<'_> {
    /// Links two entries; returns whether the link is new.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if one of the entries does not exist; `ErrorKind::Invalid` for a link to itself and for one that
    /// closes a circle, and if the target is superseded already.
    pub fn link(&mut self, origin: i64, target: i64, relation: Relation) -> Result<bool> {
        self.write(|tx| add(tx, origin, target, relation))
    }

    /// Removes a link; returns whether it existed.
    pub fn unlink(&mut self, origin: i64, target: i64, relation: Relation) -> Result<bool> {
        self.write(|tx| {
            let sql = "DELETE FROM memory_link WHERE origin = ? AND target = ? AND relation = ?";
            let existed = tx.execute(sql, (origin, target, relation.number()))? > 0;
            if existed && relation == Relation::Supersedes {
                tx.execute("UPDATE memory SET superseded = NULL WHERE id = ?", [target])?;
            }
            Ok(existed)
        })
    }

    /// Returns the links from and to an entry.
    pub fn links(&mut self, id: i64) -> Result<Vec<Link>> {
        let sql = "SELECT origin, target, relation FROM memory_link WHERE origin = ?1
                   UNION SELECT origin, target, relation FROM memory_link WHERE target = ?1 ORDER BY 1, 2, 3";
        let read = |tx: &Tx<'_>| {
            tx.query_all(sql, [id], |row| {
                let number = row.get(2)?;
                Ok(Link {
                    origin: row.get(0)?,
                    target: row.get(1)?,
                    relation: Relation::from_number(number)
                        .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, number))?,
                })
            })
        };
        self.read(read, || Ok(Vec::new()))
    }
}

/// Adds a link; returns whether it is new.
pub(super) fn add(tx: &Tx<'_>, origin: i64, target: i64, relation: Relation) -> Result<bool> {
    by_id(tx, origin)?;
    let linked = by_id(tx, target)?;
    if origin == target {
        return Err(Error::invalid(
            format!("the entry `{origin}` cannot be linked to itself"),
            "name two entries",
        ));
    }
    if relation != Relation::Contradicts && leads_to(tx, target, origin, relation)? {
        return Err(Error::invalid(
            format!(
                "the entry `{target}` already leads to `{origin}` by `{}`",
                relation.as_str()
            ),
            "links of one relation cannot form a circle; remove the other link first",
        ));
    }
    if relation == Relation::Supersedes {
        match linked.superseded_by {
            Some(by) if by != origin => {
                return Err(Error::invalid(
                    format!("the entry `{target}` is superseded by `{by}`"),
                    format!("supersede the entry `{by}`"),
                ));
            }
            _ => {}
        }
        let sql = "UPDATE memory SET superseded = ? WHERE id = ?";
        tx.execute(sql, (origin, target))?;
    }
    let sql = "INSERT OR IGNORE INTO memory_link (origin, target, relation) VALUES (?, ?, ?)";
    Ok(tx.execute(sql, (origin, target, relation.number()))? > 0)
}

/// Returns whether links of a relation lead from one entry to another.
fn leads_to(tx: &Tx<'_>, from: i64, to: i64, relation: Relation) -> Result<bool> {
    let sql = "WITH RECURSIVE reached (id) AS (
                   SELECT target FROM memory_link WHERE origin = ?1 AND relation = ?3
                   UNION SELECT target FROM memory_link JOIN reached ON origin = id WHERE relation = ?3)
               SELECT 1 FROM reached WHERE id = ?2";
    tx.exists(sql, (from, to, relation.number()))
}
