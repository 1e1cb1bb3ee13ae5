//! Imports entries and checkpoints: from other homes, from 1.x and 2.x, from other programs, from notes.

mod formats;
mod keys;
mod mcp;
mod own;
mod read;
pub mod reason;
mod record;

pub(super) use record::remember_deleted;

use super::Memory;
use super::checkpoint::Checkpoint;
use crate::error::{Error, Result};
use crate::ledger::{ImportReport, PAUSE};
use crate::lock::FileLock;
use crate::timestamp::Timestamp;
use crate::wait;
use record::{Record, Writer};
use std::io::BufRead;
use std::mem;
use std::thread;

/// A transaction is written once it has this many entries and states, or this many bytes of their text.
const BATCH: (usize, usize) = (1000, 4 * 1024 * 1024);

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The lines of [`Memory::export`].
    Clawpowers,
    /// `memory/patterns.jsonl` of 1.x.
    Patterns,
    /// `episodic.jsonl` of 2.x.
    Episodic,
    /// `procedural.json` of 2.x.
    Procedural,
    /// The saved state of a task of 2.x.
    Checkpoint,
    /// The file of the official memory server for MCP.
    Mcp,
    /// Markdown notes.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::Clawpowers,
        Self::Patterns,
        Self::Episodic,
        Self::Procedural,
        Self::Checkpoint,
        Self::Mcp,
        Self::Markdown,
    ];

    /// Returns its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clawpowers => "clawpowers",
            Self::Patterns => "patterns",
            Self::Episodic => "episodic",
            Self::Procedural => "procedural",
            Self::Checkpoint => "checkpoint",
            Self::Mcp => "mcp",
            Self::Markdown => "markdown",
        }
    }

    /// Returns the format with a name.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` with the names that exist.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::invalid(
                format!("unknown format {}", crate::display::quoted(name)),
                format!("use one of {names}, or leave it out"),
            )
        })
    }
}

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of entries that were created.
    pub created: u64,
    /// The number of entries that were merged with others, which only differ in values.
    pub merged: u64,
    /// The number of entries that were imported before and have changed in their source since.
    pub updated: u64,
    /// The number of entries and checkpoints that were imported before.
    pub known: u64,
    /// The number of links that were added.
    pub links: u64,
    /// The number of checkpoints that were saved.
    pub checkpoints: u64,
    /// What was skipped, or not imported as it was.
    pub notes: ImportReport,
}

/// A file to import, or another source.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Its name in the report.
    pub name: &'a str,
    /// What distinguishes it from other files with the same name, such as its absolute path, so that a later import of the
    /// changed file changes its entries; `None` if nothing does.
    pub place: Option<&'a str>,
}

/// A Markdown note.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its title.
    pub title: String,
    /// Its text.
    pub content: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was written; `None` is the time of the import.
    pub at: Option<Timestamp>,
}

impl Memory<'_> {
    /// Imports what `read` reads. What was imported before is not imported again; an entry that was deleted here stays
    /// deleted. One process imports at a time.
    ///
    /// Each transaction writes up to 1,000 entries, so that other processes can write during a long import. If a later one
    /// fails, those before it stay, and the same import can be run again.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` also if a source cannot be read. What is not an entry is not an error but a row of the report.
    pub fn import(&mut self, read: impl FnOnce(&mut Importer<'_>) -> Result<()>) -> Result<Report> {
        let lock = self.db.lock_imports()?;
        let writer = Writer::new(self.db)?;
        let mut importer = Importer {
            memory: Memory { db: self.db },
            lock,
            writer,
            batch: Vec::new(),
            bytes: 0,
        };
        read(&mut importer)?;
        importer.write(true)?;
        Ok(importer.writer.report)
    }
}

/// Something to write.
#[derive(Debug)]
enum Item {
    Entry(Box<Record>),
    Checkpoint(Box<Checkpoint>, Row),
}

/// A row of the report: the source and its line, from 1; 0 for a whole file.
#[derive(Debug, Clone)]
struct Row {
    source: String,
    line: usize,
}

