//! Whether what a skill requires is there.

use crate::catalog::Catalog;
use crate::skill::Requirements;
use std::path::{Path, PathBuf};

/// What a machine offers; filled in by the program, so that nothing here reads the environment.
#[derive(Debug, Clone, Default)]
pub struct HostInfo {
    /// The folders of the search path.
    pub path: Vec<PathBuf>,
    /// The names of the environment variables that are set and not empty.
    pub env: Vec<String>,
    /// `linux`, `macos` or `windows`.
    pub os: String,
}

impl HostInfo {
    /// Tells whether a program of this name can be started.
    #[must_use]
    pub fn has_program(&self, name: &str) -> bool {
        self.find_program(name).is_some()
    }

    /// Returns the program of this name that the search path leads to first.
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
    // Added, not put in place of one: a program may be called `python3.12`.
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
    /// What is missing.
    pub name: String,
}

/// Returns the requirements that are not met on `machine` with the skills of `catalog`.
///
/// Settings (`config`) belong to another client's configuration and are not looked at.
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
    if !requirements.any_bins.is_empty()
        && !requirements.any_bins.iter().any(|name| machine.has_program(name))
    {
        add("any_bin", &requirements.any_bins.join(", "));
    }
    for name in requirements.env.iter().filter(|name| !machine.env.contains(name)) {
        add("env", name);
    }
    if !requirements.os.is_empty() && !requirements.os.contains(&machine.os) {
        add("os", &requirements.os.join(", "));
    }
    for wanted in &requirements.skills {
        let have = catalog
            .get(&wanted.name)
            .map(|entry| entry.skill.version.as_ref().and_then(|v| v.semver.clone()));
        let met = match (have, &wanted.range) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(version), Some(range)) => version.is_some_and(|version| range.matches(&version)),
        };
        if !met {
            let range = wanted
                .range
                .as_ref()
                .map(|range| format!("@{range}"))
                .unwrap_or_default();
            add("skill", &format!("{}{range}", wanted.name));
        }
    }
    found
}
