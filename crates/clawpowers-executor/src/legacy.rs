//! What 1.x left in a home: `state/` with one file a key, `metrics/` with one line an execution.

use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::key::Key;
use crate::ledger::{Hash, ImportReport, Importer, hash};
use crate::lock::FileLock;
use crate::store::{MAX_VALUE_BYTES, put, value};
use rusqlite::OptionalExtension as _;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Keys that were set.
    pub keys: u64,
    /// Keys that had been taken in before.
    pub known_keys: u64,
    /// The executions, and everything that was skipped or is worth knowing.
    pub executions: ImportReport,
}

/// How many bytes of values are read before the database is locked for them.
const MAX_BYTES_AHEAD: usize = 64 * 1024 * 1024;

/// Tells whether a folder holds something of 1.x.
#[must_use]
pub fn is_there(home: &Path) -> bool {
    let has = |folder: &str, wanted: fn(&str) -> bool| {
        let entries = fs::read_dir(home.join(folder));
        entries.is_ok_and(|entries| {
            entries
                .flatten()
                .any(|entry| wanted(&entry.file_name().to_string_lossy()))
        })
    };
    has("state", |_| true) || has("metrics", |name| name.ends_with(".jsonl"))
}

/// Imports the state and the metrics of a home of 1.x, all or none; its files are only read. What was imported before is
/// not imported again, and a key that was written since keeps its value. Symlinks are followed inside `from`; only where
/// `from` is the home of `db` may they lead out of it. Other processes write in between, as they do for
/// [`Ledger::import`](crate::Ledger::import).
///
/// # Errors
///
/// [`Error::Storage`] where the folder cannot be read or the database cannot be written; nothing is imported then.
pub fn import(db: &mut Db, from: &Path) -> Result<Report> {
    let lock = db.lock_imports()?;
    import_locked(db, from, lock.as_ref())
}

/// As [`import`], for whoever holds the lock already.
pub(crate) fn import_locked(db: &mut Db, from: &Path, lock: Option<&FileLock>) -> Result<Report> {
    let place = place(db, from);
    // The user's own home may link anywhere; another folder may come from a stranger.
    let boundary = match place.is_empty() {
        true => None,
        false => Some(from.canonicalize().map_err(|error| Error::io(from, &error))?),
    };
    let boundary = boundary.as_deref();
    let mut report = Report::default();
    let (mut notes, mut metrics) = (ImportReport::default(), ImportReport::default());
    let executions = |importer: &mut Importer<'_>| {
        for (name, path) in files(from, "metrics", boundary, &mut metrics)? {
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
        Ok(())
    };
    // The keys come in the last transaction, so that they are there together with the executions. Nobody waits for the files
    // meanwhile that fit into memory.
    let (mut ahead, mut bytes) = (Vec::new(), 0);
    for (name, path) in files(from, "state", boundary, &mut notes)? {
        let content = (bytes < MAX_BYTES_AHEAD).then(|| read(&path, boundary));
        if let Some(Ok(content)) = &content {
            bytes += content.len();
        }
        if let Some(lock) = lock.filter(|_| ahead.len() % 1000 == 0) {
            lock.progress();
        }
        ahead.push((name, path, content));
    }
    let keys = |tx: &Tx<'_>| {
        for (number, (name, path, content)) in ahead.into_iter().enumerate() {
            match content.unwrap_or_else(|| read(&path, boundary)) {
                Ok(_) if path.file_name().is_none_or(|name| name.to_str().is_none()) => {
                    let detail = "the name of the file is not UTF-8";
                    notes.skip(&format!("state/{name}"), 0, "key", detail);
                }
                Ok(bytes) => state(tx, (&place, &name), &bytes, &mut report, &mut notes)?,
                Err((reason, why)) => notes.skip(&format!("state/{name}"), 0, reason, why),
            }
            if let Some(lock) = lock.filter(|_| number % 1000 == 0) {
                lock.progress();
            }
        }
        Ok(())
    };
    (report.executions, ()) = Importer::run(db, lock, executions, keys)?;
    report.executions.absorb(notes);
    report.executions.absorb(metrics);
    Ok(report)
}

