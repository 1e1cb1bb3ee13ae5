//! What a client makes of a file, as diagnostics of its target: what it rejects is an error.

use super::Severity;
use super::file::file_diagnostic;
use super::{Diagnostic, Rule, Target};
use crate::clients::{Client, ClientFile, Refusal, apply};
use crate::discovery::{FileLinks, Root, Scope};
use crate::skill::Skill;
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::syntax::source::Source;
use crate::tree::{MemoryTree, Tree};
use std::path::{Path, PathBuf};

/// Parses the bytes of a SKILL.md.
///
/// Any bytes are accepted: invalid frontmatter is repaired and each repair is reported, and for a file that is not a
/// skill the reason is returned.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::{ParseOptions, parse};
///
/// let parsed = parse(b"---\nname: greet\ndescription: Say hello: warmly\n---\n# Greet\n", &ParseOptions::default());
/// let skill = parsed.skill.expect("it has a description");
/// assert_eq!(skill.description, "Say hello: warmly");
/// assert_eq!(parsed.diagnostics[0].rule.id(), "yaml-repaired-colon");
/// assert_eq!(parsed.diagnostics[0].position.line, 3);
/// ```
#[must_use]
pub fn parse(bytes: &[u8], options: &ParseOptions) -> Parsed {
    let source = Source::decode(bytes);
    let mut parsed = parse_source(&source, options);
    let folder = options.folder.as_deref().unwrap_or(UNNAMED);
    let path = Path::new(folder).join("SKILL.md");
    read_as_client(options.target, &MemoryTree::default(), &path, bytes, &mut parsed);
    keep_body(&mut parsed, &source);
    parsed
}

/// The folder of a text without one.
const UNNAMED: &str = "unnamed-skill";

/// Adds what the client of a target makes of a file, if the target is a client; returns the skill if the client rejects
/// it. `path` names its folder.
pub(super) fn read_as_client(
    target: Target,
    tree: &dyn Tree,
    path: &Path,
    bytes: &[u8],
    parsed: &mut Parsed,
) -> Option<Skill> {
    let client = Client::of_target(target)?;
    let outcome = match refused_unread(client, tree, path, bytes) {
        Some(refusal) => Err(refusal),
        None => (client.read)(&ClientFile {
            bytes,
            path,
            root: &Root::unbounded(PathBuf::new(), Scope::Extra),
            tree,
            folder: None,
            diagnostics: &parsed.diagnostics,
            skill: parsed.skill.as_ref(),
            host: None,
        }),
    };
    match outcome {
        // It loads, only not at once.
        Err(Refusal {
            rule: Rule::LoadsLater,
            message,
        }) => {
            parsed.diagnostics.push(Diagnostic {
                severity: Severity::Info,
                ..file_diagnostic(Rule::LoadsLater, message)
            });
            parsed.skill.get_or_insert_with(Skill::empty);
            parsed.reason = None;
            None
        }
        outcome => apply(outcome, parsed).1,
    }
}

/// Returns why a client does not open a file.
fn refused_unread(client: &Client, tree: &dyn Tree, path: &Path, bytes: &[u8]) -> Option<Refusal> {
    let refuse = |rule, message: String| Some(Refusal { rule, message });
    if client.walk.file_links == FileLinks::Never && tree.is_link(path) {
        let message = "this client does not follow a symlink to SKILL.md".to_owned();
        return refuse(Rule::SymlinkEscape, message);
    }
    let limit = client.walk.max_file_bytes;
    if bytes.len() as u64 > limit {
        let message = format!("this client reads files of at most {limit} bytes");
        return refuse(Rule::FileTooLarge, message);
    }
    None
}

/// Gives a skill that only the client loads the text of the file as its body.
pub(super) fn keep_body(parsed: &mut Parsed, source: &Source) {
    if let Some(skill) = parsed.skill.as_mut().filter(|skill| skill.frontmatter.is_empty()) {
        source.text().clone_into(&mut skill.body);
    }
}
