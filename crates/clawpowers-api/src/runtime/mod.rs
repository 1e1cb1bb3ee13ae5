//! The runtime: its environment, its folders and its database.

mod connections;
pub mod fork;
pub(crate) mod memory;

use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::request::read_request;
use clawpowers_executor::legacy::Report;
use clawpowers_executor::{Db, Home};
use clawpowers_loader::{DiskTree, Environment, HostInfo, MemoryTree, Tree};
use connections::Connections;
use serde::Deserialize;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a runtime depends on; every field has a default taken from the environment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The runtime home; else `CLAWPOWERS_DIR`, else `.clawpowers` in the user's home folder.
    pub home: Option<PathBuf>,
    /// The working directory, from which projects are looked for and relative paths are meant; else the process's.
    pub cwd: Option<PathBuf>,
    /// The user's home folder; else the environment's.
    pub user_home: Option<PathBuf>,
}

/// An open runtime; cheap to open, safe to share between threads.
#[derive(Debug)]
pub struct Runtime {
    pub(crate) surroundings: Environment,
    /// The files it sees where it has no disk.
    documents: Option<Mutex<Arc<MemoryTree>>>,
    /// The database of a runtime that has no disk.
    memory: Mutex<Option<Db>>,
    /// The database of one that has.
    connections: Connections,
    closed: AtomicBool,
}

impl Options {
    /// Refuses an empty path: an unset variable of the caller must not mean the working directory.
    fn without_empty_paths(self) -> Result<Self, ApiError> {
        let named = [
            ("home", &self.home),
            ("cwd", &self.cwd),
            ("user_home", &self.user_home),
        ];
        for (name, path) in named {
            if path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
                return Err(
                    ApiError::new(ErrorCode::InvalidInput, format!("the path of `{name}` is empty"))
                        .hint("name a folder, or leave the field out"),
                );
            }
        }
        Ok(self)
    }
}

impl Runtime {
    /// Opens a runtime; nothing is read or written yet.
    #[must_use]
    pub fn open(options: Options) -> Self {
        let user_home = options
            .user_home
            .or_else(|| path("HOME"))
            .or_else(|| path("USERPROFILE"));
        let home = options
            .home
            .or_else(|| path("CLAWPOWERS_DIR"))
            .or_else(|| user_home.as_ref().map(|home| home.join(".clawpowers")));
        let cwd = options
            .cwd
            .or_else(|| env::current_dir().ok())
            .unwrap_or_else(|| PathBuf::from("."));
        let cwd = std::path::absolute(&cwd).unwrap_or(cwd);
        let below_cwd = |path: PathBuf| cwd.join(path);
        let surroundings = Environment {
            user_home: user_home.map(below_cwd),
            home: home.map(below_cwd),
            claude_config: path("CLAUDE_CONFIG_DIR").map(below_cwd),
            codex_home: path("CODEX_HOME").map(below_cwd),
            config_home: path("XDG_CONFIG_HOME").map(below_cwd),
            copilot_home: path("COPILOT_HOME").map(below_cwd),
            cwd,
        };
        Self::with(surroundings, None)
    }

