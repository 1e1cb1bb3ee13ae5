//! The folders of one case, and the translation between their names in the case and their paths.

use crate::case::{Bytes, Case, expanded};
use crate::sandbox::Sandbox;
use clawpowers_api::{Options, Runtime};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

pub(crate) struct CaseFolders {
    sandbox: Sandbox,
}

impl CaseFolders {
    /// Creates the folders without a runtime home.
    pub(crate) fn empty() -> Self {
        let sandbox = Sandbox::new();
        fs::remove_dir(sandbox.runtime_home()).unwrap();
        Self { sandbox }
    }

    /// Creates the folders with the files of a case.
    pub(crate) fn new(case: &Case) -> Self {
        let folders = Self::empty();
        for (name, content) in &case.files {
            let path = match name.strip_prefix("$HOME/") {
                Some(rest) => folders.home().join(rest),
                None => folders.work().join(name),
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, Bytes(content.clone()).bytes()).unwrap();
        }
        folders
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
        self.sandbox.work()
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.sandbox.runtime_home()
    }

    /// Returns the program, to be run in the working folder.
    pub(crate) fn program(&self) -> Command {
        self.sandbox.command(env!("CARGO_BIN_EXE_clawpowers"))
    }

    pub(crate) fn runtime(&self) -> Runtime {
        Runtime::open(Options {
            home: Some(self.home()),
            cwd: Some(self.work()),
            user_home: Some(self.sandbox.user_home()),
        })
    }

    fn folders(&self) -> [(&'static str, String); 3] {
        [
            ("$WORK", self.work()),
            ("$HOME", self.home()),
            ("$USER", self.sandbox.user_home()),
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
            Err(error) => os_string(error.into_bytes()),
        }
    }

    /// Replaces the names of the folders with their paths.
    fn named(&self, value: &Value) -> Value {
        let folders = self.folders();
        map_strings(value, &|text| {
            folders
                .iter()
                .fold(text.to_owned(), |text, (name, path)| text.replace(name, path))
        })
    }

    /// Parses a reply and replaces the paths of the folders with their names.
    pub(crate) fn reply(&self, text: &str) -> Value {
        let reply: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let folders = self.folders();
        map_strings(&reply, &|text| {
            folders
                .iter()
                .fold(text.to_owned(), |text, (name, path)| text.replace(path, name))
        })
    }
}

/// Returns a value with every string changed.
fn map_strings(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(list) => list.iter().map(|value| map_strings(value, change)).collect(),
        Value::Object(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), map_strings(value, change)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot express it")]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(_: Vec<u8>) -> Option<OsString> {
    None
}
