//! The frontmatter as the parsers of clients read it: delimiters, YAML, the changes that a client makes to it, strings.

use super::file::Refusal;
use crate::lint::Rule;
use crate::syntax::frontmatter::MAX_FRONTMATTER_BYTES;
use crate::syntax::recovery::{Effort, repair};
use crate::syntax::yaml::{Facts, Kind, Node, parse};

/// The frontmatter of a file and the text after it.
pub(super) struct Block<'a> {
    pub(super) yaml: &'a str,
    pub(super) body: &'a str,
}

/// Splits a text at its delimiters: `opens` accepts the first line, `closes` the closing one.
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
    let yaml = text.get(start..end)?;
    Some(Block {
        yaml: without_line_end(yaml),
        body: text.get(body..)?,
    })
}

/// Returns a text without one line end after it.
pub(super) fn without_line_end(text: &str) -> &str {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line)
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
    /// How it changes text that does not parse, before it parses it again.
    pub(super) repair: Option<fn(&str) -> String>,
    /// Whether the last of duplicate fields with this key is used; otherwise the text is rejected.
    pub(super) duplicates: fn(&str) -> bool,
    /// Whether it accepts tags that YAML does not define.
    pub(super) tags: bool,
}

impl Yaml {
    /// No repairs, no duplicate keys.
    pub(super) const STRICT: Self = Self {
        repair: None,
        duplicates: |_| false,
        tags: true,
    };

    /// Parses a mapping.
    pub(super) fn read(self, yaml: &str) -> Result<Node, Refusal> {
        if yaml.len() > MAX_FRONTMATTER_BYTES {
            let message = format!("the frontmatter has more than {MAX_FRONTMATTER_BYTES} bytes");
            return Err(Refusal::new(Rule::FrontmatterTooLarge, message));
        }
        let (root, facts) = match (self.parse(yaml), self.repair) {
            (Ok(parsed), _) => parsed,
            (Err(why), None) => return Err(unparsable(yaml, yaml, &why)),
            (Err(_), Some(repair)) => {
                let repaired = repair(yaml);
                self.parse(&repaired)
                    .map_err(|why| unparsable(yaml, &repaired, &why))?
            }
        };
        let mut duplicates = facts.duplicates.iter();
        if let Some(twice) = duplicates.find(|twice| !(self.duplicates)(&twice.key)) {
            let message = format!("this client rejects the key `{}`, which occurs twice", twice.key);
            return Err(Refusal::new(Rule::DuplicateKey, message));
        }
        root.filter(|root| root.entries().is_some()).ok_or_else(|| {
            let message = "the frontmatter is not a mapping of fields";
            Refusal::new(Rule::FrontmatterNotMapping, message)
        })
    }

    fn parse(self, yaml: &str) -> Result<(Option<Node>, Facts), String> {
        let (root, facts) = parse(yaml).map_err(|error| error.message)?;
        if facts.tag.is_some() && !self.tags && !yaml.contains("!!") {
            return Err("it has a tag that YAML does not define".to_owned());
        }
        Ok((root, facts))
    }
}

/// Explains that a client cannot parse a text, even after it changed it: what ClawPowers repairs is the best reason.
fn unparsable(yaml: &str, changed: &str, why: &str) -> Refusal {
    let rule = |text: &str| {
        let repaired = repair(text, Effort::Faithful)?;
        repaired.changes.first()?.rules.first().copied()
    };
    let rule = rule(changed).or_else(|| rule(yaml)).unwrap_or(Rule::YamlInvalid);
    Refusal::new(rule, format!("this client cannot parse the YAML: {why}"))
}

/// Replaces the lines of a text for which `change` returns another.
pub(super) fn change_lines(yaml: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let line = |line: &str| change(line).unwrap_or_else(|| line.to_owned());
    yaml.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text as a quoted scalar of YAML.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns a text without the quotes around it.
pub(super) fn without_quotes(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Trims a text as JavaScript does, for which a byte order mark is white space and U+0085 is not.
pub(super) fn js_trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}'))
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
    /// Returns whether the field is missing, or has no text and no items.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Missing | Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Literal(_) => false,
            Self::Other(node) => matches!(&node.kind, Kind::Sequence(items) if items.is_empty()),
        }
    }

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
    Value::of(root, key)
        .scalar()
        .and_then(crate::fields::boolean_word)
}

/// Returns a text without the sequences that control a terminal.
pub(super) fn without_sequences(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = match part.chars().next() {
            Some('[') => part
                .find(|c: char| ('@'..='~').contains(&c) && c != '[')
                .map(|at| at + 1),
            Some(']') => part.find('\u{7}').map(|at| at + 1),
            Some('(' | ')') => part.char_indices().nth(2).map(|(at, _)| at),
            Some(other) => Some(other.len_utf8()),
            None => None,
        };
        kept.push_str(end.and_then(|end| part.get(end..)).unwrap_or_default());
    }
    kept
}

/// Joins the words of a text with single spaces.
pub(super) fn collapse(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_plain = bytes.iter().all(|byte| (b' '..0x7f).contains(byte)) && !text.contains("  ");
    if is_plain {
        return text.trim().to_owned();
    }
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}
