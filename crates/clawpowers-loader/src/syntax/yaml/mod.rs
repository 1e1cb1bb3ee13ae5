//! YAML text to a tree that knows where each value is and how it was written.
//!
//! The parser is granit, a safe YAML 1.2 parser; only this module uses it. A tree of our own, rather than a
//! deserializer, keeps what diagnostics and verbatim values need: positions, quoting, the text of a number (`1.10` stays
//! `1.10`), duplicate keys as a diagnostic instead of a failure, and limits of our choice.

mod build;
mod flat;
mod scalar;

pub(crate) use build::{Facts, parse};

use serde_json::{Map, Value};

/// How many nodes a frontmatter may have after its aliases are expanded.
pub(crate) const MAX_NODES: usize = 20_000;
/// How deep lists and mappings may nest.
pub(crate) const MAX_DEPTH: usize = 100;

/// Why a string is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Byte offset in the parsed text.
    pub offset: usize,
    pub message: String,
    /// Whether a limit was exceeded; else the grammar was violated.
    pub limit: bool,
}

impl YamlError {
    fn new(offset: usize, message: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
            limit: false,
        }
    }

    fn limit(offset: usize, message: impl Into<String>) -> Self {
        Self {
            limit: true,
            ..Self::new(offset, message)
        }
    }
}

/// A value and its byte range in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Scalar {
        /// The text after unescaping and folding.
        text: String,
        /// Whether it is neither quoted nor a block, so that it may be a number, a boolean or null.
        plain: bool,
    },
    Sequence(Vec<Node>),
    /// In the order of the text; of duplicate keys only the last is kept.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// Returns the text of a scalar that is not null.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Returns whether the value is an empty plain scalar, `~` or `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if scalar::is_null(text))
    }

    /// Returns whether the value is a string: quoted, or neither null nor a boolean nor a number.
    pub(crate) fn is_string(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, plain } => !plain || scalar::is_string(text),
            _ => false,
        }
    }

    /// Returns the boolean of an unquoted `true` or `false`, in any of YAML's three spellings.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Scalar { text, plain: true } => scalar::boolean(text),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn entries(&self) -> Option<&[(Self, Self)]> {
        match &self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// Returns the value under `key` of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the key and value of the entry called `key` of a mapping.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        let mut entries = self.entries()?.iter();
        entries.find(|(k, _)| k.key_text() == key).map(|(k, v)| (k, v))
    }

    /// Returns the text of a key; empty if the key is a list or a mapping.
    pub(crate) fn key_text(&self) -> &str {
        match &self.kind {
            Kind::Scalar { text, .. } => text,
            _ => "",
        }
    }

    /// Gives the node and all nodes in it one offset.
    pub(crate) fn move_to(&mut self, offset: usize) {
        (self.start, self.end) = (offset, offset);
        match &mut self.kind {
            Kind::Scalar { .. } => {}
            Kind::Sequence(items) => items.iter_mut().for_each(|item| item.move_to(offset)),
            Kind::Mapping(entries) => {
                for (key, value) in entries {
                    key.move_to(offset);
                    value.move_to(offset);
                }
            }
        }
    }

    /// Returns the value as JSON by YAML's core schema.
    ///
    /// A number that JSON would write differently (`1.10`, `0x1f`, more than 53 bits) stays text.
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
