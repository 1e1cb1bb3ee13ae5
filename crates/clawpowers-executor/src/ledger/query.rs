//! Reading and writing rows of executions.

use super::execution::{Execution, OPEN, Outcome};
use super::fields::{ExecutionFields, FIELDS};
use crate::db::{Tx, Unreadable};
use crate::error::Result;
use crate::timestamp::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params_from_iter};
use std::sync::LazyLock;

/// Selects executions; every field narrows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this skill.
    pub skill: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// With this outcome; `Some(None)` are the open ones.
    pub outcome: Option<Option<Outcome>>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Filter {
    /// Tells whether the kept figures of skills answer for it.
    pub(super) const fn is_only_skill(&self) -> bool {
        self.session.is_none() && self.outcome.is_none() && self.since.is_none() && self.until.is_none()
    }
}

/// In which order executions come: by time, and of equal times by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    OldestFirst,
    /// The newest first.
    NewestFirst,
}

/// The condition that an execution counts: no import that has not ended inserted it. While there is no such import it
/// compares one number.
pub(super) const COUNTS: &str = "(execution.id < (SELECT ifnull(min(first), 9223372036854775807) FROM staged)
    OR ifnull((SELECT last FROM staged WHERE first <= execution.id ORDER BY first DESC LIMIT 1), execution.id - 1)
        < execution.id)";

/// What [`read`] reads.
static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let fields = FIELDS.map(|field| format!(", execution.{}", field.column));
    format!(
        "execution.id, skill.name, outcome, at, uid, extra{}",
        fields.concat()
    )
});

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns = FIELDS.map(|field| format!(", {}", field.column)).concat();
    let places = ", ?".repeat(FIELDS.len());
    // The id of a deleted execution is not used again.
    format!(
        "INSERT INTO execution (id, skill, outcome, at, uid, extra{columns})
         VALUES ((SELECT max(id) + 1 FROM deleted WHERE id >= ifnull((SELECT max(id) FROM execution), 0)),
             ?, ?, ?, ?, ?{places})"
    )
});

/// Inserts an execution and returns its id.
pub(super) fn insert(connection: &Connection, skill: i64, execution: &Execution) -> rusqlite::Result<i64> {
    let outcome = execution.outcome.map_or(OPEN, Outcome::number);
    let (at, fields) = (execution.at.micros(), execution.fields.values());
    let first: [&dyn ToSql; 5] = [&skill, &outcome, &at, &execution.uid, &execution.extra];
    let fields = fields.iter().map(|value| -> &dyn ToSql { value });
    let mut statement = connection.prepare_cached(&INSERT)?;
    statement.insert(params_from_iter(first.into_iter().chain(fields)))
}

/// Writes what changed in an execution and returns the row of its skill.
pub(super) fn update(connection: &Connection, old: &Execution, new: &Execution) -> rusqlite::Result<i64> {
    let outcome = new.outcome.map_or(OPEN, Outcome::number);
    let mut set = String::from("outcome = ?2");
    let (before, after) = (old.fields.values(), new.fields.values());
    let mut values: Vec<&dyn ToSql> = vec![&new.id, &outcome];
    for (field, (before, after)) in FIELDS.iter().zip(before.iter().zip(&after)) {
        if before != after {
            values.push(after);
            set.push_str(&format!(", {} = ?{}", field.column, values.len()));
        }
    }
    let sql = format!("UPDATE execution SET {set} WHERE id = ?1 RETURNING skill");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(params_from_iter(values), |row| row.get(0))
}

