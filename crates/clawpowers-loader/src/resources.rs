//! What else a skill's folder holds, its digest, and whether the body's links lead somewhere.

use crate::diag::{Position, Report, Rule, quoted};
use crate::skill::Skill;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// How many files of one skill are listed.
pub const MAX_RESOURCES: usize = 2000;
/// How many links of one body are followed up.
const MAX_LINKS: usize = 2000;
/// How deep the folders of one skill are followed.
pub const MAX_RESOURCE_DEPTH: usize = 12;

/// What a file of a skill is for, by the folder it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// Under `scripts/`.
    Script,
    /// Under `references/` or `reference/`.
    Reference,
    /// Under `assets/` or `templates/`.
    Asset,
    /// Anywhere else.
    Other,
}

impl ResourceKind {
    /// Returns the name used in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Reference => "reference",
            Self::Asset => "asset",
            Self::Other => "other",
        }
    }

    /// Returns the kind of a file by its path below the skill's folder.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.split('/').next() {
            Some("scripts") => Self::Script,
            Some("references" | "reference") => Self::Reference,
            Some("assets" | "templates") => Self::Asset,
            _ => Self::Other,
        }
    }
}

/// A file of a skill besides its SKILL.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Path below the skill's folder, with forward slashes.
    pub path: String,
    /// What it is for.
    pub kind: ResourceKind,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it may be executed.
    pub executable: bool,
}

/// The files of a skill's folder.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// The files in byte order of their paths, without the SKILL.md.
    pub files: Vec<Resource>,
    /// Whether a bound cut the list.
    pub truncated: bool,
    /// Links that lead nowhere, as paths below the folder.
    pub broken: Vec<String>,
    /// Links that lead out of the folder, which are not followed.
    pub escaping: Vec<String>,
}

/// Lists the files of a skill's folder; nested skills and version control are left out, links inside are followed.
///
/// # Errors
///
/// Fails where the folder itself cannot be read; folders below that cannot be read are passed over.
pub fn resources(folder: &Path, skill_file: &Path) -> io::Result<Resources> {
    let home = folder.canonicalize()?;
    let mut found = Resources::default();
    let mut todo = vec![(folder.to_owned(), String::new(), 0)];
    let mut first = true;
    while let Some((dir, prefix, depth)) = todo.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if first => return Err(error),
            Err(_) => continue,
        };
        first = false;
        let mut names: Vec<_> = entries.flatten().collect();
        names.sort_by_key(fs::DirEntry::file_name);
        let nested = |name: &std::ffi::OsStr| name.eq_ignore_ascii_case("SKILL.md");
        if depth > 0 && names.iter().any(|entry| nested(&entry.file_name())) {
            continue;
        }
        for entry in names {
            let name = entry.file_name();
            let path = entry.path();
            if matches!(
                name.to_str(),
                Some(".git" | ".hg" | ".svn" | "node_modules" | "__pycache__" | ".DS_Store")
            ) || (depth == 0 && Some(name.as_os_str()) == skill_file.file_name())
            {
                continue;
            }
            let relative = format!("{prefix}{}", name.to_string_lossy());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() {
                match path.canonicalize() {
                    Err(_) => {
                        found.broken.push(relative);
                        continue;
                    }
                    Ok(target) if !target.starts_with(&home) => {
                        found.escaping.push(relative);
                        continue;
                    }
                    Ok(target) if target.is_dir() => continue,
                    Ok(_) => {}
                }
            }
            if kind.is_dir() {
                if depth < MAX_RESOURCE_DEPTH {
                    todo.push((path, format!("{relative}/"), depth + 1));
                } else {
                    found.truncated = true;
                }
                continue;
            }
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if !metadata.is_file() {
                continue;
            }
            if found.files.len() == MAX_RESOURCES {
                found.truncated = true;
                break;
            }
            let kind = ResourceKind::of(&relative);
            found.files.push(Resource {
                path: relative,
                kind,
                size: metadata.len(),
                executable: executable(&metadata),
            });
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

#[cfg(unix)]
fn executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn executable(_: &fs::Metadata) -> bool {
    true
}

/// Returns the SHA-256 digest of a skill's folder in hexadecimal.
///
/// Over the files in byte order of their paths, SKILL.md among them: path, NUL, size in decimal, NUL, bytes, NUL. The
/// separators make two different folders differ, whatever their files are called.
///
/// # Errors
///
/// Fails where a file cannot be read or is larger than [`crate::read::MAX_RESOURCE_BYTES`].
pub fn digest(folder: &Path, skill_file: &Path) -> Result<String, crate::read::ReadError> {
    let found = resources(folder, skill_file)?;
    if found.truncated {
        return Err(io::Error::other("the folder holds more files than are listed").into());
    }
    let skill = skill_file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut paths: Vec<String> = found.files.into_iter().map(|file| file.path).collect();
    paths.push(skill);
    paths.sort();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = crate::read::read_file(&folder.join(&path), crate::read::MAX_RESOURCE_BYTES)?;
        files.push((path, bytes));
    }
    Ok(digest_of(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    ))
}

