//! The fields that a skill may have: licence, compatibility, metadata, tags, metrics.

use super::{MAX_COMPATIBILITY_CHARS, Metrics};
use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Front;
use crate::syntax::yaml::{Kind, Node};
use std::borrow::Cow;
use std::collections::HashSet;

/// The fields that the specification names.
pub(crate) const SPEC_FIELDS: [&str; 6] = [
    "allowed-tools",
    "compatibility",
    "description",
    "license",
    "metadata",
    "name",
];

pub(super) fn unknown_fields(front: &Front<'_>, diagnostics: &mut Diagnostics) {
    if !diagnostics.wants(Rule::UnknownField) {
        return;
    }
    for (key, _) in front.root.entries().unwrap_or_default() {
        let name = key.key_text();
        if !SPEC_FIELDS.contains(&name) {
            let message = format!("the specification knows no field {}", quote(name));
            diagnostics.hint(
                Rule::UnknownField,
                front.position(key.start),
                message,
                "move it under `metadata:`",
            );
        }
    }
}

pub(super) fn license(front: &Front<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = front.root.get("license")?;
    if !matches!(node.kind, Kind::Scalar { .. }) {
        let message = format!("the license is not a string but {}", quote(front.slice(node)));
        diagnostics.add(Rule::LicenseNotString, front.position(node.start), message);
    }
    node.as_text().map(|text| text.trim().to_owned())
}

pub(super) fn compatibility(front: &Front<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = front.root.get("compatibility")?;
    let position = || front.position(node.start);
    let Kind::Scalar { text, .. } = &node.kind else {
        let message = format!(
            "the compatibility note is not a string but {}",
            quote(front.slice(node))
        );
        diagnostics.hint(
            Rule::CompatibilityNotString,
            position(),
            message,
            "write it as one sentence",
        );
        return None;
    };
    let length = text.chars().count();
    if length > MAX_COMPATIBILITY_CHARS {
        let message =
            format!("the compatibility note has {length} characters, more than {MAX_COMPATIBILITY_CHARS}");
        diagnostics.hint(Rule::CompatibilityTooLong, position(), message, "shorten it");
    }
    if text.trim().is_empty() {
        diagnostics.hint(
            Rule::CompatibilityEmpty,
            position(),
            "the compatibility note is empty",
            "leave the field out",
        );
        return None;
    }
    Some(text.trim().to_owned())
}

/// Returns the metadata mapping; one that was written as a quoted string is parsed.
pub(super) fn metadata<'a>(front: &'a Front<'_>, diagnostics: &mut Diagnostics) -> Option<Cow<'a, Node>> {
    let node = front.root.get("metadata").filter(|node| !node.is_null())?;
    let position = || front.position(node.start);
    match &node.kind {
        Kind::Mapping(entries) => {
            if entries
                .iter()
                .any(|(_, value)| !matches!(value.kind, Kind::Scalar { .. }))
            {
                let message = "the metadata holds values that are not strings";
                diagnostics.hint(
                    Rule::MetadataNotStrings,
                    position(),
                    message,
                    "the specification wants strings only",
                );
            }
            Some(Cow::Borrowed(node))
        }
        Kind::Scalar { text, .. } => {
            let message = format!("the metadata is a string: {}", quote(text));
            diagnostics.hint(
                Rule::MetadataNotMapping,
                position(),
                message,
                "take the quotes off",
            );
            let inner = text
                .trim()
                .starts_with('{')
                .then(|| crate::syntax::yaml::parse(text))?;
            // Places inside the string are not places of the file: everything inside points at the field.
            inner
                .ok()?
                .0
                .filter(|inner| inner.entries().is_some())
                .map(|inner| Cow::Owned(moved(inner, node.start)))
        }
        Kind::Sequence(_) => {
            diagnostics.add(Rule::MetadataNotMapping, position(), "the metadata is a list");
            None
        }
    }
}

fn moved(mut node: Node, at: usize) -> Node {
    (node.start, node.end) = (at, at);
    node.kind = match node.kind {
        Kind::Sequence(items) => Kind::Sequence(items.into_iter().map(|item| moved(item, at)).collect()),
        Kind::Mapping(entries) => Kind::Mapping(
            entries
                .into_iter()
                .map(|(k, v)| (moved(k, at), moved(v, at)))
                .collect(),
        ),
        scalar => scalar,
    };
    node
}

/// Collects the tags of the top level, of the metadata, and of the metadata's vendor blocks.
pub(super) fn tags(front: &Front<'_>, metadata: Option<&Node>) -> Vec<String> {
    let mut places = vec![front.root.get("tags")];
    if let Some(metadata) = metadata {
        places.push(metadata.get("tags"));
        places.extend(["openclaw", "clawdbot", "hermes"].map(|vendor| metadata.get(vendor)?.get("tags")));
    }
    let mut tags: Vec<String> = places.into_iter().flatten().flat_map(words).collect();
    once_each(&mut tags);
    tags
}

/// Keeps the first of equal texts.
pub(super) fn once_each(texts: &mut Vec<String>) {
    if texts.len() < 2 {
        return;
    }
    let mut seen = HashSet::with_capacity(texts.len());
    let first: Vec<bool> = texts.iter().map(|text| seen.insert(text.as_str())).collect();
    let mut first = first.into_iter();
    texts.retain(|_| first.next().unwrap_or_default());
}

pub(super) fn metrics(front: &Front<'_>) -> Metrics {
    let list = |key: &str| {
        front
            .root
            .get("metrics")
            .and_then(|node| node.get(key))
            .map(words)
            .unwrap_or_default()
    };
    Metrics {
        tracks: list("tracks"),
        improves: list("improves"),
    }
}

/// Reads a list of strings, or one string separated by commas.
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
