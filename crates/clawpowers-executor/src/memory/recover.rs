//! Entries, links and checkpoints that were read from a damaged file.

use super::entry::{Kind, Relation, Source};
use super::row::{Derived, examples_of};
use super::write::tag;
use crate::db::Tx;
use crate::error::Result;
use crate::ledger::insert_recovered;
use rusqlite::types::Value;

/// The number of columns of an entry.
pub(crate) const ENTRY_COLUMNS: usize = 27;

/// Inserts an entry; returns whether the row is valid. What is computed from its text is computed again.
pub(crate) fn recover_entry(tx: &Tx<'_>, id: i64, values: &[Value]) -> Result<bool> {
    use Value::{Integer, Text};
    let mut row = values.to_vec();
    let [
        _,
        _,
        kind,
        Text(title),
        Text(body),
        _,
        masked,
        Text(tags),
        pairs,
        ..,
    ] = row.as_mut_slice()
    else {
        return Ok(false);
    };
    let is_known = matches!(kind, Integer(number) if Kind::from_number(*number).is_some());
    let derived = Derived::of(title, body);
    *masked = Text(derived.masked.text);
    *pairs = Text(derived.pairs);
    let tags: Vec<String> = tags
        .split(',')
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(fingerprint) = row.get_mut(14) {
        *fingerprint = Value::Blob(derived.fingerprint.to_vec());
    }
    if let Some(examples) = row.get_mut(17)
        && matches!(examples, Text(text) if examples_of(text).is_empty())
    {
        *examples = Value::Null;
    }
    let has_source = matches!(row.get(23), Some(Integer(number)) if Source::from_number(*number).is_some());
    tx.create_memory()?;
    if !is_known || !has_source || !insert_recovered(tx, "memory", id, row)? {
        return Ok(false);
    }
    tag(tx, id, &tags)?;
    Ok(true)
}

/// Inserts a link; returns whether the row is valid.
pub(crate) fn recover_link(tx: &Tx<'_>, values: &[Value]) -> Result<bool> {
    let [
        Value::Integer(origin),
        Value::Integer(target),
        Value::Integer(relation),
    ] = values
    else {
        return Ok(false);
    };
    if Relation::from_number(*relation).is_none() {
        return Ok(false);
    }
    tx.create_memory()?;
    let sql = "INSERT OR IGNORE INTO memory_link (origin, target, relation) VALUES (?, ?, ?)";
    tx.execute(sql, (origin, target, relation)).map(|_| true)
}

/// Inserts the state of a task; returns whether the row is valid.
pub(crate) fn recover_checkpoint(tx: &Tx<'_>, values: &[Value]) -> Result<bool> {
    use Value::{Integer, Null, Text};
    let [
        task @ Text(_),
        state @ Text(_),
        status @ (Null | Text(_)),
        goal @ (Null | Text(_)),
        saved @ Integer(_),
    ] = values
    else {
        return Ok(false);
    };
    tx.create_memory()?;
    let sql = "INSERT OR IGNORE INTO checkpoint (task, state, status, goal, saved) VALUES (?, ?, ?, ?, ?)";
    tx.execute(sql, (task, state, status, goal, saved)).map(|_| true)
}
