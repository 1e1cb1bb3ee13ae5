//! Creates, changes and deletes entries.

use super::Memory;
use super::entry::{Change, Entry, Example, MAX_EXAMPLES, MAX_TAGS, NewEntry, Relation, Source, normalized};
use super::equal::{equal, keep_apart};
use super::link::{self, Link};
use super::row::{Derived, by_id, missing};
use super::session;
use super::vector::{self, ModelVector};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use std::collections::BTreeSet;

/// A created entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// The entry as it is now.
    pub entry: Entry,
    /// Whether the content was merged into an entry that existed.
    pub merged: bool,
}

/// The result of [`Memory::forget`].
#[derive(Debug, Clone, PartialEq)]
pub struct Forgotten {
    /// The entry as it was.
    pub entry: Entry,
    /// Whether no byte of it is left in the files; otherwise another process is in a transaction, and the
    /// WAL contains its text until a later write truncates it.
    pub erased: bool,
    /// Entries that it superseded, or that it was superseded by: they may say the same.
    pub related: Vec<i64>,
}

impl Memory<'_> {
    /// Creates an entry, unless it only differs in values from another of the same kind, project and tool: then that one is
    /// used once more, and keeps the new content as an example.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value that is not valid.
    pub fn create(&mut self, new: &NewEntry<'_>) -> Result<Created> {
        new.check(Timestamp::now())?;
        let derived = Derived::of(new.title.unwrap_or_default(), new.content, &[]);
        self.write(|tx| create(tx, new, &derived, None))
    }

    /// Returns an entry.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if it does not exist.
    pub fn get(&mut self, id: i64) -> Result<Entry> {
        self.read(|tx| by_id(tx, id), || Err(missing(id)))
    }

    /// Changes an entry.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if it does not exist; `ErrorKind::Invalid` for a value that is not valid, and if the entry has
    /// another revision than the expected one.
    pub fn update(&mut self, id: i64, change: &Change<'_>) -> Result<Entry> {
        change.check()?;
        self.write(|tx| {
            let old = by_id(tx, id)?;
            if let Some(expected) = change.revision.filter(|expected| *expected != old.revision) {
                let message = format!(
                    "the entry `{id}` has the revision {}, not {expected}",
                    old.revision
                );
                return Err(Error::invalid(
                    message,
                    "read it again with {memory_get}; it was not changed",
                ));
            }
            let mut entry = old.clone();
            if let Some(content) = change.content {
                content.clone_into(&mut entry.content);
                // They differ in values from a content that is gone.
                entry.examples.clear();
            }
            if let Some(title) = change.title {
                entry.title = (!title.is_empty()).then(|| title.to_owned());
            }
            entry.tags = change.tags.map_or(entry.tags, normalized);
            entry.kind = change.kind.unwrap_or(entry.kind);
            entry.importance = change.importance.unwrap_or(entry.importance);
            entry.expires_at = change.expires_at.unwrap_or(entry.expires_at);
            entry.confirmed = change.confirmed.unwrap_or(entry.confirmed);
            // It is no vector of another content.
            let vector = change.vector.or((entry.content != old.content).then_some(None));
            if entry == old && vector.is_none() {
                return Ok(old);
            }
            if let Some(vector) = vector {
                set_vector(tx, &mut entry, vector)?;
            }
            rewrite(tx, &old, &mut entry)?;
            Ok(entry)
        })
    }

    /// Deletes an entry and its links, and returns it.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if it does not exist.
    pub fn delete(&mut self, id: i64) -> Result<Entry> {
        self.write(|tx| delete(tx, id))
    }

    /// Deletes an entry so that no byte of its text is left in the database and its WAL.
    ///
    /// # Errors
    ///
    /// Like [`Memory::delete`].
    pub fn forget(&mut self, id: i64) -> Result<Forgotten> {
        let (entry, related) = self.write(|tx| {
            let sql = "SELECT target FROM memory_link WHERE origin = ?1 AND relation = 0
                       UNION SELECT origin FROM memory_link WHERE target = ?1 AND relation = 0";
            let related = tx.query_all(sql, [id], |row| row.get(0))?;
            Ok((delete(tx, id)?, related))
        })?;
        let erased = self.db.empty_wal();
        Ok(Forgotten {
            entry,
            erased,
            related,
        })
    }

    /// Creates an entry that supersedes another one, with its kind, title, tags, project, skill and tool. If there is an entry
    /// with the same content, that one supersedes it.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if that does not exist; `ErrorKind::Invalid` if it is superseded already, and for content that
    /// is not valid.
    pub fn correct(&mut self, id: i64, content: &str, source: Source) -> Result<Entry> {
        self.write(|tx| {
            let old = by_id(tx, id)?;
            if let Some(by) = old.superseded_by {
                return Err(Error::invalid(
                    format!("the entry `{id}` is superseded by `{by}`"),
                    format!("correct the entry `{by}`"),
                ));
            }
            let now = Timestamp::now();
            let new = NewEntry {
                title: old.title.as_deref(),
                tags: &old.tags,
                importance: Some(old.importance),
                project: old.project.as_deref(),
                session: old.session.as_deref(),
                skill: old.skill.as_deref(),
                tool: old.tool.as_deref(),
                source,
                expires_at: old.expires_at.filter(|at| *at > now),
                ..NewEntry::new(old.kind, content)
            };
            new.check(now)?;
            let derived = Derived::of(new.title.unwrap_or_default(), content, &[]);
            let entry = match equal(tx, &new, &derived, Some(id))? {
                Some(entry) if entry.content == content => merge(tx, entry, &new, now)?,
                // The values are what was wrong, so it is not merged with another one.
                similar => insert(tx, &new, &derived, None, similar.is_none())?,
            };
            link::add(
                tx,
                &Link {
                    origin: entry.id,
                    target: id,
                    relation: Relation::Supersedes,
                },
            )?;
            Ok(entry)
        })
    }

    /// Undoes the merging of an entry: creates an entry for each kept example, and lets neither it nor them merge again.
    /// Returns the created entries.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if it does not exist.
    pub fn split(&mut self, id: i64) -> Result<Vec<Entry>> {
        self.write(|tx| {
            let old = by_id(tx, id)?;
            tx.execute(
                "UPDATE memory SET merges = 0, examples = NULL, variants = '', uses = 1, used = created, updated = ?2,
                        revision = revision + 1 WHERE id = ?1",
                (id, Timestamp::now().micros()),
            )?;
            let mut entries = Vec::new();
            for example in &old.examples {
                let new = NewEntry {
                    title: old.title.as_deref(),
                    tags: &old.tags,
                    importance: Some(old.importance),
                    project: old.project.as_deref(),
                    session: example.session.as_deref(),
                    skill: old.skill.as_deref(),
                    tool: old.tool.as_deref(),
                    source: old.source,
                    expires_at: old.expires_at,
                    at: Some(Timestamp::from_micros(example.at)),
                    merge: false,
                    ..NewEntry::new(old.kind, &example.content)
                };
                let derived = Derived::of(new.title.unwrap_or_default(), new.content, &[]);
                entries.push(insert(tx, &new, &derived, None, false)?);
            }
            for entry in &mut entries {
                let sql = "UPDATE memory SET confirmed = ?2 WHERE id = ?1";
                tx.execute(sql, (entry.id, old.confirmed))?;
                if let Some(origin) = old.superseded_by {
                    link::add(
                        tx,
                        &Link {
                            origin,
                            target: entry.id,
                            relation: Relation::Supersedes,
                        },
                    )?;
                }
                *entry = by_id(tx, entry.id)?;
            }
            Ok(entries)
        })
    }

    /// Runs a write transaction that overwrites what it frees.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.db
            .run(|connection| connection.pragma_update(None, "secure_delete", true))?;
        self.db.write(|tx| {
            tx.create_memory()?;
            work(tx)
        })
    }
}

