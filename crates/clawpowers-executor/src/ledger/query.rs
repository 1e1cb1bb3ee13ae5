//! Reading and writing rows of executions.

use super::execution::{Details, Execution, New, OPEN, Outcome};
use crate::db::{Tx, Unreadable};
use crate::error::Result;
use crate::timestamp::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

/// Which executions are meant; every field narrows.
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

const COLUMNS: &str = "execution.id, skill.name, outcome, at, execution.duration, execution.cost, execution.tokens_in,
    execution.tokens_out, notes, session, agent, model, tier, project, skill_version, skill_digest, source, uid, extra";

/// The condition that an execution counts: no import that has not ended inserted it. While there is no such import it
/// compares one number.
pub(super) const COUNTS: &str = "(execution.id < (SELECT ifnull(min(first), 9223372036854775807) FROM staged)
    OR ifnull((SELECT last FROM staged WHERE first <= execution.id ORDER BY first DESC LIMIT 1), execution.id - 1)
        < execution.id)";

/// Inserts an execution and returns its number.
pub(super) fn insert(connection: &Connection, skill: i64, execution: &Execution) -> rusqlite::Result<i64> {
    let details = &execution.details;
    let mut statement = connection.prepare_cached(
        // The id of a deleted execution is not given to another one.
        "INSERT INTO execution (id, skill, outcome, at, duration, cost, tokens_in, tokens_out, notes, session, agent, model,
             tier, project, skill_version, skill_digest, source, uid, extra)
         VALUES ((SELECT max(id) + 1 FROM deleted WHERE id >= ifnull((SELECT max(id) FROM execution), 0)),
             ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    statement.insert(rusqlite::params![
        skill,
        execution.outcome.map_or(OPEN, Outcome::number),
        execution.at.micros(),
        execution.duration,
        execution.cost,
        execution.tokens_in,
        execution.tokens_out,
        set(&execution.notes),
        set(&details.session),
        set(&details.agent),
        set(&details.model),
        set(&details.tier),
        set(&details.project),
        set(&details.skill_version),
        set(&details.skill_digest),
        set(&details.source),
        execution.uid,
        execution.extra,
    ])
}

/// Returns the executions of a skill at a time.
pub(super) fn at_time(tx: &Tx<'_>, skill: &str, at: Timestamp) -> Result<Vec<Execution>> {
    tx.run(|connection| {
        let sql = format!(
            "SELECT {COLUMNS} FROM execution JOIN skill ON skill.id = execution.skill
             WHERE execution.skill = (SELECT id FROM skill WHERE name = ?) AND at = ? AND {COUNTS}
             ORDER BY execution.id"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map((skill, at.micros()), read)?;
        rows.collect()
    })
}

pub(super) fn by_id(tx: &Tx<'_>, id: i64) -> Result<Option<Execution>> {
    tx.run(|connection| {
        let sql = format!(
            "SELECT {COLUMNS} FROM execution JOIN skill ON skill.id = execution.skill
             WHERE execution.id = ? AND {COUNTS}"
        );
        connection.prepare_cached(&sql)?.query_row([id], read).optional()
    })
}

/// An empty text counts as absent.
fn set(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Hands over executions with everything that is known of them, until `each` answers `false`.
pub(super) fn each(
    tx: &Tx<'_>,
    filter: &Filter,
    order: Order,
    mut each: impl FnMut(Execution) -> bool,
) -> Result<()> {
    let from = "execution JOIN skill ON skill.id = execution.skill";
    walk(tx, filter, from, Some(order), COLUMNS, |row| Ok(each(read(row)?)))
}

/// Hands over the figures of executions alone, with the row of their skill, in no order: to sort many takes longer than
/// to read them.
pub(super) fn each_figure(
    tx: &Tx<'_>,
    filter: &Filter,
    mut each: impl FnMut(i64, Execution) -> Result<()>,
) -> Result<()> {
    const FIGURES: &str = "execution.id, execution.skill, outcome, at, execution.duration, execution.cost,
        execution.tokens_in, execution.tokens_out";
    let mut failure = None;
    walk(tx, filter, "execution", None, FIGURES, |row| {
        let at = Timestamp::from_micros(row.get(3)?);
        let new = New {
            duration: row.get(4)?,
            cost: row.get(5)?,
            tokens_in: row.get(6)?,
            tokens_out: row.get(7)?,
            ..New::default()
        };
        let outcome = Outcome::from_number(row.get(2)?);
        failure = each(row.get(1)?, new.execution(outcome, at)).err();
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
        duration: row.get(4)?,
        cost: row.get(5)?,
        tokens_in: row.get(6)?,
        tokens_out: row.get(7)?,
        notes: row.get(8)?,
        details: Details {
            session: row.get(9)?,
            agent: row.get(10)?,
            model: row.get(11)?,
            tier: row.get(12)?,
            project: row.get(13)?,
            skill_version: row.get(14)?,
            skill_digest: row.get(15)?,
            source: row.get(16)?,
        },
        uid: row.get(17)?,
        extra: row.get(18)?,
    })
}
