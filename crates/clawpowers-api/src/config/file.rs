//! Finding, reading, locking and replacing `config.json`.

use super::edit::{self, Fault};
use crate::atomic_write::write_whole;
use crate::runtime::Runtime;
use crate::wire::{ApiError, ErrorCode, Result};
use clawpowers_executor::{self as executor, FileLock, Storage};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::syntax::{Encoding, Source, position};
use clawpowers_loader::{DiskTree, ReadError, Tree as _};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The maximum number of bytes that config.json may have.
const MAX_CONFIG_BYTES: u64 = 1024 * 1024;
/// The maximum number of symlinks that are followed, as on Linux.
const MAX_LINKS: usize = 40;

/// The content of a config.json.
#[derive(Debug)]
pub(crate) struct Document {
    bytes: Vec<u8>,
    source: Source,
    /// The settings; of duplicate keys, the last one counts.
    pub(crate) value: Map<String, Value>,
}

pub(crate) fn path(home: &Path) -> PathBuf {
    home.join("config.json")
}

pub(crate) fn path_of(runtime: &Runtime) -> Result<PathBuf> {
    Ok(path(runtime.home()?.folder()))
}

/// Reads a config.json; returns `None` if it does not exist.
pub(crate) fn read(file: &Path) -> Result<Option<Document>> {
    let shown = quote(&display_path(file));
    let bytes = match DiskTree.read(file, MAX_CONFIG_BYTES) {
        Ok(bytes) => bytes,
        // Windows returns it too if one of the folders is a file.
        Err(ReadError::Io(error))
            if error.kind() == ErrorKind::NotFound
                && !(cfg!(windows) && file.ancestors().skip(1).any(Path::is_file)) =>
        {
            return Ok(None);
        }
        Err(error) => {
            let message = format!("{shown} cannot be read: {error}");
            return Err(ApiError::io(message)
                .hint("make it a readable text file, or choose another home with {--home}"));
        }
    };
    let source = Source::decode(&bytes);
    if let Encoding::Lossy(at) = source.encoding() {
        return Err(invalid(file, "is not UTF-8", Some(&source), at));
    }
    let value: Value = serde_json::from_str(source.text()).map_err(|error| {
        let message = format!("{shown} is not JSON: {error}");
        invalid_at(message, error.line(), error.column())
    })?;
    let Value::Object(value) = value else {
        return Err(invalid(file, "is not a JSON object", None, 0));
    };
    Ok(Some(Document { bytes, source, value }))
}

/// Returns the error for a place in the text.
fn invalid(file: &Path, why: &str, source: Option<&Source>, offset: usize) -> ApiError {
    let place = position(source.map_or("", Source::text), offset);
    let file = quote(&display_path(file));
    let message = format!("{file} {why}: line {} column {}", place.line, place.column);
    invalid_at(message, place.line, place.column)
}

fn invalid_at(message: String, line: usize, column: usize) -> ApiError {
    ApiError::new(ErrorCode::InvalidConfig, message)
        .hint("fix the file at this line and column; it was not changed")
        .details(json!({ "line": line, "column": column }))
}

