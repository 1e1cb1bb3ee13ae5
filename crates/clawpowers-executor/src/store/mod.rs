//! Values under keys.

mod key;
mod pattern;

pub use key::{Key, MAX_KEY_BYTES};
pub use pattern::Pattern;

use crate::db::{Db, Tx, Unreadable};
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::ledger::{ARE_STAGED, Importer};
use crate::timestamp::Timestamp;
use pattern::MATCHES;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// How many bytes a value may have.
pub const MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

/// Returns the keys that count, as a table, while an import has ended whose keys are not all in `entry` yet.
fn entries() -> String {
    format!(
        "(SELECT key, value, updated_at FROM entry WHERE NOT ({ARE_STAGED}
              AND EXISTS (SELECT 1 FROM staged_entry WHERE staged_entry.key = entry.key AND keep = 0))
          UNION ALL
          SELECT key, value, updated_at FROM staged_entry WHERE {ARE_STAGED}
              AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key)))"
    )
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value, any bytes.
    pub value: Vec<u8>,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The result of a compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Swap {
    /// The value was the expected one and is the new one now.
    Done,
    /// The value is another one, or there is none; nothing was written.
    Differs(Option<Vec<u8>>),
}

/// The keys and values of a home. Every call is one transaction; what returns without an error is durable.
#[derive(Debug)]
pub struct Store<'a> {
    db: &'a mut Db,
}

impl Db {
    /// Returns the keys and values of the home.
    pub const fn store(&mut self) -> Store<'_> {
        Store { db: self }
    }
}

