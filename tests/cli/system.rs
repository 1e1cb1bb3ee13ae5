//! Functions that differ between operating systems, for tests that are compiled for all of them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitStatus;

/// A command that does nothing and succeeds.
#[cfg(unix)]
pub(crate) const TRUE: &[&str] = &["true"];
#[cfg(windows)]
pub(crate) const TRUE: &[&str] = &["cmd", "/c", "exit 0"];

/// Returns a path in the form used in replies, with `/` on every system.
pub(crate) fn shown(path: impl AsRef<Path>) -> String {
    let path = path.as_ref().to_str().unwrap();
    if cfg!(windows) {
        path.trim_start_matches(r"\\?\").replace('\\', "/")
    } else {
        path.to_owned()
    }
}

/// Creates a symlink.
#[cfg(unix)]
pub(crate) fn symlink(original: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

/// Creates a symlink, to a directory if `original` is one now.
#[cfg(windows)]
pub(crate) fn symlink(original: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    let link = link.as_ref();
    let full = link.parent().unwrap_or(link).join(&original);
    if full.is_dir() {
        symlink_dir(original, link)
    } else {
        symlink_file(original, link)
    }
}

/// Sets the permission bits of a file.
#[cfg(unix)]
pub(crate) fn set_mode(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

/// Sets the one permission bit that Windows has: whether the file is read-only.
#[cfg(windows)]
pub(crate) fn set_mode(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    let mut permissions = fs::metadata(&path)?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    fs::set_permissions(path, permissions)
}

/// Returns the permission bits of a file.
#[cfg(unix)]
pub(crate) fn mode(path: impl AsRef<Path>) -> u32 {
    let permissions = fs::metadata(path).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o7777
}

/// Returns the permission bits of a file as Windows knows them.
#[cfg(windows)]
pub(crate) fn mode(path: impl AsRef<Path>) -> u32 {
    let readonly = fs::metadata(path).unwrap().permissions().readonly();
    if readonly { 0o444 } else { 0o666 }
}

/// Returns an argument or a file name of these bytes.
#[cfg(unix)]
pub(crate) fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

/// Returns an argument or a file name in which each non-ASCII byte is a lone surrogate, which is not text either.
#[cfg(windows)]
pub(crate) fn os_string(bytes: &[u8]) -> OsString {
    let unit = |byte: &u8| u16::from(*byte) | if byte.is_ascii() { 0 } else { 0xdc00 };
    let wide: Vec<u16> = bytes.iter().map(unit).collect();
    std::os::windows::ffi::OsStringExt::from_wide(&wide)
}

/// Returns the signal that ended a process.
#[cfg(unix)]
pub(crate) fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Returns `None`: on Windows no process is ended by a signal.
#[cfg(windows)]
pub(crate) fn signal(_: ExitStatus) -> Option<i32> {
    None
}
