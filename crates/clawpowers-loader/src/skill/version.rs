//! The version, semantic or not.

use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Front;
use crate::syntax::yaml::Node;

/// A version as written, and as a semantic version where it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The text, verbatim.
    pub text: String,
    /// The semantic version.
    pub semver: Option<semver::Version>,
}

impl Version {
    /// Wraps a version's text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            semver: semver::Version::parse(text).ok(),
        }
    }
}

/// Reads `version`, else `metadata.version`, where the specification puts it.
pub(super) fn read(
    front: &Front<'_>,
    metadata: Option<&Node>,
    diagnostics: &mut Diagnostics,
) -> Option<Version> {
    let node = front.root.get("version").or_else(|| metadata?.get("version"))?;
    let version = Version::new(node.as_text()?.trim());
    if version.semver.is_none() {
        let message = format!("the version {} is not a semantic version", quote(&version.text));
        diagnostics.hint(
            Rule::VersionNotSemver,
            front.position(node.start),
            message,
            "write three numbers: `1.0.0`",
        );
    }
    Some(version)
}
