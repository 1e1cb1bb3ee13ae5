//! Entries that only differ in values: which one is merged with which.

use super::entry::{Entry, NewEntry};
use super::row::{COLUMNS, Derived, by_id, read};
use crate::db::Tx;
use crate::error::Result;
use clawpowers_text::mask;

/// The most bytes of a content that is merged with a different one, and kept as an example.
const EXAMPLE_BYTES: usize = 16 * 1024;
/// How many entries with the fingerprint of a new one are compared with it.
const COMPARED: usize = 20;

/// Returns the entry that a new one is merged with, apart from one.
pub(super) fn equal(
    tx: &Tx<'_>,
    new: &NewEntry<'_>,
    derived: &Derived,
    except: Option<i64>,
) -> Result<Option<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memory
         WHERE fingerprint = ?1 AND merges = 1 AND superseded IS NULL AND kind = ?2 AND project IS ?3 AND tool IS ?4
             AND (title = ?5 OR title = '' OR ?5 = '') AND id IS NOT ?6
         ORDER BY title = ?5 DESC, id LIMIT {COMPARED}"
    );
    let values = (
        derived.fingerprint.as_slice(),
        new.kind.number(),
        new.project,
        new.tool,
        new.title.unwrap_or_default(),
        except,
    );
    let found: Vec<Entry> = tx.query_all(&sql, values, read)?;
    let differs_in_values = |entry: &Entry| {
        new.content.len() <= EXAMPLE_BYTES && derived.masked.differs_in_values(&mask(&entry.content))
    };
    let is_equal = |entry: &Entry| entry.content == new.content || differs_in_values(entry);
    Ok(found.into_iter().find(is_equal))
}

/// Lets an entry that was changed merge no more if it only differs in values from another one: otherwise two entries would
/// share what is created later.
pub(super) fn keep_apart(tx: &Tx<'_>, id: i64) -> Result<()> {
    let entry = by_id(tx, id)?;
    let new = NewEntry {
        title: entry.title.as_deref(),
        project: entry.project.as_deref(),
        tool: entry.tool.as_deref(),
        ..NewEntry::new(entry.kind, &entry.content)
    };
    let derived = Derived::of(new.title.unwrap_or_default(), new.content, &[]);
    if equal(tx, &new, &derived, Some(id))?.is_some() {
        tx.execute("UPDATE memory SET merges = 0 WHERE id = ?", [id])?;
    }
    Ok(())
}