/// An import.
#[derive(Debug)]
pub struct Importer<'m> {
    memory: Memory<'m>,
    /// `None` if no other process can import.
    lock: Option<FileLock>,
    writer: Writer,
    batch: Vec<Item>,
    bytes: usize,
}

impl Importer<'_> {
    /// Imports a file of any format but Markdown, or lines of several formats; with `format`, only that one.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if it cannot be read, or the database cannot be written.
    pub fn file(&mut self, lines: impl BufRead, origin: Origin<'_>, format: Option<Format>) -> Result<()> {
        read::file(self, lines, origin, format)
    }

    /// Imports a note.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if the database cannot be written.
    pub fn note(&mut self, note: Note, origin: Origin<'_>) -> Result<()> {
        let record = formats::note(note, origin, self.writer.now);
        self.entry(record, origin.name, 0)
    }

    /// Imports the keys of the store that match a pattern; they stay.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a pattern that is too long; `ErrorKind::Storage` if the database cannot be read or written.
    pub fn keys(&mut self, pattern: &crate::Pattern) -> Result<()> {
        keys::import(self, pattern)
    }

    /// Adds what was skipped, or not imported as it was, to the report. `line` is 0 for a whole file.
    pub fn skip(&mut self, source: &str, line: usize, reason: &'static str, detail: impl Into<String>) {
        self.writer.report.notes.skip(source, line, reason, detail);
    }

    fn entry(&mut self, record: Record, source: &str, line: usize) -> Result<()> {
        if record.mended {
            let detail = "a name, a tag or a time could not be kept as it was";
            self.skip(source, line, reason::MENDED, detail);
        }
        if record.entry.content.trim().is_empty() {
            self.skip(source, line, reason::EMPTY, "it has no text");
            return Ok(());
        }
        if let Err(error) = record.check(self.writer.now) {
            let is_long = record.entry.content.len() > super::MAX_CONTENT_BYTES;
            let reason = if is_long {
                reason::TOO_LONG
            } else {
                reason::INVALID
            };
            self.skip(source, line, reason, error.message);
            return Ok(());
        }
        self.bytes += record.entry.content.len();
        let row = Row {
            source: source.to_owned(),
            line,
        };
        self.add(Item::Entry(Box::new(Record {
            row: Some(row),
            ..record
        })))
    }

    fn checkpoint(&mut self, checkpoint: Checkpoint, source: &str, line: usize) -> Result<()> {
        if let Err(error) = checkpoint.check() {
            let is_long = checkpoint.state.len() > super::MAX_STATE_BYTES;
            let reason = if is_long {
                reason::TOO_LONG
            } else {
                reason::INVALID
            };
            self.skip(source, line, reason, error.message);
            return Ok(());
        }
        self.bytes += checkpoint.state.len();
        let row = Row {
            source: source.to_owned(),
            line,
        };
        self.add(Item::Checkpoint(Box::new(checkpoint), row))
    }

    fn add(&mut self, item: Item) -> Result<()> {
        self.batch.push(item);
        if self.batch.len() < BATCH.0 && self.bytes < BATCH.1 {
            return Ok(());
        }
        self.write(false)
    }

    /// Writes what was read in one transaction, the last one with the links.
    fn write(&mut self, last: bool) -> Result<()> {
        let batch = mem::take(&mut self.batch);
        self.bytes = 0;
        let writer = &mut self.writer;
        if !batch.is_empty() || last && writer.has_links() {
            self.memory.write(|tx| {
                for item in batch {
                    match item {
                        Item::Entry(record) => writer.entry(tx, *record)?,
                        Item::Checkpoint(checkpoint, row) => writer.checkpoint(tx, &checkpoint, &row)?,
                    }
                }
                if last {
                    writer.link(tx)?;
                }
                Ok(())
            })?;
        }
        if let Some(lock) = &self.lock {
            lock.progress();
        }
        let yields = !last && self.memory.db.is_shared();
        if yields {
            // Other processes can write meanwhile.
            thread::sleep(PAUSE);
        }
        // A fork of the host does not wait for the whole import.
        if let Some(run) = yields.then(wait::yield_requested).flatten() {
            self.memory.db.close_during(run)?;
        }
        Ok(())
    }
}
