//! The runtime home: a folder that only its owner may read.

use crate::db::marker;
use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::file_system;
use crate::files::{sync_folder, with_suffix};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of a home that skills of 1.x write to directly.
const FOLDERS: [&str; 6] = ["state", "metrics", "checkpoints", "feedback", "memory", "logs"];

/// A runtime home. Creating the value does not access the disk.
///
/// # Errors
///
/// Methods return `ErrorKind::Storage` if a file operation fails; other errors are listed with the method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Returns the home in a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of the database, whether it exists or not.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join("clawpowers.db")
    }

    /// Returns an error for a WAL without a database: SQLite would apply it to the next database of that name and damage it.
    /// A database exists before its WAL and is never deleted, so this check cannot race with another process.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if there is such a WAL, and if a folder of the path is a file.
    pub fn check_orphan_wal(&self) -> Result<()> {
        let database = self.database();
        // Windows would report that the file was not found.
        if cfg!(windows) && self.folder.ancestors().any(Path::is_file) {
            return Err(Error::io(&database, &std::io::ErrorKind::NotADirectory.into()));
        }
        let wal = with_suffix(&database, "-wal");
        let orphaned = wal.metadata().is_ok_and(|wal| wal.len() > 0)
            && database.try_exists().is_ok_and(|exists| !exists);
        if !orphaned {
            return Ok(());
        }
        let (database, wal) = (quoted_path(&database), quoted_path(&wal));
        let message = format!("the database {database} is missing, but its WAL exists");
        Err(Error::storage(Storage::Io, message).with_hint(format!(
            "restore the database, or move {wal} away to start over; nothing was written"
        )))
    }

    /// Returns the name of the network or shared file system that the home is on, or will be; `None` on an ordinary disk, and
    /// if the system does not say.
    #[must_use]
    pub fn file_system(&self) -> Option<&'static str> {
        let existing = self.folder.ancestors().find(|above| above.exists())?;
        file_system::shared(existing)
    }

    /// Returns the first problem in the marker file beside the database.
    #[must_use]
    pub fn noted_damage(&self) -> Option<String> {
        marker::read(&self.real_database())
    }

    /// Writes the marker file beside the database: from now on no process writes to it.
    pub fn note_damage(&self, problems: &[String]) -> Result<()> {
        let database = self.real_database();
        // A message that shows the problem names the database before it.
        let names = format!("the database {} is damaged", quoted_path(&self.database()));
        let bare = |problem: &String| {
            let rest = problem.strip_prefix(&names).unwrap_or(problem);
            let rest = rest.trim_start_matches([':', ' ']);
            let inside = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            inside.unwrap_or(rest).to_owned()
        };
        let problems: Vec<_> = problems.iter().map(bare).collect();
        marker::write(&database, &problems).map_err(|error| Error::io(&database, &error))
    }

    /// Deletes the marker file.
    pub fn clear_damage(&self) -> Result<()> {
        let database = self.real_database();
        marker::clear(&database).map_err(|error| Error::io(&database, &error))
    }

    /// Returns the path of the database with symlinks resolved; SQLite keeps its other files next to it.
    fn real_database(&self) -> PathBuf {
        let database = self.database();
        if database.is_symlink() {
            return database.canonicalize().unwrap_or(database);
        }
        database
    }

    /// Creates the folder if it is missing, readable only by its owner.
    pub fn create(&self) -> Result<()> {
        private_folder(&self.folder).map(|_| ())
    }

    /// Creates the folder and those that skills of 1.x expect in it. Returns how many were created.
    pub fn create_all(&self) -> Result<usize> {
        let mut created = usize::from(private_folder(&self.folder)?);
        for name in FOLDERS {
            created += usize::from(private_folder(&self.folder.join(name))?);
        }
        Ok(created)
    }
}

/// Creates a folder that only its owner may read; returns whether it was missing.
fn private_folder(path: &Path) -> Result<bool> {
    if path.is_dir() {
        return Ok(false);
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // The folders that get a new name: up to the first that exists.
    let missing = path
        .ancestors()
        .skip(1)
        .take_while(|above| !above.is_dir())
        .count();
    builder
        .create(path)
        .and_then(|()| {
            path.ancestors()
                .skip(1)
                .take(missing + 1)
                .try_for_each(sync_folder)
        })
        .map_err(|error| Error::io(path, &error))?;
    Ok(true)
}
