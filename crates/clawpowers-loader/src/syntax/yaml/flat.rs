//! A fast parser for simple YAML: nested fields and lists, plain and block text, lists of words in brackets.
//!
//! A listing parses thousands of small strings. Whatever is not plainly of this form is left to granit, so there is one
//! grammar: the result must be that of granit, which tests and fuzzing compare.

use super::{Facts, Kind, Node};
use crate::syntax::source;

/// Limits of this parser, so that no text that it accepts exceeds those of granit.
const MAX_BYTES: usize = 16 * 1024;
const MAX_KEY: usize = 128;
const MAX_FIELDS: usize = 64;
const MAX_NESTING: usize = 5;

/// Reads a string of the simple form; `None` if it has any other.
pub(super) fn read(text: &str) -> Option<(Node, Facts)> {
    if text.len() > MAX_BYTES {
        return None;
    }
    // Most strings are ASCII, and without an early exit the compiler vectorizes the loop.
    let odd = |byte: u8| (byte.wrapping_sub(b' ') > b'~' - b' ') & (byte != b'\n');
    let odd = text.bytes().fold(false, |some, byte| some | odd(byte));
    let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
    let ends_line = |at: usize| text.as_bytes().get(at + 1) == Some(&b'\n');
    if odd && !(returns.all(ends_line) && text.chars().all(is_simple)) {
        return None;
    }
    let mut reader = Reader {
        text,
        lines: source::lines(text).filter_map(Line::of).collect(),
        at: 0,
        facts: Facts::default(),
    };
    let root = reader.mapping(0, 0)?;
    reader.peek().is_none().then_some((root, reader.facts))
}

/// Returns whether a character means the same to every YAML parser: no tab, no control, no line ending but `\n` and `\r\n`.
fn is_simple(c: char) -> bool {
    match c {
        '\r' | '\n' | ' '..='~' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        c => c > '\u{ffff}',
    }
}

/// A line that is neither empty nor a comment.
#[derive(Clone, Copy)]
struct Line<'a> {
    /// The offset of `text`.
    start: usize,
    indent: usize,
    /// The trimmed line.
    text: &'a str,
    /// Whether trailing whitespace was trimmed.
    trailing: bool,
    /// The offset of the next line.
    next: usize,
}

impl<'a> Line<'a> {
    fn of(line: source::Line<'a>) -> Option<Self> {
        let text = line.text.trim_matches(' ');
        let indent = line.text.len() - line.text.trim_start_matches(' ').len();
        (!text.is_empty() && !text.starts_with('#')).then_some(Self {
            start: line.start + indent,
            indent,
            text,
            trailing: line.text.ends_with(' '),
            next: line.next,
        })
    }

    /// Returns the offset of the end of the line.
    const fn end(self) -> usize {
        self.start + self.text.len()
    }
}