/// Returns the executions of a skill at a time.
pub(super) fn at_time(tx: &Tx<'_>, skill: &str, at: Timestamp) -> Result<Vec<Execution>> {
    tx.run(|connection| {
        let sql = format!(
            "SELECT {} FROM execution JOIN skill ON skill.id = execution.skill
             WHERE execution.skill = (SELECT id FROM skill WHERE name = ?) AND at = ? AND {COUNTS}
             ORDER BY execution.id",
            *COLUMNS
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map((skill, at.micros()), read)?;
        rows.collect()
    })
}

pub(super) fn by_id(tx: &Tx<'_>, id: i64) -> Result<Option<Execution>> {
    tx.run(|connection| {
        let sql = format!(
            "SELECT {} FROM execution JOIN skill ON skill.id = execution.skill
             WHERE execution.id = ? AND {COUNTS}",
            *COLUMNS
        );
        connection.prepare_cached(&sql)?.query_row([id], read).optional()
    })
}

/// Calls `each` with executions, until `each` returns `false`.
pub(super) fn each(
    tx: &Tx<'_>,
    filter: &Filter,
    order: Order,
    mut each: impl FnMut(Execution) -> bool,
) -> Result<()> {
    let from = "execution JOIN skill ON skill.id = execution.skill";
    walk(tx, filter, from, Some(order), &COLUMNS, |row| {
        Ok(each(read(row)?))
    })
}

/// Calls `each` with the numbers of executions alone, with the row of their skill, in no order: to sort many takes longer than
/// to read them.
pub(super) fn each_figure(
    tx: &Tx<'_>,
    filter: &Filter,
    mut each: impl FnMut(i64, Option<Outcome>, Timestamp, &ExecutionFields<String>) -> Result<()>,
) -> Result<()> {
    const FIGURES: &str = "execution.id, execution.skill, outcome, at, execution.duration, execution.cost,
        execution.tokens_in, execution.tokens_out";
    let mut failure = None;
    walk(tx, filter, "execution", None, FIGURES, |row| {
        let at = Timestamp::from_micros(row.get(3)?);
        let fields = ExecutionFields {
            duration: row.get(4)?,
            cost: row.get(5)?,
            tokens_in: row.get(6)?,
            tokens_out: row.get(7)?,
            ..ExecutionFields::default()
        };
        let outcome = Outcome::from_number(row.get(2)?);
        failure = each(row.get(1)?, outcome, at, &fields).err();
        Ok(failure.is_none())
    })?;
    failure.map_or(Ok(()), Err)
}

fn walk(
    tx: &Tx<'_>,
    filter: &Filter,
    from: &str,
    order: Option<Order>,
    columns: &str,
    mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
) -> Result<()> {
    let mut conditions = vec![COUNTS];
    let mut values = Vec::new();
    let mut narrow = |condition: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    };
    narrow(
        "execution.skill = (SELECT id FROM skill WHERE name = ?)",
        filter.skill.clone().map(Value::from),
    );
    narrow("session = ?", filter.session.clone().map(Value::from));
    let outcome = filter
        .outcome
        .map(|outcome| outcome.map_or(OPEN, Outcome::number));
    narrow("outcome = ?", outcome.map(Value::from));
    narrow("at >= ?", filter.since.map(|time| time.micros().into()));
    narrow("at < ?", filter.until.map(|time| time.micros().into()));
    let condition = conditions.join(" AND ");
    let order = match order {
        None => "",
        Some(Order::OldestFirst) => "ORDER BY at, execution.id",
        Some(Order::NewestFirst) => "ORDER BY at DESC, execution.id DESC",
    };
    let limit = filter
        .limit
        .map_or(-1, |limit| i64::try_from(limit).unwrap_or(-1));
    values.push(limit.into());
    let sql = format!("SELECT {columns} FROM {from} WHERE {condition} {order} LIMIT ?");
    let mut unreadable = Unreadable::default();
    tx.run(|connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if unreadable.take(each(row))? == Some(false) {
                break;
            }
        }
        Ok(())
    })?;
    tx.check_rows(&unreadable)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Execution> {
    Ok(Execution {
        id: row.get(0)?,
        skill: row.get(1)?,
        outcome: Outcome::from_number(row.get(2)?),
        at: Timestamp::from_micros(row.get(3)?),
        uid: row.get(4)?,
        extra: row.get(5)?,
        fields: ExecutionFields::read(row, 6)?,
    })
}
