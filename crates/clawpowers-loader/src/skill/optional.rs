//! The optional fields: license, compatibility, metadata, tags, metrics.

use super::Metrics;
use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::{Kind, Node};
use std::borrow::Cow;
use std::collections::HashSet;

pub(super) fn license(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = front.root.get("license")?;
    if !matches!(node.kind, Kind::Scalar { .. }) {
        let message = format!("`license` must be a string, found {}", quote(front.slice(node)));
        diagnostics.add(Rule::LicenseNotString, front.position(node.start), message);
    }
    node.as_text().map(|text| text.trim().to_owned())
}

pub(super) fn compatibility(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = front.root.get("compatibility")?;
    let position = || front.position(node.start);
    let Kind::Scalar { text, .. } = &node.kind else {
        let message = format!(
            "`compatibility` must be a string, found {}",
            quote(front.slice(node))
        );
        diagnostics.add(Rule::CompatibilityNotString, position(), message);
        return None;
    };
    let length = text.chars().count();
    if let Some(limit) = diagnostics.limit("compatibility").filter(|&limit| length > limit) {
        let message = format!("the compatibility note has {length} characters, more than {limit}");
        diagnostics.add(Rule::CompatibilityTooLong, position(), message);
    }
    if text.trim().is_empty() {
        let message = "the compatibility note is empty";
        diagnostics.add(Rule::CompatibilityEmpty, position(), message);
        return None;
    }
    Some(text.trim().to_owned())
}

const FIELDS: &str = "write one `key: value` per line, indented, under `metadata:`";

/// Returns the metadata mapping; one that was written as a quoted string is parsed.
pub(super) fn metadata<'a>(
    front: &'a Frontmatter<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Cow<'a, Node>> {
    let node = front.root.get("metadata").filter(|node| !node.is_null())?;
    let position = || front.position(node.start);
    match &node.kind {
        Kind::Mapping(entries) => {
            let is_scalar = |(_, value): &(_, Node)| matches!(value.kind, Kind::Scalar { .. });
            if !entries.iter().all(is_scalar) {
                let message = "the metadata contains values that are not strings";
                diagnostics.add(Rule::MetadataNotStrings, position(), message);
            }
            Some(Cow::Borrowed(node))
        }
        Kind::Scalar { text, .. } => {
            let message = format!("the metadata is a string: {}", quote(text));
            let hint = match text.trim().starts_with('{') {
                true => "remove the quotes",
                false => FIELDS,
            };
            diagnostics.hint(Rule::MetadataNotMapping, position(), message, hint);
            if !text.trim().starts_with('{') {
                return None;
            }
            let (inner, _) = crate::syntax::yaml::parse(text).ok()?;
            let mut inner = inner.filter(|inner| inner.entries().is_some())?;
            // Offsets inside the string are not offsets of the file, so everything inside points at the field.
            inner.move_to(node.start);
            Some(Cow::Owned(inner))
        }
        Kind::Sequence(_) => {
            diagnostics.hint(
                Rule::MetadataNotMapping,
                position(),
                "the metadata is a list",
                FIELDS,
            );
            None
        }
    }
}

/// Collects the tags of the top level, of the metadata, and of the metadata's vendor blocks.
pub(super) fn tags(front: &Frontmatter<'_>, metadata: Option<&Node>) -> Vec<String> {
    let mut places = vec![front.root.get("tags")];
    if let Some(metadata) = metadata {
        places.push(metadata.get("tags"));
        places.extend(["openclaw", "clawdbot", "hermes"].map(|vendor| metadata.get(vendor)?.get("tags")));
    }
    let mut tags: Vec<String> = places.into_iter().flatten().flat_map(words).collect();
    once_each(&mut tags);
    tags
}

/// Keeps the first of equal strings.
pub(super) fn once_each(texts: &mut Vec<String>) {
    if texts.len() < 2 {
        return;
    }
    let mut seen = HashSet::with_capacity(texts.len());
    let first: Vec<bool> = texts.iter().map(|text| seen.insert(text.as_str())).collect();
    let mut first = first.into_iter();
    texts.retain(|_| first.next().unwrap_or_default());
}

pub(super) fn metrics(front: &Frontmatter<'_>) -> Metrics {
    let metrics = front.root.get("metrics");
    let list = |key: &str| {
        metrics
            .and_then(|node| node.get(key))
            .map(words)
            .unwrap_or_default()
    };
    Metrics {
        tracks: list("tracks"),
        improves: list("improves"),
    }
}

/// Reads a list of strings, or one string with commas.
fn words(node: &Node) -> Vec<String> {
    match (node.items(), node.as_text()) {
        (Some(items), _) => items
            .iter()
            .filter_map(Node::as_text)
            .map(|text| text.trim().to_owned())
            .collect(),
        (None, Some(text)) => text
            .split(',')
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect(),
        (None, None) => Vec::new(),
    }
}