struct Reader<'a> {
    text: &'a str,
    lines: Vec<Line<'a>>,
    /// The index of the next line.
    at: usize,
    facts: Facts,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<Line<'a>> {
        self.lines.get(self.at).copied()
    }

    /// Returns the end of a collection: the start of the next line's text, or the end of the text.
    fn end(&self) -> usize {
        self.peek().map_or(self.text.len(), |line| line.start)
    }

    /// Returns the next line if it is indented deeper than the line of its value.
    fn peek_deeper(&self, indent: usize) -> Option<Line<'a>> {
        self.peek().filter(|line| line.indent > indent)
    }

    /// Returns the offset after the last line that was read.
    fn offset(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|last| self.lines.get(last));
        last.map_or(0, |last| last.next)
    }

    /// Returns whether neither an empty line nor a comment precedes the next line.
    fn is_adjacent(&self, next: Line<'_>) -> bool {
        next.start - next.indent == self.offset()
    }

    fn mapping(&mut self, indent: usize, nesting: usize) -> Option<Node> {
        if nesting == MAX_NESTING {
            return None;
        }
        let start = self.peek()?.start;
        let mut entries: Vec<(Node, Node)> = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent) {
            let (key, rest) = line.text.split_once(':')?;
            let known = entries.iter().any(|(k, _)| k.key_text() == key);
            if !is_key(key) || known || entries.len() == MAX_FIELDS {
                return None;
            }
            self.at += 1;
            let end = line.start + key.len();
            let value = match rest.strip_prefix(' ') {
                Some(value) => self.value(value.trim_start_matches(' '), line)?,
                None if rest.is_empty() => self.nested(indent, end, nesting + 1)?,
                None => return None,
            };
            entries.push((scalar(key, true, line.start, end), value));
        }
        (!entries.is_empty()).then(|| Node {
            kind: Kind::Mapping(entries),
            start,
            end: self.end(),
        })
    }

    /// Reads the lines under a key whose colon is at offset `colon`.
    fn nested(&mut self, indent: usize, colon: usize, nesting: usize) -> Option<Node> {
        match self.peek().filter(|line| line.indent >= indent) {
            // A list may have the indentation of its key. Then the parser has it start after its first dash.
            Some(line) if line.text.starts_with("- ") => {
                let text = line.text.trim_start_matches(['-', ' ']);
                let start = match line.indent == indent {
                    true => line.end() - text.len(),
                    false => line.start,
                };
                self.sequence(line.indent, start, nesting)
            }
            Some(line) if line.indent > indent && line.text.contains(':') => {
                self.mapping(line.indent, nesting)
            }
            Some(line) if line.indent > indent => {
                self.at += 1;
                self.scalar(line.text, line.start, indent)
            }
            _ => Some(scalar("", true, colon, colon)),
        }
    }

    fn sequence(&mut self, indent: usize, start: usize, nesting: usize) -> Option<Node> {
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent) {
            let Some(item) = line.text.strip_prefix("- ") else {
                break;
            };
            let text = item.trim_start_matches(' ');
            let is_field =
                |(key, rest): (&str, &str)| is_key(key) && (rest.is_empty() || rest.starts_with(' '));
            items.push(if text.split_once(':').is_some_and(is_field) {
                // The first field of a mapping shares the line with the dash.
                let shift = line.text.len() - text.len();
                if let Some(first) = self.lines.get_mut(self.at) {
                    first.start += shift;
                    first.indent += shift;
                    first.text = text;
                }
                self.mapping(indent + shift, nesting)?
            } else {
                self.at += 1;
                self.value(text, line)?
            });
        }
        Some(Node {
            kind: Kind::Sequence(items),
            start,
            end: self.end(),
        })
    }

    /// Reads a value that starts at the end of a line.
    fn value(&mut self, text: &str, line: Line<'_>) -> Option<Node> {
        let start = line.end() - text.len();
        match text {
            "|" | "|-" | ">" | ">-" => self.block(text, line.indent),
            _ if text.starts_with('[') && self.peek_deeper(line.indent).is_none() => {
                self.facts.flow.get_or_insert(start);
                list(text, start)
            }
            _ => self.scalar(text, start, line.indent),
        }
    }

    /// Reads a scalar that may continue on the following lines, whose line endings count as whitespace.
    fn scalar(&mut self, first: &str, start: usize, indent: usize) -> Option<Node> {
        if self.peek_deeper(indent).is_none() {
            return word(first, start);
        }
        let (mut lines, mut end) = (vec![first], start);
        while let Some(line) = self.peek_deeper(indent) {
            // Empty lines are line endings, and what a line may start with depends on where it is.
            if !self.is_adjacent(line) || line.text.starts_with(is_indicator) {
                return None;
            }
            lines.push(line.text);
            end = line.end();
            self.at += 1;
        }
        let node = word(&lines.join(" "), start)?;
        Some(Node { end, ..node })
    }

    /// Reads a block scalar whose lines have the same indentation.
    fn block(&mut self, header: &str, indent: usize) -> Option<Node> {
        let first = self.peek_deeper(indent)?;
        let mut lines = Vec::new();
        while let Some(line) = self.peek_deeper(indent) {
            // Empty lines, deeper lines and trailing whitespace have rules of their own.
            if !self.is_adjacent(line) || line.indent != first.indent || line.trailing {
                return None;
            }
            lines.push(line.text);
            self.at += 1;
        }
        let next = self
            .peek()
            .map_or(self.text.len(), |line| line.start - line.indent);
        let (before, _) = self.text.split_at_checked(self.offset())?;
        let clip = !header.ends_with('-');
        let is_clean = self
            .text
            .get(before.len()..next)?
            .bytes()
            .all(|byte| byte == b'\n');
        if !is_clean || clip && !before.ends_with('\n') {
            return None;
        }
        let mut text = lines.join(if header.starts_with('|') { "\n" } else { " " });
        if clip {
            text.push('\n');
        }
        Some(scalar(&text, false, first.start, self.end()))
    }
}

