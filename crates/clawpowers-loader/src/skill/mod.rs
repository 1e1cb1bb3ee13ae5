//! The typed skill: the meaning of its frontmatter and body.

mod description;
mod host;
mod invocation;
mod lookalike;
pub(crate) mod markdown;
mod name;
pub(crate) mod normalize;
mod optional;
mod outline;
pub(crate) mod parse;
mod requirements;
pub(crate) mod template;
mod tools;
mod version;
mod windows;

pub use host::{HostInfo, MissingRequirement};
pub use invocation::Invocation;
pub use outline::{CodeBlock, Heading, Link, Outline};
pub use requirements::{Requirements, SkillRequirement};
pub use version::Version;

pub(crate) use lookalike::skeleton;
pub use name::{is_name_character, suggest_name};
pub use normalize::normalize_name;
pub(crate) use normalize::python_trim;
pub use windows::is_device;
pub(crate) use windows::unfit_for_windows;

use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;
use serde_json::{Map, Value};

/// The names of the metrics that a skill declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    pub tracks: Vec<String>,
    pub improves: Vec<String>,
}

/// A skill as its SKILL.md describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    pub name: String,
    /// Whether the name is the folder's because the frontmatter has none.
    pub name_from_folder: bool,
    /// What it does and when to use it; trimmed.
    pub description: String,
    pub version: Option<Version>,
    pub license: Option<String>,
    /// What it needs to run, in words.
    pub compatibility: Option<String>,
    /// Tools it may use without asking, one entry each: `Bash(git:*)`.
    pub allowed_tools: Vec<String>,
    pub tags: Vec<String>,
    pub requirements: Requirements,
    pub metrics: Metrics,
    pub invocation: Invocation,
    /// Every field, verbatim and in order; empty if only the head was read for a listing.
    pub frontmatter: Map<String, Value>,
    /// The Markdown after the frontmatter; empty if only the head was read for a listing.
    pub body: String,
}

impl Skill {
    /// Creates a skill of which nothing is known, for a client that loads a file without usable frontmatter.
    pub(crate) fn empty() -> Self {
        Self {
            name: String::new(),
            name_from_folder: true,
            description: String::new(),
            version: None,
            license: None,
            compatibility: None,
            allowed_tools: Vec::new(),
            tags: Vec::new(),
            requirements: Requirements::default(),
            metrics: Metrics::default(),
            invocation: Invocation::ANY,
            frontmatter: Map::new(),
            body: String::new(),
        }
    }

    /// Returns the headings, code blocks and links of the body.
    #[must_use]
    pub fn outline(&self) -> Outline {
        Outline::of(&self.body)
    }

    /// Estimates the tokens of the body like [`token_estimate`].
    #[must_use]
    pub fn token_estimate(&self) -> usize {
        token_estimate(&self.body)
    }
}

/// Estimates the tokens of a string: a quarter of its code points, rounded up.
#[must_use]
pub fn token_estimate(text: &str) -> usize {
    text.chars().count().div_ceil(4)
}

/// Reads the typed skill; without a usable description, returns the rule that says why.
pub(crate) fn from_front(
    front: &Frontmatter<'_>,
    folder: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Skill, Rule> {
    crate::fields::check::check(front, diagnostics);
    let name = name::read(front, folder, diagnostics);
    let description = description::read(front, diagnostics);
    let metadata = optional::metadata(front, diagnostics);
    let metadata = metadata.as_deref();
    Ok(Skill {
        name: name.text,
        name_from_folder: name.from_folder,
        description: description?,
        version: version::read(front, metadata, diagnostics),
        license: optional::license(front, diagnostics),
        compatibility: optional::compatibility(front, diagnostics),
        allowed_tools: tools::read(front, diagnostics),
        tags: optional::tags(front, metadata),
        requirements: requirements::read(front, metadata, diagnostics),
        metrics: optional::metrics(front),
        invocation: invocation::read(front, diagnostics),
        frontmatter: Map::new(),
        body: String::new(),
    })
}