/// Returns the bytes of a config.json in which the setting at `names` has a new value, or is removed if that is `None`. No other
/// byte differs. Without a `document` there is no file yet.
pub(crate) fn changed(
    file: &Path,
    document: Option<&Document>,
    names: &[String],
    value: Option<&Value>,
) -> Result<Vec<u8>> {
    let (text, mark) = match document {
        None => ("{}\n", &[][..]),
        Some(document) => {
            if document.source.encoding() == Encoding::Utf16 {
                let why = "is UTF-16, which is read but not written";
                return Err(invalid(file, why, None, 0).hint("save it as UTF-8; it was not changed"));
            }
            let text = document.source.text();
            let mark = document.bytes.len().saturating_sub(text.len());
            (text, document.bytes.get(..mark).unwrap_or_default())
        }
    };
    let edit = match value {
        Some(value) => edit::set(text, names, value),
        None => edit::unset(text, names),
    };
    let edit = edit.map_err(|fault| match fault {
        Fault::Duplicate { name, at } => {
            let why = format!("has the duplicate key {}", quote(&name));
            invalid(file, &why, document.map(|document| &document.source), at)
                .hint("remove one of the two; the file was not changed")
        }
        Fault::Unread => internal(),
    })?;
    let after = edit.apply(text).ok_or_else(internal)?;
    let size = mark.len() + after.len();
    if size as u64 > MAX_CONFIG_BYTES {
        let message = format!("config.json would have {size} bytes, more than {MAX_CONFIG_BYTES}");
        return Err(ApiError::invalid_input(message).hint("keep large values in files of their own"));
    }
    // It must be readable again: JSON that is nested too deep is not.
    let same = serde_json::from_str::<Map<String, Value>>(&after).map_err(|error| {
        ApiError::invalid_input(format!("the value does not fit into config.json: {error}"))
            .hint("nest it less deeply")
    })?;
    let mut wanted = document
        .map(|document| document.value.clone())
        .unwrap_or_default();
    let done = names.split_last().and_then(|(last, above)| {
        let object = object_at(&mut wanted, above)?;
        match value {
            Some(value) => drop(object.insert(last.clone(), value.clone())),
            None => drop(object.shift_remove(last)?),
        }
        Some(())
    });
    if done.is_none() || wanted != same {
        return Err(internal());
    }
    Ok([mark, after.as_bytes()].concat())
}

fn internal() -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        "internal error: the edited config.json does not match the requested change",
    )
    .hint("please report it; the file was not changed")
}

/// Returns the object at `names`, after creating missing ones; `None` if another value is there.
pub(super) fn object_at<'m>(
    map: &'m mut Map<String, Value>,
    names: &[String],
) -> Option<&'m mut Map<String, Value>> {
    names.iter().try_fold(map, |map, name| {
        let inner = map
            .entry(name.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        inner.as_object_mut()
    })
}

/// Returns the response of `plan`, after writing the new bytes of the file that it may return too. It is called with the
/// file and its settings.
pub(crate) fn update<T>(
    file: &Path,
    plan: impl Fn(Option<&Document>, &Map<String, Value>) -> Result<(T, Option<Vec<u8>>)>,
) -> Result<T> {
    let plan = || {
        let document = read(file)?;
        let none = Map::new();
        plan(
            document.as_ref(),
            document.as_ref().map_or(&none, |document| &document.value),
        )
    };
    // First without the lock, which creates files: a rejected request must not leave any behind.
    let (response, bytes) = plan()?;
    if bytes.is_none() {
        return Ok(response);
    }
    let _lock = lock(file)?;
    let (response, bytes) = plan()?;
    if let Some(bytes) = bytes {
        write(file, &bytes)?;
    }
    Ok(response)
}

/// Creates the folder of a config.json if it does not exist, and locks the file for writing. The lock is on a separate file,
/// because each write replaces config.json.
fn lock(file: &Path) -> Result<FileLock> {
    let home = file.parent().unwrap_or(file);
    make_folder(home).map_err(|error| unwritable(file, &error.to_string()))?;
    FileLock::acquire(&home.join("config.lock")).map_err(|error| match error.kind {
        executor::ErrorKind::Storage(Storage::Busy) => error.into(),
        _ => unwritable(file, &error.message),
    })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Replaces a config.json. If it is a symlink, its target is replaced.
fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    let target = target(file).map_err(|error| unwritable(file, &error.to_string()))?;
    if target
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().readonly())
    {
        return Err(unwritable(file, "it is read-only"));
    }
    write_whole(&target, bytes).map_err(|error| {
        let failed = unwritable(file, &error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                failed.hint("free some disk space, then try again; nothing was written")
            }
            _ => failed,
        }
    })
}

fn unwritable(file: &Path, why: &str) -> ApiError {
    let message = format!("{} cannot be written: {why}", quote(&display_path(file)));
    ApiError::io(message)
        .hint("make the file and its folder writable for this user, or choose another home with {--home}")
}

/// Resolves symlinks to the file to write, which need not exist.
fn target(file: &Path) -> io::Result<PathBuf> {
    let mut target = file.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(&target).join(next),
            // It is not a symlink, or does not exist.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("symlink loop"))
}
