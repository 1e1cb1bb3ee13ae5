//! How a client reads one file: the skill that it shows, or why it does not load it.

use crate::discovery::Root;
use crate::fields::GUARD;
use crate::lint::file::file_diagnostic;
use crate::lint::{Diagnostic, Rule, Severity};
use crate::skill::parse::Parsed;
use crate::skill::{HostInfo, Invocation, Skill};
use crate::tree::{OpenFolder, Tree};
use std::borrow::Cow;
use std::path::Path;

/// A file that a client may load as a skill.
pub(crate) struct ClientFile<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) path: &'a Path,
    pub(crate) root: &'a Root,
    pub(crate) tree: &'a dyn Tree,
    /// Its folder, if it is open.
    pub(crate) folder: Option<&'a dyn OpenFolder>,
    /// What ClawPowers finds in the frontmatter.
    pub(crate) diagnostics: &'a [Diagnostic],
    /// The skill as ClawPowers reads it.
    pub(crate) skill: Option<&'a Skill>,
    /// The programs and variables of the machine, if they are known.
    pub(crate) host: Option<&'a HostInfo>,
}

/// A skill as a client shows it.
pub(crate) struct ClientSkill {
    /// The name by which the client calls it.
    pub(crate) name: String,
    /// The name in the frontmatter, if the client shows it next to its own name for the skill.
    pub(crate) label: Option<String>,
    pub(crate) description: String,
    pub(crate) invocation: Invocation,
    /// Why the model does not see the skill, unless its frontmatter says so itself.
    pub(crate) hidden: Option<Hidden>,
}

/// Why a client does not show a skill to the model.
pub(crate) struct Hidden {
    pub(crate) reason: String,
    /// What to do.
    pub(crate) hint: &'static str,
}

/// Why a client does not load a file.
pub(crate) struct Refusal {
    pub(crate) rule: Rule,
    pub(crate) message: String,
}

impl Refusal {
    pub(super) fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
        }
    }
}

/// Changes what was parsed to what a client shows; returns the label beside the name, and the skill if the client rejects
/// it.
pub(crate) fn apply(outcome: Outcome, parsed: &mut Parsed) -> (Option<String>, Option<Skill>) {
    match outcome {
        Ok(seen) => {
            let skill = parsed.skill.get_or_insert_with(Skill::empty);
            if seen.invocation.model && !skill.invocation.model {
                note_ignored_guard(&mut parsed.diagnostics);
            }
            skill.name = seen.name;
            skill.description = seen.description;
            skill.invocation = seen.invocation;
            parsed.reason = None;
            let hidden = seen.hidden.map(|hidden| Diagnostic {
                severity: Severity::Info,
                hint: Some(hidden.hint.to_owned()),
                ..file_diagnostic(Rule::HiddenFromModel, hidden.reason)
            });
            parsed.diagnostics.extend(hidden);
            (seen.label, None)
        }
        Err(Refusal { rule, message }) => {
            match parsed.diagnostics.iter_mut().find(|one| one.rule == rule) {
                Some(known) => {
                    known.severity = Severity::Error;
                    // Others use the last one.
                    if rule == Rule::DuplicateKey {
                        known.message = message;
                    }
                }
                None => parsed.diagnostics.push(file_diagnostic(rule, message)),
            }
            parsed.reason = Some(rule);
            (None, parsed.skill.take())
        }
    }
}

/// Warns that a client shows a skill to the model that its frontmatter hides, unless a diagnostic says so.
fn note_ignored_guard(diagnostics: &mut Vec<Diagnostic>) {
    let says_so = |d: &Diagnostic| matches!(d.rule, Rule::GuardIgnored | Rule::InvocationNotBoolean);
    if !diagnostics.iter().any(says_so) {
        let message = format!("this client ignores the value of `{GUARD}` and shows the skill to the model");
        diagnostics.push(Diagnostic {
            severity: Severity::Warning,
            hint: Some("write `true` without quotes".to_owned()),
            ..file_diagnostic(Rule::GuardIgnored, message)
        });
    }
}

/// Decodes UTF-8; valid text, which is nearly every one, is checked faster than by `from_utf8_lossy`.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

pub(crate) type Outcome = Result<ClientSkill, Refusal>;

impl ClientFile<'_> {
    /// Returns who may invoke the skill by its frontmatter.
    pub(super) fn invocation(&self) -> Invocation {
        self.skill.map_or(Invocation::ANY, |skill| skill.invocation)
    }

    /// Returns the name of the folder of the file.
    pub(super) fn folder(&self) -> String {
        let folder = self.path.parent().and_then(Path::file_name);
        folder
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Returns the text as JavaScript decodes UTF-8; invalid bytes become U+FFFD.
    pub(super) fn text(&self) -> Cow<'_, str> {
        lossy(self.bytes)
    }

    /// Returns the text without a byte order mark.
    pub(super) fn text_without_mark(&self) -> Cow<'_, str> {
        lossy(self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.bytes))
    }

    /// Returns the text as a parser that accepts every line ending reads it.
    pub(super) fn normalized_text(&self) -> String {
        self.text_without_mark().replace("\r\n", "\n").replace('\r', "\n")
    }

    /// Explains that a client found no frontmatter, with the most specific reason that ClawPowers found.
    pub(super) fn no_frontmatter(&self) -> Refusal {
        const REASONS: [Rule; 8] = [
            Rule::Utf16,
            Rule::FileEmpty,
            Rule::FrontmatterMissing,
            Rule::FrontmatterNotFirst,
            Rule::FrontmatterOpener,
            Rule::FrontmatterUnclosed,
            Rule::FrontmatterCloserGlued,
            Rule::Bom,
        ];
        let is = |rule| self.diagnostics.iter().any(|d| d.rule == rule);
        let rule = REASONS.into_iter().find(|&rule| is(rule));
        Refusal::new(
            rule.unwrap_or(Rule::FrontmatterMissing),
            "this client finds no frontmatter between `---` lines",
        )
    }
}
