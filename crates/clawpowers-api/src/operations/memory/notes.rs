//! Reads folders to import: Markdown notes, and files of other formats.

use clawpowers_executor::memory::MAX_CONTENT_BYTES;
use clawpowers_executor::memory::import::{Format, Importer, Note, Origin, reason};
use clawpowers_executor::{Result, Timestamp};
use clawpowers_loader::display::display_path;
use clawpowers_loader::markdown;
use clawpowers_loader::syntax::{Encoding, Source};
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The most nested folders.
const MAX_DEPTH: usize = 64;
/// The most bytes of a note: its content, and frontmatter.
const MAX_BYTES: usize = MAX_CONTENT_BYTES + 128 * 1024;

/// Imports a folder. Symlinks to files are followed inside of it; those to folders are not.
pub(super) fn folder(importer: &mut Importer<'_>, root: &Path, format: Option<Format>) -> Result<()> {
    let mut pending = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = pending.pop() {
        let shown = |path: &Path| display_path(path.strip_prefix(root).unwrap_or(path));
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                importer.skip(
                    &shown(&folder),
                    0,
                    reason::UNREADABLE,
                    format!("cannot be read: {error}"),
                );
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry.path();
            let name = shown(&path);
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                importer.skip(&name, 0, reason::HIDDEN, "a hidden file or folder");
                continue;
            }
            match place_of(root, &path) {
                Ok((_, true)) if depth >= MAX_DEPTH => {
                    let detail = format!("more than {MAX_DEPTH} nested folders");
                    importer.skip(&name, 0, reason::TOO_LONG, detail);
                }
                Ok((_, true)) => folders.push((path, depth + 1)),
                Ok((real, false)) => any(importer, &real, &name, format)?,
                Err((reason, detail)) => importer.skip(&name, 0, reason, detail),
            }
        }
        pending.extend(folders.into_iter().rev());
    }
    Ok(())
}

/// Returns the path without symlinks, and whether it is a folder.
fn place_of(root: &Path, path: &Path) -> std::result::Result<(PathBuf, bool), (&'static str, String)> {
    let unreadable = |error: std::io::Error| (reason::UNREADABLE, format!("cannot be read: {error}"));
    let real = path.canonicalize().map_err(unreadable)?;
    let found = real.metadata().map_err(unreadable)?;
    let is_link = fs::symlink_metadata(path).map_err(unreadable)?.is_symlink();
    if !real.starts_with(root) {
        return Err((
            reason::SYMLINK,
            "a symlink that leads out of the folder".to_owned(),
        ));
    }
    match (found.is_file(), found.is_dir()) {
        (_, true) if is_link => Err((reason::SYMLINK, "a symlink to a folder".to_owned())),
        (_, true) => Ok((real, true)),
        (true, _) => Ok((real, false)),
        _ => Err((reason::UNREADABLE, "neither a file nor a folder".to_owned())),
    }
}

/// Imports a file of a folder.
fn any(importer: &mut Importer<'_>, path: &Path, name: &str, format: Option<Format>) -> Result<()> {
    let is_data = extension(path).is_some_and(|extension| matches!(extension.as_str(), "jsonl" | "json"));
    if is_note(path) || is_data {
        return file(importer, path, name, format);
    }
    importer.skip(name, 0, reason::FORMAT, "neither a Markdown note nor JSON");
    Ok(())
}

/// Imports a file; a name that does not end with `.md` is one of JSON.
pub(super) fn file(
    importer: &mut Importer<'_>,
    path: &Path,
    name: &str,
    format: Option<Format>,
) -> Result<()> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let place = place.to_string_lossy();
    let origin = Origin {
        name,
        place: Some(&place),
    };
    let opened = match File::open(path) {
        Ok(opened) => opened,
        Err(error) => {
            importer.skip(name, 0, reason::UNREADABLE, format!("cannot be read: {error}"));
            return Ok(());
        }
    };
    let reads_notes = format.map_or(is_note(path), |format| format == Format::Markdown);
    if !reads_notes {
        return importer.file(BufReader::with_capacity(1 << 16, opened), origin, format);
    }
    let modified = opened.metadata().and_then(|found| found.modified()).ok();
    let modified = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let micros = modified.and_then(|since| i64::try_from(since.as_micros()).ok());
    read(importer, opened, origin, micros.map(Timestamp::from_micros))
}

/// Imports a note.
pub(super) fn read(
    importer: &mut Importer<'_>,
    reader: impl Read,
    origin: Origin<'_>,
    modified: Option<Timestamp>,
) -> Result<()> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    let (reason, detail) = match read {
        Err(error) => (reason::UNREADABLE, format!("cannot be read: {error}")),
        Ok(read) if read > MAX_BYTES => (reason::TOO_LONG, format!("more than {MAX_BYTES} bytes")),
        Ok(_) => {
            let source = Source::decode(&bytes);
            if !matches!(source.encoding(), Encoding::Lossy(_)) && !source.text().contains('\0') {
                return importer.note(note(&source, origin.name, modified), origin);
            }
            (reason::BINARY, "it is not text".to_owned())
        }
    };
    importer.skip(origin.name, 0, reason, detail);
    Ok(())
}

fn note(source: &Source, name: &str, modified: Option<Timestamp>) -> Note {
    let (fields, body) = markdown(source);
    let text = |name: &str| {
        fields
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
    };
    let heading = || {
        let line = body.lines().find(|line| !line.trim().is_empty())?;
        let title = line.trim_start().strip_prefix("# ")?.trim_end_matches('#').trim();
        (!title.is_empty()).then(|| title.to_owned())
    };
    let stem = || {
        Path::new(name)
            .file_stem()
            .map_or(name.to_owned(), |stem| stem.to_string_lossy().into_owned())
    };
    let at = ["created", "date"].into_iter().find_map(text);
    Note {
        title: text("title")
            .map(str::to_owned)
            .or_else(heading)
            .unwrap_or_else(stem),
        content: body.trim().to_owned(),
        tags: tags(&fields),
        at: at.and_then(|at| Timestamp::parse(at).ok()).or(modified),
    }
}

/// Returns the tags: a list, or a text in which commas or spaces separate them.
fn tags(fields: &Map<String, Value>) -> Vec<String> {
    let tags: Vec<&str> = match fields.get("tags") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => text.split([',', ' ']).collect(),
        _ => Vec::new(),
    };
    let tags = tags
        .into_iter()
        .map(|tag| tag.trim().trim_start_matches('#').to_owned());
    tags.filter(|tag| !tag.is_empty()).collect()
}

fn is_note(path: &Path) -> bool {
    extension(path).is_some_and(|extension| matches!(extension.as_str(), "md" | "markdown"))
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
