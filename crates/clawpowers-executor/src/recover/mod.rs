//! Writes what can still be read of a damaged database to a new home. The damaged file is only read.

mod pages;
mod record;
mod tree;

use crate::db::create::create;
use crate::db::schema::MIGRATIONS;
use crate::db::{Tx, lock};
use crate::display::quoted_path;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::ledger;
use crate::store::Key;
use crate::timestamp::Timestamp;
use pages::Pages;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};
use tree::{Kind, Row, Walk};

/// How many names of lost keys are listed.
const LISTED: usize = 1000;

/// What was recovered and what was lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Keys with their values.
    pub keys: u64,
    /// Executions.
    pub executions: u64,
    /// Keys whose values are lost.
    pub lost_keys: u64,
    /// The first 1,000 of their names.
    pub lost_key_names: Vec<String>,
    /// Executions that are lost.
    pub lost_executions: u64,
    /// Pages that hold something else than they should.
    pub damaged_pages: u64,
    /// Whether these are all that was lost. Where a table and its index are damaged together, there may be more.
    pub exact: bool,
}

/// Writes everything that can still be read of the database of `from` to a new database in `to`, with the figures of the
/// skills counted again. Nothing of `from` is changed. What deleted pages contain is not restored, as far as the list of
/// them can be read.
///
/// # Errors
///
/// [`Error::Invalid`] where `to` has a database, [`Error::NotFound`] where `from` has none, [`Error::Storage`] where one of
/// them cannot be used, or other processes write to `from` for longer than the timeout.
pub fn recover(from: &Home, to: &Home) -> Result<Recovered> {
    let database = from.database();
    let real = database.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(
            format!("there is no database {}", quoted_path(&database)),
            "name the home with {--home}",
        ),
        _ => Error::io(&database, &error),
    })?;
    if to.database().exists() {
        let shown = quoted_path(to.folder());
        return Err(Error::invalid(
            format!("the home {shown} has a database already"),
            "name a folder that does not exist yet; nothing was written",
        ));
    }
    // Nobody writes while it is read. A file that SQLite cannot open has no writers.
    let _lock = lock(&real)?;
    let pages = Pages::open(&real)?;
    let created = create(to, |db| {
        db.write(|tx| {
            let mut found = Found::new(tx);
            found.read(&pages);
            found.finish()
        })
    })?;
    created.ok_or_else(|| {
        Error::invalid(
            "another process created a database there",
            "name another folder; nothing was written",
        )
    })
}

/// What was found so far, in the transaction that writes it.
struct Found<'a> {
    tx: &'a Tx<'a>,
    recovered: Recovered,
    /// How many executions the figures of the skills count.
    claimed: u64,
    /// The executions of an import that has not ended, by the first number of each range; they do not count.
    staged: BTreeMap<i64, i64>,
    /// Imports that have not ended; their hashes do not count.
    stopped: BTreeSet<i64>,
    /// The id of the home, so that its exports are known as its own.
    home: Option<String>,
    /// Rows that hold what no release writes.
    refused: u64,
    failure: Option<Error>,
}

impl<'a> Found<'a> {
    fn new(tx: &'a Tx<'a>) -> Self {
        Self {
            tx,
            recovered: Recovered::default(),
            claimed: 0,
            staged: BTreeMap::new(),
            stopped: BTreeSet::new(),
            home: None,
            refused: 0,
            failure: None,
        }
    }

