//! The keys of an import: written to a table of their own, which counts from the end of the import on, and moved to that of
//! all keys then.

use super::{MAX_BYTES, is_over};
use crate::db::Tx;
use crate::error::Result;
use crate::store::Key;
use crate::timestamp::Timestamp;
use rusqlite::Connection;
use std::time::Instant;

/// The condition that an import has ended whose keys are not all in `entry` yet. Without an import it reads one empty
/// table.
pub(crate) const ARE_STAGED: &str = "ifnull((SELECT ended_at IS NOT NULL FROM import WHERE id = (SELECT import FROM staged_entry LIMIT 1)), 0)";

/// How many keys are kept by name.
const NAMED: usize = 1000;

/// Keys that kept their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeptKeys {
    /// Those whose value is the imported one.
    pub(crate) same: u64,
    /// Those with another value.
    pub(crate) differing: u64,
    /// The first 1,000 of these.
    pub(crate) keys: Vec<String>,
}

impl KeptKeys {
    fn add(&mut self, key: &str, is_same: bool) {
        if is_same {
            self.same += 1;
            return;
        }
        self.differing += 1;
        if self.keys.len() < NAMED {
            self.keys.push(key.to_owned());
        }
    }
}

/// Writes up to `size` keys until a time is reached; returns how many.
pub(super) fn insert(
    tx: &Tx<'_>,
    entries: &[(Key<'_>, &[u8])],
    (import, keep): (Option<i64>, bool),
    (size, until): (usize, Option<Instant>),
    kept: &mut KeptKeys,
) -> Result<usize> {
    let now = Timestamp::now().micros();
    tx.run(|connection| {
        let mut insert = connection.prepare_cached(
            "INSERT INTO staged_entry (key, value, updated_at, import, keep) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE keep = 0",
        )?;
        let (mut count, mut bytes) = (0, 0);
        for (key, value) in entries.iter().take(size) {
            if is_over(count, until) || bytes > MAX_BYTES {
                break;
            }
            if insert.execute((key.as_str(), value, now, import, keep))? == 0 {
                // Two of one name.
                let same = "SELECT value = ?2 FROM staged_entry WHERE key = ?1";
                let same = connection
                    .prepare_cached(same)?
                    .query_row((key.as_str(), value), |row| row.get(0));
                kept.add(key.as_str(), same?);
            }
            count += 1;
            bytes += value.len();
        }
        Ok(count)
    })
}

/// Moves up to `size` keys to their place, the first ones first; returns how many.
pub(super) fn move_some(tx: &Tx<'_>, size: usize, kept: &mut KeptKeys) -> Result<usize> {
    tx.run(|connection| {
        let Some((last, count)) = first_ones(connection, size)? else {
            return Ok(0);
        };
        let mut there = connection.prepare_cached(
            "SELECT entry.key, entry.value = staged_entry.value FROM staged_entry CROSS JOIN entry USING (key)
             WHERE staged_entry.key <= ? AND keep = 1",
        )?;
        let mut rows = there.query([&last])?;
        while let Some(row) = rows.next()? {
            kept.add(row.get_ref(0)?.as_str()?, row.get(1)?);
        }
        connection
            .prepare_cached(
                "INSERT INTO entry (key, value, updated_at)
                 SELECT key, value, updated_at FROM staged_entry WHERE key <= ?1
                     AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key))
                 ORDER BY key
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            )?
            .execute([&last])?;
        delete_to(connection, &last)?;
        Ok(count)
    })
}

/// Deletes up to `size` keys; returns how many.
pub(super) fn delete_some(tx: &Tx<'_>, size: usize) -> Result<usize> {
    tx.run(|connection| {
        let Some((last, count)) = first_ones(connection, size)? else {
            return Ok(0);
        };
        delete_to(connection, &last)?;
        Ok(count)
    })
}

fn delete_to(connection: &Connection, last: &str) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("DELETE FROM staged_entry WHERE key <= ?")?
        .execute([last])
}

/// Returns the last of the first `size` keys, or of fewer that have as many bytes as a transaction is to write, and how
/// many these are.
fn first_ones(connection: &Connection, size: usize) -> rusqlite::Result<Option<(String, usize)>> {
    let mut statement =
        connection.prepare_cached("SELECT key, length(value) FROM staged_entry ORDER BY key LIMIT ?")?;
    let mut rows = statement.query([i64::try_from(size).unwrap_or(i64::MAX)])?;
    let (mut found, mut count, mut bytes) = (None, 0, 0_u64);
    while let Some(row) = rows.next()? {
        bytes += row.get::<_, i64>(1)?.unsigned_abs();
        if count > 0 && bytes > MAX_BYTES as u64 {
            break;
        }
        count += 1;
        found = Some(row.get(0)?);
    }
    Ok(found.map(|last| (last, count)))
}
