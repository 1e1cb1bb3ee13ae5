//! Which requirements of a skill the machine does not meet.

use crate::catalog::Catalog;
use crate::skill::Requirements;
use std::path::{Path, PathBuf};

/// What the machine has; filled in by the program, so that this crate does not read the environment.
#[derive(Debug, Clone, Default)]
pub struct HostInfo {
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// The names of the environment variables that are set and not empty.
    pub env: Vec<String>,
    /// `linux`, `macos` or `windows`.
    pub os: String,
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

/// Returns the requirements that are not met on `machine` with the skills of `catalog`.
///
/// Settings (`config`) belong to another client's configuration and are not checked.
#[must_use]
pub fn missing_requirements(
    requirements: &Requirements,
    machine: &HostInfo,
    catalog: &Catalog,
) -> Vec<MissingRequirement> {
    let mut found = Vec::new();
    let mut add = |kind, name: &str| {
        found.push(MissingRequirement {
            kind,
            name: name.to_owned(),
        })
    };
    for name in requirements.bins.iter().filter(|name| !machine.has_program(name)) {
        add("bin", name);
    }
    let any_bins = &requirements.any_bins;
    if !any_bins.is_empty() && !any_bins.iter().any(|name| machine.has_program(name)) {
        add("any_bin", &any_bins.join(", "));
    }
    for name in requirements.env.iter().filter(|name| !machine.env.contains(name)) {
        add("env", name);
    }
    if !requirements.os.is_empty() && !requirements.os.contains(&machine.os) {
        add("os", &requirements.os.join(", "));
    }
    for wanted in &requirements.skills {
        let entry = catalog.get(&wanted.name);
        match &wanted.range {
            None if entry.is_none() => add("skill", &wanted.name),
            None => {}
            Some(range) => {
                let version = entry.and_then(|entry| entry.skill.version.as_ref()?.semver.as_ref());
                if !version.is_some_and(|version| range.matches(version)) {
                    add("skill", &format!("{}@{range}", wanted.name));
                }
            }
        }
    }
    found
}
