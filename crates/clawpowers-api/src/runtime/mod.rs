//! The runtime: its environment, its folders and its database.

mod connections;
pub mod fork;
mod homes;
pub(crate) mod memory;

use crate::atomic_write::write_whole;
use crate::wire::{ApiError, ErrorCode, Result, request::read_request};
use clawpowers_executor::legacy::Report;
use clawpowers_executor::{Db, Home};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{DiskTree, Environment, HostInfo, MemoryTree, Switches, Tree, openclaw_settings};
use connections::Connections;
pub(crate) use homes::HomeSource;
use homes::Homes;
use serde::Deserialize;
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Returns the number of characters that a variable of Claude Code sets; like Claude Code, it ignores 0 and anything
/// that is not a number.
fn characters(text: &str) -> Option<u64> {
    let number: f64 = text.trim().parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion saturates, and part of a character is none"
    )]
    (number.is_finite() && number != 0.0).then_some(number as u64)
}

/// The folders of a runtime. Each has a default from the environment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The runtime home (default: `CLAWPOWERS_DIR`, else `.clawpowers` in the user's home folder; if that folder does not exist
    /// and `XDG_STATE_HOME` is set, `clawpowers` in the folder that it names).
    pub home: Option<PathBuf>,
    /// The folder that relative paths start from and whose project is used (default: the working directory of the process).
    pub cwd: Option<PathBuf>,
    /// The user's home folder (default: that of the environment).
    pub user_home: Option<PathBuf>,
}

/// The entry point of the API. It is cheap to open and can be shared between threads.
#[derive(Debug)]
pub struct Runtime {
    pub(crate) environment: Environment,
    homes: Homes,
    /// The files of a runtime without a disk.
    documents: Option<Mutex<Arc<MemoryTree>>>,
    /// The database of a runtime without a disk.
    memory: Mutex<Option<Db>>,
    /// The database of a runtime with a disk.
    connections: Connections,
    closed: AtomicBool,
}

impl Options {
    /// Rejects an empty path: an unset variable of the caller must not mean the working directory.
    fn without_empty_paths(self) -> Result<Self> {
        let named = [
            ("home", &self.home),
            ("cwd", &self.cwd),
            ("user_home", &self.user_home),
        ];
        let empty = named.into_iter().find(|(_, path)| **path == Some(PathBuf::new()));
        match empty.map(|(name, _)| name) {
            None => Ok(self),
            Some(name) => Err(ApiError::invalid_input(format!("the path of `{name}` is empty"))
                .hint("pass a folder, or omit the field")),
        }
    }
}

impl Runtime {
    /// Opens a runtime. No file is read or written yet.
    #[must_use]
    pub fn open(options: Options) -> Self {
        let homes = Homes::choose(options.home, options.user_home, path);
        let cwd = options
            .cwd
            .or_else(|| env::current_dir().ok())
            .unwrap_or_else(|| PathBuf::from("."));
        let cwd = std::path::absolute(&cwd).unwrap_or(cwd);
        let below_cwd = |path: PathBuf| cwd.join(path);
        let copilot_skills = env::var("COPILOT_SKILLS_DIRS").unwrap_or_default();
        let environment = Environment {
            user_home: homes.user.clone().map(below_cwd),
            home: homes.runtime.clone().map(|(path, _)| below_cwd(path)),
            claude_config: path("CLAUDE_CONFIG_DIR").map(below_cwd),
            claude_budget: env::var("SLASH_COMMAND_TOOL_CHAR_BUDGET")
                .ok()
                .and_then(|text| characters(&text)),
            codex_home: path("CODEX_HOME").map(below_cwd),
            config_home: path("XDG_CONFIG_HOME").map(below_cwd),
            copilot_home: path("COPILOT_HOME").map(below_cwd),
            copilot_skills: copilot_skills
                .split(',')
                .filter(|path| !path.is_empty())
                .map(|path| cwd.join(path))
                .collect(),
            pi_agent_dir: path("PI_CODING_AGENT_DIR").map(below_cwd),
            cwd,
        };
        Self::with(environment, homes, None)
    }

