//! Entries: their fields, and which values are valid.

use super::name::check_name;
use super::vector::ModelVector;
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest content of an entry, in bytes.
pub const MAX_CONTENT_BYTES: usize = 1024 * 1024;
/// The most tags of an entry.
pub const MAX_TAGS: usize = 64;
/// The maximum number of merged contents that an entry keeps.
pub const MAX_EXAMPLES: usize = 5;

/// An enum that is stored as a number and named in replies.
macro_rules! stored {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$about:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name in replies.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// Returns the value with a name.
            ///
            /// # Errors
            ///
            /// `ErrorKind::Invalid` with the names that exist.
            pub fn parse(name: &str) -> Result<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name).ok_or_else(|| {
                    let names: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    let (last, first) = names.split_last().map_or(("", &[][..]), |(last, first)| (*last, first));
                    Error::invalid(
                        format!(concat!("unknown ", $what, " {}"), quoted(name)),
                        format!("use {} or {last}", first.join(", ")),
                    )
                })
            }

            pub(crate) const fn number(self) -> i64 {
                self as i64
            }

            pub(crate) fn from_number(number: i64) -> Option<Self> {
                Self::ALL.get(usize::try_from(number).ok()?).copied()
            }
        }
    };
}

stored! {
    /// What an entry is about, which decides how fast it ages.
    Kind, "kind":
    /// A note for the task at hand.
    Working = "working",
    /// What happened.
    Episodic = "episodic",
    /// What is true.
    Semantic = "semantic",
    /// How something is done.
    Procedural = "procedural",
}

stored! {
    /// Who wrote an entry.
    Source, "source":
    /// A person.
    User = "user",
    /// An agent.
    Agent = "agent",
    /// A hook of a client; it is not confirmed at first.
    Hook = "hook",
    /// An import from another program.
    Import = "import",
}

stored! {
    /// How one entry is related to another.
    Relation, "relation":
    /// It replaces the other one, which searches leave out then.
    Supersedes = "supersedes",
    /// The other one is its cause.
    CausedBy = "caused_by",
    /// It is the solution of the other one.
    Resolves = "resolves",
    /// Both cannot be true.
    Contradicts = "contradicts",
}

impl Source {
    /// Returns the importance of an entry that is created without one.
    #[must_use]
    pub const fn default_importance(self) -> f64 {
        match self {
            Self::Hook => 0.3,
            _ => 0.5,
        }
    }

    /// Returns whether an entry counts as confirmed from the start.
    #[must_use]
    pub const fn is_trusted(self) -> bool {
        !matches!(self, Self::Hook)
    }
}

/// Content that was merged into an entry, because it differs from it only in values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// The content.
    pub content: String,
    /// When it was created, in microseconds since 1970.
    pub at: i64,
    /// Its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number in this home, which is not used again.
    pub id: i64,
    /// Its name in every home.
    pub uid: String,
    /// What it is about.
    pub kind: Kind,
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub content: String,
    /// Its tags, in the order of their bytes.
    pub tags: Vec<String>,
    /// From 0 to 1.
    pub importance: f64,
    /// The project that it belongs to.
    pub project: Option<String>,
    /// The session that it was created in.
    pub session: Option<String>,
    /// The skill that it is about.
    pub skill: Option<String>,
    /// The tool that it is about.
    pub tool: Option<String>,
    /// Who wrote it.
    pub source: Source,
    /// Whether it is confirmed. An entry of a hook is not until it is created from another source; an update can change it.
    pub confirmed: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When equal content was last created.
    pub used_at: Timestamp,
    /// How often it was created: 1, and 1 more for each merged entry.
    pub uses: u64,
    /// Merged contents that differ, at most [`MAX_EXAMPLES`]: the first ones and the latest.
    pub examples: Vec<Example>,
    /// When it expires; searches leave it out from then on.
    pub expires_at: Option<Timestamp>,
    /// How often it was changed, and 1.
    pub revision: i64,
    /// The entry that replaces it.
    pub superseded_by: Option<i64>,
    /// The model that computed its vector; `None` if it has none.
    pub vector_model: Option<String>,
}

/// A new entry.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// What it is about.
    pub kind: Kind,
    /// Its text; at most [`MAX_CONTENT_BYTES`].
    pub content: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
    /// Its tags; duplicates count once, and empty ones are left out.
    pub tags: &'a [String],
    /// From 0 to 1; `None` is that of the source.
    pub importance: Option<f64>,
    /// The project that it belongs to.
    pub project: Option<&'a str>,
    /// The session that it was created in.
    pub session: Option<&'a str>,
    /// The skill that it is about.
    pub skill: Option<&'a str>,
    /// The tool that it is about.
    pub tool: Option<&'a str>,
    /// Who wrote it.
    pub source: Source,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was created; `None` is now.
    pub at: Option<Timestamp>,
    /// Whether it is merged with an entry that differs only in values.
    pub merge: bool,
    /// Its vector.
    pub vector: Option<&'a ModelVector>,
}