impl Store<'_> {
    /// Returns the value of a key.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the database cannot be read.
    pub fn get(&self, key: &Key<'_>) -> Result<Option<Vec<u8>>> {
        self.db.run(|connection| value(connection, key))
    }

    /// Tells whether there is a value under a key.
    ///
    /// # Errors
    ///
    /// As [`Store::get`].
    pub fn exists(&self, key: &Key<'_>) -> Result<bool> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM entry WHERE key = ?1)
                     OR ({ARE_STAGED} AND EXISTS (SELECT 1 FROM staged_entry WHERE key = ?1))"
            ))?;
            statement.exists([key.as_str()])
        })
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a value above [`MAX_VALUE_BYTES`], [`Error::Storage`] where it cannot be written.
    pub fn set(&mut self, key: &Key<'_>, value: &[u8]) -> Result<()> {
        check_size(key, value.len())?;
        self.db.write(|tx| put(tx, key, value))
    }

    /// Removes a key; tells whether it was there. A full disk does not keep it from doing so, while the room is
    /// left that every database keeps for this.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be written.
    pub fn delete(&mut self, key: &Key<'_>) -> Result<bool> {
        self.db.write_on_full_disk(|tx| {
            let removed = tx.run(|connection| {
                let mut statement = connection.prepare_cached("DELETE FROM entry WHERE key = ?")?;
                statement.execute([key.as_str()])
            })?;
            Ok(unstage(tx, key)? || removed > 0)
        })
    }

    /// Appends a line feed and `text` to the value of a key; sets the key if it does not exist.
    ///
    /// # Errors
    ///
    /// As [`Store::set`]; the size counts as a whole.
    pub fn append(&mut self, key: &Key<'_>, text: &[u8]) -> Result<()> {
        check_size(key, text.len())?;
        self.db.write(|tx| {
            let old = tx.run(|connection| value(connection, key))?;
            match old {
                None => put(tx, key, text),
                Some(mut old) => {
                    check_size(key, old.len() + 1 + text.len())?;
                    old.push(b'\n');
                    old.extend_from_slice(text);
                    put(tx, key, &old)
                }
            }
        })
    }

    /// Adds a number to the value of a key and returns the sum; a missing key counts as 0. Blanks around the old value
    /// are ignored.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where the value is not an integer or the sum does not fit 64 bits; [`Error::Storage`] where it
    /// cannot be written.
    pub fn incr(&mut self, key: &Key<'_>, by: i64) -> Result<i64> {
        self.db.write(|tx| {
            let old = match tx.run(|connection| value(connection, key))? {
                None => 0,
                Some(old) => integer(&old)?,
            };
            let sum = old.checked_add(by).ok_or_else(|| {
                Error::invalid(
                    format!("{old} + {by} of the key `{}` does not fit 64 bits", key.as_str()),
                    "set the key to a smaller number; it was left as it is",
                )
            })?;
            put(tx, key, sum.to_string().as_bytes())?;
            Ok(sum)
        })
    }

    /// Sets the value of a key if it is `old` now; `None` is a missing key.
    ///
    /// # Errors
    ///
    /// As [`Store::set`].
    pub fn compare_and_set(&mut self, key: &Key<'_>, old: Option<&[u8]>, new: &[u8]) -> Result<Swap> {
        check_size(key, new.len())?;
        self.db.write(|tx| {
            let now = tx.run(|connection| value(connection, key))?;
            if now.as_deref() != old {
                return Ok(Swap::Differs(now));
            }
            put(tx, key, new)?;
            Ok(Swap::Done)
        })
    }

    /// Returns the keys that match a pattern, in the order of their bytes.
    ///
    /// # Errors
    ///
    /// As [`Store::each`].
    pub fn list(&self, pattern: &Pattern) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        self.each_key(pattern, |key| {
            keys.push(key.to_owned());
            true
        })?;
        Ok(keys)
    }

    /// Calls `each` with the keys that match a pattern, one by one in the order of their bytes, until `each` returns `false`.
    ///
    /// # Errors
    ///
    /// As [`Store::each`].
    pub fn each_key(&self, pattern: &Pattern, mut each: impl FnMut(&str) -> bool) -> Result<()> {
        self.walk(pattern, "key", |row| row.get(0), |key: String| each(&key))
    }

    /// Calls `each` with the entries that match a pattern, one by one in the order of their keys' bytes, until `each` answers
    /// `false`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a pattern above 50,000 bytes, else as [`Store::get`]. A damaged row is skipped, and the error
    /// comes after all other rows.
    pub fn each(&self, pattern: &Pattern, each: impl FnMut(Entry) -> bool) -> Result<()> {
        let read = |row: &Row<'_>| {
            Ok(Entry {
                key: row.get(0)?,
                value: row.get(1)?,
                updated_at: Timestamp::from_micros(row.get(2)?),
            })
        };
        self.walk(pattern, "key, value, updated_at", read, each)
    }

    /// Reads the rows of keys that match a pattern.
    fn walk<T>(
        &self,
        pattern: &Pattern,
        columns: &str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut each: impl FnMut(T) -> bool,
    ) -> Result<()> {
        let parameters = pattern.parameters()?;
        let mut unreadable = Unreadable::default();
        self.db.run(|connection| {
            let _one_state = connection.unchecked_transaction()?;
            let from = match are_staged(connection)? {
                true => entries(),
                false => "entry".to_owned(),
            };
            let sql = format!("SELECT {columns} FROM {from} WHERE {MATCHES} ORDER BY key");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                let found = unreadable.take(read(row))?;
                if found.is_some_and(|found| !each(found)) {
                    break;
                }
            }
            Ok(())
        })?;
        self.db.check_rows(&unreadable)
    }

    /// Sets many keys in one transaction; where `replace` is not wanted, keys that are there stay. Returns how many were
    /// written.
    ///
    /// # Errors
    ///
    /// As [`Store::set`]; nothing is written then.
    pub fn set_all<'e>(
        &mut self,
        entries: impl IntoIterator<Item = (Key<'e>, &'e [u8])>,
        replace: bool,
    ) -> Result<usize> {
        self.db.write(|tx| put_all(tx, entries, replace))
    }

    /// As [`Store::set_all`], also for more keys than one transaction is to write: others write in between then, and see
    /// none of the keys before all are there. One process imports at a time, as for
    /// [`Ledger::import`](crate::Ledger::import).
    ///
    /// # Errors
    ///
    /// As [`Store::set_all`].
    pub fn import(&mut self, entries: &[(Key<'_>, &[u8])], replace: bool) -> Result<usize> {
        for (key, value) in entries {
            check_size(key, value.len())?;
        }
        let lock = self.db.lock_imports()?;
        let bytes = entries
            .iter()
            .map(|(key, value)| key.as_str().len() + value.len());
        let several = Importer::needs_several(self.db, entries.len(), bytes.sum());
        let stage = |importer: &mut Importer<'_>| match several {
            true => importer.entries(entries, !replace),
            false => Ok(()),
        };
        let last = |tx: &Tx<'_>| match several {
            true => Ok(None),
            false => put_all(tx, entries.iter().copied(), replace).map(Some),
        };
        let done = Importer::run(self.db, lock.as_ref(), stage, last)?;
        let kept = usize::try_from(done.kept.same + done.kept.differing).unwrap_or(usize::MAX);
        Ok(done.last.unwrap_or(entries.len().saturating_sub(kept)))
    }

    /// Returns how many keys there are.
    ///
    /// # Errors
    ///
    /// As [`Store::get`].
    pub fn count(&self) -> Result<i64> {
        self.db.run(|connection| {
            let _one_state = connection.unchecked_transaction()?;
            let staged = match are_staged(connection)? {
                true => {
                    "SELECT count(*) FROM staged_entry
                         WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key)"
                }
                false => "SELECT 0",
            };
            let sql = format!("SELECT (SELECT count(*) FROM entry) + ({staged})");
            connection.query_row(&sql, (), |row| row.get(0))
        })
    }
}