/// Reads a list in brackets of words without commas.
fn list(text: &str, start: usize) -> Option<Node> {
    let mut items = Vec::new();
    let mut at = start + 1;
    for item in text.strip_prefix('[')?.strip_suffix(']')?.split(',') {
        let word = word(
            item.trim_matches(' '),
            at + item.len() - item.trim_start_matches(' ').len(),
        )?;
        let is_plain = matches!(word.kind, Kind::Scalar { plain: true, .. });
        if is_plain && item.contains([':', '#', '[', ']', '{', '}', '"', '\'']) {
            return None;
        }
        items.push(word);
        at += item.len() + 1;
    }
    Some(Node {
        kind: Kind::Sequence(items),
        start,
        end: start + text.len(),
    })
}

/// Reads a scalar: plain, or in quotes without escapes.
fn word(text: &str, start: usize) -> Option<Node> {
    let first = text.chars().next()?;
    let end = start + text.len();
    if matches!(first, '"' | '\'') {
        let inner = text.strip_prefix(first)?.strip_suffix(first)?;
        return (!inner.contains([first, '\\'])).then(|| scalar(inner, false, start, end));
    }
    let bytes = text.as_bytes();
    let is_special = |at: usize| match bytes.get(at) {
        Some(b':') => matches!(bytes.get(at + 1), None | Some(b' ')),
        _ => at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b' '),
    };
    let special = memchr::memchr2_iter(b':', b'#', bytes).any(is_special);
    (!is_indicator(first) && !special).then(|| scalar(text, true, start, end))
}

/// Returns whether a plain scalar must not start with a character, or only if another follows.
fn is_indicator(c: char) -> bool {
    "-?:,[]{}#&*!|>%@`\"'".contains(c)
}

fn scalar(text: &str, plain: bool, start: usize, end: usize) -> Node {
    Node {
        kind: Kind::Scalar {
            text: text.to_owned(),
            plain,
        },
        start,
        end,
    }
}