    fn read(&mut self, pages: &Pages) {
        let mut walk = Walk::new(pages);
        let roots = Roots::read(&mut walk);
        let mut sound = roots.sound;
        // A file of an older version has none.
        if let Some(root) = roots.pages.get("staged") {
            sound &= walk.tree(*root, true, |(first, values)| {
                if let (Some(first), [_, Value::Integer(last)]) = (first, values.as_slice()) {
                    self.staged.insert(first, *last);
                }
            });
        }
        if let Some(root) = roots.pages.get("import") {
            sound &= walk.tree(*root, true, |(id, values)| {
                if let (Some(id), [_, Value::Null]) = (id, values.as_slice()) {
                    self.stopped.insert(id);
                }
            });
        }
        // A row is known by its shape, not by its tree: where the schema is damaged, a root may be that of another table.
        let mut tables = [("skill", true), ("execution", true), ("entry", true)];
        for (table, whole) in &mut tables {
            *whole = walk.tree(roots.of(table), true, |row| self.accept(Kind::TableLeaf, row));
            sound &= *whole;
        }
        for table in ["staged_entry", "deleted"] {
            let Some(root) = roots.pages.get(table) else {
                continue;
            };
            sound &= walk.tree(*root, true, |row| self.accept(Kind::TableLeaf, row));
        }
        for table in ["meta", "imported"] {
            sound &= walk.tree(roots.of(table), false, |row| self.accept(Kind::IndexLeaf, row));
        }
        if !sound {
            walk.orphans(|kind, row| self.accept(kind, row));
        }
        // The indexes name what their tables have lost.
        let [_, (_, executions), (_, entries)] = tables;
        let sound = self.refused == 0 && roots.sound;
        let keys = walk.tree(roots.of("sqlite_autoindex_entry_1"), false, |row| {
            self.note_key(&row)
        });
        let times = walk.tree(roots.of("execution_at"), false, |row| self.note_execution(&row));
        self.recovered.exact = (keys && times) || (sound && entries && executions);
        self.recovered.damaged_pages = walk.damaged.len() as u64;
    }

    /// Takes a row for what its values say that it is.
    fn accept(&mut self, kind: Kind, (id, values): Row) {
        if self.failure.is_some() {
            return;
        }
        let taken = match (kind, values.as_slice()) {
            (Kind::TableLeaf, [_, key, value, updated_at]) => self.entry(key, value, updated_at),
            (
                Kind::TableLeaf,
                [
                    _,
                    key @ Value::Text(_),
                    value @ Value::Blob(_),
                    updated_at,
                    Value::Integer(import),
                    keep,
                ],
            ) => match self.stopped.contains(import) {
                true => Ok(true),
                false => self.staged_entry((key, value, updated_at), *keep == Value::Integer(0)),
            },
            (Kind::TableLeaf, values) if values.len() == ledger::SKILL_COLUMNS => self.skill(id, values),
            (Kind::TableLeaf, values) if ledger::EXECUTION_COLUMNS.contains(&values.len()) => {
                match id.is_some_and(|id| self.is_staged(id)) {
                    true => Ok(true),
                    false => ledger::recover_execution(self.tx, id, values),
                }
            }
            (Kind::TableLeaf, values) if values.len() == ledger::DELETED_COLUMNS => {
                ledger::recover_deleted(self.tx, id, values)
            }
            (Kind::IndexLeaf | Kind::IndexInterior, [Value::Text(name), Value::Text(value)]) => {
                if name == "home" && value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    self.home = Some(value.clone());
                }
                Ok(true)
            }
            (Kind::IndexLeaf | Kind::IndexInterior, [Value::Blob(hash), import @ ..])
                if matches!(hash.len(), 16 | 32) && import.len() < 2 =>
            {
                match import {
                    [Value::Integer(import)] if self.stopped.contains(import) => Ok(true),
                    _ => self
                        .execute("INSERT OR IGNORE INTO imported (hash) VALUES (?)", (hash,))
                        .map(|_| true),
                }
            }
            _ => Ok(true),
        };
        match taken {
            Ok(taken) => self.refused += u64::from(!taken),
            Err(error) => self.failure = Some(error),
        }
    }

    fn entry(&self, key: &Value, value: &Value, updated_at: &Value) -> Result<bool> {
        let Value::Text(key) = key else { return Ok(false) };
        let value = match value {
            Value::Blob(value) => value.as_slice(),
            // Somebody changed its type; the bytes are those of the value.
            Value::Text(value) => value.as_bytes(),
            _ => return Ok(false),
        };
        if Key::new(key).is_err() {
            return Ok(false);
        }
        let updated_at = match updated_at {
            Value::Integer(micros) => *micros,
            _ => Timestamp::now().micros(),
        };
        self.execute(
            "INSERT OR IGNORE INTO entry (key, value, updated_at) VALUES (?, ?, ?)",
            (key, value, updated_at),
        )
        .map(|_| true)
    }

    /// Takes a key of an import that has ended, which was not moved to its place.
    fn staged_entry(
        &self,
        (key, value, updated_at): (&Value, &Value, &Value),
        replace: bool,
    ) -> Result<bool> {
        if replace {
            self.execute("DELETE FROM entry WHERE key = ?", (key,))?;
        }
        self.entry(key, value, updated_at)
    }

    fn skill(&mut self, id: Option<i64>, values: &[Value]) -> Result<bool> {
        let [_, Value::Text(name), counts @ ..] = values else {
            return Ok(false);
        };
        // Success, failure, partial, skipped, open.
        let counts = counts.iter().take(5).map(|count| match count {
            Value::Integer(count) => count.unsigned_abs(),
            _ => 0,
        });
        self.claimed = counts.fold(self.claimed, u64::saturating_add);
        ledger::recover_skill(self.tx, id, name)
    }

    /// Notes a key whose value is lost.
    fn note_key(&mut self, (_, values): &Row) {
        let [Value::Text(key), _] = values.as_slice() else {
            return;
        };
        match self.exists("SELECT 1 FROM entry WHERE key = ?", key) {
            Ok(true) => {}
            Ok(false) => {
                self.recovered.lost_keys += 1;
                if self.recovered.lost_key_names.len() < LISTED {
                    self.recovered.lost_key_names.push(key.clone());
                }
            }
            Err(error) => self.failure = Some(error),
        }
    }

    /// Notes an execution that is lost.
    fn note_execution(&mut self, (_, values): &Row) {
        let [_, Value::Integer(id)] = values.as_slice() else {
            return;
        };
        if self.is_staged(*id) {
            return;
        }
        match self.exists("SELECT 1 FROM execution WHERE id = ?", id) {
            Ok(exists) => self.recovered.lost_executions += u64::from(!exists),
            Err(error) => self.failure = Some(error),
        }
    }

    fn is_staged(&self, id: i64) -> bool {
        let before = self.staged.range(..=id).next_back();
        before.is_some_and(|(_, last)| *last >= id)
    }

    fn exists(&self, sql: &str, value: impl rusqlite::ToSql) -> Result<bool> {
        self.tx
            .run(|connection| connection.prepare_cached(sql)?.exists([value]))
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.tx
            .run(|connection| connection.prepare_cached(sql)?.execute(values))
    }

    /// Counts the figures again and what there is.
    fn finish(self) -> Result<Recovered> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        ledger::rebuild(self.tx)?;
        if let Some(home) = &self.home {
            self.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('home', ?)",
                (home,),
            )?;
        }
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            let count = self
                .tx
                .run(|connection| connection.query_row(&sql, (), |row| row.get::<_, i64>(0)))?;
            Ok::<_, Error>(count.unsigned_abs())
        };
        let (keys, executions) = (count("entry")?, count("execution")?);
        let mut recovered = self.recovered;
        recovered.keys = keys;
        recovered.executions = executions;
        // Both counts are from below.
        let claimed = self.claimed.saturating_sub(executions);
        recovered.lost_executions = recovered.lost_executions.max(claimed);
        recovered.lost_key_names.sort();
        Ok(recovered)
    }
}

