//! Entries and checkpoints as lines of JSON, with everything that another home needs.

use super::Memory;
use super::checkpoint::Checkpoint;
use super::entry::{Entry, Example, Relation};
use super::row::{COLUMNS, read};
use super::vector::ModelVector;
use crate::db::Tx;
use crate::error::Result;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An entry as a line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EntryLine {
    pub(super) uid: String,
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    pub(super) content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    pub(super) importance: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) skill: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tool: Option<String>,
    pub(super) source: String,
    pub(super) confirmed: bool,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) used_at: String,
    pub(super) uses: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) examples: Vec<ExampleLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<String>,
    pub(super) revision: i64,
    /// Whether equal entries are merged with it.
    pub(super) merges: bool,
    /// The uid of the entry that supersedes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) superseded_by: Option<String>,
    /// The links that start at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<LinkLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vector: Option<VectorLine>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExampleLine {
    pub(super) content: String,
    pub(super) at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LinkLine {
    pub(super) relation: String,
    /// The uid of the entry that it leads to.
    pub(super) target: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VectorLine {
    pub(super) model: String,
    pub(super) numbers: Vec<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CheckpointLine {
    pub(super) checkpoint: CheckpointFields,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CheckpointFields {
    pub(super) task: String,
    pub(super) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) goal: Option<String>,
    pub(super) saved_at: String,
}

/// How much [`Memory::export`] has written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// The number of lines that are entries.
    pub entries: usize,
    /// The number of lines that are states of tasks.
    pub checkpoints: usize,
}

impl Memory<'_> {
    /// Calls `write` with each entry as a line of JSON without its newline, in the order of their ids, until it returns
    /// `false`. With `checkpoints`, the states of tasks follow, in the order of the tasks. [`Memory::import`] reads the
    /// lines.
    ///
    /// # Errors
    ///
    /// A row that cannot be read is skipped, and the error comes after all others.
    pub fn export(&mut self, checkpoints: bool, mut write: impl FnMut(&str) -> bool) -> Result<Exported> {
        let mut done = Exported::default();
        let home = self.db.home_id()?;
        let export = |tx: &Tx<'_>| {
            let sql =
                "SELECT origin, relation, uid, target FROM memory_link JOIN memory ON memory.id = target
                       ORDER BY origin, target, relation";
            let links: Vec<(i64, i64, Option<String>, i64)> = tx.query_all(sql, (), |row| row.try_into())?;
            let mut links_of: HashMap<i64, Vec<LinkLine>> = HashMap::new();
            let mut superseded_by: HashMap<i64, i64> = HashMap::new();
            for (origin, relation, uid, target) in links {
                let Some(relation) = Relation::from_number(relation) else {
                    continue;
                };
                if relation == Relation::Supersedes {
                    superseded_by.insert(target, origin);
                }
                links_of.entry(origin).or_default().push(LinkLine {
                    relation: relation.as_str().to_owned(),
                    target: uid.unwrap_or_else(|| own_uid(&home, target)),
                });
            }
            let mut is_open = true;
            let sql = format!(
                "SELECT {COLUMNS}, memory.merges AS is_merged, (SELECT uid FROM memory AS other
                     WHERE other.id = memory.superseded) AS successor,
                     (SELECT data FROM memory_vector WHERE memory = memory.id) AS vector
                 FROM memory ORDER BY memory.id"
            );
            let rows = tx.each_row(&sql, (), |row| {
                let entry = read(row)?;
                let successor: Option<String> = row.get("successor")?;
                let by = superseded_by.get(&entry.id).copied().or(entry.superseded_by);
                let by = by.map(|id| successor.unwrap_or_else(|| own_uid(&home, id)));
                let links = links_of.remove(&entry.id).unwrap_or_default();
                let vector: Option<Vec<u8>> = row.get("vector")?;
                let vector = vector.zip(entry.vector_model.as_deref());
                let vector = vector.and_then(|(data, model)| ModelVector::stored(model, &data));
                let line = EntryLine {
                    vector: vector.as_ref().map(VectorLine::of),
                    ..EntryLine::of(entry, row.get("is_merged")?, by, links)
                };
                done.entries += 1;
                is_open = write(&serde_json::to_string(&line).unwrap_or_default());
                Ok(is_open)
            });
            if !checkpoints || !is_open {
                return rows;
            }
            let sql = "SELECT task, state, status, goal, saved FROM checkpoint ORDER BY task";
            let states = tx.each_row(sql, (), |row| {
                let line = CheckpointLine::of(super::checkpoint::read(row)?);
                done.checkpoints += 1;
                Ok(write(&serde_json::to_string(&line).unwrap_or_default()))
            });
            rows.and(states)
        };
        self.read(export, || Ok(()))?;
        Ok(done)
    }
}

/// Returns the uid of an entry that was created in a home.
pub(super) fn own_uid(home: &str, id: i64) -> String {
    format!("{home}-m{id}")
}

impl EntryLine {
    fn of(entry: Entry, merges: bool, superseded_by: Option<String>, links: Vec<LinkLine>) -> Self {
        let example = |example: Example| ExampleLine {
            content: example.content,
            at: Timestamp::from_micros(example.at).to_string(),
            session: example.session,
        };
        Self {
            uid: entry.uid,
            kind: entry.kind.as_str().to_owned(),
            title: entry.title,
            content: entry.content,
            tags: entry.tags,
            importance: entry.importance,
            project: entry.project,
            session: entry.session,
            skill: entry.skill,
            tool: entry.tool,
            source: entry.source.as_str().to_owned(),
            confirmed: entry.confirmed,
            created_at: entry.created_at.to_string(),
            updated_at: entry.updated_at.to_string(),
            used_at: entry.used_at.to_string(),
            uses: entry.uses,
            examples: entry.examples.into_iter().map(example).collect(),
            expires_at: entry.expires_at.map(|at| at.to_string()),
            revision: entry.revision,
            merges,
            superseded_by,
            links,
            vector: None,
        }
    }
}

impl VectorLine {
    fn of(vector: &ModelVector) -> Self {
        // The shortest decimals that are read as the same 32-bit floats.
        let number = |number: &f32| number.to_string().parse().unwrap_or_default();
        Self {
            model: vector.model().to_owned(),
            numbers: vector.numbers().iter().map(number).collect(),
        }
    }
}

impl CheckpointLine {
    fn of(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint: CheckpointFields {
                task: checkpoint.task,
                state: checkpoint.state,
                status: checkpoint.status,
                goal: checkpoint.goal,
                saved_at: checkpoint.saved_at.to_string(),
            },
        }
    }
}
