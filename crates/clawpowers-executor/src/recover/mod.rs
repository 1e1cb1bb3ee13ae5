//! Writes what can still be read of a damaged database to a new home. The damaged file is only read.

mod pages;
mod record;
mod tree;

use crate::db::create::create;
use crate::db::schema::{VERSION, in_memory};
use crate::db::{Tx, lock};
use crate::display::quoted_path;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::ledger;
use crate::memory::{
    ENTRY_COLUMNS, finish_entries, is_lost, recover_checkpoint, recover_entry, recover_link, recover_vector,
};
use crate::store::Key;
use crate::timestamp::Timestamp;
use pages::Pages;
use rusqlite::ToSql;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};
use tree::{Row, Walk};

/// How many lost keys are listed.
const LISTED: usize = 1000;

/// What was recovered and what was lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The number of keys with their values.
    pub keys: u64,
    /// The number of executions.
    pub executions: u64,
    /// The number of remembered entries.
    pub entries: u64,
    /// The number of tasks with their saved states.
    pub checkpoints: u64,
    /// The number of keys whose values are lost.
    pub lost_keys: u64,
    /// The first 1,000 of their names.
    pub lost_key_names: Vec<String>,
    /// The number of executions that are lost.
    pub lost_executions: u64,
    /// The number of remembered entries that are lost.
    pub lost_entries: u64,
    /// The number of damaged pages.
    pub damaged_pages: u64,
    /// Whether the counts of what was lost are complete; they are not if a table and its index are both damaged.
    pub exact: bool,
}

/// Writes everything that can still be read of the database of `from` to a new database in `to`, and computes the statistics
/// of the skills again. `from` is not modified. Deleted rows are not restored, as far as the list of free pages can be read.
///
/// # Errors
///
/// `ErrorKind::Invalid` if `to` has a database, `ErrorKind::NotFound` if `from` has none, `ErrorKind::Storage` if one of
/// them cannot be used, or other processes write to `from` for longer than the timeout.
pub fn recover(from: &Home, to: &Home) -> Result<Recovered> {
    let database = from.database();
    let real = database.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(
            format!("there is no database {}", quoted_path(&database)),
            "choose the home with {--home}",
        ),
        _ => Error::io(&database, &error),
    })?;
    if to.database().exists() {
        let shown = quoted_path(to.folder());
        return Err(Error::invalid(
            format!("the home {shown} has a database already"),
            "use a folder that does not exist yet; nothing was written",
        ));
    }
    // No process can write while it is read. A file that SQLite cannot open has no writers.
    let _lock = lock(&real)?;
    let pages = Pages::open(&real)?;
    let created = create(to, |db| {
        db.write(|tx| {
            let mut recovery = Recovery {
                tx,
                recovered: Recovered::default(),
                claimed: 0,
                staged: BTreeMap::new(),
                stopped: BTreeSet::new(),
                home: None,
                last_entry: 0,
                invalid: 0,
                failure: None,
            };
            recovery.read(&pages);
            recovery.finish()
        })
    })?;
    created.ok_or_else(|| {
        Error::invalid(
            "another process created a database there",
            "use another folder; nothing was written",
        )
    })
}

/// The rows found so far, in the transaction that inserts them.
struct Recovery<'a> {
    tx: &'a Tx<'a>,
    recovered: Recovered,
    /// How many executions the statistics of the skills count.
    claimed: u64,
    /// The executions of an import that has not ended, by the first id of each range; they are not visible.
    staged: BTreeMap<i64, i64>,
    /// Imports that have not ended; their hashes are ignored.
    stopped: BTreeSet<i64>,
    /// The id of the home, by which it knows its own exports.
    home: Option<String>,
    /// The greatest id of a remembered entry, which no other may get.
    last_entry: i64,
    /// The number of rows with values that no release writes.
    invalid: u64,
    failure: Option<Error>,
}

