//! Finds entries: by their text, or by their fields alone.

use super::Memory;
use super::entry::{Entry, Kind, check_importance};
use super::row::{COLUMNS, read, text};
use super::vector::{Allowed, ModelVector, nearest};
use super::write::folded;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use clawpowers_text::{COMPARED, Facts, Fingerprint, Index, List, Newest, Query, Reason, Weights};
use rusqlite::types::Value;
use rusqlite::{ToSql, params, params_from_iter};
use std::collections::HashSet;

/// The microseconds of a day.
const DAY: f64 = 86_400e6;

/// Selects entries; one matches if it meets every condition.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one of these kinds; empty is any.
    pub kinds: Vec<Kind>,
    /// With all of these tags; case does not matter.
    pub tags: Vec<String>,
    /// Of this project, or of none.
    pub project: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// About this skill.
    pub skill: Option<String>,
    /// At least this important.
    pub min_importance: Option<f64>,
    /// Created at this time or later.
    pub since: Option<Timestamp>,
    /// Created before this time.
    pub until: Option<Timestamp>,
    /// Whether superseded and expired entries match, too.
    pub all: bool,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The most important first, and those of equal importance by the time of their last use.
    MostImportant,
    /// The last created first.
    Newest,
}

/// An entry that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// Compares the hits of one search.
    pub score: f64,
    /// The factor for importance and age in the score.
    pub prior: f64,
    /// Why it was found.
    pub reasons: Vec<Reason>,
    /// The words of the query that its title, its tags, and its content or `example` contain.
    pub words: Vec<String>,
    /// The merged content that contains more of them than the content.
    pub example: Option<String>,
}

impl Filter {
    /// Checks the values, which needs no database.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value that is not valid.
    pub fn check(&self) -> Result<()> {
        self.min_importance.map_or(Ok(()), check_importance)
    }
}

impl Memory<'_> {
    /// Finds entries by their text, and by their vectors if one is given; the best come first. If there is neither a
    /// word nor a vector, the most important entries that match the filter are returned.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for an invalid filter, and for a vector of a model that no entry has a vector of (unless none has
    /// any) or of another dimension than those of its model.
    pub fn search(
        &mut self,
        query: &str,
        vector: Option<&ModelVector>,
        filter: &Filter,
        weights: &Weights,
        limit: usize,
    ) -> Result<Vec<Found>> {
        let query = Query::parse(query);
        let mut filter = filter.clone();
        filter.tags.extend(query.tags.iter().cloned());
        for kind in &query.kinds {
            filter.kinds.push(Kind::parse(kind)?);
        }
        let mut conditions = Conditions::of(&filter)?;
        let has_words = query.expression().is_some();
        if let Some(without) = query.exclusion().filter(|_| !has_words) {
            let sql = "memory.id NOT IN (SELECT rowid FROM memory_text WHERE memory_text MATCH ?)";
            conditions.add(sql, Value::Text(without));
        }
        if !has_words && vector.is_none() {
            let entries = self.entries(&conditions, Order::MostImportant, limit)?;
            let found = |entry| Found {
                entry,
                score: 0.0,
                prior: 0.0,
                reasons: Vec::new(),
                words: Vec::new(),
                example: None,
            };
            return Ok(entries.into_iter().map(found).collect());
        }
        let read = |tx: &Tx<'_>| {
            let mut index = Table {
                tx,
                conditions,
                vector,
                weights,
                now: Timestamp::now(),
            };
            let hits = clawpowers_text::search(&mut index, &query, weights, limit)?;
            let sql = format!("SELECT {COLUMNS} FROM memory WHERE id = ?");
            let found = hits.into_iter().map(|hit| {
                let entry = tx.query_row(&sql, [hit.id], super::row::read)?;
                let (words, example) = matched(&query, &entry);
                Ok(Found {
                    entry,
                    score: hit.score,
                    prior: hit.prior,
                    reasons: hit.reasons,
                    words,
                    example,
                })
            });
            found.collect()
        };
        self.read(read, || Ok(Vec::new()))
    }

    /// Returns the entries that match a filter.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a filter that is not valid.
    pub fn list(&mut self, filter: &Filter, order: Order, limit: usize) -> Result<Vec<Entry>> {
        self.entries(&Conditions::of(filter)?, order, limit)
    }

    fn entries(&mut self, conditions: &Conditions, order: Order, limit: usize) -> Result<Vec<Entry>> {
        let order = match order {
            Order::MostImportant => "importance DESC, used DESC, id DESC",
            Order::Newest => "created DESC, id DESC",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM memory WHERE {} ORDER BY {order} LIMIT {}",
            conditions.sql,
            limit.min(i64::MAX as usize)
        );
        let values = &conditions.values;
        self.read(
            |tx| tx.query_all(&sql, params_from_iter(values), read),
            || Ok(Vec::new()),
        )
    }
}

