//! The files of an open database: whether they are still at their paths, and whether they are known to be damaged.

use super::schema::VERSION;
use super::{frames, marker, pragma};
use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::file_system;
use crate::files::{private_file, sync_folder, with_suffix};
use rusqlite::Connection;
use std::cell::Cell;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long consecutive reads rely on one check of the files. A call of `stat` takes half as long as a read.
const READ_CHECK_INTERVAL: Duration = Duration::from_millis(1);

/// The files of one connection.
#[derive(Debug)]
pub(crate) struct DbFile {
    /// The database in messages.
    name: PathBuf,
    /// `None` for a database in memory, in a browser, or one that is being created.
    disk: Option<Disk>,
}

#[derive(Debug, Default)]
struct Disk {
    /// The path that was opened.
    path: PathBuf,
    id: FileId,
    /// The path with symlinks resolved; SQLite keeps the WAL next to it.
    real: PathBuf,
    wal: PathBuf,
    shm: PathBuf,
    journal: PathBuf,
    /// The network or shared file system that it is on.
    file_system: Option<&'static str>,
    /// The folder of all of them; `None` if the path is a symlink to another folder, and on a shared file system, whose times
    /// are those of another clock.
    folder: Option<PathBuf>,
    /// The state of the folder when the files were last checked for a write.
    folder_check: Cell<Option<FolderState>>,
    /// The WAL and its index in shared memory, which processes need to see each other's writes; `None` while there is no
    /// WAL.
    wal_ids: Cell<Option<(FileId, FileId)>>,
    /// The size of the WAL when it was last checked.
    wal_size: Cell<u64>,
    /// Whether this connection found damage.
    damaged: Cell<bool>,
    /// Whether the header was compared with the files.
    checked: Cell<bool>,
    /// Whether the folder was fsynced after the WAL was created.
    named: Cell<bool>,
    /// The state of the files if SQLite opened them as `immutable`.
    immutable: Cell<Option<FileState>>,
    /// When the files were last checked for a read; `None` after a write.
    read_check: Cell<Option<Instant>>,
}

/// Changes with every write to a database or its WAL: their sizes and times of modification.
type FileState = [Option<(u64, Option<SystemTime>)>; 2];

/// Tells a file from another one at the same path.
#[cfg(unix)]
type FileId = (u64, u64);
/// Elsewhere an open database cannot be moved away, so its path always leads to it.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct FileId;

#[cfg(unix)]
fn file_id(metadata: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
const fn file_id(_: &Metadata) -> FileId {
    FileId
}

/// Changes when a file is created, moved or deleted in a folder, or the folder itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FolderState {
    id: FileId,
    /// The time of the last change, which no program can set, since 1970. Those that restore a backup set the time of the
    /// last modification back.
    changed: Duration,
}

impl FolderState {
    /// More than the coarsest resolution of the times of a folder, the two seconds of FAT.
    const PRECISION: Duration = Duration::from_secs(3);

    /// Reads the state; `None` if it is not reliable, as on Windows, which writes the times of a folder late.
    #[cfg(unix)]
    fn read(folder: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(folder).ok()?;
        let seconds = u64::try_from(metadata.ctime()).ok()?;
        let nanos = u32::try_from(metadata.ctime_nsec()).ok()?;
        Some(Self {
            id: file_id(&metadata),
            changed: Duration::new(seconds, nanos),
        })
    }

    #[cfg(not(unix))]
    const fn read(_: &Path) -> Option<Self> {
        None
    }

    /// Returns whether any later change is certain to change the time of the folder.
    fn is_distinct(&self) -> bool {
        let now = UNIX_EPOCH.elapsed().unwrap_or_default();
        now.saturating_sub(self.changed) > Self::PRECISION
    }
}

impl DbFile {
    /// A database without a file that could be moved.
    pub(crate) const fn unattached(name: PathBuf) -> Self {
        Self { name, disk: None }
    }