/// Imports the bytes of the file of a key, which has a place and a name.
fn state(
    tx: &Tx<'_>,
    (place, name): (&[u8], &str),
    bytes: &[u8],
    report: &mut Report,
    notes: &mut ImportReport,
) -> Result<()> {
    let shown = format!("state/{name}");
    let decoded = name.replace("__", ":");
    let key = match Key::new(&decoded) {
        Ok(key) if !is_draft(name) => key,
        Ok(_) => {
            notes.skip(&shown, 0, "draft", "a temporary file of an interrupted write");
            return Ok(());
        }
        Err(error) => {
            notes.skip(&shown, 0, "key", error.to_string());
            return Ok(());
        }
    };
    let content = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if content.len() > MAX_VALUE_BYTES {
        notes.skip(&shown, 0, "too-long", too_long());
        return Ok(());
    }
    let file = hash(&[b"state", place, name.as_bytes()]);
    let last = held(tx, &file)?;
    let digest = hash(&[content]);
    if last == Some(digest) {
        report.known_keys += 1;
        return Ok(());
    }
    hold(tx, &file, last, &digest)?;
    if last.is_none() && name.contains("___") {
        let detail = format!(
            "`:` was written as `__`, so the file name is ambiguous; imported as `{}`",
            key.as_str()
        );
        notes.skip(&shown, 0, "ambiguous", detail);
    }
    let now = tx.run(|connection| value(connection, &key))?;
    let kept = match &now {
        // What an earlier import left and nobody changed gives way to the newer file.
        Some(now) if now == content || last == Some(hash(&[now])) => None,
        Some(_) => Some("has a different value here, which was kept"),
        None if last.is_none() => None,
        None => Some("was deleted here and stays deleted"),
    };
    if let Some(kept) = kept {
        let detail = format!("the key `{}` {kept}", key.as_str());
        notes.skip(&shown, 0, "conflict", detail);
        return Ok(());
    }
    put(tx, &key, content)?;
    report.keys += 1;
    Ok(())
}

/// Returns what tells the files of one home from those of another: nothing for this very home, which may be moved, else
/// the path.
fn place(db: &Db, from: &Path) -> Vec<u8> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let own = db.path().parent().map(real);
    let from = real(from);
    if own.as_deref() == Some(&from) {
        return Vec::new();
    }
    from.into_os_string().into_encoded_bytes()
}

/// Returns what a file held when it was last looked at.
fn held(tx: &Tx<'_>, file: &Hash) -> Result<Option<Hash>> {
    tx.run(|connection| {
        let mut statement =
            connection.prepare_cached("SELECT substr(hash, 17) FROM imported WHERE hash BETWEEN ? AND ?")?;
        let (from, to) = ([*file, [0; 16]].concat(), [*file, [255; 16]].concat());
        statement.query_row([from, to], |row| row.get(0)).optional()
    })
}

/// Remembers what a file holds: its own hash and that of its content are one row.
fn hold(tx: &Tx<'_>, file: &Hash, last: Option<Hash>, content: &Hash) -> Result<()> {
    tx.run(|connection| {
        if let Some(last) = last {
            let mut statement = connection.prepare_cached("DELETE FROM imported WHERE hash = ?")?;
            statement.execute([[*file, last].concat()])?;
        }
        let mut statement = connection.prepare_cached("INSERT INTO imported (hash) VALUES (?)")?;
        statement.execute([[*file, *content].concat()])
    })?;
    Ok(())
}

/// Returns the names and paths in the folder `name` of a home in the order of the names; none where it is missing.
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
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::io(folder, &error))?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    Ok(found)
}

/// Reason and detail of a symlink that is not followed.
const ESCAPE: (&str, &str) = ("symlink-escape", "a symlink that leads out of the folder");

/// Tells whether a path leads out of the folder that bounds it. What cannot be resolved is for the reader to report.
fn escapes(path: &Path, boundary: Option<&Path>) -> bool {
    boundary.is_some_and(|boundary| path.canonicalize().is_ok_and(|real| !real.starts_with(boundary)))
}

/// Opens a regular file, a linked one too; anything else would block or is no file of 1.x.
fn open(path: &Path, boundary: Option<&Path>) -> std::result::Result<File, (&'static str, String)> {
    if escapes(path, boundary) {
        return Err((ESCAPE.0, ESCAPE.1.to_owned()));
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            File::open(path).map_err(|error| ("unreadable", format!("cannot be read: {error}")))
        }
        Ok(_) => Err((
            "foreign",
            "a folder or a special file, which 1.x did not make".to_owned(),
        )),
        Err(error) => Err(("unreadable", format!("cannot be read: {error}"))),
    }
}

fn read(path: &Path, boundary: Option<&Path>) -> std::result::Result<Vec<u8>, (&'static str, String)> {
    let file = open(path, boundary)?;
    let mut bytes = Vec::new();
    // One more for the line end that 1.x added.
    let limit = MAX_VALUE_BYTES as u64 + 1;
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| ("unreadable", format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > limit {
        return Err(("too-long", too_long()));
    }
    Ok(bytes)
}

fn too_long() -> String {
    format!("the value has more than {MAX_VALUE_BYTES} bytes")
}

/// Tells whether a name is that of a temporary file of 1.x: `KEY.tmp.PID`.
fn is_draft(name: &str) -> bool {
    let pid = name.rsplit_once(".tmp.").map(|(_, pid)| pid);
    pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()))
}
