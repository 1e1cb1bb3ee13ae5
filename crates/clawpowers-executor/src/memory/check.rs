//! Checks entries: their index, their links, and values that no release writes.

use super::entry::{Kind, NewEntry, Relation, Source};
use super::equal::equal;
use super::row::{COLUMNS, Derived, read, split};
use super::write::folded;
use crate::check::{Checked, LISTED};
use crate::db::{Db, Tx};
use crate::error::Result;
use rusqlite::ErrorCode;
use rusqlite::types::ValueRef;
use std::collections::{BTreeSet, HashMap};

impl Checked {
    /// Adds a problem of some entries or tasks.
    fn add(&mut self, names: &[String], what: &str) {
        let shown = names.iter().take(LISTED);
        self.problems.extend(shown.map(|name| format!("{name} {what}")));
        if let Some(more) = names.len().checked_sub(LISTED).filter(|more| *more > 0) {
            self.problems.push(format!("and {more} more"));
        }
    }
}

/// Checks links and values; with `deep`, also the index of words, tags and merged contents, which reads every entry.
pub(crate) fn check(db: &mut Db, deep: bool) -> Result<Checked> {
    let mut found = Checked::default();
    if !db.has_memory()? {
        return Ok(found);
    }
    if deep && !db.is_read_only() && !index_matches(db)? {
        let problem = "the index of words does not match the entries";
        found.problems.push(problem.to_owned());
    }
    db.read(|tx| {
        values(tx, &mut found)?;
        links(tx, &mut found)?;
        if deep {
            texts(tx, &mut found)?;
            merged(tx, &mut found)?;
        }
        Ok(())
    })?;
    Ok(found)
}

/// Compares the index with the table. SQLite's own check does not do that for a table whose content is elsewhere.
fn index_matches(db: &Db) -> Result<bool> {
    db.run(|connection| {
        let sql = "INSERT INTO memory_text (memory_text, rank) VALUES ('integrity-check', 1)";
        match connection.execute(sql, ()) {
            Ok(_) => Ok(true),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Ok(false),
            Err(error) => Err(error),
        }
    })
}

fn values(tx: &Tx<'_>, found: &mut Checked) -> Result<()> {
    let last = |values: usize| i64::try_from(values).unwrap_or(i64::MAX) - 1;
    for (condition, what) in [
        (
            format!("kind NOT BETWEEN 0 AND {}", last(Kind::ALL.len())),
            "has an unknown kind",
        ),
        (
            format!("source NOT BETWEEN 0 AND {}", last(Source::ALL.len())),
            "has an unknown source",
        ),
        (
            "importance NOT BETWEEN 0 AND 1".to_owned(),
            "has an importance that is not between 0 and 1",
        ),
        ("uses < 1".to_owned(), "has `uses` below 1"),
        (
            "superseded NOT IN (SELECT id FROM memory)".to_owned(),
            "is superseded by an entry that does not exist",
        ),
        (
            "superseded IS NULL AND id IN (SELECT target FROM memory_link WHERE relation = 0)".to_owned(),
            "is not superseded, but is the target of a link `supersedes`",
        ),
        (
            "previous NOT IN (SELECT id FROM memory)".to_owned(),
            "has a previous entry in its session that does not exist",
        ),
    ] {
        let sql = format!("SELECT id FROM memory WHERE {condition} ORDER BY id");
        let ids: Vec<i64> = tx.query_all(&sql, (), |row| row.get(0))?;
        found.add(
            &ids.iter()
                .map(|id| format!("the entry `{id}`"))
                .collect::<Vec<_>>(),
            what,
        );
    }
    Ok(())
}