    /// Finds the file at `path`; `None` if there is none. Call it before SQLite opens the file: if the file is replaced in
    /// between, the next check notices.
    pub(super) fn find(path: &Path) -> Result<Option<Self>> {
        let find = || -> std::io::Result<Disk> {
            let mut metadata = fs::symlink_metadata(path)?;
            let mut real = path.to_owned();
            if metadata.is_symlink() {
                (real, metadata) = (fs::canonicalize(path)?, fs::metadata(path)?);
            }
            let file_system = file_system::shared(&real);
            let is_beside = file_system.is_none() && real == path;
            Ok(Disk {
                path: path.to_owned(),
                id: file_id(&metadata),
                wal: with_suffix(&real, "-wal"),
                shm: with_suffix(&real, "-shm"),
                journal: with_suffix(&real, "-journal"),
                file_system,
                folder: path.parent().filter(|_| is_beside).map(Path::to_owned),
                real,
                ..Disk::default()
            })
        };
        match find() {
            Ok(disk) => Ok(Some(Self {
                name: path.to_owned(),
                disk: Some(disk),
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(path, &error)),
        }
    }

    /// Remembers which WAL SQLite has opened.
    pub(super) fn opened(&self) {
        if let Some(disk) = &self.disk {
            disk.wal_ids.set(disk.find_wal());
        }
    }

    /// Returns the database in messages.
    pub(crate) fn name(&self) -> &Path {
        &self.name
    }

    pub(crate) fn set_name(&mut self, name: PathBuf) {
        self.name = name;
    }

    /// Returns the size of the WAL after the last commit; 0 if there is none.
    pub(super) fn wal_size(&self) -> u64 {
        self.disk.as_ref().map_or(0, |disk| disk.wal_size.get())
    }

    /// Returns the path with symlinks resolved; `None` for a database that no other process can use.
    pub(super) fn real(&self) -> Option<&Path> {
        self.disk.as_ref().map(|disk| disk.real.as_path())
    }

    /// Returns the name of the network or shared file system that it is on.
    pub(super) fn file_system(&self) -> Option<&'static str> {
        self.disk.as_ref()?.file_system
    }

    /// Remembers the state of files that SQLite is about to open as `immutable`.
    pub(super) fn set_immutable(&self) {
        if let Some(disk) = &self.disk {
            disk.immutable.set(Some(disk.state()));
        }
    }

    pub(super) fn is_immutable(&self) -> bool {
        self.disk
            .as_ref()
            .is_some_and(|disk| disk.immutable.get().is_some())
    }

    /// Returns the first problem in the marker file beside the database.
    pub(super) fn noted_damage(&self) -> Option<String> {
        marker::read(&self.disk.as_ref()?.real)
    }

    /// Returns whether the paths still lead to the open files.
    pub(super) fn is_in_place(&self) -> bool {
        let Some(disk) = &self.disk else { return true };
        if let Some(state) = disk.immutable.get() {
            return state == disk.state();
        }
        let is_checked = disk.folder_check.get().is_some();
        is_checked && disk.is_folder_unchanged(disk.folder_state()) || disk.size().is_some()
    }

    /// Like [`DbFile::is_in_place`], but relies on the check of an earlier read for [`READ_CHECK_INTERVAL`].
    pub(super) fn is_in_place_for_reading(&self) -> bool {
        let Some(disk) = &self.disk else { return true };
        let now = Instant::now();
        if let Some(checked) = disk.read_check.get()
            && now.duration_since(checked) < READ_CHECK_INTERVAL
        {
            return true;
        }
        let in_place = self.is_in_place();
        disk.read_check.set(in_place.then_some(now));
        in_place
    }

    /// Returns an error if the files were moved or are damaged. Called inside a transaction that has the write lock.
    pub(super) fn check_writable(&self, connection: &Connection) -> Result<()> {
        let Some(disk) = &self.disk else { return Ok(()) };
        // The next read checks the files again.
        disk.read_check.set(None);
        // A newer release may have changed the file while this process had it open.
        let version = pragma(connection, "user_version").map_err(|error| self.failed(&error))?;
        if version > VERSION {
            return Err(self.newer(version));
        }
        let folder = disk.folder_state();
        if !disk.is_folder_unchanged(folder) {
            self.check_files(disk, connection)?;
            disk.folder_check.set(folder.filter(FolderState::is_distinct));
        }
        if disk.damaged.get() {
            return Err(self.corrupt("a page could not be read"));
        }
        disk.sync_log_name()
            .map_err(|error| Error::io(&self.name, &error))
    }

    fn check_files(&self, disk: &Disk, connection: &Connection) -> Result<()> {
        let Some(size) = disk.size() else {
            return Err(
                self.moved("nothing was written; the next call opens the file that is now at this path")
            );
        };
        if let Some(noted) = self.noted_damage() {
            return Err(self.corrupt(&noted));
        }
        if !disk.checked.get() {
            let fault = header_fault(connection, size, &disk.wal).map_err(|error| self.failed(&error))?;
            if let Some(fault) = fault {
                return Err(self.corrupt(&fault));
            }
            disk.checked.set(true);
        }
        Ok(())
    }

    /// Returns an error if the files were moved during the write, so that other processes do not see it.
    pub(super) fn check_committed(&self) -> Result<()> {
        let Some(disk) = &self.disk else { return Ok(()) };
        if disk.has_commit() {
            return Ok(());
        }
        // The next call opens the file at the path.
        disk.folder_check.set(None);
        Err(self.moved("the write may be in the moved file; check before you repeat it"))
    }

    /// Returns the error for a database that was replaced while it was closed.
    pub(super) fn replaced(&self) -> Error {
        self.moved("nothing was imported; run the import again")
    }

    fn moved(&self, hint: &str) -> Error {
        let shown = quoted_path(&self.name);
        let message = format!("the database {shown} was moved, replaced or deleted while it was open");
        Error::storage(Storage::Io, message).with_hint(hint)
    }

    /// Returns the error for a database that a newer release has changed.
    pub(super) fn newer(&self, version: i32) -> Error {
        let shown = quoted_path(&self.name);
        let message = format!(
            "the database {shown} has schema {version}; this release supports schema {VERSION} and older"
        );
        Error::storage(Storage::Newer, message)
    }

    /// Returns the error for a damaged database.
    pub(super) fn corrupt(&self, what: &str) -> Error {
        let message = format!("the database {} is damaged: {what}", quoted_path(&self.name));
        Error::storage(Storage::Corrupt, message)
    }

    /// Returns the error for a failed statement, and writes the marker file if it found damage.
    pub(crate) fn failed(&self, error: &rusqlite::Error) -> Error {
        let damaged = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt);
        if let Some(disk) = self.disk.as_ref().filter(|_| damaged)
            && disk.immutable.get().is_none()
            && !disk.damaged.replace(true)
            && self.is_in_place()
        {
            // `disk.damaged` is enough if the marker file cannot be written. That of `doctor` has more details.
            if self.noted_damage().is_none() {
                let _ = marker::write(&disk.real, &[error.to_string()]);
            }
        }
        Error::sqlite(&self.name, error)
    }
}