/// Returns the digest of files given in byte order of their paths; see [`digest`].
pub fn digest_of<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(bytes.len().to_string().as_bytes());
        hash.update([0]);
        hash.update(bytes);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Resolves the path of a resource inside a skill's folder.
///
/// # Errors
///
/// Gives `None` where the path is absolute, climbs out of the folder, or leads out of it by a link.
#[must_use]
pub fn resolve(folder: &Path, resource: &str) -> Option<PathBuf> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(resource).components().all(inside) {
        return None;
    }
    let path = folder.join(resource);
    let Ok(home) = folder.canonicalize() else {
        return Some(path);
    };
    // Where there is no such file, the folders that are there tell whether the way to it leads out.
    let there = path.ancestors().find_map(|part| part.canonicalize().ok());
    there.is_none_or(|there| there.starts_with(&home)).then_some(path)
}

/// Reports links of the body and of the folder that lead nowhere or outside, and scripts that cannot run.
pub(crate) fn check(skill: &Skill, body_line: usize, folder: &Path, skill_file: &Path, report: &mut Report) {
    let starts = crate::source::LineStarts::of(&skill.body);
    for link in skill.outline().links.into_iter().take(MAX_LINKS) {
        let Some(target) = relative_target(&link.target) else {
            continue;
        };
        let inner = starts.position(&skill.body, link.offset);
        let position = Position {
            line: body_line + inner.line - 1,
            column: inner.column,
        };
        match resolve(folder, &target) {
            None => {
                let message = format!(
                    "the link {} leads out of the skill's folder",
                    quoted(&link.target)
                );
                report.hint(
                    Rule::LinkOutside,
                    position,
                    message,
                    "keep what the skill needs inside its folder",
                );
            }
            Some(path) if !path.exists() => {
                let message = format!("the link {} points to nothing", quoted(&link.target));
                report.hint(
                    Rule::DanglingLink,
                    position,
                    message,
                    "add the file or mend the link",
                );
            }
            Some(_) => {}
        }
    }
    let Ok(found) = resources(folder, skill_file) else {
        return;
    };
    for path in &found.broken {
        report.add(
            Rule::SymlinkBroken,
            Position::START,
            format!("the link {} points to nothing", quoted(path)),
        );
    }
    for path in &found.escaping {
        let message = format!(
            "the link {} leads out of the skill's folder and is not followed",
            quoted(path)
        );
        report.add(Rule::SymlinkEscape, Position::START, message);
    }
    if found.truncated {
        let message = format!("the folder holds more than {MAX_RESOURCES} files or nests too deep");
        report.add(Rule::ResourcesTruncated, Position::START, message);
    }
    for file in found
        .files
        .iter()
        .filter(|file| file.kind == ResourceKind::Script && !file.executable)
    {
        let starts = crate::read::open(&folder.join(&file.path), crate::read::MAX_RESOURCE_BYTES).is_ok_and(
            |(mut f, _)| {
                let mut head = Vec::new();
                crate::read::read_more(&mut f, &mut head, 2).is_ok() && head == b"#!"
            },
        );
        if starts {
            let message = format!("the script {} cannot be executed", quoted(&file.path));
            report.hint(
                Rule::ScriptNotExecutable,
                Position::START,
                message,
                "`chmod +x` it",
            );
        }
    }
}

/// Returns the path a link names, if it is relative: no scheme, no fragment alone, no template placeholder.
fn relative_target(target: &str) -> Option<String> {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let scheme = path
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.len() > 1 && !scheme.contains('/'));
    if path.is_empty() || scheme || path.starts_with('/') || path.contains(['{', '$', '<', '*']) {
        return None;
    }
    Some(percent_decoded(path))
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