/// Creates an entry, or merges it. `uid` is that of an entry of another home.
pub(super) fn create(
    tx: &Tx<'_>,
    new: &NewEntry<'_>,
    derived: &Derived,
    uid: Option<&str>,
) -> Result<Created> {
    if new.merge
        && let Some(old) = equal(tx, new, derived, None)?
    {
        let entry = merge(tx, old, new, new.at.unwrap_or_else(Timestamp::now))?;
        return Ok(Created { entry, merged: true });
    }
    let entry = insert(tx, new, derived, uid, new.merge)?;
    Ok(Created { entry, merged: false })
}

/// Inserts an entry; `merges` says whether later ones are merged with it.
pub(super) fn insert(
    tx: &Tx<'_>,
    new: &NewEntry<'_>,
    derived: &Derived,
    uid: Option<&str>,
    merges: bool,
) -> Result<Entry> {
    let now = new.at.unwrap_or_else(Timestamp::now);
    let tags = normalized(new.tags);
    let previous = match new.session {
        Some(session) => session::last(tx, session, new.project)?,
        None => None,
    };
    let id: i64 = tx.query_row(
        "INSERT INTO memory (uid, kind, title, body, context, masked, tags, pairs, importance, project, session, skill, tool,
             fingerprint, merges, uses, created, updated, used, expires, revision, source, confirmed, previous, variants)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1, ?16, ?16, ?16, ?17, 1, ?18, ?19, ?20, '')
         RETURNING id",
        rusqlite::params![
            uid,
            new.kind.number(),
            new.title.unwrap_or_default(),
            new.content,
            session::context(tx, previous)?,
            derived.masked.text,
            tags.join(","),
            derived.pairs,
            new.importance.unwrap_or_else(|| new.source.default_importance()),
            new.project,
            new.session,
            new.skill,
            new.tool,
            derived.fingerprint.as_slice(),
            merges,
            now.micros(),
            new.expires_at.map(Timestamp::micros),
            new.source.number(),
            new.source.is_trusted(),
            previous,
        ],
        |row| row.get(0),
    )?;
    tag(tx, id, &tags)?;
    if let Some(vector) = new.vector {
        vector::set(tx, id, vector)?;
    }
    by_id(tx, id)
}