/// Returns the words of a query that an entry contains, and the merged content that has more of them than the content.
fn matched(query: &Query, entry: &Entry) -> (Vec<String>, Option<String>) {
    let title = entry.title.as_deref().unwrap_or_default();
    let tags = entry.tags.join(" ");
    let words = |content: &str| query.matched(&format!("{title} {content} {tags}"));
    let (mut best, mut example) = (words(&entry.content), None);
    for one in &entry.examples {
        let words = words(&one.content);
        if words.len() > best.len() {
            (best, example) = (words, Some(one.content.clone()));
        }
    }
    (best, example)
}

/// A filter as a condition on the table `memory`.
#[derive(Debug)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn of(filter: &Filter) -> Result<Self> {
        filter.check()?;
        let mut all = Self {
            sql: String::from("1"),
            values: Vec::new(),
        };
        if !filter.all {
            all.sql.push_str(" AND memory.superseded IS NULL");
            let now = Value::Integer(Timestamp::now().micros());
            all.add("(memory.expires IS NULL OR memory.expires > ?)", now);
        }
        if !filter.kinds.is_empty() {
            let numbers: Vec<_> = filter
                .kinds
                .iter()
                .map(|kind| kind.number().to_string())
                .collect();
            all.sql
                .push_str(&format!(" AND memory.kind IN ({})", numbers.join(", ")));
        }
        for tag in folded(&filter.tags) {
            let sql = "EXISTS (SELECT 1 FROM memory_tag WHERE tag = ? AND memory_tag.memory = memory.id)";
            all.add(sql, Value::Text(tag));
        }
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let time = |value: Option<Timestamp>| value.map(|time| Value::Integer(time.micros()));
        for (sql, value) in [
            (
                "(memory.project IS NULL OR memory.project = ?)",
                text(&filter.project),
            ),
            ("memory.session = ?", text(&filter.session)),
            ("memory.skill = ?", text(&filter.skill)),
            ("memory.importance >= ?", filter.min_importance.map(Value::Real)),
            ("memory.created >= ?", time(filter.since)),
            ("memory.created < ?", time(filter.until)),
        ] {
            if let Some(value) = value {
                all.add(sql, value);
            }
        }
        Ok(all)
    }

    fn add(&mut self, sql: &str, value: Value) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.push(value);
    }
}

/// The entries that match a filter, as an index.
struct Table<'a> {
    tx: &'a Tx<'a>,
    conditions: Conditions,
    vector: Option<&'a ModelVector>,
    weights: &'a Weights,
    now: Timestamp,
}

impl Table<'_> {
    /// Runs a query whose first parameters are `values`, followed by those of the filter.
    fn ids(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<i64>> {
        let filter = self.conditions.values.iter().map(|value| -> &dyn ToSql { value });
        let values = params_from_iter(values.iter().copied().chain(filter));
        self.tx.query_all(sql, values, |row| row.get(0))
    }
}

