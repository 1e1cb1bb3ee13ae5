//! Checks the links of a skill's body, the files of its folder, and its scripts.

use super::mentions::mentions;
use super::{Diagnostics, Position, Rule};
use crate::catalog::resources::{
    MAX_RESOURCES, Resource, ResourceKind, Resources, UnlistedReason, list_resources, resolve_resource,
};
use crate::display::quote;
use crate::skill::{Skill, unfit_for_windows};
use crate::syntax::source::LineStarts;
use crate::tree::{MAX_RESOURCE_BYTES, ReadError, Tree, folder_of, normalize};
use std::io::{self, Read as _};
use std::path::Path;

/// How many links of one body are checked.
const MAX_LINKS: usize = 2000;

/// How many folders above a skill's are searched for a path that the skill does not contain.
const MAX_ABOVE: usize = 8;

/// A skill's folder.
#[derive(Clone, Copy)]
struct Folder<'a> {
    tree: &'a dyn Tree,
    path: &'a Path,
}

impl Folder<'_> {
    /// Returns whether a path in the folder exists; `None` if it leads out of the folder.
    fn contains(&self, target: &str) -> Option<io::Result<bool>> {
        Some(self.tree.exists(&resolve_resource(self.tree, self.path, target)?))
    }

    /// Returns whether a folder above the skill's, up to the one with `.git`, contains `target`: then it is the project's.
    fn is_above(&self, target: &str) -> bool {
        let Ok(folder) = self.tree.canonicalize(self.path) else {
            return false;
        };
        let exists = |path: &Path| self.tree.metadata(path).is_ok();
        for above in folder.ancestors().skip(1).take(MAX_ABOVE) {
            if exists(&above.join(target)) {
                return true;
            }
            if exists(&above.join(".git")) {
                break;
            }
        }
        false
    }

    /// Returns whether a file starts with `#!` and is not executable.
    fn lacks_execution(&self, file: &Resource) -> bool {
        let path = self.path.join(&file.path);
        let is_script = || {
            let (file, _) = self.tree.open_file(&path, MAX_RESOURCE_BYTES)?;
            let mut head = Vec::new();
            file.take(2).read_to_end(&mut head)?;
            Ok::<_, ReadError>(head == b"#!")
        };
        let executable = || self.tree.metadata(&path).ok()?.executable;
        file.kind == ResourceKind::Script
            && !file.executable
            && executable() == Some(false)
            && is_script().unwrap_or(false)
    }
}

/// Reports broken links and links to the outside in the body and the folder, files that are not listed, and scripts
/// that are not executable.
pub(crate) fn check(
    tree: &dyn Tree,
    skill_file: &Path,
    skill: &Skill,
    body_line: usize,
    diagnostics: &mut Diagnostics,
) {
    let folder = Folder {
        tree,
        path: folder_of(skill_file),
    };
    let starts = LineStarts::of(&skill.body);
    let links = skill.outline().links;
    let followed = links
        .iter()
        .filter_map(|link| Some((link, relative_target(&link.target)?)));
    let position = |offset: usize| {
        let inner = starts.position(&skill.body, offset);
        Position {
            line: body_line + inner.line - 1,
            ..inner
        }
    };
    for (count, (link, target)) in followed.enumerate() {
        let position = position(link.offset);
        if count == MAX_LINKS {
            let message = format!("only the first {MAX_LINKS} relative links are checked");
            diagnostics.add(Rule::ResourcesTruncated, position, message);
            break;
        }
        let shown = quote(&link.target);
        match normalize(Path::new(&target)).and_then(|target| folder.contains(&target)) {
            None => {
                let message = format!("the link {shown} leads out of the skill's folder");
                diagnostics.add(Rule::LinkOutside, position, message);
            }
            Some(Ok(true)) => {}
            Some(Ok(false)) => {
                let message = format!("broken link: {shown} does not exist");
                let hint = "add the file or fix the link";
                diagnostics.hint(Rule::DanglingLink, position, message, hint);
            }
            Some(Err(error)) => {
                let message = format!("the link {shown} cannot be followed: {error}");
                diagnostics.add(Rule::DanglingLink, position, message);
            }
        }
    }
    if diagnostics.wants(Rule::DanglingPath) {
        for mention in mentions(&skill.body).into_iter().take(MAX_LINKS) {
            let exists = folder.contains(&mention.path).and_then(Result::ok);
            if exists == Some(false) && (mention.is_anchored || !folder.is_above(&mention.path)) {
                let message = format!("the file {} named in code does not exist", quote(&mention.path));
                diagnostics.add(Rule::DanglingPath, position(mention.offset), message);
            }
        }
    }
    let Ok(found) = list_resources(tree, skill_file) else {
        return;
    };
    check_folder(&found, diagnostics);
    for file in &found.files {
        let mut parts = file.path.split('/');
        if let Some(why) = parts.find_map(unfit_for_windows) {
            let message = format!(
                "Windows does not allow the file name {}: {why}",
                quote(&file.path)
            );
            diagnostics.add(Rule::WindowsName, Position::START, message);
        }
    }
    for file in found.files.iter().filter(|file| folder.lacks_execution(file)) {
        let message = format!("the script {} is not executable", quote(&file.path));
        let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
        let hint = match file.path.chars().all(is_plain) {
            true => format!("run `chmod +x {}`", file.path),
            false => "make it executable with `chmod +x`".to_owned(),
        };
        diagnostics.hint(Rule::ScriptNotExecutable, Position::START, message, hint);
    }
}

