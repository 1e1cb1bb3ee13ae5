//! Values under keys.

mod key;
mod pattern;

pub use key::{Key, MAX_KEY_BYTES};
pub use pattern::Pattern;

use crate::db::schema::UNSTAGE;
use crate::db::{Db, Tx};
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::ledger::Importer;
use crate::timestamp::Timestamp;
use pattern::MATCHES;
use rusqlite::Row;

/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Entry {
    pub key: String,
    pub value: Vec<u8>,
    pub updated_at: Timestamp,
}

/// The result of a compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompareAndSet {
    /// The value was the expected one and was replaced.
    Done,
    /// The value is another one, or there is none; nothing was written.
    Differs(Option<Vec<u8>>),
}

/// The keys and values of a home. Every call is one transaction, which is durable when the call returns without an error.
///
/// # Errors
///
/// Methods return `ErrorKind::Storage` if the database cannot be read or written; other errors are listed with the method.
#[derive(Debug)]
pub struct Store<'a> {
    db: &'a mut Db,
}

impl Db {
    /// Returns the store of this home.
    pub const fn store(&mut self) -> Store<'_> {
        Store { db: self }
    }
}

impl Store<'_> {
    /// Returns the value of a key.
    pub fn get(&self, key: &Key<'_>) -> Result<Option<Vec<u8>>> {
        value(self.db, key)
    }

    /// Returns whether there is a value under a key.
    pub fn exists(&self, key: &Key<'_>) -> Result<bool> {
        self.db
            .exists("SELECT 1 FROM visible_entry WHERE key = ?", [key.as_str()])
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value above [`MAX_VALUE_BYTES`].
    pub fn set(&mut self, key: &Key<'_>, value: &[u8]) -> Result<()> {
        check_size(key, value.len())?;
        self.db.write(|tx| put(tx, key, value))
    }

    /// Deletes a key; returns whether it existed. This also works on a full disk, as long as there is the space that every
    /// database reserves.
    pub fn delete(&mut self, key: &Key<'_>) -> Result<bool> {
        self.db.write_on_full_disk(|tx| {
            let deleted = tx.execute("DELETE FROM entry WHERE key = ?", [key.as_str()])?;
            // An import that has not ended still sets the key at its end.
            let unstaged = tx.execute(UNSTAGE, [key.as_str()])?;
            Ok(deleted + unstaged > 0)
        })
    }

    /// Appends a newline and `text` to the value of a key; sets the key if it does not exist.
    ///
    /// # Errors
    ///
    /// Like [`Store::set`]; the size counts as a whole.
    pub fn append(&mut self, key: &Key<'_>, text: &[u8]) -> Result<()> {
        check_size(key, text.len())?;
        self.db.write(|tx| match value(tx, key)? {
            None => put(tx, key, text),
            Some(mut old) => {
                check_size(key, old.len() + 1 + text.len())?;
                old.push(b'\n');
                old.extend_from_slice(text);
                put(tx, key, &old)
            }
        })
    }

    /// Adds a number to the value of a key and returns the sum; a missing key counts as 0. Whitespace around the old value
    /// is ignored.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` if the value is not an integer or the sum overflows a 64-bit integer.
    pub fn incr(&mut self, key: &Key<'_>, by: i64) -> Result<i64> {
        self.db.write(|tx| {
            let old = match value(tx, key)? {
                None => 0,
                Some(old) => integer(&old)?,
            };
            let sum = old.checked_add(by).ok_or_else(|| {
                Error::invalid(
                    format!("`{}`: {old} + {by} overflows a 64-bit integer", key.as_str()),
                    "set the key to a smaller number; the value was not changed",
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
    /// Like [`Store::set`].
    pub fn compare_and_set(
        &mut self,
        key: &Key<'_>,
        old: Option<&[u8]>,
        new: &[u8],
    ) -> Result<CompareAndSet> {
        check_size(key, new.len())?;
        self.db.write(|tx| {
            let now = value(tx, key)?;
            if now.as_deref() != old {
                return Ok(CompareAndSet::Differs(now));
            }
            put(tx, key, new)?;
            Ok(CompareAndSet::Done)
        })
    }

    /// Returns the keys that match a pattern, in the order of their bytes.
    ///
    /// # Errors
    ///
    /// Like [`Store::each`].
    pub fn list(&mut self, pattern: &Pattern) -> Result<Vec<String>> {
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
    /// Like [`Store::each`].
    pub fn each_key(&mut self, pattern: &Pattern, mut each: impl FnMut(&str) -> bool) -> Result<()> {
        self.each_row(pattern, "key", |row| Ok(each(&row.get::<_, String>(0)?)))
    }

    /// Calls `each` with the entries that match a pattern, one by one in the order of their keys' bytes, until `each` returns
    /// `false`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a pattern above 50,000 bytes. A damaged row is skipped, and the error comes after all other
    /// rows.
    pub fn each(&mut self, pattern: &Pattern, mut each: impl FnMut(Entry) -> bool) -> Result<()> {
        self.each_row(pattern, "key, value, updated_at", |row| {
            Ok(each(Entry {
                key: row.get(0)?,
                value: row.get(1)?,
                updated_at: Timestamp::from_micros(row.get(2)?),
            }))
        })
    }

    fn each_row(
        &mut self,
        pattern: &Pattern,
        columns: &str,
        each: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<()> {
        let parameters = pattern.parameters()?;
        self.db.read(|tx| {
            let sql = format!("SELECT {columns} FROM visible_entry WHERE {MATCHES} ORDER BY key");
            tx.each_row(&sql, parameters, each)
        })
    }

    /// Sets many keys in one transaction and returns how many were written. Without `replace`, existing keys keep their
    /// values.
    ///
    /// # Errors
    ///
    /// Like [`Store::set`]; nothing is written then.
    pub fn set_all<'e>(
        &mut self,
        entries: impl IntoIterator<Item = (Key<'e>, &'e [u8])>,
        replace: bool,
    ) -> Result<usize> {
        self.db.write(|tx| put_all(tx, entries, replace))
    }

    /// Like [`Store::set_all`], but writes many keys in several transactions: other processes can write in between, and see
    /// none of the keys before all are imported. One process imports at a time, as for
    /// [`Ledger::import`](crate::Ledger::import).
    pub fn import(&mut self, entries: &[(Key<'_>, &[u8])], replace: bool) -> Result<usize> {
        for (key, value) in entries {
            check_size(key, value.len())?;
        }
        let lock = self.db.lock_imports()?;
        let size = |(key, value): &(Key<'_>, &[u8])| key.as_str().len() + value.len();
        let bytes = entries.iter().map(size);
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
    pub fn count(&self) -> Result<i64> {
        self.db
            .query_row("SELECT count(*) FROM visible_entry", (), |row| row.get(0))
    }
}

pub(crate) fn value(db: &Db, key: &Key<'_>) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT value FROM visible_entry WHERE key = ?";
    db.query_optional(sql, [key.as_str()], |row| row.get(0))
}

/// Sets keys and returns how many were written; without `replace`, existing keys keep their values.
fn put_all<'e>(
    tx: &Tx<'_>,
    entries: impl IntoIterator<Item = (Key<'e>, &'e [u8])>,
    replace: bool,
) -> Result<usize> {
    let mut written = 0;
    for (key, value) in entries {
        check_size(&key, value.len())?;
        if replace || self::value(tx, &key)?.is_none() {
            put(tx, &key, value)?;
            written += 1;
        }
    }
    Ok(written)
}

pub(crate) fn put(tx: &Tx<'_>, key: &Key<'_>, value: &[u8]) -> Result<()> {
    // While keys are staged, a trigger deletes that of an import which has ended.
    let sql = "INSERT INTO entry (key, value, updated_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    tx.execute(sql, (key.as_str(), value, Timestamp::now().micros()))
        .map(|_| ())
}

/// Returns an error for a value that is too long.
pub(crate) fn check_size(key: &Key<'_>, bytes: usize) -> Result<()> {
    if bytes <= MAX_VALUE_BYTES {
        return Ok(());
    }
    let key = quoted(key.as_str());
    let message = format!("the value of the key {key} has {bytes} bytes, more than {MAX_VALUE_BYTES}");
    Err(Error::invalid(message, "keep it in a file and store its path"))
}

/// Reads a stored value as an integer, ignoring whitespace around it.
fn integer(value: &[u8]) -> Result<i64> {
    let text = std::str::from_utf8(value).map_or("", str::trim);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (what, hint) = match text.parse() {
        Ok(number) if is_integer => return Ok(number),
        Err(_) if is_integer => ("overflows a 64-bit integer", "set the key to a smaller number"),
        _ => ("is not an integer", "set the key to an integer first"),
    };
    let shown = quoted(&String::from_utf8_lossy(value));
    Err(Error::invalid(
        format!("value {what}: {}", shown.escape_debug()),
        format!("{hint}; the value was not changed"),
    ))
}
