//! The file itself: where it is, what it holds, and how a new text gets into its place.

use super::edit::{self, Fault};
use crate::atomic_write::write_whole;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::{self as executor, FileLock, Storage};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::syntax::{Encoding, Source, position};
use clawpowers_loader::{DiskTree, ReadError, Tree as _};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How large config.json may be, in bytes.
const MAX_CONFIG_BYTES: u64 = 1024 * 1024;
/// How many links are followed one after the other, as systems do.
const MAX_LINKS: usize = 40;

/// A config.json that was read.
#[derive(Debug)]
pub(crate) struct Document {
    bytes: Vec<u8>,
    source: Source,
    /// The settings; of equal names in the text the last one counts.
    pub(crate) value: Map<String, Value>,
}

/// Returns the config.json of a home.
pub(crate) fn path(home: &Path) -> PathBuf {
    home.join("config.json")
}

/// Returns the config.json of the runtime.
pub(crate) fn path_of(runtime: &Runtime) -> Result<PathBuf, ApiError> {
    let home = runtime.surroundings.home.as_deref().map(path);
    home.ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidInput, "there is no runtime home")
            .hint("name it with {--home} or in `CLAWPOWERS_DIR`")
    })
}

/// Reads a config.json; where there is no file there is none.
pub(crate) fn read(file: &Path) -> Result<Option<Document>, ApiError> {
    let shown = quote(&display_path(file));
    let bytes = match DiskTree.read(file, MAX_CONFIG_BYTES) {
        Ok(bytes) => bytes,
        // Windows says so too where one of the folders is a file.
        Err(ReadError::Io(error))
            if error.kind() == ErrorKind::NotFound
                && !(cfg!(windows) && file.ancestors().skip(1).any(Path::is_file)) =>
        {
            return Ok(None);
        }
        Err(error) => {
            let message = format!("{shown} cannot be read: {error}");
            return Err(ApiError::new(ErrorCode::Io, message)
                .hint("make it a readable text file, or name another home with {--home}"));
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

/// Says what is wrong with the text of a file, and where.
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

/// Returns the bytes of a config.json in which the setting at `names` has a new value, or is gone where there is none.
///
/// Where there is no file yet, `document` is none. Nothing but the setting differs from the old bytes.
pub(crate) fn changed(
    file: &Path,
    document: Option<&Document>,
    names: &[String],
    value: Option<&Value>,
) -> Result<Vec<u8>, ApiError> {
    let (text, mark) = match document {
        None => ("{}\n", &[][..]),
        Some(document) => {
            if document.source.encoding() == Encoding::Utf16 {
                let why = "is UTF-16, which is read but not written";
                return Err(invalid(file, why, None, 0).hint("save it as UTF-8; it was left as it is"));
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
            let why = format!("names {} twice in one object", quote(&name));
            invalid(file, &why, document.map(|document| &document.source), at)
                .hint("take one of the two away; the file was left as it is")
        }
        Fault::Unread => internal(),
    })?;
    let after = edit.apply(text).ok_or_else(internal)?;
    let size = mark.len() + after.len();
    if size as u64 > MAX_CONFIG_BYTES {
        let message = format!("config.json would have {size} bytes, more than {MAX_CONFIG_BYTES}");
        return Err(
            ApiError::new(ErrorCode::InvalidInput, message).hint("keep large values in files of their own")
        );
    }
    // What could not be read again must not be written; JSON that nests too deep is one such.
    let same = serde_json::from_str::<Map<String, Value>>(&after).map_err(|error| {
        ApiError::new(
            ErrorCode::InvalidInput,
            format!("the value does not fit into config.json: {error}"),
        )
        .hint("nest it less deeply")
    })?;
    let mut wanted = document
        .map(|document| document.value.clone())
        .unwrap_or_default();
    let found = match value {
        Some(value) => put(&mut wanted, names, value),
        None => take(&mut wanted, names),
    };
    if !found || wanted != same {
        return Err(internal());
    }
    Ok([mark, after.as_bytes()].concat())
}

fn internal() -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        "config.json was not understood as it was read",
    )
    .hint("please report it; the file was left as it is")
}

/// Puts a value where `names` lead, making the objects on the way.
fn put(map: &mut Map<String, Value>, names: &[String], value: &Value) -> bool {
    match names {
        [] => false,
        [last] => {
            map.insert(last.clone(), value.clone());
            true
        }
        [first, rest @ ..] => {
            let inner = map
                .entry(first.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            inner.as_object_mut().is_some_and(|inner| put(inner, rest, value))
        }
    }
}

/// Removes the value to which `names` lead; the others keep their order.
pub(super) fn take(map: &mut Map<String, Value>, names: &[String]) -> bool {
    match names {
        [] => false,
        [last] => map.shift_remove(last).is_some(),
        [first, rest @ ..] => {
            let inner = map.get_mut(first).and_then(Value::as_object_mut);
            inner.is_some_and(|inner| take(inner, rest))
        }
    }
}

/// Makes the folder of a config.json where there is none, and waits until nobody else writes the file: the lock is on a
/// file of its own, because config.json itself is replaced by every write, and a lock on it with it.
pub(crate) fn hold(file: &Path) -> Result<FileLock, ApiError> {
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

/// Puts new bytes in the place of a config.json; where it is a link, in the place of what it leads to.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    let target = target(file).map_err(|error| unwritable(file, &error.to_string()))?;
    if target
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().readonly())
    {
        return Err(unwritable(file, "it is read-only"));
    }
    write_whole(&target, bytes).map_err(|error| {
        let refused = unwritable(file, &error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                refused.hint("make room on the disk, then try again; nothing was written")
            }
            _ => refused,
        }
    })
}

fn unwritable(file: &Path, why: &str) -> ApiError {
    let message = format!("{} cannot be written: {why}", quote(&display_path(file)));
    ApiError::new(ErrorCode::Io, message)
        .hint("make the file and its folder writable for this user, or name another home with {--home}")
}

/// Follows links to the file that is to be written, which need not be there yet.
fn target(file: &Path) -> io::Result<PathBuf> {
    let mut target = file.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(&target).join(next),
            // It is no link, or nothing at all.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("its links lead round in a circle"))
}