impl Index for Table<'_> {
    type Id = i64;
    type Error = Error;

    fn same(&mut self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT id FROM memory WHERE fingerprint = ? AND {} ORDER BY used DESC, id DESC LIMIT {limit}",
            self.conditions.sql
        );
        self.ids(&sql, &[&fingerprint.0.as_slice()])
    }

    fn size(&mut self) -> Result<usize> {
        let sql = "SELECT coalesce(max(id), 0) FROM memory";
        let last: i64 = self.tx.query_row(sql, (), |row| row.get(0))?;
        Ok(usize::try_from(last).unwrap_or_default())
    }

    fn newest(&mut self, expression: &str, limit: usize) -> Result<Newest<i64>> {
        let sql = "SELECT count(*), min(rowid) FROM (
                       SELECT rowid FROM memory_text WHERE memory_text MATCH ? ORDER BY rowid DESC LIMIT ?)";
        let values = (expression, limit as i64);
        let (counted, last): (usize, Option<i64>) = self.tx.query_row(sql, values, |row| row.try_into())?;
        let size = self.size()?;
        let estimate = match last.and_then(|last| usize::try_from(last).ok()) {
            // Those before them are about as dense.
            Some(last) if counted >= limit => {
                let share = size as f64 / (size.saturating_sub(last) as f64 + 1.0);
                (counted as f64 * share) as usize
            }
            _ => counted,
        };
        Ok(Newest {
            counted,
            last,
            estimate: estimate.max(counted),
        })
    }

    fn matches(&mut self, list: &List<i64>, limit: usize) -> Result<Vec<i64>> {
        let rank = list.weights.map(|weights| {
            let weights = weights.map(|weight| weight.to_string());
            format!("bm25({})", weights.join(", "))
        });
        let since = list.since.unwrap_or(i64::MIN);
        let (ranked, order) = match rank {
            Some(_) => ("AND memory_text.rank MATCH ?", "memory_text.rank"),
            None => ("", "memory_text.rowid DESC"),
        };
        let sql = format!(
            "SELECT memory.id FROM memory_text JOIN memory ON memory.id = memory_text.rowid
             WHERE memory_text MATCH ? AND memory_text.rowid >= ? {ranked} AND {}
             ORDER BY {order} LIMIT {limit}",
            self.conditions.sql
        );
        match &rank {
            Some(rank) => self.ids(&sql, &[&list.expression, &since, rank]),
            None => self.ids(&sql, &[&list.expression, &since]),
        }
    }

    fn nearest(&mut self, query: &Query, limit: usize) -> Result<Vec<(i64, f64)>> {
        let Some(wanted) = self.vector else {
            return Ok(Vec::new());
        };
        let ids = |expression: Option<String>| {
            let sql = "SELECT rowid FROM memory_text WHERE memory_text MATCH ?";
            let ids = |expression| self.tx.query_all(sql, [expression], |row| row.get(0));
            expression.map(ids).transpose()
        };
        let with: Option<HashSet<i64>> = ids(query.requirement())?;
        let without: Option<HashSet<i64>> = ids(query.exclusion())?;
        let admits = |id| {
            with.as_ref().is_none_or(|ids| ids.contains(&id))
                && !without.as_ref().is_some_and(|ids| ids.contains(&id))
        };
        let allowed = Allowed {
            sql: &self.conditions.sql,
            values: &self.conditions.values,
            admits: &admits,
        };
        nearest(self.tx, wanted, &allowed, limit)
    }

    fn text(&mut self, id: i64) -> Result<String> {
        let sql = "SELECT substr(title || char(10) || body, 1, ?2) FROM memory WHERE id = ?1";
        self.tx
            .query_row(sql, params![id, COMPARED as i64], |row| text(row, 0))
    }

    fn facts(&mut self, id: i64) -> Result<Facts> {
        let sql = "SELECT importance, used, kind FROM memory WHERE id = ?";
        self.tx.query_row(sql, [id], |row| {
            let age = (self.now.micros() - row.get::<_, i64>(1)?) as f64 / DAY;
            let kind = usize::try_from(row.get::<_, i64>(2)?).ok();
            let half_life = kind.and_then(|kind| self.weights.half_lives.get(kind));
            Ok(Facts {
                importance: row.get(0)?,
                age,
                half_life: half_life.copied().unwrap_or_default(),
            })
        })
    }
}
