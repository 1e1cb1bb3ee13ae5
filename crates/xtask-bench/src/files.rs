//! The minimal work of a list of skills: finding and reading the files.

use crate::Failure;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Reads every file of a list of paths, the minimal work if the paths are known.
pub(crate) fn read_bytes(list: &str) -> Result<(), Failure> {
    read_all(fs::read_to_string(list)?.lines().map(PathBuf::from))
}

/// Finds and reads every SKILL.md in a folder, the minimal work if the paths are unknown.
pub(crate) fn find_and_read(folder: &str) -> Result<(), Failure> {
    let mut files = Vec::new();
    collect(Path::new(folder), &mut files)?;
    read_all(files.into_iter())
}

/// How much of a file `skill list` reads first.
const HEAD_BYTES: usize = 4096;

/// Walks the tree of a folder and reads the start of every SKILL.md once, the minimal work of `skill list`.
pub(crate) fn walk_heads(folder: &str) -> Result<(), Failure> {
    let mut total = 0;
    heads(Path::new(folder), &mut [0; HEAD_BYTES], &mut total)?;
    println!("{total}");
    Ok(())
}

fn heads(folder: &Path, buffer: &mut [u8; HEAD_BYTES], total: &mut usize) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            heads(&entry.path(), buffer, total)?;
        } else if kind.is_file() && entry.file_name().eq_ignore_ascii_case("SKILL.md") {
            *total += fs::File::open(entry.path())?.read(buffer)?;
        }
    }
    Ok(())
}

fn read_all(paths: impl Iterator<Item = PathBuf>) -> Result<(), Failure> {
    let mut total = 0;
    let mut buffer = Vec::new();
    for path in paths {
        buffer.clear();
        total += fs::File::open(path)?.read_to_end(&mut buffer)?;
    }
    println!("{total}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else if entry.file_name().eq_ignore_ascii_case("SKILL.md") && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}