    pub(crate) fn with(surroundings: Environment, documents: Option<Mutex<Arc<MemoryTree>>>) -> Self {
        Self {
            surroundings,
            documents,
            memory: Mutex::new(None),
            connections: Connections::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// Tells whether the runtime reads and writes files, and does not live in memory.
    pub(crate) const fn has_disk(&self) -> bool {
        self.documents.is_none()
    }

    /// Returns the files that the runtime sees.
    pub(crate) fn tree(&self) -> Arc<dyn Tree> {
        match &self.documents {
            None => Arc::new(DiskTree),
            Some(documents) => {
                let documents = documents.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::<MemoryTree>::clone(&documents)
            }
        }
    }

    /// Puts others in the place of the documents; tells whether there are any to replace.
    pub(crate) fn replace_documents(&self, with: MemoryTree) -> bool {
        let Some(documents) = &self.documents else {
            return false;
        };
        *documents.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(with);
        true
    }

    /// Opens a runtime with options in JSON, as other languages give them.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}` with `invalid_request` where the text is not an object with fields of [`Options`], and
    /// with `invalid_input` for an empty path.
    pub fn from_json(options: &str) -> Result<Self, String> {
        let options = read_request(options).and_then(Options::without_empty_paths);
        options.map(Self::open).map_err(|error| error.to_reply())
    }

    /// Closes the runtime and its database; every operation after that answers `closed`. One that is under way on another
    /// thread ends as it would have, and its connection is closed then.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        *self.memory() = None;
        self.connections.close();
    }

    /// Closes the connections to the database that no operation uses just now; a database in memory stays. The next
    /// operation opens one again.
    pub fn release(&self) {
        self.connections.release();
    }

    pub(crate) fn check_open(&self) -> Result<(), ApiError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(ApiError::new(ErrorCode::Closed, "the runtime is closed").hint("open another one"));
        }
        Ok(())
    }

    /// Returns the folder of the runtime home, which need not exist; `None` where no folder is named or there is no disk.
    #[must_use]
    pub fn home_folder(&self) -> Option<&Path> {
        self.surroundings.home.as_deref()
    }

    /// Returns the runtime home.
    pub(crate) fn home(&self) -> Result<Home, ApiError> {
        self.needs_disk("a runtime home")?;
        let folder = self.surroundings.home.as_ref().ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidInput,
                "there is no runtime home: neither `CLAWPOWERS_DIR` nor `HOME` is set",
            )
            .hint("name a folder with {--home}")
        })?;
        Ok(Home::new(folder))
    }

    /// Works on the database of the home; `None` where there is none yet, and none is made then.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, ApiError>,
    ) -> Result<Option<T>, ApiError> {
        self.check_open()?;
        if self.documents.is_some() {
            let mut db = self.memory();
            self.check_open()?;
            return db.as_mut().map(work).transpose();
        }
        let open = || Ok(Db::open_with_report(&self.home()?)?);
        self.connections.with(Db::is_in_place_for_reading, open, work)
    }

    /// Works on the database of the home, which is made where it is missing.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Db) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.check_open()?;
        if self.documents.is_some() {
            let mut db = self.memory();
            self.check_open()?;
            let open = db.take().map_or_else(Db::memory, Ok)?;
            return work(db.insert(open));
        }
        let open = || Ok(Some(Db::create_with_report(&self.home()?)?));
        let answer = self.connections.with(Db::is_in_place, open, work)?;
        answer.ok_or_else(|| ApiError::new(ErrorCode::Internal, "the database was not created"))
    }

    /// Returns the report of the 1.x import, if this runtime created the database.
    #[must_use]
    pub fn imported(&self) -> Option<Report> {
        self.connections.imported().clone()
    }

    /// Takes that report away, so that it is told once.
    pub(crate) fn take_imported(&self) -> Option<Report> {
        self.connections.imported().take()
    }

    /// Writes a report of today to the folder `feedback` of the home, in place of an earlier one of today, and returns its
    /// path.
    ///
    /// # Errors
    ///
    /// `storage` and `io` where the file system refuses.
    pub fn save_report(&self, extension: &str, text: &str) -> Result<PathBuf, ApiError> {
        let home = self.home()?;
        home.create_all()?;
        let today: String = crate::now().chars().take(10).collect();
        let file = home
            .folder()
            .join("feedback")
            .join(format!("analysis-{today}.{extension}"));
        crate::atomic_write::write_whole(&file, text.as_bytes()).map_err(|error| {
            let shown = clawpowers_loader::display::quote(&clawpowers_loader::display::display_path(&file));
            ApiError::new(ErrorCode::Io, format!("{shown} cannot be written: {error}"))
                .hint("make room, or make the folder writable for this user")
        })?;
        Ok(file)
    }

    /// Opens a file that a request names.
    pub(crate) fn open_file(&self, named: &str) -> Result<std::fs::File, ApiError> {
        std::fs::File::open(self.surroundings.cwd.join(named)).map_err(|error| {
            let shown = clawpowers_loader::display::quote(named);
            ApiError::new(ErrorCode::Io, format!("{shown} cannot be read: {error}"))
                .hint("name a file that is there and readable")
        })
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Option<Db>> {
        // A panic in the middle of a transaction has undone it.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the path that `named` stands for: in the caller's words, so that replies use them too, where the
    /// process has the runtime's working directory, else absolute.
    pub(crate) fn as_named(&self, named: &str) -> PathBuf {
        let here =
            self.documents.is_some() || env::current_dir().is_ok_and(|cwd| cwd == self.surroundings.cwd);
        if here {
            PathBuf::from(named)
        } else {
            self.surroundings.cwd.join(named)
        }
    }

    /// Returns where a path is, whatever the reader's working directory is.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        if self.has_disk() {
            return self.surroundings.cwd.join(path).components().collect();
        }
        let path = self.tree().canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match path.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => path,
        }
    }

    /// Returns what this machine offers to skills.
    pub(crate) fn machine() -> HostInfo {
        if cfg!(target_family = "wasm") {
            // Nothing can be started there, and to ask for the environment would panic.
            return HostInfo::default();
        }
        let set = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            (!value.is_empty()).then(|| name.to_string_lossy().into_owned())
        };
        HostInfo {
            path: env::var_os("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
            env: env::vars_os().filter_map(set).collect(),
            os: env::consts::OS.to_owned(),
        }
    }
}

