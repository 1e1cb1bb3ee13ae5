//! Writes entries of other homes and programs.
//!
//! Each has a key, which stays the same while its text changes in its source. The table `imported` has the key with the hash
//! of the text that was imported last.

use super::{Report, Row, reason};
use crate::db::{Db, Tx};
use crate::error::{ErrorKind, Result};
use crate::ledger::{FileHash, Hash, IS_KNOWN, hash};
use crate::memory::checkpoint::Checkpoint;
use crate::memory::entry::{Entry, Kind, MAX_EXAMPLES, NewEntry, Relation, Source, normalized};
use crate::memory::equal::equal;
use crate::memory::export::LinkLine;
use crate::memory::link::{self, Link};
use crate::memory::row::{COLUMNS, Derived, by_id, read};
use crate::memory::vector::{self, ModelVector};
use crate::memory::write::{insert, merge, rewrite};
use crate::timestamp::Timestamp;
use std::collections::{HashMap, HashSet};

/// An entry to import.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) entry: Entry,
    pub(super) key: Hash,
    /// Whether it comes from another home, with its uid and the time of its creation.
    pub(super) from_home: bool,
    /// Whether it is merged with an entry that differs only in values, and equal entries later with it.
    pub(super) merges: bool,
    /// Whether another entry supersedes it.
    pub(super) superseded: bool,
    /// The links that start at it.
    pub(super) links: Vec<LinkLine>,
    pub(super) vector: Option<ModelVector>,
    /// Whether a part of it had to be changed.
    pub(super) mended: bool,
    pub(super) row: Option<Row>,
}

impl Record {
    /// Returns an entry of another program. `name` identifies it.
    pub(super) fn new(kind: Kind, content: String, format: &str, name: &[&str], at: Timestamp) -> Self {
        let parts: Vec<&[u8]> = name.iter().map(|part| part.as_bytes()).collect();
        let digits = hash(&parts).into_iter().map(|byte| format!("{byte:02x}"));
        let uid = format!("{format}-{}", digits.collect::<String>());
        Self {
            key: key(&uid, None),
            from_home: false,
            merges: true,
            superseded: false,
            links: Vec::new(),
            vector: None,
            mended: false,
            row: None,
            entry: Entry {
                id: 0,
                uid,
                kind,
                title: None,
                content,
                tags: Vec::new(),
                importance: Source::Import.default_importance(),
                project: None,
                session: None,
                skill: None,
                tool: None,
                source: Source::Import,
                confirmed: true,
                created_at: at,
                updated_at: at,
                used_at: at,
                uses: 1,
                examples: Vec::new(),
                expires_at: None,
                revision: 1,
                superseded_by: None,
                vector_model: None,
            },
        }
    }

    pub(super) fn check(&self, now: Timestamp) -> Result<()> {
        self.new_entry(false).check(now)?;
        // Each can become an entry of its own.
        self.entry.examples.iter().try_for_each(|example| {
            let new = NewEntry {
                at: Some(Timestamp::from_micros(example.at)),
                session: example.session.as_deref(),
                ..NewEntry::new(self.entry.kind, &example.content)
            };
            new.check(now)
        })
    }

    fn new_entry(&self, merge: bool) -> NewEntry<'_> {
        let entry = &self.entry;
        NewEntry {
            title: entry.title.as_deref(),
            tags: &entry.tags,
            importance: Some(entry.importance),
            project: entry.project.as_deref(),
            session: entry.session.as_deref(),
            skill: entry.skill.as_deref(),
            tool: entry.tool.as_deref(),
            source: entry.source,
            expires_at: entry.expires_at,
            at: Some(entry.created_at),
            merge,
            ..NewEntry::new(entry.kind, &entry.content)
        }
    }
}

/// Returns the key of an entry: of another home with the time of its creation, because a copy of a home may use its ids for
/// other entries.
pub(super) fn key(uid: &str, created: Option<Timestamp>) -> Hash {
    let created = created.map(|at| at.micros().to_le_bytes());
    let created = created.as_ref().map_or(&[][..], |bytes| bytes.as_slice());
    hash(&[b"memory", uid.as_bytes(), created])
}