impl Disk {
    /// Fsyncs the folder of a new WAL or rollback journal before a write to it is acknowledged. If the file has
    /// content, its first writer has already done this. SQLite would do it in every process, so our build omits it (see
    /// .cargo/config.toml).
    fn sync_log_name(&self) -> std::io::Result<()> {
        let is_wal = self.wal_ids.get().is_some();
        // Another tool may have deleted the journal since.
        if is_wal && self.named.get() {
            return Ok(());
        }
        let log = if is_wal { &self.wal } else { &self.journal };
        if fs::metadata(log).map_or(true, |log| log.len() == 0) {
            if !is_wal {
                // If it cannot be created, nothing can be written either.
                let _ = private_file().append(true).create(true).open(log);
            }
            sync_folder(log.parent().unwrap_or(log))?;
        }
        self.named.set(true);
        Ok(())
    }

    fn state(&self) -> FileState {
        [&self.path, &self.wal].map(|path| {
            let found = fs::metadata(path).ok()?;
            Some((found.len(), found.modified().ok()))
        })
    }

    fn folder_state(&self) -> Option<FolderState> {
        FolderState::read(self.folder.as_deref()?)
    }

    /// Returns whether the folder is unchanged since the files were checked: none was moved, and no marker file was written.
    fn is_folder_unchanged(&self, state: Option<FolderState>) -> bool {
        state.is_some() && state == self.folder_check.get()
    }

    /// Returns the size of the database; `None` if one of the files is not the one that was opened.
    fn size(&self) -> Option<u64> {
        let database = fs::metadata(&self.path).ok()?;
        let wal = self.find_wal();
        match self.wal_ids.get() {
            // Another connection turned WAL mode on.
            None => self.wal_ids.set(wal),
            own if own != wal => return None,
            Some(_) => {}
        }
        (file_id(&database) == self.id).then_some(database.len())
    }

    /// Returns whether the files that a commit was written to are in place.
    fn has_commit(&self) -> bool {
        let wal = self.wal_id();
        self.wal_ids.get().is_none_or(|(own, _)| wal == Some(own))
            && fs::metadata(&self.path).is_ok_and(|database| file_id(&database) == self.id)
    }

    fn find_wal(&self) -> Option<(FileId, FileId)> {
        let shm = fs::metadata(&self.shm).ok()?;
        Some((self.wal_id()?, file_id(&shm)))
    }

    fn wal_id(&self) -> Option<FileId> {
        let wal = fs::metadata(&self.wal).ok()?;
        self.wal_size.set(wal.len());
        Some(file_id(&wal))
    }
}

/// Compares the header with the files, for faults that SQLite does not notice when it opens them.
fn header_fault(connection: &Connection, size: u64, wal: &Path) -> rusqlite::Result<Option<String>> {
    let encoding: String = pragma(connection, "encoding")?;
    if encoding != "UTF-8" {
        return Ok(Some(format!("its header has the text encoding {encoding}")));
    }
    if pragma::<i32>(connection, "auto_vacuum")? != 0 {
        let fault = "its header turns auto-vacuum on, which clawpowers never does";
        return Ok(Some(fault.to_owned()));
    }
    let [pages, free, page_size] = ["page_count", "freelist_count", "page_size"]
        .map(|name| pragma(connection, name).map(i32::unsigned_abs));
    let (pages, free, page_size) = (pages?, free?, page_size?.max(512));
    if free >= pages {
        return Ok(Some(format!(
            "its header claims {free} free pages out of {pages}"
        )));
    }
    // A page is in the file or, if it is new, in the WAL.
    let whole = u32::try_from(size / u64::from(page_size)).unwrap_or(u32::MAX);
    if whole < pages {
        let newer = frames::pages(wal, page_size);
        let missing = (whole + 1..=pages).filter(|page| !newer.contains(page)).count();
        if missing > 0 {
            return Ok(Some(format!(
                "{missing} of its {pages} pages are missing: the file ends after page {whole}"
            )));
        }
    }
    Ok(None)
}
