//! Rows of the table `memory`.

use super::entry::{Entry, Example, Kind, Source};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use clawpowers_text::{Fingerprint, Masked, mask, pairs};
use rusqlite::Row;

/// The columns that [`read`] reads, of the table `memory`.
pub(super) const COLUMNS: &str = "memory.id, (SELECT value FROM meta WHERE name = 'home'), memory.uid, memory.kind,
    memory.title, memory.body, memory.tags, memory.importance, memory.project, memory.session, memory.skill, memory.tool,
    memory.source, memory.confirmed, memory.created, memory.updated, memory.used, memory.uses, memory.examples,
    memory.expires, memory.revision, memory.superseded";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let id: i64 = row.get(0)?;
    let uid: Option<String> = row.get(2)?;
    let uid = match uid {
        Some(uid) => uid,
        None => format!("{}-m{id}", row.get::<_, String>(1)?),
    };
    let time = |index| row.get(index).map(Timestamp::from_micros);
    let title: String = row.get(4)?;
    let tags: String = row.get(6)?;
    let examples: Option<String> = row.get(18)?;
    Ok(Entry {
        id,
        uid,
        kind: number(row, 3, Kind::from_number)?,
        title: (!title.is_empty()).then_some(title),
        content: row.get(5)?,
        tags: split(&tags),
        importance: row.get(7)?,
        project: row.get(8)?,
        session: row.get(9)?,
        skill: row.get(10)?,
        tool: row.get(11)?,
        source: number(row, 12, Source::from_number)?,
        confirmed: row.get(13)?,
        created_at: time(14)?,
        updated_at: time(15)?,
        used_at: time(16)?,
        uses: row.get(17)?,
        examples: examples.map_or(Vec::new(), |text| examples_of(&text)),
        expires_at: row.get::<_, Option<i64>>(19)?.map(Timestamp::from_micros),
        revision: row.get(20)?,
        superseded_by: row.get(21)?,
    })
}

/// Reads an enum that is stored as a number.
fn number<T>(row: &Row<'_>, index: usize, value: fn(i64) -> Option<T>) -> rusqlite::Result<T> {
    let number = row.get(index)?;
    value(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, number))
}

fn split(tags: &str) -> Vec<String> {
    let tags = tags.split(',').filter(|tag| !tag.is_empty());
    tags.map(str::to_owned).collect()
}

/// Reads merged contents. They are not worth an error that hides the entry.
pub(super) fn examples_of(text: &str) -> Vec<Example> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Returns the entry with an id.
pub(super) fn by_id(tx: &Tx<'_>, id: i64) -> Result<Entry> {
    let sql = format!("SELECT {COLUMNS} FROM memory WHERE id = ?");
    tx.query_optional(&sql, [id], read)?.ok_or_else(|| missing(id))
}

/// Returns the error of an entry that does not exist.
pub(super) fn missing(id: i64) -> Error {
    Error::not_found(
        format!("there is no entry `{id}`"),
        "{memory_list} lists the entries with their ids",
    )
}

/// What is computed from a body.
pub(super) struct Derived {
    pub(super) masked: Masked,
    pub(super) fingerprint: [u8; 16],
    pub(super) pairs: String,
}

impl Derived {
    pub(super) fn of(title: &str, body: &str) -> Self {
        let masked = mask(body);
        // A text of nothing but values only equals itself.
        let fingerprint = Fingerprint::of(&masked.text).map_or_else(
            || crate::ledger::hash(&[b"text", body.trim().as_bytes()]),
            |fingerprint| fingerprint.0,
        );
        let mut pairs = pairs(title);
        pairs.push(' ');
        pairs.push_str(&self::pairs(body));
        Self {
            masked,
            fingerprint,
            pairs: pairs.trim().to_owned(),
        }
    }
}