impl<'a> NewEntry<'a> {
    /// Returns an entry of a user with this content.
    #[must_use]
    pub const fn new(kind: Kind, content: &'a str) -> Self {
        Self {
            kind,
            content,
            title: None,
            tags: &[],
            importance: None,
            project: None,
            session: None,
            skill: None,
            tool: None,
            source: Source::User,
            expires_at: None,
            at: None,
            merge: true,
            vector: None,
        }
    }

    /// Checks the values, which needs no database.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value that is not valid.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        check_content(self.content)?;
        check_tags(self.tags)?;
        self.importance.map_or(Ok(()), check_importance)?;
        let names = [
            ("title", self.title),
            ("project", self.project),
            ("session", self.session),
            ("skill", self.skill),
            ("tool", self.tool),
        ];
        for (name, value) in names {
            value.map_or(Ok(()), |value| check_name(name, value))?;
        }
        match self.at {
            Some(at) if at > now => Err(Error::invalid(
                format!("the time {at} is in the future"),
                "leave the time out to use now",
            )),
            _ => Ok(()),
        }
    }
}

/// Changes to an entry; a field without a value keeps the old one.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// The text.
    pub content: Option<&'a str>,
    /// What it is about.
    pub kind: Option<Kind>,
    /// The title; empty removes it.
    pub title: Option<&'a str>,
    /// All tags.
    pub tags: Option<&'a [String]>,
    /// From 0 to 1.
    pub importance: Option<f64>,
    /// When it expires; `Some(None)` is never.
    pub expires_at: Option<Option<Timestamp>>,
    /// Whether somebody confirmed it.
    pub confirmed: Option<bool>,
    /// The vector; `Some(None)` removes it. Without a value, another content removes it, too.
    pub vector: Option<Option<&'a ModelVector>>,
    /// The revision that it must have.
    pub revision: Option<i64>,
}

impl Change<'_> {
    /// Checks the values, which needs no database.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value that is not valid.
    pub fn check(&self) -> Result<()> {
        self.content.map_or(Ok(()), check_content)?;
        self.tags.map_or(Ok(()), check_tags)?;
        self.importance.map_or(Ok(()), check_importance)?;
        let title = self.title.filter(|title| !title.is_empty());
        title.map_or(Ok(()), |title| check_name("title", title))
    }
}

fn check_content(content: &str) -> Result<()> {
    if content.trim().is_empty() {
        return Err(Error::invalid(
            "the content is empty",
            "say in a sentence what is worth remembering",
        ));
    }
    if content.len() > MAX_CONTENT_BYTES {
        let message = format!(
            "the content has {} bytes, more than {MAX_CONTENT_BYTES}",
            content.len()
        );
        return Err(Error::invalid(message, "keep it in a file and remember its path"));
    }
    if content.contains('\0') {
        return Err(Error::invalid(
            "the content contains a NUL character",
            "remove it; entries are text",
        ));
    }
    Ok(())
}

/// Returns an error for a number that is not an importance.
pub(super) fn check_importance(importance: f64) -> Result<()> {
    // `contains` is false for NaN.
    if (0.0..=1.0).contains(&importance) {
        return Ok(());
    }
    Err(Error::invalid(
        format!("the importance `{importance}` is not from 0 to 1"),
        "use a number such as 0.7",
    ))
}

fn check_tags(tags: &[String]) -> Result<()> {
    if tags.len() > MAX_TAGS {
        return Err(Error::invalid(
            format!("{} tags are more than {MAX_TAGS}", tags.len()),
            "put words that are only searched for into the content",
        ));
    }
    for tag in tags.iter().filter(|tag| !tag.trim().is_empty()) {
        check_name("tag", tag)?;
        if tag.contains(',') {
            return Err(Error::invalid(
                format!("the tag {} contains a comma", quoted(tag)),
                "commas separate tags; give two tags",
            ));
        }
    }
    Ok(())
}

/// Returns tags without duplicates, empty ones and whitespace around them, in the order of their bytes.
pub(super) fn normalized(tags: &[String]) -> Vec<String> {
    let tags = tags.iter().map(|tag| tag.trim());
    let mut tags: Vec<_> = tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}