fn is_key(key: &str) -> bool {
    key.len() <= MAX_KEY
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::build;
    use proptest::prelude::*;

    /// Pieces that frontmatter is made of, and those that bound the simple shape.
    fn line() -> impl Strategy<Value = String> {
        let indent = prop::sample::select(vec!["", "", "", "  ", "  ", "    ", " "]);
        let head = prop::sample::select(vec![
            "a: ", "b: ", "c:", "d:  ", "- ", "-  ", "e: ", "f:", "g : ", "---", "...", "? ", "", "h-i_1: ",
            "- a: ",
        ]);
        let value = prop::sample::select(vec![
            "",
            "x",
            "x y",
            "x: y",
            "x #y",
            "x#y",
            "x:",
            "\"x\"",
            "'x'",
            "'x' y",
            "\"x\\n\"",
            "''",
            "\"\"",
            "'it''s'",
            "[a, b]",
            "[]",
            "[a, \"b, c\"]",
            "[ a , 'b' ]",
            "[a",
            "a]",
            "[a,]",
            "[,a]",
            "{a: b}",
            "{a: b, \"c\":[d, {}]}",
            "{\"a\":{'b': [1]}}",
            "{\"a\": b}c",
            "{\"a\"",
            "{",
            "}",
            "[",
            "]",
            "\"x\":",
            ": y",
            ",",
            "|",
            ">",
            "|-",
            ">-",
            "|+",
            ">2",
            "~",
            "null",
            "1.10",
            "-x",
            "- x",
            "-",
            "*x",
            "&x y",
            "!x y",
            "%x",
            "@x",
            "`x",
            "x, y",
            "x - y",
            "é ü",
            "\u{a0}x",
            "x\u{2028}y",
            "x\ty",
            "x  ",
            "x: ",
            "# x",
            "#x",
            "//x",
            "x://y",
            ".",
            "..",
            "(x)",
            "<x>",
            "x\r",
            "[a b, -c]",
            "[a: b]",
            "[a:b]",
            "['a'b]",
            "\"x",
            "'x\"",
            "x\"",
            "\u{85}",
            "\u{7f}",
            "[-, a]",
            "[a -, b]",
        ]);
        (indent, head, value).prop_map(|(indent, head, value)| format!("{indent}{head}{value}"))
    }

    #[test]
    fn input_near_a_limit_is_left_to_granit() {
        let key = |length: usize| format!("{}: v\n", "k".repeat(length));
        assert!(read(&key(MAX_KEY)).is_some() && read(&key(MAX_KEY + 1)).is_none());
        let list = |length: usize| format!("a: [{}x]\n", "x, ".repeat(length));
        assert!(read(&list(1000)).is_some() && read(&list(MAX_BYTES / 3)).is_none());
    }

    /// Values in brackets, over one line or more.
    fn flow() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "\"a\"",
            "'b'",
            "c",
            "\"\"",
            "1",
            "true",
            "d e",
            "\"f, g: h\"",
        ]);
        let gap = prop::sample::select(vec!["", "", " ", "\n  ", "\n\n   ", "\n"]);
        let leaf = word.clone().prop_map(str::to_owned);
        leaf.prop_recursive(3, 12, 3, move |inner| {
            let item = (gap.clone(), inner.clone(), gap.clone());
            let item = item.prop_map(|(before, item, after)| format!("{before}{item}{after}"));
            let entry = (
                gap.clone(),
                word.clone(),
                gap.clone(),
                gap.clone(),
                inner,
                gap.clone(),
            );
            let entry = entry.prop_map(|(a, key, b, c, value, d)| format!("{a}{key}{b}:{c}{value}{d}"));
            let list = prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
            let mapping =
                prop::collection::vec(entry, 0..4).prop_map(|items| format!("{{{}}}", items.join(",")));
            prop_oneof![list, mapping]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_read_here_is_read_the_same_by_the_parser(
            lines in prop::collection::vec(line(), 1..7),
            end in prop::sample::select(vec!["\n", "", "\n\n", "  ", "\n  \n"]),
            crlf in any::<bool>(),
        ) {
            let text = lines.join("\n") + end;
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if let Some((root, facts)) = read(&text) {
                prop_assert_eq!(build::parse_any(&text), Ok((Some(root), facts)), "{:?}", text);
            }
        }

        #[test]
        fn brackets_are_read_the_same_by_the_parser(
            before in prop::sample::select(vec!["a: ", "a:\n  ", "a:\n- ", "a:\n  b: "]),
            value in flow(),
            after in prop::sample::select(vec!["\n", "", "\nc: d\n", "\n  c: d\n", " x\n", " # x\n", ",\n"]),
            crlf in any::<bool>(),
        ) {
            let text = format!("{before}{value}{after}");
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if let Some((root, facts)) = read(&text) {
                prop_assert_eq!(build::parse_any(&text), Ok((Some(root), facts)), "{:?}", text);
            }
        }
    }
}
