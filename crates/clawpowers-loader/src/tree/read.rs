//! Bounded reading of files that a stranger wrote.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How large a SKILL.md may be, in bytes. The largest of 37,610 public ones has 294 KB.
pub const MAX_SKILL_BYTES: u64 = 1024 * 1024;
/// How large another file of a skill may be to be read out, in bytes.
pub const MAX_RESOURCE_BYTES: u64 = 16 * 1024 * 1024;
/// How much of a file a listing reads first. The frontmatter of nearly every public skill ends before.
pub(crate) const HEAD_BYTES: usize = 4096;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is a folder, a pipe, a socket or a device.
    #[error("not a regular file")]
    NotRegular,
    /// It is larger than the limit.
    #[error("{size} bytes, more than {limit}")]
    TooLarge {
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
///
/// Fails where `path` is not a regular file (a pipe is not opened, so that nothing waits), is larger than `limit`,
/// or cannot be read.
pub fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let (mut file, size) = open(path, limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    (&mut file).take(limit + 1).read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    if size > limit {
        Err(ReadError::TooLarge { size, limit })
    } else {
        Ok(bytes)
    }
}

/// Opens a regular file of at most `limit` bytes and gives its size.
pub(crate) fn open(path: &Path, limit: u64) -> Result<(File, u64), ReadError> {
    // A pipe would block in `open`, so its kind is asked for first; the opened file is asked again below.
    if !std::fs::metadata(path)?.is_file() {
        return Err(ReadError::NotRegular);
    }
    regular(File::open(path)?, limit)
}

/// Sees that an open file is a regular one of at most `limit` bytes and gives its size.
pub(crate) fn regular(file: File, limit: u64) -> Result<(File, u64), ReadError> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular);
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLarge {
            size: metadata.len(),
            limit,
        });
    }
    Ok((file, metadata.len()))
}

/// Reads at most `length` further bytes onto `buffer`; fewer means the end of the file.
pub(crate) fn read_more(file: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> io::Result<usize> {
    file.take(length as u64).read_to_end(buffer)
}