/// What an import changes if it changes in the source.
fn digest(entry: &Entry) -> Hash {
    let tags = normalized(&entry.tags).join(",");
    let number = entry.kind.number().to_le_bytes();
    let expires = entry.expires_at.map_or(0, Timestamp::micros).to_le_bytes();
    hash(&[
        &number,
        entry.title.as_deref().unwrap_or_default().as_bytes(),
        entry.content.as_bytes(),
        tags.as_bytes(),
        &entry.importance.to_le_bytes(),
        &expires,
        &[u8::from(entry.confirmed)],
    ])
}

/// The hash in the place of a text, if the entry was deleted here.
const DELETED: Hash = [0; 16];

/// Remembers a deleted entry, so that no import restores it. Only a hash of its uid is kept.
pub(in crate::memory) fn remember_deleted(tx: &Tx<'_>, entry: &Entry) -> Result<()> {
    let keys = [key(&entry.uid, Some(entry.created_at)), key(&entry.uid, None)];
    // Only what was imported has a key without a time.
    let count = if entry.source == Source::Import { 2 } else { 1 };
    for key in keys.iter().take(count) {
        remember(tx, key, &DELETED)?;
    }
    Ok(())
}

fn joined(key: &Hash, text: &Hash) -> FileHash {
    let mut both = FileHash::default();
    for (to, from) in both.iter_mut().zip(key.iter().chain(text)) {
        *to = *from;
    }
    both
}

/// Returns the hash of the text that was imported last under a key.
fn last(db: &Db, key: &Hash) -> Result<Option<Hash>> {
    let sql = format!("SELECT substr(hash, 17) FROM imported WHERE hash BETWEEN ? AND ? AND {IS_KNOWN}");
    let range = [joined(key, &[0; 16]), joined(key, &[255; 16])];
    db.query_optional(&sql, range, |row| row.get(0))
}

fn remember(tx: &Tx<'_>, key: &Hash, text: &Hash) -> Result<()> {
    let range = [joined(key, &[0; 16]), joined(key, &[255; 16])];
    tx.execute("DELETE FROM imported WHERE hash BETWEEN ? AND ?", range)?;
    tx.execute("INSERT INTO imported (hash) VALUES (?)", [joined(key, text)])
        .map(|_| ())
}

/// A link of an imported entry: where it starts, and the uid that it leads to.
#[derive(Debug)]
struct PendingLink {
    origin: i64,
    link: LinkLine,
    row: Row,
}

/// Writes what was read.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) report: Report,
    pub(super) now: Timestamp,
    home: String,
    /// The last entry before the import.
    newest: i64,
    /// The keys that were read.
    seen: HashSet<Hash>,
    /// The ids here of the uids that were read; `None` if it is not known which entry it is.
    ids: HashMap<String, Option<i64>>,
    links: Vec<PendingLink>,
}

impl Writer {
    pub(super) fn new(db: &Db) -> Result<Self> {
        Ok(Self {
            report: Report::default(),
            now: Timestamp::now(),
            home: db.home_id()?,
            newest: -1,
            seen: HashSet::new(),
            ids: HashMap::new(),
            links: Vec::new(),
        })
    }

    pub(super) fn home(&self) -> &str {
        &self.home
    }

    pub(super) const fn has_links(&self) -> bool {
        !self.links.is_empty()
    }

    /// Writes an entry, unless it was imported before.
    pub(super) fn entry(&mut self, tx: &Tx<'_>, record: Record) -> Result<()> {
        if self.newest < 0 {
            self.newest = tx.query_row("SELECT ifnull(max(id), 0) FROM memory", (), |row| row.get(0))?;
        }
        let row = record.row.clone().unwrap_or(Row {
            source: String::new(),
            line: 0,
        });
        let (last, new) = (last(tx, &record.key)?, digest(&record.entry));
        // Otherwise each import would change the entry to the one and then to the other.
        if !self.seen.insert(record.key) && last != Some(new) {
            let detail = "an entry before it has the same id; that one was kept".to_owned();
            self.report
                .notes
                .skip(&row.source, row.line, reason::CONFLICT, detail);
            return Ok(());
        }
        let found = self.find(tx, &record)?;
        let id = match (last, &found) {
            // The same was written here and there.
            (_, Some(old)) if last != Some(DELETED) && digest(old) == new => {
                self.report.known += 1;
                Some(old.id)
            }
            _ if last == Some(new) || last == Some(DELETED) || last.is_none() && found.is_some() => {
                self.report.known += 1;
                found.map(|entry| entry.id)
            }
            (Some(last), Some(old)) if last == digest(old) => {
                update(tx, old, &record.entry)?;
                self.report.updated += 1;
                Some(old.id)
            }
            (_, Some(old)) => {
                let detail = format!("the entry `{}` was changed here, too; it was kept", old.id);
                self.report
                    .notes
                    .skip(&row.source, row.line, reason::CONFLICT, detail);
                return Ok(());
            }
            (_, None) => Some(self.insert(tx, &record)?),
        };
        if last != Some(DELETED) {
            remember(tx, &record.key, &new)?;
        }
        let Some(id) = id else {
            // A copy of this home used the same id for another entry.
            self.ids.insert(record.entry.uid, None);
            return Ok(());
        };
        self.vector(tx, id, &record, &row)?;
        self.links
            .extend(record.links.into_iter().map(|link| PendingLink {
                origin: id,
                link,
                row: row.clone(),
            }));
        self.ids.insert(record.entry.uid, Some(id));
        Ok(())
    }

