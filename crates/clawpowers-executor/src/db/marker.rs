//! The marker file beside a damaged database: while it exists, no process writes to the database.

use crate::display::truncated;
use crate::files::{private_file, with_suffix};
use crate::timestamp::Timestamp;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

const SUFFIX: &str = "-damaged";
/// How much of a marker file is read.
const MAX_BYTES: u64 = 16 * 1024;
/// How many characters of a problem are shown in messages.
const LONGEST: usize = 120;
const EXPLAINED: &str = "\
The database next to this file is damaged, and clawpowers does not write to it. `clawpowers doctor --recover DIR`
writes what can still be read to a new home. `clawpowers doctor` deletes this file when it finds no damage.
";

/// Returns the first problem in the marker file of a database; `None` if there is none.
pub(crate) fn read(database: &Path) -> Option<String> {
    let path = with_suffix(database, SUFFIX);
    match bytes(&path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            // The first line says when.
            let problem = text.lines().nth(1).filter(|line| !line.is_empty());
            Some(truncated(problem.unwrap_or("its marker file says so"), LONGEST))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(format!("its marker file cannot be read ({error})")),
    }
}

/// Reads the start of the marker file, without waiting if it is a pipe.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    let mut bytes = Vec::new();
    options.open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a marker file with these problems.
pub(crate) fn write(database: &Path, problems: &[String]) -> std::io::Result<()> {
    let lines = problems.iter().filter_map(|problem| problem.lines().next());
    let lines = lines.collect::<Vec<_>>().join("\n");
    let text = format!("Damage found {}\n{lines}\n\n{EXPLAINED}", Timestamp::now());
    let path = with_suffix(database, SUFFIX);
    let mut file = private_file()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Deletes the marker file, if there is one.
pub(crate) fn clear(database: &Path) -> std::io::Result<()> {
    let path = with_suffix(database, SUFFIX);
    match fs::remove_file(&path) {
        // On read-only media, a missing file cannot be deleted either.
        Err(error) if fs::symlink_metadata(&path).is_ok() => Err(error),
        _ => Ok(()),
    }
}
