//! Imports a 1.x home: `state/` with one file for each key, `metrics/` with one line for each execution.

use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ledger::{FileHash, Hash, IS_KNOWN, ImportReport, Importer, KeptKeys, Reason, hash};
use crate::lock::FileLock;
use crate::store::{Key, MAX_VALUE_BYTES, put, value};
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of keys that were set.
    pub keys: u64,
    /// The number of keys that had been imported before.
    pub known_keys: u64,
    /// The executions, and everything that was skipped or changed.
    pub executions: ImportReport,
}

/// The size of the values that are read before the database is locked.
const MAX_BYTES_AHEAD: usize = 64 * 1024 * 1024;
/// The size of the values that are in memory if they are written in several transactions.
const MAX_BYTES_AT_ONCE: usize = 8 * 1024 * 1024;

/// Returns whether a folder has state or metrics of 1.x.
pub(crate) fn exists(home: &Path) -> bool {
    let names = |folder: &str| {
        let entries = fs::read_dir(home.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name())
    };
    names("state").next().is_some()
        || names("metrics").any(|name| name.as_encoded_bytes().ends_with(b".jsonl"))
}

/// Imports the state and the metrics of a 1.x home, all or none; its files are not modified. What was imported before is
/// not imported again, and a key that was written since keeps its value. Symlinks are followed inside `from`; they may lead
/// out of it only if `from` is the home of `db`. Other processes can write during a long import, as for
/// [`Ledger::import`](crate::Ledger::import).
///
/// # Errors
///
/// `ErrorKind::Storage` if the folder cannot be read or the database cannot be written; nothing is imported then.
pub fn import(db: &mut Db, from: &Path) -> Result<Report> {
    let lock = db.lock_imports()?;
    import_locked(db, from, lock.as_ref())
}

/// Like [`import`], for a caller that has the lock.
pub(crate) fn import_locked(db: &mut Db, from: &Path, lock: Option<&FileLock>) -> Result<Report> {
    let place = place(db, from);
    // The user's own home may have links to anywhere; another folder may come from someone else.
    let boundary = match place.is_empty() {
        true => None,
        false => Some(from.canonicalize().map_err(|error| Error::io(from, &error))?),
    };
    let boundary = boundary.as_deref();
    let mut metrics = ImportReport::default();
    let mut state = State {
        place: &place,
        boundary,
        report: Report::default(),
        notes: ImportReport::default(),
        ahead: Vec::new(),
    };
    let files = files(from, "state", boundary, &mut state.notes)?;
    let size = |(_, path): &(String, PathBuf)| fs::metadata(path).map_or(0, |found| found.len());
    let bytes = usize::try_from(files.iter().map(size).sum::<u64>()).unwrap_or(usize::MAX);
    let several = Importer::needs_several(db, files.len(), bytes);
    let state = RefCell::new(state);
    let first = |importer: &mut Importer<'_>| {
        for (name, path) in self::files(from, "metrics", boundary, &mut metrics)? {
            let shown = format!("metrics/{name}");
            if !name.ends_with(".jsonl") {
                metrics.skip(&shown, 0, "foreign", "not a file of executions");
                continue;
            }
            match open(&path, boundary) {
                Ok(file) => importer.lines(BufReader::with_capacity(1 << 16, file), &shown)?,
                Err((reason, why)) => metrics.skip(&shown, 0, reason, why),
            }
        }
        let state = &mut *state.borrow_mut();
        match several {
            true => state.stage(files, importer),
            false => state.read_ahead(files, lock),
        }
    };
    let last = |tx: &Tx<'_>| state.borrow_mut().write(tx, lock);
    let done = Importer::run(db, lock, first, last)?;
    let mut state = state.into_inner();
    state.note_kept(done.kept);
    let mut report = state.report;
    report.executions = done.report;
    report.executions.absorb(state.notes);
    report.executions.absorb(metrics);
    Ok(report)
}

/// A file of a key: its name, its path, and its content if that was read ahead.
type KeyFile = (String, PathBuf, Option<Content>);
type Content = std::result::Result<Vec<u8>, Reason>;

/// The import of keys.
struct State<'a> {
    /// See [`place`].
    place: &'a [u8],
    boundary: Option<&'a Path>,
    report: Report,
    notes: ImportReport,
    /// The files that the last transaction writes.
    ahead: Vec<KeyFile>,
}