    /// Gives an entry the imported vector, if it has none and the content is the imported one.
    fn vector(&mut self, tx: &Tx<'_>, id: i64, record: &Record, row: &Row) -> Result<()> {
        let Some(new) = &record.vector else {
            return Ok(());
        };
        let entry = by_id(tx, id)?;
        if entry.vector_model.is_some() || entry.content != record.entry.content {
            return Ok(());
        }
        match vector::set(tx, id, new) {
            Err(error) if error.kind == ErrorKind::Invalid => {
                let detail = format!("its vector was left out: {}", error.message);
                self.report
                    .notes
                    .skip(&row.source, row.line, reason::VECTOR, detail);
                Ok(())
            }
            set => set,
        }
    }

    /// Returns the entry that is the same one here.
    fn find(&self, tx: &Tx<'_>, record: &Record) -> Result<Option<Entry>> {
        let uid = record.entry.uid.as_str();
        let sql = format!("SELECT {COLUMNS} FROM memory WHERE uid = ?");
        let mut found = tx.query_optional(&sql, [uid], read)?;
        if found.is_none()
            && let Some(id) = self.own_id(uid)
        {
            let sql = format!("SELECT {COLUMNS} FROM memory WHERE id = ? AND uid IS NULL");
            found = tx.query_optional(&sql, [id], read)?;
        }
        let created = record.entry.created_at;
        Ok(found.filter(|entry| !record.from_home || entry.created_at == created))
    }

    /// Returns the id in a uid of this home.
    fn own_id(&self, uid: &str) -> Option<i64> {
        uid.strip_prefix(&self.home)?.strip_prefix("-m")?.parse().ok()
    }

    /// Creates an entry, or merges it with one that was here before; returns its id.
    fn insert(&mut self, tx: &Tx<'_>, record: &Record) -> Result<i64> {
        let entry = &record.entry;
        let title = entry.title.as_deref().unwrap_or_default();
        let derived = Derived::of(title, &entry.content, &entry.examples);
        if record.merges && !record.superseded {
            let new = record.new_entry(true);
            let old = equal(tx, &new, &derived, None)?;
            // What was two entries in another home stays two.
            if let Some(old) = old.filter(|old| !record.from_home || old.id <= self.newest) {
                let merged = merge(tx, old, &new, entry.created_at)?;
                self.report.merged += 1;
                return add_uses(tx, merged, entry);
            }
        }
        let taken = self.own_id(&entry.uid).is_some()
            || tx.exists("SELECT 1 FROM memory WHERE uid = ?", [&entry.uid])?;
        let uid = (!taken).then_some(entry.uid.as_str());
        let id = insert(tx, &record.new_entry(false), &derived, uid, record.merges)?.id;
        let examples =
            (!entry.examples.is_empty()).then(|| serde_json::to_string(&entry.examples).unwrap_or_default());
        tx.execute(
            "UPDATE memory SET uses = ?2, updated = ?3, used = ?4, revision = ?5, confirmed = ?6, examples = ?7, variants = ?8
             WHERE id = ?1",
            (
                id,
                entry.uses,
                entry.updated_at.micros(),
                entry.used_at.micros(),
                entry.revision,
                entry.confirmed,
                examples,
                &derived.variants,
            ),
        )?;
        self.report.created += 1;
        Ok(id)
    }

