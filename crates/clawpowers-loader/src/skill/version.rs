//! The version, semantic or not.

use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::Node;

/// A version as written, and as a semantic version if it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub text: String,
    pub semver: Option<semver::Version>,
}

/// Reads `version`, else `metadata.version`, where the specification puts it.
pub(super) fn read(
    front: &Frontmatter<'_>,
    metadata: Option<&Node>,
    diagnostics: &mut Diagnostics,
) -> Option<Version> {
    let node = front.root.get("version").or_else(|| metadata?.get("version"))?;
    let text = node.as_text()?.trim();
    let version = Version {
        text: text.to_owned(),
        semver: semver::Version::parse(text).ok(),
    };
    if version.semver.is_none() {
        let message = format!("the version {} is not a semantic version", quote(&version.text));
        diagnostics.add(Rule::VersionNotSemver, front.position(node.start), message);
    }
    Some(version)
}
