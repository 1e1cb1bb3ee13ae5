//! Executions and skills that were read from a damaged file.

use super::execution::{OPEN, check_skill};
use super::fields::{FIELDS, FIRST_FIELDS};
use super::{Filter, rollup};
use crate::db::Tx;
use crate::error::Result;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use std::ops::RangeInclusive;

/// How many columns a row of a skill has.
pub(crate) const SKILL_COLUMNS: usize = 16;
/// How many columns a row of an execution has besides its fields.
const OTHER_COLUMNS: usize = 6;
/// How many columns a row of an execution has; one that an older release wrote has fewer.
pub(crate) const EXECUTION_COLUMNS: RangeInclusive<usize> =
    FIRST_FIELDS + OTHER_COLUMNS..=FIELDS.len() + OTHER_COLUMNS;
/// How many columns a row of a deleted execution has.
pub(crate) const DELETED_COLUMNS: usize = 6;

/// Gives a skill its name; without figures, which are counted at the end. Tells whether the row could be used.
pub(crate) fn recover_skill(tx: &Tx<'_>, id: Option<i64>, name: &str) -> Result<bool> {
    let Some(id) = id.filter(|_| check_skill(name).is_ok()) else {
        return Ok(false);
    };
    skill(tx, id)?;
    // Of two that have one name the first keeps it.
    tx.run(|connection| {
        let mut statement = connection.prepare_cached("UPDATE OR IGNORE skill SET name = ? WHERE id = ?")?;
        statement.execute((name, id))
    })?;
    Ok(true)
}

/// Writes an execution as it is; one whose skill has no row is of one that is called after its number. Tells whether the
/// row could be used.
pub(crate) fn recover_execution(tx: &Tx<'_>, id: Option<i64>, values: &[Value]) -> Result<bool> {
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
    let Some(id) = id else { return Ok(false) };
    // Four numbers, then texts; the table knows the types of columns that were added later.
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
    insert(tx, "execution", id, &values)?;
    Ok(true)
}

/// Writes that an execution was deleted, so that no import brings it back. Tells whether the row could be used.
pub(crate) fn recover_deleted(tx: &Tx<'_>, id: Option<i64>, values: &[Value]) -> Result<bool> {
    let [
        _,
        Value::Text(_),
        Value::Integer(_),
        Value::Null | Value::Text(_),
        Value::Null | Value::Blob(_),
        Value::Integer(_),
    ] = values
    else {
        return Ok(false);
    };
    let Some(id) = id else { return Ok(false) };
    insert(tx, "deleted", id, values)?;
    Ok(true)
}

/// Writes a row as it is, with the number that its table keeps apart.
fn insert(tx: &Tx<'_>, table: &str, id: i64, values: &[Value]) -> Result<()> {
    let mut row = values.to_vec();
    if let Some(first) = row.first_mut() {
        *first = Value::Integer(id);
    }
    let places = vec!["?"; row.len()].join(", ");
    tx.run(|connection| {
        let mut statement =
            connection.prepare_cached(&format!("INSERT OR IGNORE INTO {table} VALUES ({places})"))?;
        statement.execute(params_from_iter(row))
    })?;
    Ok(())
}

/// Counts the figures of all skills, which have none yet.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<()> {
    for (skill, delta) in rollup::deltas(tx, &Filter::default())? {
        delta.apply(tx, skill)?;
    }
    Ok(())
}

/// Makes the row of a skill where it is missing.
fn skill(tx: &Tx<'_>, id: i64) -> Result<()> {
    let placeholder = format!("recovered-skill-{id}");
    tx.run(|connection| {
        let mut statement =
            connection.prepare_cached("INSERT OR IGNORE INTO skill (id, name) VALUES (?, ?)")?;
        statement.execute((id, placeholder))
    })?;
    Ok(())
}
