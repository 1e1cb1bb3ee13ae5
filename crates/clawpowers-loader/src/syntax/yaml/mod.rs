//! YAML text to a tree that remembers where each value stood and how it was written.
//!
//! The parser is granit, a safe YAML 1.2 parser; this module is the only one that knows it. A tree of our own,
//! rather than a deserializer, keeps what diagnostics and verbatim values need: positions, quoting, the text of a
//! number (`1.10` stays `1.10`), duplicate keys as a finding instead of a failure, and bounds of our choosing.

mod build;
mod flat;
mod scalar;

pub(crate) use build::{Facts, parse};

use serde_json::{Map, Value};

/// How many nodes one frontmatter may have once its aliases are expanded.
pub(crate) const MAX_NODES: usize = 20_000;
/// How deep lists and mappings may nest.
pub(crate) const MAX_DEPTH: usize = 100;

/// Why a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Byte offset of the fault in the parsed text.
    pub offset: usize,
    /// What the parser expected or met.
    pub message: String,
    /// Whether a bound was passed rather than the grammar broken.
    pub limit: bool,
}

/// A value with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// What it is.
    pub kind: Kind,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
}

/// The three shapes of a YAML value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Text; a plain one may stand for a number, a boolean or nothing.
    Scalar {
        /// The text after unescaping and folding.
        text: String,
        /// Whether it was written without quotes and not as a block.
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping in the order of the text; of two equal keys only the last is kept.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// Returns the text of a scalar; an empty plain scalar, `~` and `null` give none.
    #[must_use]
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, plain } if !(*plain && scalar::is_null(text)) => Some(text),
            _ => None,
        }
    }

    /// Tells whether the value stands for nothing.
    #[must_use]
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if scalar::is_null(text))
    }

    /// Returns a boolean written plainly as `true` or `false` in any of YAML's three cases.
    #[must_use]
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Scalar { text, plain: true } => scalar::boolean(text),
            _ => None,
        }
    }

    /// Returns the items of a list.
    #[must_use]
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the entries of a mapping.
    #[must_use]
    pub(crate) fn entries(&self) -> Option<&[(Self, Self)]> {
        match &self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// Returns the value under `key` of a mapping.
    #[must_use]
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the key and value of the entry called `key` of a mapping.
    #[must_use]
    pub(crate) fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        let entries = self.entries()?;
        entries
            .iter()
            .find(|(k, _)| k.key_text() == key)
            .map(|(k, v)| (k, v))
    }

    /// Returns the text of a key; keys that are lists or mappings give an empty text.
    #[must_use]
    pub(crate) fn key_text(&self) -> &str {
        match &self.kind {
            Kind::Scalar { text, .. } => text,
            _ => "",
        }
    }

    /// Returns the value as JSON by YAML's core schema.
    ///
    /// A number whose JSON form would not read the same (`1.10`, `0x1f`, more than 53 bits) stays text.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, plain: true } => scalar::to_json(text),
            Kind::Scalar { text, plain: false } => Value::String(text.clone()),
            Kind::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    let name = match &key.kind {
                        Kind::Scalar { text, .. } => text.clone(),
                        _ => key.to_json().to_string(),
                    };
                    map.insert(name, value.to_json());
                }
                Value::Object(map)
            }
        }
    }
}
