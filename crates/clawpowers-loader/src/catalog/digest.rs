//! The digest of a skill's folder.

use crate::catalog::resources::{Listing, Why, listing, listing_in_memory};
use crate::display::display_path;
use crate::tree::package::Package;
use crate::tree::read::{MAX_RESOURCE_BYTES, ReadError, read_file};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

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
pub fn digest(folder: &Path, skill_file: &Path) -> Result<String, ReadError> {
    let listing = listing(folder, skill_file)?;
    let own = skill_file.file_name().map(|name| (name, folder.join(name)));
    digest_listing(listing, own, |path, limit| read_file(path, limit).map(Cow::Owned))
}

/// Returns the digest of a skill in memory; see [`digest`].
pub(crate) fn digest_in_memory(package: &Package) -> Result<String, ReadError> {
    let own = (package.name(), PathBuf::from(package.name()));
    digest_listing(listing_in_memory(package), Some(own), |path, limit| {
        let bytes = package.file(&display_path(path)).unwrap_or_default();
        let size = bytes.len() as u64;
        if size > limit {
            return Err(ReadError::TooLarge { size, limit });
        }
        Ok(Cow::Borrowed(bytes))
    })
}

fn digest_listing<'a>(
    listing: Listing,
    skill_file: Option<(&OsStr, PathBuf)>,
    read: impl Fn(&Path, u64) -> Result<Cow<'a, [u8]>, ReadError>,
) -> Result<String, ReadError> {
    if listing.found.truncated {
        return Err(io::Error::other("the folder holds more files than are listed").into());
    }
    if let Some(one) = listing
        .found
        .unlisted
        .iter()
        .find(|one| one.why == Why::Unreadable)
    {
        let message = format!("{} cannot be read", crate::display::quoted(&one.path));
        return Err(io::Error::other(message).into());
    }
    let mut files = listing.places;
    if let Some((name, path)) = skill_file {
        files.push((name.as_encoded_bytes().to_vec(), path));
    }
    files.sort();
    let mut hash = Sha256::new();
    let mut left = MAX_DIGEST_BYTES;
    // One file at a time: together they may be larger than the memory.
    for (name, path) in files {
        let bytes = read(&path, MAX_RESOURCE_BYTES.min(left)).map_err(|error| {
            let name = crate::display::quoted(&String::from_utf8_lossy(&name));
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
