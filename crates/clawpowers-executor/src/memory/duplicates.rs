//! Entries that nearly say the same.

use super::Memory;
use super::entry::Entry;
use super::row::{by_id, optional, text};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use clawpowers_text::{Near, NearPair, mask, only_in};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// How many characters of a content are compared.
const COMPARED: usize = 4096;

/// An entry, and others that nearly say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateGroup {
    /// The one to keep: confirmed before not confirmed, then the most used, the most important, the latest.
    pub keep: Entry,
    /// The others, the most alike first.
    pub others: Vec<Duplicate>,
}

/// An entry that nearly says the same as another.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The entry.
    pub entry: Entry,
    /// The share of the words of both that is in both, from 0 to 1.
    pub shared: f64,
    /// Words that only this one has.
    pub only_here: Vec<String>,
    /// Words that only the one to keep has.
    pub only_in_keep: Vec<String>,
}

/// What [`Memory::duplicates`] found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duplicates {
    /// The groups with the most alike entries first.
    pub groups: Vec<DuplicateGroup>,
    /// How many groups there are.
    pub found: usize,
    /// How many entries were compared.
    pub compared: usize,
    /// Whether some entries have so many others with the same rare words that they were not compared with all of them.
    pub bounded: bool,
}

/// What decides which entry of a group is kept, and what is compared.
struct Row {
    id: i64,
    fingerprint: Vec<u8>,
    project: Option<String>,
    confirmed: bool,
    uses: i64,
    importance: f64,
}

impl Memory<'_> {
    /// Proposes groups of entries that share at least `least` of their words, but have different fingerprints; nothing is
    /// changed. Superseded and expired entries, linked ones, and those of different projects are not compared with each other.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a share that is not above 0 and at most 1.
    pub fn duplicates(&mut self, project: Option<&str>, least: f64, limit: usize) -> Result<Duplicates> {
        check_shared(least)?;
        self.read(|tx| find(tx, project, least, limit), || Ok(Duplicates::default()))
    }
}

/// Checks a share of words, which is above 0 and at most 1.
///
/// # Errors
///
/// `ErrorKind::Invalid` for any other number.
pub fn check_shared(least: f64) -> Result<()> {
    if least > 0.0 && least <= 1.0 {
        return Ok(());
    }
    Err(Error::invalid(
        format!("the share `{least}` is not above 0 and at most 1"),
        "use a number such as 0.6",
    ))
}

fn find(tx: &Tx<'_>, project: Option<&str>, least: f64, limit: usize) -> Result<Duplicates> {
    let sql = format!(
        "SELECT id, fingerprint, project, confirmed, uses, importance, title, substr(masked, 1, {COMPARED}) FROM memory
         WHERE superseded IS NULL AND (expires IS NULL OR expires > ?1)
             AND (?2 IS NULL OR project IS NULL OR project = ?2)
         ORDER BY id"
    );
    let mut near = Near::default();
    let now = Timestamp::now().micros();
    let rows: Vec<Row> = tx.query_all(&sql, (now, project), |row| {
        let (title, body) = (text(row, 6)?, text(row, 7)?);
        match title.is_empty() {
            true => near.add(&body),
            false => near.add(&format!("{} {body}", mask(&title).text)),
        }
        Ok(Row {
            id: row.get(0)?,
            fingerprint: row.get(1)?,
            project: optional(row, 2)?,
            confirmed: row.get(3)?,
            uses: row.get(4)?,
            importance: row.get(5)?,
        })
    })?;
    let links: Vec<(i64, i64)> =
        tx.query_all("SELECT origin, target FROM memory_link", (), |row| row.try_into())?;
    let links: HashSet<(i64, i64)> = links.into_iter().collect();
    let wanted = |first: usize, second: usize| {
        let (Some(first), Some(second)) = (rows.get(first), rows.get(second)) else {
            return false;
        };
        let same_project =
            first.project == second.project || first.project.is_none() || second.project.is_none();
        let linked = links.contains(&(first.id, second.id)) || links.contains(&(second.id, first.id));
        same_project && !linked && first.fingerprint != second.fingerprint
    };
    let pairs = near.pairs(least, wanted);
    let mut groups = grouped(&rows, &pairs.pairs);
    groups.sort_by(|a, b| most(b).total_cmp(&most(a)));
    let found = groups.len();
    groups.truncate(limit);
    let groups: Result<_> = groups.into_iter().map(|group| read(tx, group)).collect();
    Ok(Duplicates {
        groups: groups?,
        found,
        compared: rows.len(),
        bounded: pairs.bounded,
    })
}

/// The ids of a group: the entry to keep, and the others with their shares.
type Ids = (i64, Vec<(i64, f64)>);

fn most((_, others): &Ids) -> f64 {
    others.iter().map(|(_, shared)| *shared).fold(0.0, f64::max)
}

/// Groups each entry with the best one that it is alike, so that all of a group are alike the one to keep.
fn grouped(rows: &[Row], pairs: &[NearPair]) -> Vec<Ids> {
    let mut alike: HashMap<usize, Vec<(usize, f64)>> = HashMap::new();
    for pair in pairs {
        alike
            .entry(pair.first)
            .or_default()
            .push((pair.second, pair.shared));
        alike
            .entry(pair.second)
            .or_default()
            .push((pair.first, pair.shared));
    }
    let mut best: Vec<usize> = alike.keys().copied().collect();
    best.sort_by(|a, b| {
        let key = |index: &usize| {
            let row = rows.get(*index);
            row.map(|row| (Reverse(row.confirmed), Reverse(row.uses)))
        };
        let importance = |index: &usize| rows.get(*index).map_or(0.0, |row| row.importance);
        let by_importance = importance(b).total_cmp(&importance(a));
        key(a).cmp(&key(b)).then(by_importance).then(b.cmp(a))
    });
    let mut taken: HashSet<usize> = HashSet::new();
    let mut groups = Vec::new();
    let id = |index: usize| rows.get(index).map_or(0, |row| row.id);
    for keep in best {
        if !taken.insert(keep) {
            continue;
        }
        let others = alike.get(&keep).into_iter().flatten();
        let others: Vec<(i64, f64)> = others
            .filter(|(other, _)| taken.insert(*other))
            .map(|(other, shared)| (id(*other), *shared))
            .collect();
        if !others.is_empty() {
            groups.push((id(keep), others));
        }
    }
    groups
}

fn read(tx: &Tx<'_>, (keep, others): Ids) -> Result<DuplicateGroup> {
    let masked = |entry: &Entry| {
        let title = entry.title.as_deref().unwrap_or_default();
        mask(&format!("{title}\n{}", entry.content)).text
    };
    let keep = by_id(tx, keep)?;
    let kept = masked(&keep);
    let duplicate = |(id, shared)| {
        let entry = by_id(tx, id)?;
        let own = masked(&entry);
        Ok(Duplicate {
            only_here: only_in(&own, &kept),
            only_in_keep: only_in(&kept, &own),
            entry,
            shared,
        })
    };
    let others: Result<_> = others.into_iter().map(duplicate).collect();
    Ok(DuplicateGroup {
        others: others?,
        keep,
    })
}
