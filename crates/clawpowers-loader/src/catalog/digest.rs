//! The digest of a skill's folder.

use super::resources::{Listing, UnlistedReason};
use crate::display::quote;
use crate::tree::{MAX_RESOURCE_BYTES, ReadError, Tree};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::Path;

/// How many bytes of one skill's folder are digested, so that many large files cost no minutes.
const MAX_DIGEST_BYTES: u64 = 256 * 1024 * 1024;

/// Returns the SHA-256 digest of a skill's folder in hexadecimal.
///
/// Over the files in byte order of their paths, SKILL.md among them: path, NUL, size in decimal, NUL, bytes, NUL. The
/// separators make two different folders differ, whatever their files are called. A path counts by its bytes, whether
/// or not they are UTF-8.
///
/// # Errors
///
/// Fails where a file cannot be read or is larger than [`MAX_RESOURCE_BYTES`], where a folder cannot be read, and where
/// there are more files, levels or bytes than are looked at.
pub fn digest(tree: &dyn Tree, skill_file: &Path) -> Result<String, ReadError> {
    let listing = Listing::of(tree, skill_file)?;
    if listing.found.truncated {
        return Err(io::Error::other("the folder holds more files than are listed").into());
    }
    if let Some(one) = listing
        .found
        .unlisted
        .iter()
        .find(|one| one.why == UnlistedReason::Unreadable)
    {
        let message = format!("{} cannot be read", quote(&one.path));
        return Err(io::Error::other(message).into());
    }
    let mut files = listing.places;
    if let Some(name) = skill_file.file_name() {
        files.push((name.as_encoded_bytes().to_vec(), skill_file.to_owned()));
    }
    files.sort();
    let mut hash = Sha256::new();
    let mut left = MAX_DIGEST_BYTES;
    // One file at a time: together they may be larger than the memory.
    for (name, path) in files {
        let bytes = tree.read(&path, MAX_RESOURCE_BYTES.min(left)).map_err(|error| {
            let name = quote(&String::from_utf8_lossy(&name));
            io::Error::other(format!("{name} cannot be digested: {error}"))
        })?;
        left -= bytes.len() as u64;
        add(&mut hash, &name, &bytes);
    }
    Ok(finished(hash))
}

fn add(hash: &mut Sha256, path: &[u8], bytes: &[u8]) {
    hash.update(path);
    hash.update([0]);
    hash.update(bytes.len().to_string().as_bytes());
    hash.update([0]);
    hash.update(bytes);
    hash.update([0]);
}

fn finished(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
