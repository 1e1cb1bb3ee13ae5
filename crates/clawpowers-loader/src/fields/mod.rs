//! The fields of the frontmatter that each target reads, what it accepts in them, and what it does with them.
//!
//! Rules, hints, `validate --target all` and docs/fields.md are made from these tables.

pub(crate) mod check;
mod table;

use crate::lint::Target;

/// The maximum length of a name in code points, according to the specification.
pub const MAX_NAME_CHARS: usize = 64;
/// The maximum length of a description in code points, according to the specification.
pub const MAX_DESCRIPTION_CHARS: usize = 1024;
/// The maximum length of a compatibility note in code points, according to the specification.
pub const MAX_COMPATIBILITY_CHARS: usize = 500;

/// What a field must contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// One string, or a list of strings.
    TextOrList,
    Mapping,
    /// `true` or `false` without quotes.
    Boolean,
    /// A word for true or false in any case: [`FLAG_WORDS`].
    Flag,
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
    /// One of these words, in any case, or a number.
    ChoiceOrNumber(&'static [&'static str]),
    Any,
}

/// What a target does with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// It has an effect.
    Read,
    /// It is accepted and has no effect on how the skill is loaded or run.
    Kept,
    /// The target knows the field from other clients and does not read it.
    Ignored,
    /// The name occurs in the client; what it does is not known.
    Unknown,
}

/// What happens to a value that is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongValue {
    /// The target rejects the skill.
    Rejected,
    /// As if the field were missing.
    Ignored,
    /// It is turned into a string.
    Converted,
    Unknown,
}

/// The version of a client that has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Its change log names this version.
    Version(&'static str),
    /// This version has it; the first one is not known.
    AtMost(&'static str),
    Unknown,
}

/// A field of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// Other spellings.
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    pub usage: Usage,
    pub required: bool,
    /// How many code points it may have.
    pub limit: Option<usize>,
    pub wrong: WrongValue,
    /// What the target does with the field, empty in WASM; for one that it ignores, what to do instead.
    pub effect: &'static str,
    pub since: Since,
}

impl Field {
    /// Returns whether the field has an effect.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.usage == Usage::Read
    }

    /// Returns whether `key` is a name of the field.
    #[must_use]
    pub fn is_called(&self, key: &str) -> bool {
        self.name == key || self.aliases.contains(&key)
    }

    /// Returns the words that are accepted, if not every text is.
    #[must_use]
    pub const fn accepted(&self) -> &'static [&'static str] {
        match self.kind {
            FieldKind::Choice(words) | FieldKind::ChoiceOrNumber(words) => words,
            FieldKind::Flag => &FLAG_WORDS,
            FieldKind::Boolean => &BOOLEANS,
            _ => &[],
        }
    }
}

/// What a target does with a field that its table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFields {
    Rejected,
    Ignored,
    Unknown,
}

/// The fields of a target.
#[derive(Debug)]
pub struct Fields {
    pub target: Target,
    /// The name of the target in sentences.
    pub title: &'static str,
    pub others: OtherFields,
    /// Where the table comes from.
    pub source: &'static str,
    pub rows: &'static [Field],
}

impl Fields {
    /// Returns the field that is called `key`.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.rows.iter().find(|field| field.is_called(key))
    }

    /// Returns what the target does with a field that another client reads, unless it reads or accepts the field itself.
    #[must_use]
    pub fn unread(&self, key: &str) -> Option<OtherFields> {
        let unread = match self.field(key).map(|field| field.usage) {
            Some(Usage::Read | Usage::Kept) => return None,
            Some(Usage::Ignored) => OtherFields::Ignored,
            Some(Usage::Unknown) => OtherFields::Unknown,
            None => self.others,
        };
        // Metadata are for whoever knows their keys.
        let is_read = key != "metadata" && !self.readers(key).is_empty();
        (is_read && self.target.is_client()).then_some(unread)
    }

    /// Returns the fields of that name of other clients that read it, and the names of the clients.
    pub(crate) fn readers(&self, key: &str) -> Vec<(&'static Field, &'static str)> {
        let mut readers = Vec::new();
        for other in &Target::ALL {
            let fields = fields_of(*other);
            let field = fields.field(key).filter(|field| field.is_read());
            if let Some(field) = field.filter(|_| *other != self.target && other.is_client()) {
                readers.push((field, fields.title));
            }
        }
        readers
    }

    /// Returns how many code points a field may have.
    pub(crate) fn limit(&self, key: &str) -> Option<usize> {
        self.field(key)?.limit
    }
}

/// Returns the fields of a target.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::{Target, fields_of};
///
/// let effort = fields_of(Target::ClaudeCode).field("effort").expect("it is in the table");
/// assert!(effort.accepted().contains(&"high"));
/// assert!(fields_of(Target::Gemini).field("effort").is_none());
/// ```
#[must_use]
pub fn fields_of(target: Target) -> &'static Fields {
    match target {
        Target::Spec => &table::SPEC,
        Target::ClaudeCode => &table::CLAUDE_CODE,
        Target::ClaudeUpload => &table::CLAUDE_UPLOAD,
        Target::Codex => &table::CODEX,
        Target::Gemini => &table::GEMINI,
        Target::OpenCode => &table::OPENCODE,
        Target::OpenClaw => &table::OPENCLAW,
        Target::Copilot => &table::COPILOT,
        Target::Pi => &table::PI,
        Target::Cursor => &table::CURSOR,
        Target::VsCode => &table::VSCODE,
        Target::ClawPowers => &table::CLAWPOWERS,
    }
}

/// The field that keeps a skill from the model.
pub(crate) const GUARD: &str = "disable-model-invocation";

/// The words for true, then those for false.
const FLAG_WORDS: [&str; 8] = ["true", "yes", "on", "1", "false", "no", "off", "0"];
pub(crate) const BOOLEANS: [&str; 2] = ["true", "false"];

/// Returns the boolean that a word means, in upper or lower case.
pub(crate) fn boolean_word(word: &str) -> Option<bool> {
    let mut words = FLAG_WORDS.iter();
    let place = words.position(|known| word.trim().eq_ignore_ascii_case(known))?;
    Some(place < FLAG_WORDS.len() / 2)
}

/// Returns the one of `names` that `text` is a misspelling of: other case or separators, or one or two other letters.
///
/// A listing asks for every field that it does not know, so few names are compared letter by letter.
pub(crate) fn similar<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    const MIN_LETTERS: usize = 4;
    const LONG: usize = 9;
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' ', '.'], "");
    let typed = plain(text);
    let distance = |name: &str| {
        let name = plain(name);
        let length = name.len().max(typed.len());
        let allowed = match length {
            ..MIN_LETTERS => 0,
            MIN_LETTERS..LONG => 1,
            _ => 2,
        };
        if name.len().abs_diff(typed.len()) > allowed || name.is_empty() {
            return None;
        }
        if name == typed {
            return Some(0);
        }
        let distance = strsim::osa_distance(&name, &typed);
        (distance <= allowed).then_some(distance)
    };
    let scored = names.iter().filter_map(|&name| Some((distance(name)?, name)));
    scored.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