/// Merges a new entry into an equal one.
pub(super) fn merge(tx: &Tx<'_>, mut entry: Entry, new: &NewEntry<'_>, now: Timestamp) -> Result<Entry> {
    let old = entry.clone();
    entry.uses = entry.uses.saturating_add(1).min(i64::MAX.unsigned_abs());
    entry.used_at = entry.used_at.max(now);
    let is_known = entry.content == new.content
        || entry
            .examples
            .iter()
            .any(|example| example.content == new.content);
    if !is_known {
        // The first ones and the latest are kept.
        entry.examples.truncate(MAX_EXAMPLES - 1);
        entry.examples.push(Example {
            content: new.content.to_owned(),
            at: now.micros(),
            session: new.session.map(str::to_owned),
        });
    }
    // What a hook writes does not change what somebody confirmed.
    if entry.confirmed && !new.source.is_trusted() {
        rewrite(tx, &old, &mut entry)?;
        return Ok(entry);
    }
    if entry.title.is_none() {
        entry.title = new.title.map(str::to_owned);
    }
    let mut tags = entry.tags.clone();
    tags.extend_from_slice(new.tags);
    let tags = normalized(&tags);
    if tags.len() <= MAX_TAGS {
        entry.tags = tags;
    }
    // Somebody else says what only a hook had said.
    let least = if entry.confirmed {
        0.0
    } else {
        new.source.default_importance()
    };
    entry.importance = entry.importance.max(new.importance.unwrap_or(least));
    entry.confirmed |= new.source.is_trusted();
    if new.vector.is_some() && (entry.vector_model.is_none() || entry.content == new.content) {
        set_vector(tx, &mut entry, new.vector)?;
    }
    // An expired entry is valid again.
    entry.expires_at = entry
        .expires_at
        .zip(new.expires_at)
        .map(|(old, new)| old.max(new));
    rewrite(tx, &old, &mut entry)?;
    Ok(entry)
}

fn set_vector(tx: &Tx<'_>, entry: &mut Entry, new: Option<&ModelVector>) -> Result<()> {
    entry.vector_model = new.map(|new| new.model().to_owned());
    match new {
        Some(new) => vector::set(tx, entry.id, new),
        None => vector::remove(tx, entry.id),
    }
}

