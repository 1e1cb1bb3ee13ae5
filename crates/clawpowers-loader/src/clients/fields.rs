//! The frontmatter as the parsers of clients read it: delimiters, YAML with the repairs that a client makes, strings.

use super::file::Refusal;
use crate::lint::Rule;
use crate::syntax::frontmatter::MAX_FRONTMATTER_BYTES;
use crate::syntax::recovery::{Effort, repair};
use crate::syntax::source::lines;
use crate::syntax::yaml::{Kind, Node, parse};

/// The frontmatter of a file and the text after it.
pub(super) struct Block<'a> {
    pub(super) yaml: &'a str,
    pub(super) body: &'a str,
}

/// Splits a text whose first line is a delimiter for `opens`, at the next line that is one for `closes`.
pub(super) fn split<'a>(
    text: &'a str,
    opens: impl Fn(&str) -> bool,
    closes: impl Fn(&str) -> bool,
) -> Option<Block<'a>> {
    // A lone CR ends no line for these parsers.
    let mut at = 0;
    let mut rows = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        let row = line.strip_suffix('\n').unwrap_or(line);
        (row.strip_suffix('\r').unwrap_or(row), start, at)
    });
    let (_, _, start) = rows.next().filter(|(line, ..)| opens(line))?;
    let (_, end, body) = rows.find(|(line, ..)| closes(line))?;
    Some(Block {
        yaml: text.get(start..end)?,
        body: text.get(body..)?,
    })
}

/// Returns whether a line is `---` with nothing but whitespace around it.
pub(super) fn is_dashes(line: &str) -> bool {
    line.trim() == "---"
}

/// Returns whether a line starts with `---`.
pub(super) fn starts_with_dashes(line: &str) -> bool {
    line.starts_with("---")
}

/// How a client parses YAML.
#[derive(Clone, Copy)]
pub(super) struct Yaml {
    /// The repairs that it makes, by the rules that report them.
    pub(super) repairs: &'static [Rule],
    /// Whether the last of two equal keys is used; else the text is rejected.
    pub(super) duplicates: bool,
    /// The fields in whose lines it makes repairs; every field if empty.
    pub(super) repaired_fields: &'static [&'static str],
}

impl Yaml {
    /// No repairs, no duplicate keys.
    pub(super) const STRICT: Self = Self {
        repairs: &[],
        duplicates: false,
        repaired_fields: &[],
    };

    /// Parses a mapping.
    pub(super) fn read(self, yaml: &str) -> Result<Node, Refusal> {
        if yaml.len() > MAX_FRONTMATTER_BYTES {
            let message = format!("the frontmatter has more than {MAX_FRONTMATTER_BYTES} bytes");
            return Err(Refusal::new(Rule::FrontmatterTooLarge, message));
        }
        let (root, facts) = match parse(yaml) {
            Ok((root, facts)) => (root, facts),
            Err(error) => {
                let invalid = || {
                    let message = format!("this client cannot parse the YAML: {}", error.message);
                    Refusal::new(Rule::YamlInvalid, message)
                };
                let repaired = repair(yaml, Effort::Faithful).ok_or_else(invalid)?;
                for change in &repaired.changes {
                    let mut rules = change.rules.iter();
                    if let Some(&rule) = rules.find(|rule| !self.repairs.contains(rule)) {
                        let message = format!("this client cannot parse the YAML: {}", error.message);
                        return Err(Refusal::new(rule, message));
                    }
                    if !self.repairs_at(yaml, change.offset) {
                        return Err(invalid());
                    }
                }
                (Some(repaired.root), repaired.facts)
            }
        };
        if let Some(twice) = facts.duplicates.first().filter(|_| !self.duplicates) {
            let message = format!("this client rejects the key `{}`, which occurs twice", twice.key);
            return Err(Refusal::new(Rule::DuplicateKey, message));
        }
        root.filter(|root| root.entries().is_some()).ok_or_else(|| {
            let message = "the frontmatter is not a mapping of fields";
            Refusal::new(Rule::FrontmatterNotMapping, message)
        })
    }

    fn repairs_at(self, yaml: &str, offset: usize) -> bool {
        let line = lines(yaml).find(|line| line.next > offset || line.next == yaml.len());
        let key = line
            .and_then(|line| line.text.split_once(':'))
            .map(|(key, _)| key);
        self.repaired_fields.is_empty() || key.is_some_and(|key| self.repaired_fields.contains(&key))
    }
}

/// The value of a field by the types of YAML's core schema.
pub(super) enum Value<'a> {
    Missing,
    Null,
    Text(&'a str),
    /// A number or a boolean, as it is written.
    Literal(&'a str),
    /// A list or a mapping.
    Other(&'a Node),
}

impl<'a> Value<'a> {
    pub(super) fn of(root: &'a Node, key: &str) -> Self {
        let Some(node) = root.get(key) else {
            return Self::Missing;
        };
        match &node.kind {
            _ if node.is_null() => Self::Null,
            Kind::Scalar { text, .. } if node.is_string() => Self::Text(text),
            Kind::Scalar { text, .. } => Self::Literal(text),
            _ => Self::Other(node),
        }
    }

    /// Returns the text of a string.
    pub(super) const fn string(&self) -> Option<&'a str> {
        match *self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the text of a string, a number or a boolean.
    pub(super) const fn scalar(&self) -> Option<&'a str> {
        match *self {
            Self::Text(text) | Self::Literal(text) => Some(text),
            _ => None,
        }
    }
}

/// Returns a flag that may be written `true`, `yes`, `on` or `1`, or the opposite, in any case.
pub(super) fn flag(root: &Node, key: &str) -> Option<bool> {
    Value::of(root, key).scalar().and_then(crate::skill::boolean_word)
}

/// Joins the words of a text with single spaces.
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