/// Returns a path from the environment; an empty variable counts as unset.
fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::{Options, Runtime};

    #[test]
    fn options_are_read_from_json() {
        assert!(Runtime::from_json("{}").is_ok());
        assert!(Runtime::from_json(r#"{"home": "h", "cwd": null}"#).is_ok());
        for bad in [
            "",
            "[]",
            r#"{"hom": "h"}"#,
            r#"{"home": 1}"#,
            r#"{"home": "\ud800"}"#,
        ] {
            let reply = Runtime::from_json(bad).err().unwrap();
            assert!(
                reply.starts_with(r#"{"error":{"code":"invalid_request""#),
                "{bad}: {reply}"
            );
        }
    }

    #[test]
    fn an_empty_path_is_no_folder() {
        for name in ["home", "cwd", "user_home"] {
            let reply = Runtime::from_json(&format!(r#"{{"{name}": ""}}"#)).err().unwrap();
            assert!(
                reply.starts_with(r#"{"error":{"code":"invalid_input""#),
                "{reply}"
            );
        }
    }

    #[test]
    fn a_released_runtime_opens_its_database_again() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::open(Options {
            home: Some(folder.path().join("home")),
            ..Options::default()
        });
        for value in ["1", "2"] {
            let reply = runtime.call("store_incr", r#"{"key": "a"}"#);
            assert!(reply.contains(&format!(r#""value":"{value}""#)), "{reply}");
            runtime.release();
            runtime.release();
        }
    }

    #[test]
    fn an_operation_that_is_under_way_stops_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::open(Options {
            home: Some(folder.path().join("home")),
            ..Options::default()
        });
        let set = |value: &str| {
            let request = format!(r#"{{"key": "a", "value": "{value}"}}"#);
            let reply = runtime.call("store_set", &request);
            assert!(reply.starts_with(r#"{"ok":"#), "{reply}");
        };
        set("1");
        // Both would wait for ever if operations took turns.
        let beside = |_: &mut clawpowers_executor::Db| {
            std::thread::scope(|scope| scope.spawn(|| set("2")).join()).unwrap();
            Ok(runtime.call("store_get", r#"{"key": "a"}"#))
        };
        let found = runtime.write(beside).unwrap();
        assert!(found.contains(r#""value":"2""#), "{found}");
        let closing = |_: &mut clawpowers_executor::Db| {
            runtime.close();
            Ok(())
        };
        assert_eq!(runtime.read(closing), Ok(Some(())));
        assert!(runtime.read(|_| Ok(())).is_err());
    }

    #[test]
    fn a_closed_runtime_says_so_and_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let runtime = Runtime::open(Options {
            home: Some(home.clone()),
            ..Options::default()
        });
        runtime.close();
        runtime.close();
        for operation in ["store_set", "no_such_operation"] {
            let reply = runtime.call(operation, r#"{"key": "a", "value": "1"}"#);
            assert!(reply.starts_with(r#"{"error":{"code":"closed""#), "{reply}");
        }
        let typed = crate::operations::store::set::Request {
            key: "a".to_owned(),
            ..Default::default()
        };
        assert!(crate::operations::store::set::run(&runtime, &typed).is_err());
        assert!(!home.exists());
    }
}
