//! Hidden characters in the other text files of a skill.

use super::hidden::check;
use super::{Diagnostic, Diagnostics, Position, Rule, Target};
use crate::catalog::resources::list_resources;
use crate::display::pluralize;
use crate::syntax::source::{Encoding, Source};
use crate::tree::{Tree, folder_of};
use clawpowers_text::invisible::without_hidden;
use std::io::Read as _;
use std::path::Path;

/// How many bytes of text files of one skill are searched for hidden characters.
const MAX_TEXT_BYTES: u64 = 16 * 1024 * 1024;

/// How many bytes at the start of a file tell whether it is text.
const SAMPLE: u64 = 4096;

/// How many diagnostics of the text files of one skill are reported before the rest are counted.
const MAX_REPORTED: usize = 100;

/// A text file of a skill that contains hidden characters.
#[derive(Debug, Clone)]
pub struct HiddenTextFile {
    /// The path below the skill's folder, with forward slashes.
    pub path: String,
    pub before: String,
    /// The text without them.
    pub after: String,
    pub diagnostics: Vec<Diagnostic>,
}

/// Finds the text files of a skill besides its SKILL.md that contain hidden characters which can be removed.
#[must_use]
pub fn hidden_text_files(tree: &dyn Tree, skill_file: &Path, target: Target) -> Vec<HiddenTextFile> {
    let mut found = Vec::new();
    search(tree, skill_file, target, &mut |one| {
        if one.diagnostics.iter().all(|d| d.edits.is_empty()) {
            return;
        }
        let before = String::from_utf8_lossy(one.bytes).into_owned();
        let text = one.source.text();
        // A byte order mark stays: some programs need it.
        let mark = before.get(..before.len() - text.len());
        let after = mark.unwrap_or_default().to_owned() + &without_hidden(text);
        found.push(HiddenTextFile {
            path: one.path.to_owned(),
            before,
            after,
            diagnostics: one.diagnostics,
        });
    });
    found
}

/// Reports the hidden characters of the text files of a skill besides its SKILL.md.
pub(crate) fn check_texts(tree: &dyn Tree, skill_file: &Path, target: Target) -> Vec<Diagnostic> {
    let mut reported = Vec::new();
    let (mut more, mut worst) = (0, None);
    let is_complete = search(tree, skill_file, target, &mut |one| {
        let found = one.diagnostics;
        if reported.len() < MAX_REPORTED {
            reported.extend(found);
        } else {
            more += 1;
            worst = worst.max(
                found
                    .into_iter()
                    .max_by_key(|d| d.severity)
                    .map(|d| (d.severity, d.rule)),
            );
        }
    });
    let mut at_start = Diagnostics::new(target);
    if let Some((_, rule)) = worst {
        let message = format!(
            "{} with hidden characters are not listed",
            pluralize(more, "more file")
        );
        at_start.add(rule, Position::START, message);
    }
    if !is_complete {
        let message = "only the first 16 MiB of the text files are searched for hidden characters";
        at_start.add(Rule::ResourcesTruncated, Position::START, message);
    }
    reported.extend(at_start.finish());
    reported
}

/// A text file with hidden characters.
struct Searched<'a> {
    /// Below the skill's folder.
    path: &'a str,
    bytes: &'a [u8],
    source: &'a Source,
    diagnostics: Vec<Diagnostic>,
}

/// Calls `each` for each text file with hidden characters. Returns whether all text files were searched.
fn search(tree: &dyn Tree, skill_file: &Path, target: Target, each: &mut dyn FnMut(Searched<'_>)) -> bool {
    let folder = folder_of(skill_file);
    let listed = list_resources(tree, skill_file).unwrap_or_default();
    let mut left = MAX_TEXT_BYTES;
    let mut is_complete = true;
    for file in &listed.files {
        let path = folder.join(&file.path);
        if !is_text(tree, &path) {
            continue;
        }
        if file.size > left {
            is_complete = false;
            continue;
        }
        let Ok(bytes) = tree.read(&path, left) else {
            continue;
        };
        left = left.saturating_sub(bytes.len() as u64);
        if bytes.is_ascii() {
            continue;
        }
        let source = Source::decode(&bytes);
        let removable = match source.encoding() {
            Encoding::Utf8 => 0,
            // Its bytes are not those of the text.
            Encoding::Utf16 => usize::MAX,
            Encoding::Lossy(_) => continue,
        };
        let mut diagnostics = Diagnostics::new(target);
        check(source.text(), || removable, &mut diagnostics);
        let mut found = diagnostics.finish();
        if !found.is_empty() {
            for diagnostic in &mut found {
                diagnostic.file = Some(file.path.clone());
            }
            each(Searched {
                path: &file.path,
                bytes: &bytes,
                source: &source,
                diagnostics: found,
            });
        }
    }
    is_complete
}

/// Returns whether the start of a file is text: UTF-8 without NUL, or UTF-16 with a byte order mark.
fn is_text(tree: &dyn Tree, path: &Path) -> bool {
    let Ok((file, _)) = tree.open_file(path, u64::MAX) else {
        return false;
    };
    let mut sample = Vec::new();
    if file.take(SAMPLE).read_to_end(&mut sample).is_err() {
        return false;
    }
    let is_utf16 = sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff");
    // The sample may end within a character.
    let is_utf8 = std::str::from_utf8(&sample).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf16 || (is_utf8 && !sample.contains(&0))
}