impl State<'_> {
    /// Reads the files for the last transaction, as far as they fit into memory, so that the database is not locked
    /// meanwhile.
    fn read_ahead(&mut self, files: Vec<(String, PathBuf)>, lock: Option<&FileLock>) -> Result<()> {
        let mut bytes = 0;
        for (name, path) in files {
            let content = (bytes < MAX_BYTES_AHEAD).then(|| read(&path, self.boundary));
            if let Some(Ok(content)) = &content {
                bytes += content.len();
            }
            if let Some(lock) = lock.filter(|_| self.ahead.len().is_multiple_of(1000)) {
                lock.progress();
            }
            self.ahead.push((name, path, content));
        }
        Ok(())
    }

    /// Reads files and writes the keys of those that were never imported, in several transactions. The few other files are
    /// left to the last transaction.
    fn stage(&mut self, files: Vec<(String, PathBuf)>, importer: &mut Importer<'_>) -> Result<()> {
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while batch.len() < importer.size && bytes < MAX_BYTES_AT_ONCE {
                let Some((name, path)) = files.next() else { break };
                let content = read(&path, self.boundary);
                let Some((key, content)) = self.key_and_value(&name, &path, content) else {
                    continue;
                };
                let file = self.file(&name);
                match imported_content(importer.db, &file)? {
                    Some(last) if last == hash(&[&content]) => self.report.known_keys += 1,
                    Some(_) => self.ahead.push((name, path, Some(Ok(content)))),
                    None => {
                        self.note_ambiguous(&name, &key);
                        importer.remember_file(joined(&file, &hash(&[&content])));
                        bytes += content.len();
                        batch.push((key, content));
                    }
                }
            }
            let mut entries = Vec::new();
            for (key, content) in &batch {
                entries.push((Key::new(key)?, content.as_slice()));
            }
            importer.entries(&entries, true)?;
            self.report.keys += batch.len() as u64;
        }
        Ok(())
    }

    /// Writes the files that were left to the last transaction.
    fn write(&mut self, tx: &Tx<'_>, lock: Option<&FileLock>) -> Result<()> {
        for (number, (name, path, content)) in std::mem::take(&mut self.ahead).into_iter().enumerate() {
            let content = content.unwrap_or_else(|| read(&path, self.boundary));
            if let Some((key, content)) = self.key_and_value(&name, &path, content) {
                self.set(tx, &name, &key, &content)?;
            }
            if let Some(lock) = lock.filter(|_| number.is_multiple_of(1000)) {
                lock.progress();
            }
        }
        Ok(())
    }

    /// Returns the key and the value of a file, or reports why it has none.
    fn key_and_value(&mut self, name: &str, path: &Path, content: Content) -> Option<(String, Vec<u8>)> {
        let read = content.and_then(|mut bytes| {
            if path.file_name().is_none_or(|name| name.to_str().is_none()) {
                return Err(("key", "the name of the file is not UTF-8".to_owned()));
            }
            let key = name.replace("__", ":");
            if let Err(error) = Key::new(&key) {
                return Err(("key", error.message));
            }
            if is_draft(name) {
                return Err(("draft", "a temporary file of an interrupted write".to_owned()));
            }
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            }
            match bytes.len() > MAX_VALUE_BYTES {
                true => Err(too_long()),
                false => Ok((key, bytes)),
            }
        });
        read.map_err(|(reason, detail)| self.note(name, reason, detail))
            .ok()
    }

    /// Sets the key of a file, unless the file was imported before or the key was written by someone else.
    fn set(&mut self, tx: &Tx<'_>, name: &str, key: &str, content: &[u8]) -> Result<()> {
        let file = self.file(name);
        let last = imported_content(tx, &file)?;
        let digest = hash(&[content]);
        if last == Some(digest) {
            self.report.known_keys += 1;
            return Ok(());
        }
        remember_content(tx, &file, last, &digest)?;
        if last.is_none() {
            self.note_ambiguous(name, key);
        }
        let key = Key::new(key)?;
        let now = value(tx, &key)?;
        let kept = match &now {
            // A value that was not changed since an earlier import is replaced by the newer file.
            Some(now) if now == content || last == Some(hash(&[now])) => None,
            Some(_) => Some(OTHER_VALUE),
            None if last.is_none() => None,
            None => Some("was deleted here and stays deleted"),
        };
        if let Some(kept) = kept {
            self.note_conflict(name, key.as_str(), kept);
            return Ok(());
        }
        put(tx, &key, content)?;
        self.report.keys += 1;
        Ok(())
    }

    fn file(&self, name: &str) -> Hash {
        hash(&[b"state", self.place, name.as_bytes()])
    }

    fn note(&mut self, name: &str, reason: &'static str, detail: String) {
        self.notes.skip(&format!("state/{name}"), 0, reason, detail);
    }

    fn note_ambiguous(&mut self, name: &str, key: &str) {
        if name.contains("___") {
            let detail =
                format!("`:` was written as `__`, so the file name is ambiguous; imported as `{key}`");
            self.note(name, "ambiguous", detail);
        }
    }

    fn note_conflict(&mut self, name: &str, key: &str, kept: &str) {
        self.note(name, "conflict", format!("the key `{key}` {kept}"));
    }

    /// Reports the staged keys that kept another value.
    fn note_kept(&mut self, kept: KeptKeys) {
        self.report.keys = self.report.keys.saturating_sub(kept.differing);
        for key in &kept.keys {
            self.note_conflict(&key.replace(':', "__"), key, OTHER_VALUE);
        }
        let unnamed = kept.differing.saturating_sub(kept.keys.len() as u64);
        if unnamed > 0 {
            *self.notes.reasons.entry("conflict").or_default() += unnamed;
        }
    }
}