/// Tells whether an import has ended whose keys are not all in `entry` yet.
fn are_staged(connection: &Connection) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(&format!("SELECT {ARE_STAGED}"))?;
    statement.query_row((), |row| row.get(0))
}

pub(crate) fn value(connection: &Connection, key: &Key<'_>) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached(
        "SELECT value FROM entry WHERE key = ? AND NOT EXISTS (SELECT 1 FROM staged_entry)",
    )?;
    let found = statement.query_row([key.as_str()], |row| row.get(0)).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    // Missing, or staged by an import that may have ended.
    let mut statement =
        connection.prepare_cached(&format!("SELECT value FROM {} WHERE key = ?", entries()))?;
    statement.query_row([key.as_str()], |row| row.get(0)).optional()
}

/// Sets keys, and returns how many were written; where `replace` is not wanted, keys that are there stay.
fn put_all<'e>(
    tx: &Tx<'_>,
    entries: impl IntoIterator<Item = (Key<'e>, &'e [u8])>,
    replace: bool,
) -> Result<usize> {
    let mut written = 0;
    for (key, value) in entries {
        check_size(&key, value.len())?;
        if replace || tx.run(|connection| self::value(connection, &key))?.is_none() {
            put(tx, &key, value)?;
            written += 1;
        }
    }
    Ok(written)
}

pub(crate) fn put(tx: &Tx<'_>, key: &Key<'_>, value: &[u8]) -> Result<()> {
    tx.run(|connection| {
        let mut statement = connection.prepare_cached(
            "INSERT INTO entry (key, value, updated_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        )?;
        statement.execute((key.as_str(), value, Timestamp::now().micros()))
    })?;
    unstage(tx, key).map(|_| ())
}

/// Removes the value that an import gave a key, where the import has ended; tells whether there was one. Before its end it
/// gives the key its value all the same.
fn unstage(tx: &Tx<'_>, key: &Key<'_>) -> Result<bool> {
    let removed = tx.run(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "DELETE FROM staged_entry WHERE key = ? AND {ARE_STAGED}"
        ))?;
        statement.execute([key.as_str()])
    })?;
    Ok(removed > 0)
}

/// Refuses a value that is too large.
pub(crate) fn check_size(key: &Key<'_>, bytes: usize) -> Result<()> {
    if bytes <= MAX_VALUE_BYTES {
        return Ok(());
    }
    let message = format!(
        "the value of the key {} has {bytes} bytes, more than {MAX_VALUE_BYTES}",
        quoted(key.as_str())
    );
    Err(Error::invalid(message, "keep it in a file and store its path"))
}

/// Reads a stored value as an integer, ignoring blanks around it.
fn integer(value: &[u8]) -> Result<i64> {
    let text = std::str::from_utf8(value).ok().map(str::trim);
    let digits = text.and_then(|text| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
    });
    let shown = || quoted(&String::from_utf8_lossy(value)).escape_debug().to_string();
    let Some(text) = digits else {
        return Err(Error::invalid(
            format!("value is not an integer: {}", shown()),
            "set the key to an integer first; it was left as it is",
        ));
    };
    text.parse().map_err(|_| {
        Error::invalid(
            format!("value does not fit 64 bits: {}", shown()),
            "set the key to a smaller number; it was left as it is",
        )
    })
}
