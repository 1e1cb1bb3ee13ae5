//! The runtime home: a folder that only its owner may read.

use crate::db::marker;
use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::files::{sync_folder, with_suffix};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of a home that skills of 1.x write to by themselves.
const FOLDERS: [&str; 6] = ["state", "metrics", "checkpoints", "feedback", "memory", "logs"];

/// A runtime home; naming one touches nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Names a folder as a home.
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

    /// Returns where the database is, or would be.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join("clawpowers.db")
    }

    /// Refuses a WAL whose database is missing: SQLite would apply it to the next database of that name and so damage it.
    /// A database exists before its WAL does and nobody deletes it, so this check cannot race with another process.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where there is such a WAL, and where one of the folders of the path is a file.
    pub fn check_orphan_wal(&self) -> Result<()> {
        let database = self.database();
        // Windows says that there is no database where one of the folders is a file.
        if cfg!(windows) && self.folder.ancestors().any(Path::is_file) {
            return Err(Error::io(&database, &std::io::ErrorKind::NotADirectory.into()));
        }
        let log = with_suffix(&database, "-wal");
        let orphaned =
            log.metadata().is_ok_and(|log| log.len() > 0) && database.try_exists().is_ok_and(|there| !there);
        if !orphaned {
            return Ok(());
        }
        Err(Error::Storage {
            kind: Storage::Io,
            message: format!(
                "the database {} is gone, but its log is there",
                quoted_path(&database)
            ),
            hint: format!(
                "restore the database, or move {} away to start over; nothing was written",
                quoted_path(&log)
            ),
        })
    }

    /// Returns the first problem in the note of damage beside the database.
    #[must_use]
    pub fn noted_damage(&self) -> Option<String> {
        marker::read(&self.real_database())
    }

    /// Notes damage beside the database: from now on every process refuses to write to it.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the note cannot be written.
    pub fn note_damage(&self, problems: &[String]) -> Result<()> {
        let database = self.real_database();
        // Whoever reads the note names the database before it.
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

    /// Deletes the note of damage, because none was found.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be deleted.
    pub fn clear_damage(&self) -> Result<()> {
        let database = self.real_database();
        marker::clear(&database).map_err(|error| Error::io(&database, &error))
    }

    /// Returns the database where a link leads, which is where SQLite keeps its own files too.
    fn real_database(&self) -> PathBuf {
        let database = self.database();
        if database.is_symlink() {
            return database.canonicalize().unwrap_or(database);
        }
        database
    }

    /// Creates the folder where it is missing, readable by its owner alone.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the file system refuses.
    pub fn create(&self) -> Result<()> {
        private_folder(&self.folder).map(|_| ())
    }

    /// Creates the folder and those that skills of 1.x expect in it, and returns how many were missing.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the file system refuses.
    pub fn create_all(&self) -> Result<usize> {
        let mut created = usize::from(private_folder(&self.folder)?);
        for name in FOLDERS {
            created += usize::from(private_folder(&self.folder.join(name))?);
        }
        Ok(created)
    }
}

/// Creates a folder that its owner alone may read; tells whether it was missing.
fn private_folder(path: &Path) -> Result<bool> {
    if path.is_dir() {
        return Ok(false);
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Each folder above that is made as well has its name in the one above it.
    let mut grown = Vec::new();
    for folder in path.ancestors().skip(1) {
        grown.push(folder);
        if folder.is_dir() {
            break;
        }
    }
    builder
        .create(path)
        .and_then(|()| grown.into_iter().try_for_each(sync_folder))
        .map_err(|error| Error::io(path, &error))?;
    Ok(true)
}
