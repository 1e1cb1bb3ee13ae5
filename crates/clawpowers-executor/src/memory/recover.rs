//! Entries, links and checkpoints that were read from a damaged file.

use super::entry::{Kind, Relation, Source};
use super::row::{Derived, examples_of, split};
use super::session;
use super::vector::{self, ModelVector};
use super::write::tag;
use crate::db::Tx;
use crate::error::{ErrorKind, Result};
use crate::ledger::insert_recovered;
use rusqlite::types::Value;

/// The columns of an entry with their types: integer, real, text and blob, in lower case if they can be null.
const COLUMNS: [(&str, char); ENTRY_COLUMNS] = [
    ("id", 'i'),
    ("uid", 't'),
    ("kind", 'I'),
    ("importance", 'R'),
    ("project", 't'),
    ("session", 't'),
    ("skill", 't'),
    ("tool", 't'),
    ("fingerprint", 'B'),
    ("merges", 'I'),
    ("uses", 'I'),
    ("created", 'I'),
    ("updated", 'I'),
    ("used", 'I'),
    ("expires", 'i'),
    ("revision", 'I'),
    ("source", 'I'),
    ("confirmed", 'I'),
    ("superseded", 'i'),
    ("previous", 'i'),
    ("title", 'T'),
    ("tags", 'T'),
    ("body", 'T'),
    ("context", 'T'),
    ("masked", 'T'),
    ("pairs", 'T'),
    ("variants", 'T'),
    ("examples", 't'),
];
/// The number of columns of an entry.
pub(crate) const ENTRY_COLUMNS: usize = 28;

/// A row of the table `memory` with the names of its columns.
struct Columns(Vec<Value>);

impl Columns {
    fn at(&mut self, name: &str) -> Option<&mut Value> {
        let index = COLUMNS.iter().position(|(column, _)| *column == name)?;
        self.0.get_mut(index)
    }

    fn set(&mut self, name: &str, value: Value) {
        if let Some(old) = self.at(name) {
            *old = value;
        }
    }

    fn text(&mut self, name: &str) -> String {
        match self.at(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// Sets a number that no release writes to another one.
    fn number(&mut self, name: &str, otherwise: i64, is_valid: impl Fn(i64) -> bool) {
        if !matches!(self.at(name), Some(Value::Integer(number)) if is_valid(*number)) {
            self.set(name, Value::Integer(otherwise));
        }
    }
}

/// Inserts an entry; returns whether the row is valid. Numbers that no release writes are repaired, and what is computed from
/// its texts is computed again.
pub(crate) fn recover_entry(tx: &Tx<'_>, id: i64, values: &[Value]) -> Result<bool> {
    let fits = |((_, kind), value): (&(&str, char), &Value)| match value {
        Value::Null => !kind.is_ascii_uppercase(),
        Value::Integer(_) => matches!(kind, 'i' | 'I' | 'R'),
        Value::Real(_) => *kind == 'R',
        Value::Text(_) => matches!(kind, 't' | 'T'),
        Value::Blob(_) => *kind == 'B',
    };
    if values.len() != ENTRY_COLUMNS || !COLUMNS.iter().zip(values).all(fits) {
        return Ok(false);
    }
    tx.create_memory()?;
    let mut row = Columns(values.to_vec());
    let (title, body, tags) = (row.text("title"), row.text("body"), row.text("tags"));
    let examples = examples_of(&row.text("examples"));
    let derived = Derived::of(&title, &body, &examples);
    row.set("masked", Value::Text(derived.masked.text));
    row.set("pairs", Value::Text(derived.pairs));
    row.set("variants", Value::Text(derived.variants));
    row.set("fingerprint", Value::Blob(derived.fingerprint.to_vec()));
    if examples.is_empty() {
        row.set("examples", Value::Null);
    }
    row.number("kind", Kind::Semantic.number(), |number| {
        Kind::from_number(number).is_some()
    });
    row.number("source", Source::Import.number(), |number| {
        Source::from_number(number).is_some()
    });
    row.number("uses", 1, |uses| uses > 0);
    if let Some(Value::Real(importance)) = row.at("importance") {
        *importance = importance.clamp(0.0, 1.0);
    } else {
        row.number("importance", 1, |number| matches!(number, 0 | 1));
    }
    insert_recovered(tx, "memory", id, row.0)?;
    tag(tx, id, &split(&tags)).map(|()| true)
}

/// Inserts the vector of an entry; returns whether the row is valid.
pub(crate) fn recover_vector(tx: &Tx<'_>, id: i64, model: &str, data: &[u8]) -> Result<bool> {
    let Some(vector) = ModelVector::stored(model, data) else {
        return Ok(false);
    };
    tx.create_memory()?;
    match vector::set(tx, id, &vector) {
        Err(error) if error.kind == ErrorKind::Invalid => Ok(false),
        set => set.map(|()| true),
    }
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

/// Returns whether an entry was not inserted.
pub(crate) fn is_lost(tx: &Tx<'_>, id: i64) -> Result<bool> {
    Ok(!tx.has_memory()? || !tx.exists("SELECT 1 FROM memory WHERE id = ?", [id])?)
}

/// Removes what leads to entries that are lost, and lets no entry get an id up to `last` again.
pub(crate) fn finish_entries(tx: &Tx<'_>, last: i64) -> Result<()> {
    if last > 0 {
        tx.create_memory()?;
    } else if !tx.has_memory()? {
        return Ok(());
    }
    for sql in [
        "DELETE FROM memory_link WHERE origin NOT IN (SELECT id FROM memory) OR target NOT IN (SELECT id FROM memory)",
        // What replaced it is lost, so it is the best that is known.
        "UPDATE memory SET superseded = NULL WHERE superseded NOT IN (SELECT id FROM memory)",
        "UPDATE memory SET superseded = (SELECT origin FROM memory_link WHERE target = memory.id AND relation = 0)
             WHERE superseded IS NULL AND id IN (SELECT target FROM memory_link WHERE relation = 0)",
        "INSERT OR IGNORE INTO memory_link (origin, target, relation)
             SELECT superseded, id, 0 FROM memory WHERE superseded IS NOT NULL",
    ] {
        tx.execute(sql, ())?;
    }
    let sql = "SELECT memory FROM memory_vector WHERE memory NOT IN (SELECT id FROM memory)";
    let lost: Vec<i64> = tx.query_all(sql, (), |row| row.get(0))?;
    lost.into_iter().try_for_each(|id| vector::remove(tx, id))?;
    let sql = "SELECT id FROM memory WHERE previous NOT IN (SELECT id FROM memory)";
    let severed: Vec<i64> = tx.query_all(sql, (), |row| row.get(0))?;
    tx.execute(
        "UPDATE memory SET previous = NULL WHERE previous NOT IN (SELECT id FROM memory)",
        (),
    )?;
    for id in severed {
        session::recompute(tx, id)?;
        session::refresh(tx, id)?;
    }
    // SQLite creates the row with the first entry.
    if last > 0 {
        let sql = "DELETE FROM sqlite_sequence WHERE name = 'memory'";
        tx.execute(sql, ())?;
        let sql = "INSERT INTO sqlite_sequence (name, seq) SELECT 'memory', max(?, coalesce(max(id), 0)) FROM memory";
        tx.execute(sql, [last])?;
    }
    Ok(())
}
