//! The keys of an import: written to the table `staged_entry`, visible once the import has committed, and then moved to
//! `entry`.

use super::{Budget, MAX_BYTES};
use crate::db::Tx;
use crate::db::schema::{HIDE_STAGED, SHOW_STAGED};
use crate::error::Result;
use crate::store::Key;
use crate::timestamp::Timestamp;

/// The condition that an import has ended whose keys are not all in `entry` yet.
pub(super) const ARE_STAGED: &str = "ifnull((SELECT ended_at IS NOT NULL FROM import WHERE id = (SELECT import FROM staged_entry LIMIT 1)), 0)";

/// How many keys are listed.
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

/// Writes keys; returns how many.
pub(super) fn insert(
    tx: &Tx<'_>,
    entries: &[(Key<'_>, &[u8])],
    (import, keep): (Option<i64>, bool),
    budget: Budget,
    kept: &mut KeptKeys,
) -> Result<usize> {
    let now = Timestamp::now().micros();
    tx.run(|connection| {
        let mut insert = connection.prepare_cached(
            "INSERT INTO staged_entry (key, value, updated_at, import, keep) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE keep = 0",
        )?;
        let (mut count, mut bytes) = (0, 0);
        for (key, value) in entries {
            if budget.is_spent(count) || bytes > MAX_BYTES {
                break;
            }
            let key = key.as_str();
            if insert.execute((key, value, now, import, keep))? == 0 {
                // The import has the key twice.
                let same = "SELECT value = ?2 FROM staged_entry WHERE key = ?1";
                kept.add(key, connection.query_row(same, (key, value), |row| row.get(0))?);
            }
            count += 1;
            bytes += value.len();
        }
        Ok(count)
    })
}

/// Makes the keys visible, if the import has some; it ends in this transaction.
pub(super) fn show(tx: &Tx<'_>) -> Result<()> {
    if !tx.exists("SELECT 1 FROM staged_entry", ())? {
        return Ok(());
    }
    tx.run(|connection| connection.execute_batch(SHOW_STAGED))
}

/// Makes the store read one table again, when all keys of the last import were moved.
pub(super) fn moved(tx: &Tx<'_>) -> Result<()> {
    tx.run(|connection| connection.execute_batch(HIDE_STAGED))
}

/// Moves up to `size` keys, in order, to `entry`; returns how many.
pub(super) fn move_some(tx: &Tx<'_>, size: usize, kept: &mut KeptKeys) -> Result<usize> {
    let Some((last, count)) = first_keys(tx, size)? else {
        return Ok(0);
    };
    let existing: Vec<(String, bool)> = tx.query_all(
        "SELECT entry.key, entry.value = staged_entry.value FROM staged_entry CROSS JOIN entry USING (key)
         WHERE staged_entry.key <= ? AND keep = 1",
        [&last],
        |row| row.try_into(),
    )?;
    for (key, is_same) in existing {
        kept.add(&key, is_same);
    }
    tx.execute(
        "INSERT INTO entry (key, value, updated_at)
         SELECT key, value, updated_at FROM staged_entry WHERE key <= ?1
             AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key))
         ORDER BY key
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        [&last],
    )?;
    delete_to(tx, &last)?;
    Ok(count)
}

/// Deletes up to `size` keys, in order; returns how many.
pub(super) fn delete_some(tx: &Tx<'_>, size: usize) -> Result<usize> {
    let Some((last, count)) = first_keys(tx, size)? else {
        return Ok(0);
    };
    delete_to(tx, &last)?;
    Ok(count)
}

fn delete_to(tx: &Tx<'_>, last: &str) -> Result<usize> {
    tx.execute("DELETE FROM staged_entry WHERE key <= ?", [last])
}

/// Returns the last of the first `size` keys, or of fewer if their values are large, and how many they are.
fn first_keys(tx: &Tx<'_>, size: usize) -> Result<Option<(String, usize)>> {
    let (mut found, mut count, mut bytes) = (None, 0, 0);
    let sql = "SELECT key, length(value) FROM staged_entry ORDER BY key LIMIT ?";
    tx.each_row(sql, [i64::try_from(size).unwrap_or(i64::MAX)], |row| {
        bytes += row.get::<_, usize>(1)?;
        if count > 0 && bytes > MAX_BYTES {
            return Ok(false);
        }
        count += 1;
        found = Some(row.get(0)?);
        Ok(true)
    })?;
    Ok(found.map(|last| (last, count)))
}