fn check_folder(found: &Resources, diagnostics: &mut Diagnostics) {
    let mut add = |rule, message| diagnostics.add(rule, Position::START, message);
    for path in &found.broken {
        let message = format!("broken symlink: the target of {} does not exist", quote(path));
        add(Rule::SymlinkBroken, message);
    }
    for path in &found.escaping {
        let message = format!(
            "the symlink {} leads out of the skill's folder and is not followed",
            quote(path)
        );
        add(Rule::SymlinkEscape, message);
    }
    for one in &found.unlisted {
        let path = quote(&one.path);
        let message = match one.why {
            UnlistedReason::FolderLink => {
                format!("the symlink {path} leads to another folder of the skill; its files are listed there")
            }
            UnlistedReason::Unreadable => format!("{path} cannot be read and is not listed"),
            UnlistedReason::NotRegular => format!("{path} is not a regular file and is not listed"),
            UnlistedReason::TooDeep => format!("the folder {path} is too deep to be listed"),
        };
        add(Rule::ResourcesTruncated, message);
    }
    let count = found.files.len();
    let too_deep = found
        .unlisted
        .iter()
        .any(|one| one.why == UnlistedReason::TooDeep);
    // A folder that is too deep was reported before.
    if found.truncated && (count == MAX_RESOURCES || !too_deep) {
        let message = if count == MAX_RESOURCES {
            format!("only the first {count} files of the folder are listed")
        } else {
            format!("the folder has more entries than the limit; only {count} of its files are listed")
        };
        add(Rule::ResourcesTruncated, message);
    }
}

/// Returns the path of a link if it is relative: no scheme, not only a fragment, no placeholder of a template.
fn relative_target(target: &str) -> Option<String> {
    let path = without_line(target.split(['#', '?']).next().unwrap_or_default());
    let scheme = path
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.len() > 1 && !scheme.contains('/'));
    if path.is_empty() || scheme || path.starts_with('/') || path.contains(['{', '$', '<', '*']) {
        return None;
    }
    Some(percent_decoded(path))
}

/// Returns a path without the number of a line or a range of lines after it: `a/b.md:12`, `a/b.md:12-20`, `a/b.md:12:5`.
///
/// Without a slash it may be a host and its port.
fn without_line(path: &str) -> &str {
    let plain = path.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '-'));
    let numbers = path.strip_prefix(plain).and_then(|tail| tail.strip_prefix(':'));
    match numbers {
        Some(numbers) if path.contains('/') && numbers.split([':', '-']).all(|one| !one.is_empty()) => plain,
        _ => path,
    }
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