/// Writes a changed entry, with a new revision.
pub(super) fn rewrite(tx: &Tx<'_>, old: &Entry, entry: &mut Entry) -> Result<()> {
    entry.revision = entry.revision.saturating_add(1);
    entry.updated_at = Timestamp::now();
    let title = entry.title.as_deref().unwrap_or_default();
    let is_other_text = old.content != entry.content || old.title != entry.title;
    if is_other_text || old.tags != entry.tags || old.examples != entry.examples {
        let derived = Derived::of(title, &entry.content, &entry.examples);
        tx.execute(
            "UPDATE memory SET title = ?2, body = ?3, masked = ?4, tags = ?5, pairs = ?6, fingerprint = ?7, variants = ?8
             WHERE id = ?1",
            (
                entry.id,
                title,
                &entry.content,
                &derived.masked.text,
                entry.tags.join(","),
                &derived.pairs,
                derived.fingerprint.as_slice(),
                &derived.variants,
            ),
        )?;
    }
    if old.tags != entry.tags {
        untag(tx, entry.id, &old.tags)?;
        tag(tx, entry.id, &entry.tags)?;
    }
    let examples =
        (!entry.examples.is_empty()).then(|| serde_json::to_string(&entry.examples).unwrap_or_default());
    tx.execute(
        "UPDATE memory SET kind = ?2, importance = ?3, uses = ?4, examples = ?5, updated = ?6, used = ?7, expires = ?8,
             revision = ?9, confirmed = ?10
         WHERE id = ?1",
        (
            entry.id,
            entry.kind.number(),
            entry.importance,
            entry.uses,
            examples,
            entry.updated_at.micros(),
            entry.used_at.micros(),
            entry.expires_at.map(Timestamp::micros),
            entry.revision,
            entry.confirmed,
        ),
    )?;
    if is_other_text || old.expires_at != entry.expires_at {
        session::refresh(tx, entry.id)?;
    }
    if is_other_text || old.kind != entry.kind {
        keep_apart(tx, entry.id)?;
    }
    Ok(())
}

/// Deletes an entry with everything that has its text.
fn delete(tx: &Tx<'_>, id: i64) -> Result<Entry> {
    let entry = by_id(tx, id)?;
    super::import::remember_deleted(tx, &entry)?;
    untag(tx, id, &entry.tags)?;
    vector::remove(tx, id)?;
    let followers = session::leave(tx, id)?;
    let sql = "SELECT target FROM memory_link WHERE origin = ? AND relation = 0";
    let replaced: Vec<i64> = tx.query_all(sql, [id], |row| row.get(0))?;
    for sql in [
        "DELETE FROM memory WHERE id = ?",
        // What it replaced is replaced by its own successor, or valid again.
        "INSERT OR IGNORE INTO memory_link (origin, target, relation)
             SELECT later.origin, earlier.target, 0 FROM memory_link AS later JOIN memory_link AS earlier
             ON earlier.origin = later.target AND earlier.relation = 0 WHERE later.target = ? AND later.relation = 0",
        "UPDATE memory SET superseded = (SELECT origin FROM memory_link WHERE target = memory.id AND relation = 0
             AND origin <> ?1) WHERE id IN (SELECT target FROM memory_link WHERE origin = ?1 AND relation = 0)",
        "DELETE FROM memory_link WHERE origin = ?",
        "DELETE FROM memory_link WHERE target = ?",
    ] {
        tx.execute(sql, [id])?;
    }
    for id in followers {
        session::recompute(tx, id)?;
    }
    let sql = "SELECT 1 FROM memory WHERE id = ? AND superseded IS NULL";
    for id in replaced {
        if tx.exists(sql, [id])? {
            link::restore(tx, id)?;
        }
    }
    Ok(entry)
}

/// Returns tags as they are compared.
pub(super) fn folded(tags: &[String]) -> BTreeSet<String> {
    normalized(tags).iter().map(|tag| tag.to_lowercase()).collect()
}

pub(super) fn tag(tx: &Tx<'_>, id: i64, tags: &[String]) -> Result<()> {
    for tag in folded(tags) {
        // A damaged file may have it already.
        let sql = "INSERT OR IGNORE INTO memory_tag (tag, memory) VALUES (?, ?)";
        tx.execute(sql, (tag, id))?;
    }
    Ok(())
}

fn untag(tx: &Tx<'_>, id: i64, tags: &[String]) -> Result<()> {
    for tag in folded(tags) {
        tx.execute("DELETE FROM memory_tag WHERE tag = ? AND memory = ?", (tag, id))?;
    }
    Ok(())
}
