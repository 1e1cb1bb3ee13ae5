//! The digest of a skill's folder.

use super::resources::{Listing, UnlistedReason};
use crate::display::quote;
use crate::sort;
use crate::tree::{MAX_RESOURCE_BYTES, ReadError, Tree};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::Path;

/// How many bytes of one skill's folder are hashed, so that large files do not take minutes.
const MAX_DIGEST_BYTES: u64 = 256 * 1024 * 1024;

/// Returns the SHA-256 digest of a skill's folder in hexadecimal.
///
/// For each file in byte order of their paths, including SKILL.md: path, NUL, size in decimal, NUL, bytes, NUL. The
/// separators make different folders differ, whatever their files are called. Paths are bytes and need not be UTF-8.
///
/// # Errors
///
/// Fails if a file cannot be read or is larger than [`MAX_RESOURCE_BYTES`], if a folder cannot be read, or if there are
/// more files, levels or bytes than the limits.
pub fn digest(tree: &dyn Tree, skill_file: &Path) -> Result<String, ReadError> {
    let listing = Listing::of(tree, skill_file)?;
    if listing.found.truncated {
        return Err(io::Error::other("the folder contains more files than are listed").into());
    }
    let mut unlisted = listing.found.unlisted.iter();
    if let Some(one) = unlisted.find(|one| one.why == UnlistedReason::Unreadable) {
        let message = format!("{} cannot be read", quote(&one.path));
        return Err(io::Error::other(message).into());
    }
    let mut files = listing.places;
    if let Some(name) = skill_file.file_name() {
        files.push((name.as_encoded_bytes().to_vec(), skill_file.to_owned()));
    }
    sort::by(&mut files, Ord::cmp);
    let mut hash = Sha256::new();
    let mut left = MAX_DIGEST_BYTES;
    // One file at a time, because together they may not fit into memory.
    for (name, path) in files {
        let bytes = tree.read(&path, MAX_RESOURCE_BYTES.min(left)).map_err(|error| {
            let name = quote(&String::from_utf8_lossy(&name));
            io::Error::other(format!("{name} cannot be hashed: {error}"))
        })?;
        left -= bytes.len() as u64;
        for part in [name.as_slice(), bytes.len().to_string().as_bytes(), &bytes] {
            hash.update(part);
            hash.update([0]);
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
