//! Reads and writes rows of executions.

use super::execution::{Execution, Outcome};
use super::fields::{ExecutionFields, FIELDS};
use crate::db::Tx;
use crate::error::Result;
use crate::timestamp::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Row, ToSql, params_from_iter};
use std::sync::LazyLock;

/// Selects executions; one matches if it meets every condition.
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
    /// At most this many.
    pub limit: Option<usize>,
}

impl Filter {
    /// Returns whether the stored statistics are the answer to it.
    pub(super) const fn is_only_skill(&self) -> bool {
        self.session.is_none() && self.outcome.is_none() && self.since.is_none() && self.until.is_none()
    }
}

/// The order of executions: by time, and those of equal times by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Order {
    OldestFirst,
    NewestFirst,
}

/// The condition that an execution is visible: no import that has not ended has staged it. If nothing is staged, this
/// compares one number.
pub(super) const VISIBLE: &str = "(execution.id < (SELECT ifnull(min(first), 9223372036854775807) FROM staged)
    OR ifnull((SELECT last FROM staged WHERE first <= execution.id ORDER BY first DESC LIMIT 1), execution.id - 1)
        < execution.id)";

/// Reads executions with [`read`].
static SELECT: LazyLock<String> = LazyLock::new(|| {
    let fields = FIELDS
        .map(|field| format!(", execution.{}", field.column))
        .concat();
    format!(
        "SELECT execution.id, skill.name, outcome, at, uid, extra{fields}
         FROM execution JOIN skill ON skill.id = execution.skill"
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
pub(super) fn insert(tx: &Tx<'_>, skill: i64, execution: &Execution) -> Result<i64> {
    let outcome = Outcome::number(execution.outcome);
    let (at, fields) = (execution.at.micros(), execution.fields.values());
    let first: [&dyn ToSql; 5] = [&skill, &outcome, &at, &execution.uid, &execution.extra];
    let fields = fields.iter().map(|value| -> &dyn ToSql { value });
    let values = params_from_iter(first.into_iter().chain(fields));
    tx.run(|connection| connection.prepare_cached(&INSERT)?.insert(values))
}

/// Writes what changed in an execution and returns the id of its skill.
pub(super) fn update(tx: &Tx<'_>, old: &Execution, new: &Execution) -> Result<i64> {
    let outcome = Outcome::number(new.outcome);
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
    tx.query_row(&sql, params_from_iter(values), |row| row.get(0))
}

/// Returns the executions of a skill at a time.
pub(super) fn at_time(tx: &Tx<'_>, skill: &str, at: Timestamp) -> Result<Vec<Execution>> {
    let sql = format!(
        "{} WHERE execution.skill = (SELECT id FROM skill WHERE name = ?) AND at = ? AND {VISIBLE}
         ORDER BY execution.id",
        *SELECT
    );
    tx.query_all(&sql, (skill, at.micros()), read)
}

pub(super) fn by_id(tx: &Tx<'_>, id: i64) -> Result<Option<Execution>> {
    let sql = format!("{} WHERE execution.id = ? AND {VISIBLE}", *SELECT);
    tx.query_optional(&sql, [id], read)
}

/// Calls `each` with executions, until it returns `false`.
pub(super) fn each(
    tx: &Tx<'_>,
    filter: &Filter,
    order: Order,
    mut each: impl FnMut(Execution) -> bool,
) -> Result<()> {
    let order = match order {
        Order::OldestFirst => "ORDER BY at, execution.id",
        Order::NewestFirst => "ORDER BY at DESC, execution.id DESC",
    };
    each_row(tx, &SELECT, filter, order, |row| Ok(each(read(row)?)))
}

/// Calls `each` with the rows of a query of executions that match a filter, until it returns `false`.
pub(super) fn each_row(
    tx: &Tx<'_>,
    select: &str,
    filter: &Filter,
    order: &str,
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
) -> Result<()> {
    let conditions = [
        (
            "execution.skill = (SELECT id FROM skill WHERE name = ?)",
            filter.skill.clone().map(Value::from),
        ),
        ("session = ?", filter.session.clone().map(Value::from)),
        (
            "outcome = ?",
            filter.outcome.map(|outcome| Outcome::number(outcome).into()),
        ),
        ("at >= ?", filter.since.map(|time| time.micros().into())),
        ("at < ?", filter.until.map(|time| time.micros().into())),
    ];
    let (mut sql, mut values) = (format!("{select} WHERE {VISIBLE}"), Vec::new());
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(&format!(" AND {condition}"));
            values.push(value);
        }
    }
    sql.push_str(&format!(" {order} LIMIT ?"));
    let limit = filter.limit.and_then(|limit| i64::try_from(limit).ok());
    values.push(limit.unwrap_or(-1).into());
    tx.each_row(&sql, params_from_iter(values), each)
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