impl Recovery<'_> {
    fn read(&mut self, pages: &Pages) {
        let mut walk = Walk::new(pages);
        let roots = Roots::read(&mut walk);
        let mut sound = roots.sound;
        sound &= roots.read_newer(&mut walk, "staged", true, |(first, values)| {
            if let (Some(first), [_, Value::Integer(last)]) = (first, values.as_slice()) {
                self.staged.insert(first, *last);
            }
        });
        sound &= roots.read_newer(&mut walk, "import", true, |(id, values)| {
            if let (Some(id), [_, Value::Null]) = (id, values.as_slice()) {
                self.stopped.insert(id);
            }
        });
        // The values of a row show its table. If the schema is damaged, the root may be that of another table.
        let [_, executions, entries] = ["skill", "execution", "entry"].map(|table| {
            let whole = walk.tree(roots.of(table), true, |row| self.insert(row));
            sound &= whole;
            whole
        });
        for table in ["staged_entry", "deleted", "memory_vector"] {
            sound &= roots.read_newer(&mut walk, table, true, |row| self.insert(row));
        }
        let memory = roots.read_newer(&mut walk, "memory", true, |row| self.insert(row));
        sound &= memory;
        sound &= roots.read_newer(&mut walk, "sqlite_sequence", true, |(_, values)| {
            if let [Value::Text(table), Value::Integer(last)] = values.as_slice()
                && table == "memory"
            {
                self.last_entry = self.last_entry.max(*last);
            }
        });
        sound &= roots.read_newer(&mut walk, "memory_link", false, |(_, values)| {
            self.count(recover_link(self.tx, &values));
        });
        sound &= roots.read_newer(&mut walk, "checkpoint", false, |(_, values)| {
            self.count(recover_checkpoint(self.tx, &values));
        });
        for table in ["meta", "imported"] {
            sound &= walk.tree(roots.of(table), false, |row| self.insert(row));
        }
        if !sound {
            walk.orphans(|row| self.insert(row));
        }
        // The indexes show which rows their tables have lost.
        let sound = self.invalid == 0 && roots.sound;
        let keys = walk.tree(roots.of("sqlite_autoindex_entry_1"), false, |row| {
            self.check_key(&row);
        });
        let times = walk.tree(roots.of("execution_at"), false, |row| self.check_execution(&row));
        let prints = roots.read_newer(&mut walk, "memory_fingerprint", false, |row| {
            self.check_memory(&row)
        });
        self.recovered.exact =
            ((keys && times) || (sound && entries && executions)) && (prints || (sound && memory));
        self.recovered.damaged_pages = walk.damaged.len() as u64;
    }

    fn insert(&mut self, row: Row) {
        if self.failure.is_none() {
            let inserted = self.try_insert(row);
            self.count(inserted);
        }
    }

    /// Counts a row that is not valid, and keeps the first error.
    fn count(&mut self, inserted: Result<bool>) {
        match inserted {
            Ok(valid) => self.invalid += u64::from(!valid),
            Err(error) => drop(self.failure.get_or_insert(error)),
        }
    }

    /// Inserts a row into the table that its values fit; returns whether they are valid.
    fn try_insert(&mut self, (id, values): Row) -> Result<bool> {
        match (id, values.as_slice()) {
            (Some(id), [_, Value::Integer(_), Value::Text(model), Value::Blob(data)]) => {
                recover_vector(self.tx, id, model, data)
            }
            (Some(_), [_, key, value, updated_at]) => self.insert_entry(key, value, updated_at),
            (
                Some(_),
                [
                    _,
                    key @ Value::Text(_),
                    value @ Value::Blob(_),
                    updated_at,
                    Value::Integer(import),
                    keep,
                ],
            ) => {
                if self.stopped.contains(import) {
                    return Ok(true);
                }
                // The import has ended, but the key was not yet moved to `entry`.
                if *keep == Value::Integer(0) {
                    self.tx.execute("DELETE FROM entry WHERE key = ?", [key])?;
                }
                self.insert_entry(key, value, updated_at)
            }
            (Some(id), values) if values.len() == ledger::SKILL_COLUMNS => self.insert_skill(id, values),
            (Some(id), values) if ledger::EXECUTION_COLUMNS.contains(&values.len()) => {
                Ok(self.is_staged(id) || ledger::recover_execution(self.tx, id, values)?)
            }
            (Some(id), values) if values.len() == ENTRY_COLUMNS => recover_entry(self.tx, id, values),
            (Some(id), values) if values.len() == ledger::DELETED_COLUMNS => {
                ledger::recover_deleted(self.tx, id, values)
            }
            (None, [Value::Text(name), Value::Text(value)]) => {
                if name == "home" && value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    self.home = Some(value.clone());
                }
                Ok(true)
            }
            (None, [Value::Blob(hash), import @ ..]) if matches!(hash.len(), 16 | 32) && import.len() < 2 => {
                if !matches!(import, [Value::Integer(import)] if self.stopped.contains(import)) {
                    let sql = "INSERT OR IGNORE INTO imported (hash) VALUES (?)";
                    self.tx.execute(sql, [hash])?;
                }
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    fn insert_entry(&self, key: &Value, value: &Value, updated_at: &Value) -> Result<bool> {
        let Value::Text(key) = key else { return Ok(false) };
        let value = match value {
            Value::Blob(value) => value.as_slice(),
            // Another tool changed the type; the bytes are the same.
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
        let sql = "INSERT OR IGNORE INTO entry (key, value, updated_at) VALUES (?, ?, ?)";
        self.tx.execute(sql, (key, value, updated_at)).map(|_| true)
    }

    fn insert_skill(&mut self, id: i64, values: &[Value]) -> Result<bool> {
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

    /// Counts a key whose value is lost.
    fn check_key(&mut self, (_, values): &Row) {
        if let [Value::Text(key), _] = values.as_slice()
            && self.is_lost("SELECT 1 FROM entry WHERE key = ?", key)
        {
            self.recovered.lost_keys += 1;
            if self.recovered.lost_key_names.len() < LISTED {
                self.recovered.lost_key_names.push(key.clone());
            }
        }
    }

    /// Counts an execution that is lost.
    fn check_execution(&mut self, (_, values): &Row) {
        if let [_, Value::Integer(id)] = values.as_slice() {
            let lost = !self.is_staged(*id) && self.is_lost("SELECT 1 FROM execution WHERE id = ?", id);
            self.recovered.lost_executions += u64::from(lost);
        }
    }

    /// Counts a remembered entry that is lost.
    fn check_memory(&mut self, (_, values): &Row) {
        if let [_, Value::Integer(id)] = values.as_slice() {
            self.last_entry = self.last_entry.max(*id);
            match is_lost(self.tx, *id) {
                Ok(lost) => self.recovered.lost_entries += u64::from(lost),
                Err(error) => self.failure = Some(error),
            }
        }
    }

    fn is_lost(&mut self, sql: &str, value: impl ToSql) -> bool {
        match self.tx.exists(sql, [value]) {
            Ok(exists) => !exists,
            Err(error) => {
                self.failure = Some(error);
                false
            }
        }
    }

    fn is_staged(&self, id: i64) -> bool {
        let before = self.staged.range(..=id).next_back();
        before.is_some_and(|(_, last)| *last >= id)
    }

    /// Computes the statistics and counts what was recovered.
    fn finish(self) -> Result<Recovered> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        ledger::rebuild(self.tx)?;
        finish_entries(self.tx, self.last_entry)?;
        if let Some(home) = &self.home {
            self.tx.set_meta("home", home)?;
        }
        let mut recovered = self.recovered;
        let sql = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM execution)";
        (recovered.keys, recovered.executions) = self.tx.query_row(sql, (), |row| row.try_into())?;
        if self.tx.has_memory()? {
            let sql = "SELECT (SELECT count(*) FROM memory), (SELECT count(*) FROM checkpoint)";
            (recovered.entries, recovered.checkpoints) = self.tx.query_row(sql, (), |row| row.try_into())?;
        }
        // Each of the two counts is a lower bound.
        let claimed = self.claimed.saturating_sub(recovered.executions);
        recovered.lost_executions = recovered.lost_executions.max(claimed);
        recovered.lost_key_names.sort();
        Ok(recovered)
    }
}

/// The root pages of the tables and indexes of a file.
struct Roots {
    pages: BTreeMap<String, u32>,
    /// Whether the schema could be read.
    sound: bool,
}

impl Roots {
    /// Reads the schema, the first tree. If it is damaged, the roots are those of a new file.
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

    fn of_new() -> rusqlite::Result<BTreeMap<String, u32>> {
        let connection = in_memory(VERSION as usize)?;
        let mut statement = connection.prepare("SELECT name, rootpage FROM sqlite_schema")?;
        statement.query_map((), |row| row.try_into())?.collect()
    }

    /// Reads a table that files of an older version do not have; returns whether all of it could be read.
    fn read_newer(&self, walk: &mut Walk<'_>, table: &str, has_ids: bool, each: impl FnMut(Row)) -> bool {
        let root = self.pages.get(table);
        root.is_none_or(|root| walk.tree(*root, has_ids, each))
    }

    fn of(&self, name: &str) -> u32 {
        self.pages.get(name).copied().unwrap_or_default()
    }
}
