//! The folders of one case, and the translation between their names in the case and their paths.

use crate::case::{Bytes, Case, expanded};
use clawpowers_api::{Options, Runtime};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) struct World {
    _dir: TempDir,
    folder: PathBuf,
}

impl World {
    /// Creates the working folder and the user's home folder, but not the runtime home.
    pub(crate) fn bare() -> Self {
        let dir = TempDir::new().unwrap();
        let folder = dir.path().canonicalize().unwrap();
        for name in ["work", "user"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        Self { _dir: dir, folder }
    }

    /// Creates the folders with the files of a case.
    pub(crate) fn new(case: &Case) -> Self {
        let world = Self::bare();
        for (name, content) in &case.files {
            let path = match name.strip_prefix("$HOME/") {
                Some(rest) => world.home().join(rest),
                None => world.work().join(name),
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, Bytes(content.clone()).bytes()).unwrap();
        }
        world
    }

    /// Runs the setup of a case.
    pub(crate) fn set_up(&self, runtime: &Runtime, case: &Case) {
        for (operation, request) in &case.setup {
            let reply = runtime.call(operation, &self.named(&expanded(request)).to_string());
            assert!(
                reply.starts_with(r#"{"ok":"#),
                "{}: {operation}: {reply}",
                case.name
            );
        }
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(crate) fn user(&self) -> PathBuf {
        self.folder.join("user")
    }

    pub(crate) fn runtime(&self) -> Runtime {
        Runtime::open(Options {
            home: Some(self.home()),
            cwd: Some(self.work()),
            user_home: Some(self.user()),
        })
    }

    fn folders(&self) -> [(&'static str, String); 3] {
        [
            ("$WORK", self.work()),
            ("$HOME", self.home()),
            ("$USER", self.user()),
        ]
        .map(|(name, path)| (name, path.to_string_lossy().into_owned()))
    }

    /// Returns the text of a case's request.
    pub(crate) fn request_text(&self, case: &Case) -> String {
        match (&case.request, &case.request_text) {
            (Some(request), None) => self.named(&expanded(request)).to_string(),
            (None, Some(text)) => expanded(text).as_str().unwrap().to_owned(),
            _ => panic!(
                "{}: exactly one of `request` and `request_text` is required",
                case.name
            ),
        }
    }

    /// Returns an argument of the command line; `None` if this system cannot express it.
    pub(crate) fn word(&self, word: &Bytes) -> Option<OsString> {
        match String::from_utf8(word.bytes()) {
            Ok(text) => Some(self.named(&Value::String(text)).as_str().unwrap().into()),
            Err(error) => odd(error.into_bytes()),
        }
    }

    /// Replaces the names of the folders with their paths.
    fn named(&self, value: &Value) -> Value {
        let folders = self.folders();
        texts(value, &|text| {
            folders
                .iter()
                .fold(text.to_owned(), |text, (name, path)| text.replace(name, path))
        })
    }

    /// Parses a reply and replaces the paths of the folders with their names.
    pub(crate) fn reply(&self, text: &str) -> Value {
        let reply: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let folders = self.folders();
        texts(&reply, &|text| {
            folders
                .iter()
                .fold(text.to_owned(), |text, (name, path)| text.replace(path, name))
        })
    }
}

/// Returns a value with every text changed.
fn texts(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(list) => list.iter().map(|value| texts(value, change)).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), texts(value, change)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "not every system can express it")]
fn odd(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn odd(_: Vec<u8>) -> Option<OsString> {
    None
}