    /// Saves the state of a task, unless it was imported before or a later one is here.
    pub(super) fn checkpoint(&mut self, tx: &Tx<'_>, new: &Checkpoint, row: &Row) -> Result<()> {
        let saved = new.saved_at.micros().to_le_bytes();
        let key = hash(&[b"checkpoint", new.task.as_bytes(), &saved, new.state.as_bytes()]);
        let old: Option<(String, i64)> = tx.query_optional(
            "SELECT state, saved FROM checkpoint WHERE task = ?",
            [&new.task],
            |row| row.try_into(),
        )?;
        let is_here = old.as_ref().is_some_and(|(state, _)| *state == new.state);
        if is_here || last(tx, &key)?.is_some() {
            self.report.known += 1;
            return Ok(());
        }
        if old.is_some_and(|(_, saved)| saved > new.saved_at.micros()) {
            let detail = "a state of this task that was saved later is here, and was kept";
            self.report
                .notes
                .skip(&row.source, row.line, reason::CONFLICT, detail);
            return Ok(());
        }
        new.put(tx)?;
        remember(tx, &key, &[1; 16])?;
        self.report.checkpoints += 1;
        Ok(())
    }

    /// Adds the links between what was read.
    pub(super) fn link(&mut self, tx: &Tx<'_>) -> Result<()> {
        for PendingLink { origin, link, row } in std::mem::take(&mut self.links) {
            let target = match self.ids.get(&link.target) {
                Some(id) => *id,
                None => {
                    let sql = "SELECT id FROM memory WHERE uid = ?";
                    let found = tx.query_optional(sql, [&link.target], |row| row.get(0))?;
                    found.or_else(|| self.own_id(&link.target))
                }
            };
            let added = match (Relation::parse(&link.relation), target) {
                (Err(error), _) => Err(error.message),
                (_, None) => Err("the entry that it leads to was not imported".to_owned()),
                (Ok(relation), Some(target)) => {
                    let link = Link {
                        origin,
                        target,
                        relation,
                    };
                    match link.check().and_then(|()| link::add(tx, &link)) {
                        Ok(new) => Ok(new),
                        Err(error) if matches!(error.kind, ErrorKind::Storage(_)) => return Err(error),
                        Err(error) => Err(error.message),
                    }
                }
            };
            match added {
                Ok(new) => self.report.links += u64::from(new),
                Err(why) => {
                    let detail = format!("a link by `{}` was left out: {why}", link.relation);
                    self.report
                        .notes
                        .skip(&row.source, row.line, reason::LINK, detail);
                }
            }
        }
        Ok(())
    }
}

/// Writes what changed in the source of an entry.
fn update(tx: &Tx<'_>, old: &Entry, new: &Entry) -> Result<()> {
    let mut entry = Entry {
        kind: new.kind,
        title: new.title.clone(),
        content: new.content.clone(),
        tags: normalized(&new.tags),
        importance: new.importance,
        expires_at: new.expires_at,
        confirmed: new.confirmed,
        uses: old.uses.max(new.uses),
        used_at: old.used_at.max(new.used_at),
        ..old.clone()
    };
    if old.content != new.content {
        entry.examples.clone_from(&new.examples);
        vector::remove(tx, old.id)?;
    }
    rewrite(tx, old, &mut entry)
}

/// Adds the uses and the examples of an imported entry to the one that it was merged with; returns its id.
fn add_uses(tx: &Tx<'_>, merged: Entry, new: &Entry) -> Result<i64> {
    if new.uses > 1 || !new.examples.is_empty() {
        let mut entry = merged.clone();
        let uses = entry.uses.saturating_add(new.uses - 1);
        entry.uses = uses.min(i64::MAX.unsigned_abs());
        entry.used_at = entry.used_at.max(new.used_at);
        let is_known = |entry: &Entry, content: &str| {
            entry.content == content || entry.examples.iter().any(|one| one.content == content)
        };
        for example in &new.examples {
            if entry.examples.len() < MAX_EXAMPLES && !is_known(&entry, &example.content) {
                entry.examples.push(example.clone());
            }
        }
        rewrite(tx, &merged, &mut entry)?;
    }
    Ok(merged.id)
}