    fn with(environment: Environment, homes: Homes, documents: Option<Mutex<Arc<MemoryTree>>>) -> Self {
        Self {
            environment,
            homes,
            documents,
            memory: Mutex::new(None),
            connections: Connections::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// Returns whether the runtime reads and writes files. Otherwise everything is in memory.
    pub(crate) const fn has_disk(&self) -> bool {
        self.documents.is_none()
    }

    /// Returns the files of the runtime.
    pub(crate) fn tree(&self) -> Arc<dyn Tree> {
        match &self.documents {
            None => Arc::new(DiskTree),
            Some(documents) => {
                Arc::<MemoryTree>::clone(&documents.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    /// Opens a runtime with options in JSON, as other languages give them.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_request` if the text is not an object with fields of [`Options`],
    /// `invalid_input` for an empty path.
    pub fn from_json(options: &str) -> Result<Self, String> {
        let options = read_request(options).and_then(Options::without_empty_paths);
        options.map(Self::open).map_err(|error| error.to_reply())
    }

    /// Closes the runtime and its database. Later operations return the error `closed`. Does not wait: an operation that is
    /// running on another thread completes, then its connection is closed.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        *self.in_memory_db() = None;
        self.connections.close();
    }

    /// Closes the connections to the database that are not in use. A database in memory is kept. The next operation opens
    /// a connection again.
    pub fn release(&self) {
        self.connections.release();
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            return Err(ApiError::new(ErrorCode::Closed, "the runtime is closed").hint("open another one"));
        }
        Ok(())
    }

    /// Returns the folder of the runtime home, which need not exist. It is `None` without a disk, and if neither the options
    /// nor the environment name one.
    #[must_use]
    pub fn home_folder(&self) -> Option<&Path> {
        self.environment.home.as_deref()
    }

    pub(crate) fn home(&self) -> Result<Home> {
        self.needs_disk("a runtime home")?;
        let folder = self.environment.home.as_ref().ok_or_else(|| self.homes.none())?;
        Ok(Home::new(folder))
    }

    /// Returns what the path of the runtime home comes from; `None` if there is none.
    pub(crate) fn home_source(&self) -> Option<HomeSource> {
        self.homes.runtime.as_ref().map(|(_, source)| *source)
    }

    /// Returns an error if the path of the user's home folder is not absolute.
    pub(crate) fn check_user_home(&self) -> Result<()> {
        self.homes.check_user()
    }

    /// Calls `work` with the database; returns `None` if it does not exist yet.
    pub(crate) fn with_existing_db<T, E: Into<ApiError>>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<Option<T>> {
        let work = |db: &mut Db| work(db).map_err(Into::into);
        self.check_open()?;
        if !self.has_disk() {
            let mut db = self.in_memory_db();
            self.check_open()?;
            return db.as_mut().map(work).transpose();
        }
        let open = || Ok(Db::open_with_report(&self.home()?)?);
        let work = |db: &mut Db| {
            let answer = work(db);
            // If so, the error of the work may have no other cause.
            db.check_unchanged()?;
            answer
        };
        self.connections.with(Db::is_in_place_for_reading, open, work)
    }

    /// Calls `work` with the database, which is created if it does not exist yet.
    pub(crate) fn with_db<T, E: Into<ApiError>>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T> {
        let work = |db: &mut Db| work(db).map_err(Into::into);
        self.check_open()?;
        if !self.has_disk() {
            let mut db = self.in_memory_db();
            self.check_open()?;
            let open = db.take().map_or_else(Db::in_memory, Ok)?;
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

    /// Takes that report, so that it is shown once.
    pub(crate) fn take_imported(&self) -> Option<Report> {
        self.connections.imported().take()
    }

    /// Writes today's report to the folder `feedback` of the home and returns its path. An earlier one of today is replaced.
    ///
    /// # Errors
    ///
    /// `storage` and `io` if it cannot be written.
    pub fn save_report(&self, extension: &str, text: &str) -> Result<PathBuf> {
        let home = self.home()?;
        home.create_all()?;
        let today: String = crate::now().chars().take(10).collect();
        let file = home
            .folder()
            .join(format!("feedback/analysis-{today}.{extension}"));
        write_whole(&file, text.as_bytes()).map_err(|error| {
            ApiError::io(format!(
                "{} cannot be written: {error}",
                quote(&display_path(&file))
            ))
            .hint("free some disk space, or make the folder writable for this user")
        })?;
        Ok(file)
    }

    /// Opens the lines that a request gives: those of a file, or a string. Returns the name of their source too.
    pub(crate) fn lines<'a>(
        &self,
        path: Option<&'a str>,
        text: Option<&'a str>,
    ) -> Result<(Box<dyn BufRead + 'a>, &'a str)> {
        match (path, text) {
            (Some(path), None) => {
                self.needs_disk("a file to import")?;
                let file = File::open(self.environment.cwd.join(path)).map_err(|error| {
                    ApiError::io(format!("{} cannot be read: {error}", quote(path)))
                        .hint("use a readable file")
                })?;
                Ok((Box::new(BufReader::with_capacity(1 << 16, file)), path))
            }
            (None, Some(text)) => Ok((Box::new(Cursor::new(text)), "text")),
            _ => Err(
                ApiError::invalid_input("exactly one of `path` and `text` is required")
                    .hint("pass either the path of a file or the lines themselves"),
            ),
        }
    }

    pub(crate) fn in_memory_db(&self) -> MutexGuard<'_, Option<Db>> {
        // A panic in the middle of a transaction has undone it.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the path that a request names: relative, as replies show it, if the process is in the runtime's working
    /// directory; else absolute.
    pub(crate) fn as_named(&self, named: &str) -> PathBuf {
        let cwd = &self.environment.cwd;
        let is_relative = !self.has_disk() || env::current_dir().is_ok_and(|current| current == *cwd);
        if is_relative {
            named.into()
        } else {
            cwd.join(named)
        }
    }

    /// Returns the absolute path of a folder that a request names.
    pub(crate) fn folder(&self, named: &str, hint: &str) -> Result<PathBuf> {
        // An unset shell variable must not mean the working directory.
        if named.is_empty() {
            return Err(ApiError::invalid_input("the path of the folder is empty").hint(hint));
        }
        Ok(self.absolute(named.as_ref()))
    }

    /// Returns a path that does not depend on the reader's working directory.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        if self.has_disk() {
            return self.environment.cwd.join(path).components().collect();
        }
        let path = self.tree().canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match path.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => path,
        }
    }

    /// Returns what this host offers to skills.
    pub(crate) fn host() -> HostInfo {
        if cfg!(target_family = "wasm") {
            // It cannot start programs, and reading the environment would panic.
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
            ..HostInfo::default()
        }
    }

    /// Returns what this host offers to the skills of clients, with their configuration; `None` without a disk.
    pub(crate) fn host_of_clients(&self) -> Option<HostInfo> {
        let has_disk = !cfg!(target_family = "wasm") && self.has_disk();
        has_disk.then(|| HostInfo {
            openclaw: openclaw_settings(&self.environment),
            ..Self::host()
        })
    }

    /// Returns what the settings of clients say of single skills; nothing without a disk.
    pub(crate) fn switches_of_clients(&self) -> Switches {
        #[cfg(not(target_family = "wasm"))]
        if self.has_disk() {
            return Switches::read(&self.environment);
        }
        Switches::default()
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
    use super::{ApiError, Options, Runtime};

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
    fn an_empty_path_is_rejected() {
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
    fn operations_run_concurrently() {
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
            Ok::<_, ApiError>(runtime.call("store_get", r#"{"key": "a"}"#))
        };
        let found = runtime.with_db(beside).unwrap();
        assert!(found.contains(r#""value":"2""#), "{found}");
        let closing = |_: &mut clawpowers_executor::Db| {
            runtime.close();
            Ok::<_, ApiError>(())
        };
        assert_eq!(runtime.with_existing_db(closing), Ok(Some(())));
        assert!(runtime.with_existing_db(|_| Ok::<_, ApiError>(())).is_err());
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
