//! Counts of what is remembered.

use super::Memory;
use super::entry::{Kind, Source};
use super::row::optional;
use crate::db::Tx;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Counts of entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// All entries.
    pub entries: u64,
    /// Those of each kind, in the order of [`Kind::ALL`].
    pub kinds: Vec<(Kind, u64)>,
    /// Those of each source, in the order of [`Source::ALL`].
    pub sources: Vec<(Source, u64)>,
    /// Those of each project, the largest first; `None` is those without a project.
    pub projects: Vec<(Option<String>, u64)>,
    /// Those that are not confirmed.
    pub unconfirmed: u64,
    /// Those that are replaced.
    pub superseded: u64,
    /// Those that are expired.
    pub expired: u64,
    /// Those that others were merged with.
    pub merged: u64,
    /// How often entries were created, merged ones included.
    pub uses: u64,
    /// The bytes of titles, contents and examples.
    pub bytes: u64,
    /// Those with a vector.
    pub vectors: u64,
    /// The links between entries of all projects.
    pub links: u64,
    /// The tasks with a saved state.
    pub checkpoints: u64,
    /// When the first one was created.
    pub oldest: Option<Timestamp>,
    /// When the last one was created.
    pub newest: Option<Timestamp>,
}

impl Stats {
    /// Returns the counts of a home without entries.
    #[must_use]
    pub fn none() -> Self {
        Self {
            kinds: Kind::ALL.iter().map(|kind| (*kind, 0)).collect(),
            sources: Source::ALL.iter().map(|source| (*source, 0)).collect(),
            ..Self::default()
        }
    }
}

impl Memory<'_> {
    /// Counts entries: those of a project and of none, or all.
    pub fn stats(&mut self, project: Option<&str>) -> Result<Stats> {
        let now = Timestamp::now();
        self.read(|tx| stats(tx, project, now), || Ok(Stats::none()))
    }
}

fn stats(tx: &Tx<'_>, project: Option<&str>, now: Timestamp) -> Result<Stats> {
    let of_project = "(?1 IS NULL OR project IS NULL OR project = ?1)";
    let grouped = |column: &str| -> Result<Vec<(i64, u64)>> {
        let sql = format!("SELECT {column}, count(*) FROM memory WHERE {of_project} GROUP BY 1");
        tx.query_all(&sql, [project], |row| row.try_into())
    };
    let (kinds, sources) = (grouped("kind")?, grouped("source")?);
    let sql = format!(
        "SELECT project, count(*) FROM memory WHERE {of_project} GROUP BY 1 ORDER BY 2 DESC, project IS NOT NULL, project"
    );
    let projects = tx.query_all(&sql, [project], |row| Ok((optional(row, 0)?, row.get(1)?)))?;
    let sql = format!(
        "SELECT count(*), total(confirmed = 0), total(superseded IS NOT NULL), total(expires <= ?2), total(uses > 1),
                total(uses), total(octet_length(title) + octet_length(body) + coalesce(octet_length(examples), 0)),
                min(created), max(created),
                total(EXISTS (SELECT 1 FROM memory_vector WHERE memory_vector.memory = memory.id)),
                (SELECT count(*) FROM memory_link), (SELECT count(*) FROM checkpoint)
         FROM memory WHERE {of_project}"
    );
    tx.query_row(&sql, (project, now.micros()), |row| {
        let total = |index| row.get(index).map(|sum: f64| sum as u64);
        let time = |index| {
            row.get(index)
                .map(|time: Option<i64>| time.map(Timestamp::from_micros))
        };
        Ok(Stats {
            entries: row.get(0)?,
            kinds: counts(Kind::ALL, &kinds, |number| {
                Kind::from_number(number).unwrap_or(Kind::Semantic)
            }),
            sources: counts(Source::ALL, &sources, |number| {
                Source::from_number(number).unwrap_or(Source::Import)
            }),
            projects,
            unconfirmed: total(1)?,
            superseded: total(2)?,
            expired: total(3)?,
            merged: total(4)?,
            uses: total(5)?,
            bytes: total(6)?,
            oldest: time(7)?,
            newest: time(8)?,
            vectors: total(9)?,
            links: row.get(10)?,
            checkpoints: row.get(11)?,
        })
    })
}

/// Returns how many rows have each value; `value` reads a number that no release writes as other reads do.
fn counts<T: Copy + PartialEq>(all: &[T], rows: &[(i64, u64)], value: impl Fn(i64) -> T) -> Vec<(T, u64)> {
    let count = |one: T| {
        rows.iter()
            .filter(|(number, _)| value(*number) == one)
            .map(|(_, count)| count)
            .sum()
    };
    all.iter().map(|one| (*one, count(*one))).collect()
}
