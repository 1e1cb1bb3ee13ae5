//! The programs and variables of this machine, against which requirements are checked.

use super::Requirements;
use std::path::{Path, PathBuf};

/// The programs and variables of the machine, set by the caller, so that this crate does not read the environment.
#[derive(Debug, Clone, Default)]
pub struct HostInfo {
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// The names of the environment variables that are set and not empty.
    pub env: Vec<String>,
    /// `linux`, `macos` or `windows`.
    pub os: String,
    /// OpenClaw's configuration, for its view.
    pub openclaw: serde_json::Value,
}

impl HostInfo {
    /// Returns whether a program of this name is in `PATH`.
    #[must_use]
    pub fn has_program(&self, name: &str) -> bool {
        self.find_program(name).is_some()
    }

    /// Returns the first program of this name in `PATH`.
    #[must_use]
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        if name.contains(['/', '\\']) {
            return None;
        }
        self.path.iter().find_map(|folder| program(&folder.join(name)))
    }
}

#[cfg(unix)]
fn program(path: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
        .then(|| path.to_owned())
}

#[cfg(not(unix))]
fn program(path: &Path) -> Option<PathBuf> {
    // The extension is appended because a program may be called `python3.12`.
    [".com", ".exe", ".bat", ".cmd", ""].iter().find_map(|extension| {
        let mut path = path.as_os_str().to_owned();
        path.push(extension);
        Some(PathBuf::from(path)).filter(|path| path.is_file())
    })
}

/// A requirement that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRequirement {
    /// `bin`, `any_bin`, `env`, `os` or `skill`.
    pub kind: &'static str,
    pub name: String,
}

impl Requirements {
    /// Returns the requirements that a machine does not meet, except required skills.
    pub(crate) fn missing_on(&self, machine: &HostInfo) -> Vec<MissingRequirement> {
        let mut found = Vec::new();
        let mut add = |kind, name: &str| {
            found.push(MissingRequirement {
                kind,
                name: name.to_owned(),
            });
        };
        if !self.always {
            for name in self.bins.iter().filter(|name| !machine.has_program(name)) {
                add("bin", name);
            }
            let any_bins = &self.any_bins;
            if !any_bins.is_empty() && !any_bins.iter().any(|name| machine.has_program(name)) {
                add("any_bin", &any_bins.join(", "));
            }
            for name in self.env.iter().filter(|name| !machine.env.contains(name)) {
                add("env", name);
            }
        }
        if !self.os.is_empty() && !self.os.contains(&machine.os) {
            add("os", &self.os.join(", "));
        }
        found
    }
}