const OTHER_VALUE: &str = "has a different value here, which was kept";

/// Returns what distinguishes the files of one home from those of another: nothing for the home of `db`, which may be moved,
/// otherwise the path.
fn place(db: &Db, from: &Path) -> Vec<u8> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let own = db.path().parent().map(real);
    let from = real(from);
    if own.as_deref() == Some(&from) {
        return Vec::new();
    }
    from.into_os_string().into_encoded_bytes()
}

/// Returns the hash of the content with which a file was last imported.
fn imported_content(db: &Db, file: &Hash) -> Result<Option<Hash>> {
    let sql = format!("SELECT substr(hash, 17) FROM imported WHERE hash BETWEEN ? AND ? AND {IS_KNOWN}");
    let range = [joined(file, &[0; 16]), joined(file, &[255; 16])];
    db.query_optional(&sql, range, |row| row.get(0))
}

/// Stores the hash of a file's content: both hashes are one row.
fn remember_content(tx: &Tx<'_>, file: &Hash, last: Option<Hash>, content: &Hash) -> Result<()> {
    if let Some(last) = last {
        tx.execute("DELETE FROM imported WHERE hash = ?", [joined(file, &last)])?;
    }
    // An interrupted import may have written the same row.
    let sql = "INSERT INTO imported (hash) VALUES (?) ON CONFLICT (hash) DO UPDATE SET import = NULL";
    tx.execute(sql, [joined(file, content)]).map(|_| ())
}

fn joined(file: &Hash, content: &Hash) -> FileHash {
    let mut both = FileHash::default();
    for (to, from) in both.iter_mut().zip(file.iter().chain(content)) {
        *to = *from;
    }
    both
}

/// Returns the names and paths in the folder `name` of a home, sorted; none if it is missing.
fn files(
    from: &Path,
    name: &str,
    boundary: Option<&Path>,
    notes: &mut ImportReport,
) -> Result<Vec<(String, PathBuf)>> {
    let folder = &from.join(name);
    if escapes(folder, boundary) {
        notes.skip(name, 0, ESCAPE.0, ESCAPE.1.to_owned());
        return Ok(Vec::new());
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(folder, &error)),
    };
    let named = |entry: fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    let found: std::io::Result<Vec<_>> = entries.map(|entry| entry.map(named)).collect();
    let mut found = found.map_err(|error| Error::io(folder, &error))?;
    found.sort();
    Ok(found)
}

/// The reason of a symlink that is not followed.
const ESCAPE: (&str, &str) = ("symlink-escape", "a symlink that leads out of the folder");

/// Returns whether a path leads out of its boundary. A path that cannot be resolved is reported when it is read.
fn escapes(path: &Path, boundary: Option<&Path>) -> bool {
    boundary.is_some_and(|boundary| path.canonicalize().is_ok_and(|real| !real.starts_with(boundary)))
}

/// Opens a regular file or a symlink to one; anything else could block or is not of 1.x.
fn open(path: &Path, boundary: Option<&Path>) -> std::result::Result<File, Reason> {
    if escapes(path, boundary) {
        return Err((ESCAPE.0, ESCAPE.1.to_owned()));
    }
    match fs::metadata(path).map_err(|error| unreadable(&error))?.is_file() {
        true => File::open(path).map_err(|error| unreadable(&error)),
        false => Err((
            "foreign",
            "a folder or a special file, which 1.x did not create".to_owned(),
        )),
    }
}

fn read(path: &Path, boundary: Option<&Path>) -> Content {
    let file = open(path, boundary)?;
    let mut bytes = Vec::new();
    // One more for the newline that 1.x added.
    let limit = MAX_VALUE_BYTES as u64 + 1;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit {
        return Err(too_long());
    }
    Ok(bytes)
}

fn unreadable(error: &std::io::Error) -> Reason {
    ("unreadable", format!("cannot be read: {error}"))
}

fn too_long() -> Reason {
    (
        "too-long",
        format!("the value has more than {MAX_VALUE_BYTES} bytes"),
    )
}

/// Returns whether a name is that of a temporary file of 1.x: `KEY.tmp.PID`.
fn is_draft(name: &str) -> bool {
    let pid = name.rsplit_once(".tmp.").map(|(_, pid)| pid);
    pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()))
}