fn links(tx: &Tx<'_>, found: &mut Checked) -> Result<()> {
    let rows = |condition: &str| -> Result<Vec<String>> {
        let sql = format!("SELECT origin, target FROM memory_link WHERE {condition} ORDER BY origin, target");
        let rows: Vec<(i64, i64)> = tx.query_all(&sql, (), |row| row.try_into())?;
        let named = |(origin, target)| format!("the link from the entry `{origin}` to `{target}`");
        Ok(rows.into_iter().map(named).collect())
    };
    let dangling = "origin NOT IN (SELECT id FROM memory) OR target NOT IN (SELECT id FROM memory)";
    found.add(
        &rows(dangling)?,
        "starts at or leads to an entry that does not exist",
    );
    let unknown = format!("relation NOT BETWEEN 0 AND {}", Relation::ALL.len() - 1);
    found.add(&rows(&unknown)?, "has an unknown relation");
    let sql = "SELECT DISTINCT tag FROM memory_tag WHERE memory NOT IN (SELECT id FROM memory) ORDER BY tag";
    let tags: Vec<String> = tx.query_all(sql, (), |row| super::row::text(row, 0))?;
    let tags: Vec<_> = tags
        .iter()
        .map(|tag| format!("the tag {}", crate::display::escaped(tag)))
        .collect();
    found.add(&tags, "belongs to an entry that does not exist");
    Ok(())
}

/// Checks texts that are JSON, and compares the tags of entries with their index.
fn texts(tx: &Tx<'_>, found: &mut Checked) -> Result<()> {
    let mut indexed: HashMap<i64, BTreeSet<String>> = HashMap::new();
    tx.each_row("SELECT memory, tag FROM memory_tag", (), |row| {
        indexed
            .entry(row.get(0)?)
            .or_default()
            .insert(super::row::text(row, 1)?);
        Ok(true)
    })?;
    let (mut broken, mut examples, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    let sql =
        "SELECT id, tags, examples, title, body, project, session, skill, tool, uid FROM memory ORDER BY id";
    tx.each_row(sql, (), |row| {
        let id: i64 = row.get(0)?;
        let name = format!("the entry `{id}`");
        let has_examples = row.get_ref(2)? != ValueRef::Null;
        if has_examples && super::row::examples_of(&super::row::text(row, 2)?).is_empty() {
            examples.push(name.clone());
        }
        if folded(&split(&super::row::text(row, 1)?)) != indexed.remove(&id).unwrap_or_default() {
            tags.push(name.clone());
        }
        let is_broken =
            |index: usize| Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_str_or_null().is_err());
        for index in 1..10 {
            if is_broken(index)? {
                broken.push(name);
                break;
            }
        }
        Ok(true)
    })?;
    found.add(&broken, "has text that is not UTF-8");
    found.add(&examples, "has merged contents that are not valid JSON");
    found.add(&tags, "has other tags than the index of tags");
    Ok(())
}

/// Notes entries that only differ in values and are both merged with later ones. Only an import of an export that was changed
/// by hand, or another program, writes these.
fn merged(tx: &Tx<'_>, found: &mut Checked) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memory WHERE merges = 1 AND superseded IS NULL AND fingerprint IN
             (SELECT fingerprint FROM memory WHERE merges = 1 AND superseded IS NULL GROUP BY fingerprint HAVING count(*) > 1)
         ORDER BY memory.id"
    );
    let mut both = Vec::new();
    tx.each_row(&sql, (), |row| {
        both.push(read(row)?);
        Ok(both.len() < 100 * LISTED)
    })?;
    for entry in both {
        let new = NewEntry {
            title: entry.title.as_deref(),
            project: entry.project.as_deref(),
            tool: entry.tool.as_deref(),
            ..NewEntry::new(entry.kind, &entry.content)
        };
        let derived = Derived::of(new.title.unwrap_or_default(), new.content, &[]);
        if let Some(other) = equal(tx, &new, &derived, Some(entry.id))?.filter(|other| other.id > entry.id)
            && found.notes.len() < LISTED
        {
            found.notes.push(format!(
                "the entries `{}` and `{}` only differ in values: later ones are merged with the first",
                entry.id, other.id
            ));
        }
    }
    Ok(())
}