/// Where the trees of a file begin.
struct Roots {
    pages: BTreeMap<String, u32>,
    /// Whether the schema could be read.
    sound: bool,
}

impl Roots {
    /// Reads the schema, the first tree. Where it is damaged, a root is where it is in a file that was never changed.
    fn read(walk: &mut Walk<'_>) -> Self {
        let new = Self::of_new().unwrap_or_default();
        let mut pages = BTreeMap::new();
        let whole = walk.tree(1, true, |(_, values)| {
            if let [_, Value::Text(name), _, Value::Integer(root), ..] = values.as_slice()
                && let Ok(root) = u32::try_from(*root)
            {
                pages.insert(name.clone(), root);
            }
        });
        let sound = whole && pages.keys().any(|name| new.contains_key(name));
        if !sound {
            for (name, root) in new {
                pages.entry(name).or_insert(root);
            }
        }
        Self { sound, pages }
    }

    /// Returns the roots of a new file.
    fn of_new() -> rusqlite::Result<BTreeMap<String, u32>> {
        let connection = Connection::open_in_memory()?;
        for step in MIGRATIONS {
            connection.execute_batch(step)?;
        }
        let mut statement = connection.prepare("SELECT name, rootpage FROM sqlite_schema")?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    fn of(&self, name: &str) -> u32 {
        self.pages.get(name).copied().unwrap_or_default()
    }
}
