//! Rows of the table `memory`.

use super::entry::{Entry, Example, Kind, Source};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use clawpowers_text::{Fingerprint, Masked, mask, pairs};
use rusqlite::types::ValueRef;
use rusqlite::{Row, RowIndex};
use std::collections::HashSet;

/// The columns that [`read`] reads, of the table `memory`.
pub(super) const COLUMNS: &str = "memory.id, (SELECT value FROM meta WHERE name = 'home'), memory.uid, memory.kind,
    memory.title, memory.body, memory.tags, memory.importance, memory.project, memory.session, memory.skill, memory.tool,
    memory.source, memory.confirmed, memory.created, memory.updated, memory.used, memory.uses, memory.examples,
    memory.expires, memory.revision, memory.superseded, (SELECT model FROM memory_vector WHERE memory = memory.id)";

/// Reads an entry. A value that no release writes, of another program or a damaged disk, hides no entry: an unknown kind is
/// read as semantic, an unknown source as import, and numbers are clamped.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let id: i64 = row.get(0)?;
    let uid = match optional(row, 2)? {
        Some(uid) => uid,
        None => format!("{}-m{id}", text(row, 1)?),
    };
    let time = |index| row.get(index).map(Timestamp::from_micros);
    let title = text(row, 4)?;
    Ok(Entry {
        id,
        uid,
        kind: Kind::from_number(row.get(3)?).unwrap_or(Kind::Semantic),
        title: (!title.is_empty()).then_some(title),
        content: text(row, 5)?,
        tags: split(&text(row, 6)?),
        importance: row.get::<_, f64>(7)?.clamp(0.0, 1.0),
        project: optional(row, 8)?,
        session: optional(row, 9)?,
        skill: optional(row, 10)?,
        tool: optional(row, 11)?,
        source: Source::from_number(row.get(12)?).unwrap_or(Source::Import),
        confirmed: row.get(13)?,
        created_at: time(14)?,
        updated_at: time(15)?,
        used_at: time(16)?,
        uses: row.get::<_, i64>(17)?.max(1).unsigned_abs(),
        examples: optional(row, 18)?.map_or(Vec::new(), |text| examples_of(&text)),
        expires_at: row.get::<_, Option<i64>>(19)?.map(Timestamp::from_micros),
        revision: row.get(20)?,
        superseded_by: row.get(21)?,
        vector_model: row.get(22)?,
    })
}

/// Reads a text; bytes that are not UTF-8 become replacement characters.
pub(super) fn text(row: &Row<'_>, index: impl RowIndex) -> rusqlite::Result<String> {
    Ok(optional(row, index)?.unwrap_or_default())
}

/// The same, or `None` for another value.
pub(super) fn optional(row: &Row<'_>, index: impl RowIndex) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(index)? {
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
}

pub(super) fn split(tags: &str) -> Vec<String> {
    let tags = tags.split(',').filter(|tag| !tag.is_empty());
    tags.map(str::to_owned).collect()
}

/// Reads merged contents. Invalid ones are left out, because an error would hide the entry.
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

/// What is computed from the texts of an entry.
pub(super) struct Derived {
    pub(super) masked: Masked,
    pub(super) fingerprint: [u8; 16],
    pub(super) pairs: String,
    pub(super) variants: String,
}

impl Derived {
    pub(super) fn of(title: &str, body: &str, examples: &[Example]) -> Self {
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
            fingerprint,
            pairs: pairs.trim().to_owned(),
            variants: variants(&masked, examples),
            masked,
        }
    }
}

/// Returns the values of merged contents that a body does not have, each once: what else differs is not searched for.
fn variants(masked: &Masked, examples: &[Example]) -> String {
    let mut known: HashSet<String> = masked.values.iter().map(|value| value.text.clone()).collect();
    let mut found = String::new();
    for value in examples.iter().flat_map(|example| mask(&example.content).values) {
        if !known.contains(&value.text) {
            found.push_str(&value.text);
            found.push('\n');
            known.insert(value.text);
        }
    }
    found
}
