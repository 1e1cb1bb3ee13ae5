//! Rows of skills, executions and tombstones that were read from a damaged file.

use super::execution::{OPEN, check_skill};
use super::fields::{FIELDS, FIRST_FIELDS};
use super::{Filter, stats};
use crate::db::Tx;
use crate::error::Result;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use std::ops::RangeInclusive;

/// The number of columns of a skill.
pub(crate) const SKILL_COLUMNS: usize = 16;
/// The number of columns of an execution besides its fields.
const OTHER_COLUMNS: usize = 6;
/// The number of columns of an execution, fewer in a row that an older release wrote.
pub(crate) const EXECUTION_COLUMNS: RangeInclusive<usize> =
    FIRST_FIELDS + OTHER_COLUMNS..=FIELDS.len() + OTHER_COLUMNS;
/// The number of columns of a tombstone.
pub(crate) const DELETED_COLUMNS: usize = 6;

/// Inserts a skill without statistics, which are computed at the end. Returns whether the row is valid.
pub(crate) fn recover_skill(tx: &Tx<'_>, id: i64, name: &str) -> Result<bool> {
    if check_skill(name).is_err() {
        return Ok(false);
    }
    skill(tx, id)?;
    // If two skills have the same name, the first keeps it.
    tx.execute("UPDATE OR IGNORE skill SET name = ? WHERE id = ?", (name, id))?;
    Ok(true)
}

/// Inserts an execution, and a placeholder for its skill if that is missing. Returns whether the row is valid.
pub(crate) fn recover_execution(tx: &Tx<'_>, id: i64, values: &[Value]) -> Result<bool> {
    let [
        _,
        Value::Integer(of),
        Value::Integer(0..=OPEN),
        Value::Integer(_),
        rest @ ..,
    ] = values
    else {
        return Ok(false);
    };
    // Four numbers, then strings; the table checks the types of columns that were added later.
    let is_later = |index| index >= FIRST_FIELDS + 2;
    let fits = |(index, value): (usize, &Value)| match value {
        Value::Null => true,
        Value::Integer(number) => (index < 4 || is_later(index)) && *number >= 0,
        Value::Text(_) => index >= 4,
        _ => false,
    };
    if !rest.iter().enumerate().all(fits) {
        return Ok(false);
    }
    skill(tx, *of)?;
    let mut values = values.to_vec();
    values.resize(*EXECUTION_COLUMNS.end(), Value::Null);
    insert_recovered(tx, "execution", id, values)
}

/// Inserts a tombstone, so that no import adds the execution again. Returns whether the row is valid.
pub(crate) fn recover_deleted(tx: &Tx<'_>, id: i64, values: &[Value]) -> Result<bool> {
    use Value::{Blob, Integer, Null, Text};
    match values {
        [_, Text(_), Integer(_), Null | Text(_), Null | Blob(_), Integer(_)] => {
            insert_recovered(tx, "deleted", id, values.to_vec())
        }
        _ => Ok(false),
    }
}

/// Inserts a row with its id, which SQLite stores outside of the record.
pub(crate) fn insert_recovered(tx: &Tx<'_>, table: &str, id: i64, mut row: Vec<Value>) -> Result<bool> {
    if let Some(first) = row.first_mut() {
        *first = Value::Integer(id);
    }
    let places = vec!["?"; row.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} VALUES ({places})");
    tx.execute(&sql, params_from_iter(row)).map(|_| true)
}

/// Computes the statistics of all skills, which have none yet.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<()> {
    for (skill, delta) in stats::deltas(tx, &Filter::default())? {
        delta.apply(tx, skill)?;
    }
    Ok(())
}

/// Inserts a skill if it is missing.
fn skill(tx: &Tx<'_>, id: i64) -> Result<()> {
    let placeholder = format!("recovered-skill-{id}");
    let sql = "INSERT OR IGNORE INTO skill (id, name) VALUES (?, ?)";
    tx.execute(sql, (id, placeholder)).map(|_| ())
}
