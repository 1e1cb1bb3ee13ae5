//! Links between entries.

use super::Memory;
use super::entry::Relation;
use super::equal::keep_apart;
use super::row::by_id;
use super::session;
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

impl Link {
    /// Checks what needs no database.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a link to itself.
    pub fn check(&self) -> Result<()> {
        if self.origin == self.target {
            return Err(Error::invalid(
                format!("the entry `{}` cannot be linked to itself", self.origin),
                "name two entries",
            ));
        }
        Ok(())
    }

    /// Returns whether it means the same in both directions.
    fn is_mutual(&self) -> bool {
        self.relation == Relation::Contradicts
    }
}

impl Memory<'_> {
    /// Links two entries; returns whether the link is new.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if one of the entries does not exist; `ErrorKind::Invalid` for a link to itself and for one that
    /// closes a cycle, and if the target is superseded already.
    pub fn link(&mut self, link: &Link) -> Result<bool> {
        link.check()?;
        self.write(|tx| add(tx, link))
    }

    /// Removes a link; returns whether it existed. `contradicts` is the same link in both directions.
    pub fn unlink(&mut self, link: &Link) -> Result<bool> {
        self.write(|tx| {
            let sql = "DELETE FROM memory_link WHERE relation = ?3
                       AND ((origin = ?1 AND target = ?2) OR (?4 AND origin = ?2 AND target = ?1))";
            let values = (link.origin, link.target, link.relation.number(), link.is_mutual());
            let existed = tx.execute(sql, values)? > 0;
            if existed && link.relation == Relation::Supersedes {
                restore(tx, link.target)?;
            }
            Ok(existed)
        })
    }

    /// Returns the links from and to an entry.
    pub fn links(&mut self, id: i64) -> Result<Vec<Link>> {
        let sql = "SELECT origin, target, relation FROM memory_link WHERE origin = ?1
                   UNION SELECT origin, target, relation FROM memory_link WHERE target = ?1 ORDER BY 1, 2, 3";
        let read = |tx: &Tx<'_>| tx.query_all(sql, [id], |row| row.try_into());
        let rows: Vec<(i64, i64, i64)> = self.read(read, || Ok(Vec::new()))?;
        // A relation that no release writes is no link.
        let link = |(origin, target, relation)| {
            Some(Link {
                origin,
                target,
                relation: Relation::from_number(relation)?,
            })
        };
        Ok(rows.into_iter().filter_map(link).collect())
    }
}

/// Adds a link; returns whether it is new.
pub(super) fn add(tx: &Tx<'_>, link: &Link) -> Result<bool> {
    let Link {
        origin,
        target,
        relation,
    } = *link;
    by_id(tx, origin)?;
    let linked = by_id(tx, target)?;
    if link.is_mutual() {
        let sql = "SELECT 1 FROM memory_link WHERE origin = ? AND target = ? AND relation = ?";
        if tx.exists(sql, (target, origin, relation.number()))? {
            return Ok(false);
        }
    } else if leads_to(tx, target, origin, relation)? {
        return Err(Error::invalid(
            format!(
                "the entry `{target}` already leads to `{origin}` by `{}`",
                relation.as_str()
            ),
            "links of one relation cannot form a cycle; remove the other link first",
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
        session::refresh(tx, target)?;
    }
    let sql = "INSERT OR IGNORE INTO memory_link (origin, target, relation) VALUES (?, ?, ?)";
    Ok(tx.execute(sql, (origin, target, relation.number()))? > 0)
}

/// Makes an entry valid again that nothing supersedes any more.
pub(super) fn restore(tx: &Tx<'_>, id: i64) -> Result<()> {
    tx.execute("UPDATE memory SET superseded = NULL WHERE id = ?", [id])?;
    session::refresh(tx, id)?;
    keep_apart(tx, id)
}

/// Returns whether links of a relation lead from one entry to another.
fn leads_to(tx: &Tx<'_>, from: i64, to: i64, relation: Relation) -> Result<bool> {
    let sql = "WITH RECURSIVE reached (id) AS (
                   SELECT target FROM memory_link WHERE origin = ?1 AND relation = ?3
                   UNION SELECT target FROM memory_link JOIN reached ON origin = id WHERE relation = ?3)
               SELECT 1 FROM reached WHERE id = ?2";
    tx.exists(sql, (from, to, relation.number()))
}
