//! The scripts of 1.x, each a call of this program, so that skills written for 1.x run unchanged.

use crate::atomic_write::replace;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// The scripts, each with its subcommand of `clawpowers legacy`.
const SHIMS: [(&str, &str); 5] = [
    ("runtime/persistence/store.sh", "store"),
    ("runtime/metrics/collector.sh", "collector"),
    ("runtime/feedback/analyze.sh", "analyze"),
    ("runtime/init.sh", "init"),
    ("hooks/session-start", "session-start"),
];

/// The line that identifies a script that ClawPowers wrote.
const MARK: &str = "# Written by `clawpowers init --legacy-shims`; it may be replaced by it.";

/// Writes the scripts below a folder and returns their paths. Nothing is written if one of them would replace a file that is
/// not created by ClawPowers.
pub(crate) fn write(folder: &Path, program: &str) -> Result<Vec<String>> {
    let failed = |path: &Path, error: &io::Error| {
        let message = format!("{} cannot be written: {error}", quote(&display_path(path)));
        ApiError::io(message).hint("choose a folder that this user may write to")
    };
    for (path, _) in SHIMS {
        let path = folder.join(path);
        match is_ours(&path) {
            Ok(false) => {
                let message = format!(
                    "{} exists and was not written by clawpowers",
                    quote(&display_path(&path))
                );
                return Err(ApiError::invalid_input(message).hint("move it away first; nothing was written"));
            }
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, &error)),
        }
    }
    let mut written = Vec::new();
    for (path, word) in SHIMS {
        let path = folder.join(path);
        place(&path, &text(program, word)).map_err(|error| failed(&path, &error))?;
        written.push(display_path(&path));
    }
    Ok(written)
}

/// Returns whether ClawPowers wrote a file. Symlinks and special files do not count; reading a pipe would block.
fn is_ours(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(false);
    }
    Ok(String::from_utf8_lossy(&fs::read(path)?).contains(MARK))
}

fn text(program: &str, word: &str) -> String {
    let program = format!("'{}'", program.replace('\'', "'\\''"));
    format!("#!/bin/sh\n{MARK}\nexec {program} legacy {word} \"$@\"\n")
}

/// Writes a script atomically.
fn place(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    file.as_file()
        .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    file.as_file().sync_all()?;
    replace(file, path)
}
