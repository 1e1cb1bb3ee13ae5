//! The YAML that nearly every frontmatter is: nested fields and lists, comments, JSON in a value, without the parser.
//!
//! A listing reads thousands of small texts, and a parser of all of YAML costs more than everything else about them.
//! What is not plainly of this shape is left to the parser, so that there is one grammar: whatever is read here is
//! read the same there, which tests and fuzzing compare.

use super::{Facts, Kind, Node};
use std::cell::Cell;

/// How long a text may be to be read here; no such text passes the bounds that the parser keeps to.
const MAX_BYTES: usize = 16 * 1024;
/// How long a key may be to be read here; YAML ends them at 1,024 characters.
const MAX_KEY: usize = 128;
/// How many fields a mapping may have to be read here; more are left to the parser.
const MAX_FIELDS: usize = 64;
/// How deep mappings may nest to be read here.
const MAX_NESTING: usize = 5;
/// How deep brackets may nest to be read here.
const MAX_FLOW_NESTING: usize = 8;

/// Reads a text of the simple shape; nothing where it has any other.
pub(super) fn read(text: &str) -> Option<(Node, Facts)> {
    // Most texts are ASCII, and without a way out of the loop their check is a few instructions for many bytes.
    if text.len() > MAX_BYTES {
        return None;
    }
    let odd = |byte: u8| (byte.wrapping_sub(b' ') > b'~' - b' ') & (byte != b'\n');
    let odd = text.bytes().fold(false, |some, byte| some | odd(byte));
    let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
    let ends_line = |at: usize| text.as_bytes().get(at + 1) == Some(&b'\n');
    if odd && !(returns.all(ends_line) && text.chars().all(is_simple)) {
        return None;
    }
    let mut reader = Reader {
        text,
        at: 0,
        peeked: Cell::new(None),
        facts: Facts::default(),
    };
    let root = reader.mapping(0, 0)?;
    (reader.at == text.len()).then_some((root, reader.facts))
}

/// Tells whether a character means the same to every reader of YAML: no tab, no control, no line end but `\n` and `\r\n`.
fn is_simple(c: char) -> bool {
    match c {
        '\r' | '\n' | ' '..='~' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        c => c > '\u{ffff}',
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Where the next line starts.
    at: usize,
    /// The line that was found last, and from where it was looked for.
    peeked: Cell<Option<(usize, Option<Line<'a>>)>>,
    facts: Facts,
}

/// A line that is neither blank nor a comment.
#[derive(Clone, Copy)]
struct Line<'a> {
    /// Where its first character that is not a blank stands.
    start: usize,
    indent: usize,
    /// The line without blanks around it.
    text: &'a str,
    /// Whether blanks stand at its end.
    trailing: bool,
    /// Where the line after it starts.
    next: usize,
}

impl<'a> Reader<'a> {
    /// Gives the next line that is neither blank nor a comment, without going past it.
    fn peek(&self) -> Option<Line<'a>> {
        if let Some((at, line)) = self.peeked.get()
            && at == self.at
        {
            return line;
        }
        let line = self.find_line();
        self.peeked.set(Some((self.at, line)));
        line
    }

    fn find_line(&self) -> Option<Line<'a>> {
        let mut at = self.at;
        loop {
            let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
            let (line, next) = match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(end) => (rest.get(..end)?, at + end + 1),
                None => (rest, self.text.len()),
            };
            let line = line.strip_suffix('\r').unwrap_or(line);
            let text = line.trim_matches(' ');
            if !(text.is_empty() || text.starts_with('#')) {
                let indent = line.len() - line.trim_start_matches(' ').len();
                return Some(Line {
                    start: at + indent,
                    indent,
                    text,
                    trailing: line.ends_with(' '),
                    next,
                });
            }
            at = next;
        }
    }

    /// Goes to the end where only blank lines and comments are left.
    fn skip_blank(&mut self) {
        if self.peek().is_none() {
            self.at = self.text.len();
        }
    }

    fn mapping(&mut self, indent: usize, nesting: usize) -> Option<Node> {
        let (start, nesting) = (self.peek()?.start, nesting + 1);
        if nesting > MAX_NESTING {
            return None;
        }
        let mut entries: Vec<(Node, Node)> = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent) {
            let (key, rest) = line.text.split_once(':')?;
            let known = entries.iter().any(|(k, _)| k.key_text() == key);
            if !is_key(key) || known || entries.len() == MAX_FIELDS {
                return None;
            }
            let end = line.start + key.len();
            self.at = line.next;
            let value = if rest.is_empty() {
                self.nested(indent, end, nesting)?
            } else {
                let blanks = rest.len() - rest.strip_prefix(' ')?.trim_start_matches(' ').len();
                self.value(rest.get(blanks..)?, end + 1 + blanks, indent)?
            };
            let key = Node {
                kind: scalar(key, true),
                start: line.start,
                end,
            };
            entries.push((key, value));
        }
        self.skip_blank();
        let end = self.end();
        (!entries.is_empty()).then_some(Node {
            kind: Kind::Mapping(entries),
            start,
            end,
        })
    }

    /// Where a collection ends: where the next line's text starts, or at the end of the text.
    fn end(&self) -> usize {
        self.peek().map_or(self.text.len(), |line| line.start)
    }

    /// Reads what stands on the lines below a key whose colon is at `colon`.
    fn nested(&mut self, indent: usize, colon: usize, nesting: usize) -> Option<Node> {
        let line = self.peek().filter(|line| line.indent >= indent);
        match line {
            // A list may have the indent of its key.
            Some(line) if line.text.starts_with("- ") => {
                let list = self.sequence(line, nesting)?;
                // The parser has it start behind its first dash then.
                let text = line.text.trim_start_matches(['-', ' ']);
                let start = match line.indent == indent {
                    true => line.start + line.text.len() - text.len(),
                    false => list.start,
                };
                Some(Node { start, ..list })
            }
            Some(line) if line.indent > indent => {
                if line.text.starts_with(['[', '{']) {
                    self.flow(line.start, indent)
                } else if line.text.contains(':') {
                    self.mapping(line.indent, nesting)
                } else {
                    self.at = line.next;
                    self.folded(line.text, line.start, indent)
                }
            }
            _ => Some(Node {
                kind: scalar("", true),
                start: colon,
                end: colon,
            }),
        }
    }

    fn sequence(&mut self, first: Line<'a>, nesting: usize) -> Option<Node> {
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == first.indent) {
            let Some(rest) = line.text.strip_prefix("- ") else {
                break;
            };
            let text = rest.trim_start_matches(' ');
            let start = line.start + line.text.len() - text.len();
            let is_field =
                |(key, rest): (&str, &str)| is_key(key) && (rest.is_empty() || rest.starts_with(' '));
            items.push(if text.split_once(':').is_some_and(is_field) {
                // A mapping whose first field shares the line with the dash.
                let indent = line.indent + start - line.start;
                let line = Line {
                    start,
                    indent,
                    text,
                    ..line
                };
                self.peeked.set(Some((self.at, Some(line))));
                self.mapping(indent, nesting)?
            } else {
                self.at = line.next;
                self.value(text, start, line.indent)?
            });
        }
        self.skip_blank();
        Some(Node {
            kind: Kind::Sequence(items),
            start: first.start,
            end: self.end(),
        })
    }

    /// Reads what stands behind a key or a dash, and the lines it goes on with.
    fn value(&mut self, text: &str, start: usize, indent: usize) -> Option<Node> {
        match text {
            "|" | "|-" | ">" | ">-" => self.block(text, indent),
            _ if text.starts_with(['[', '{']) => self.flow(start, indent),
            _ if self.goes_on(indent) => self.folded(text, start, indent),
            _ => word(text, start),
        }
    }

    /// Tells whether the next line belongs to what began on a line of this indent.
    fn goes_on(&self, indent: usize) -> bool {
        self.peek().is_some_and(|line| line.indent > indent)
    }

    /// Reads a scalar of more than one line; their ends count as blanks.
    fn folded(&mut self, first: &str, start: usize, indent: usize) -> Option<Node> {
        let mut lines = vec![first];
        let mut end = start + first.len();
        while self.goes_on(indent) {
            let line = self.peek().filter(|line| line.start == self.at + line.indent)?;
            // Blank lines between them are line ends, and what a line may start with depends on where it stands.
            if line.text.starts_with(is_indicator) {
                return None;
            }
            lines.push(line.text);
            end = line.start + line.text.len();
            self.at = line.next;
        }
        let text = lines.join(" ");
        let node = word(&text, start)?;
        Some(Node { end, ..node })
    }

    /// Reads a block of lines of one indent, literal or folded.
    fn block(&mut self, header: &str, indent: usize) -> Option<Node> {
        let first = self.peek().filter(|line| line.indent > indent)?;
        let mut lines = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent > indent) {
            // Lines between them, deeper ones and blanks at their ends have rules of their own.
            let adjacent = line.start == self.at + first.indent;
            if !adjacent || line.indent != first.indent || line.trailing {
                return None;
            }
            lines.push(line.text);
            self.at = line.next;
        }
        let follows = match self.peek() {
            Some(line) => line.start - line.indent,
            None => self.text.len(),
        };
        let clip = !header.ends_with('-');
        let between = self.text.get(self.at..follows)?.bytes();
        if !between.into_iter().all(|byte| byte == b'\n')
            || clip && !self.text.get(..self.at)?.ends_with('\n')
        {
            return None;
        }
        let mut text = lines.join(if header.starts_with('|') { "\n" } else { " " });
        if clip {
            text.push('\n');
        }
        Some(Node {
            kind: Kind::Scalar { text, plain: false },
            start: first.start,
            end: self.end(),
        })
    }

    /// Reads a list or mapping in brackets that starts at `start`, and goes on behind its last line.
    fn flow(&mut self, start: usize, indent: usize) -> Option<Node> {
        let text = self.text;
        let mut flow = Flow {
            text,
            at: start,
            indent,
        };
        let node = flow.value(0)?;
        let rest = text.get(flow.at..)?;
        let line = rest.split('\n').next().unwrap_or(rest);
        self.at = (flow.at + line.len() + 1).min(text.len());
        self.facts.flow.get_or_insert(start);
        line.trim_matches([' ', '\r']).is_empty().then_some(node)
    }
}

/// What stands in brackets: JSON without escapes, and words without quotes.
struct Flow<'a> {
    text: &'a str,
    at: usize,
    /// The indent that its lines have to exceed.
    indent: usize,
}

impl<'a> Flow<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes past blanks and line ends.
    fn skip(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let text = rest.trim_start_matches(' ');
            self.at += rest.len() - text.len();
            let Some(next) = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')) else {
                return Some(());
            };
            self.at += text.len() - next.len();
            let indent = next.len() - next.trim_start_matches(' ').len();
            (indent > self.indent).then_some(())?;
        }
    }

    /// Goes past a character and the blanks behind it if it is next.
    fn takes(&mut self, c: char) -> Option<bool> {
        let found = self.rest().starts_with(c);
        if found {
            self.at += 1;
            self.skip()?;
        }
        Some(found)
    }

    fn value(&mut self, nesting: usize) -> Option<Node> {
        let start = self.at;
        let close = match self.rest().bytes().next()? {
            _ if nesting == MAX_FLOW_NESTING => return None,
            b'[' => ']',
            b'{' => '}',
            _ => return self.word(),
        };
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        self.at += 1;
        self.skip()?;
        while !self.rest().starts_with(close) {
            if close == ']' {
                items.push(self.value(nesting + 1)?);
            } else {
                let key = self.word()?;
                let known = entries
                    .iter()
                    .any(|(k, _): &(Node, _)| k.key_text() == key.key_text());
                // Behind a key without quotes only a colon with a blank is none of its letters.
                let plain = matches!(key.kind, Kind::Scalar { plain: true, .. });
                let odd = plain && !self.rest().starts_with(": ");
                if known || odd || entries.len() == MAX_FIELDS || !self.takes(':')? {
                    return None;
                }
                entries.push((key, self.value(nesting + 1)?));
            }
            self.skip()?;
            // A comma at the end, and nothing between two, have rules of their own.
            if !self.takes(',')? && !self.rest().starts_with(close) || self.rest().starts_with(',') {
                return None;
            }
        }
        self.at += 1;
        let kind = if close == ']' {
            Kind::Sequence(items)
        } else {
            Kind::Mapping(entries)
        };
        Some(Node {
            kind,
            start,
            end: self.at,
        })
    }

    /// Reads a scalar in quotes, or one without that holds nothing but letters, digits and their like.
    fn word(&mut self) -> Option<Node> {
        let (start, rest) = (self.at, self.rest());
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let length = match quote {
            Some(quote) => rest.get(1..)?.find(quote)? + 2,
            None => rest.find([',', ':', '#', '[', ']', '{', '}', '"', '\'', '\r', '\n'])?,
        };
        let text = rest.get(..length)?.trim_end_matches(' ');
        self.at += length;
        (!text.contains('\n')).then(|| word(text, start)).flatten()
    }
}

/// Reads a scalar of one line: plain, or in quotes with nothing to unescape.
fn word(text: &str, start: usize) -> Option<Node> {
    let first = text.chars().next()?;
    let node = |inner: &str, plain| Node {
        kind: scalar(inner, plain),
        start,
        end: start + text.len(),
    };
    if matches!(first, '"' | '\'') {
        let inner = text.strip_prefix(first)?.strip_suffix(first)?;
        return (!inner.contains([first, '\\'])).then(|| node(inner, false));
    }
    let bytes = text.as_bytes();
    let ends = |at: usize| match bytes.get(at) {
        Some(b':') => matches!(bytes.get(at + 1), None | Some(b' ')),
        _ => at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b' '),
    };
    let goes_on = memchr::memchr2_iter(b':', b'#', bytes).any(ends);
    (!is_indicator(first) && !goes_on).then(|| node(text, true))
}

/// Tells whether a plain scalar may not start with a character, or only with something behind it.
fn is_indicator(c: char) -> bool {
    matches!(
        c,
        '-' | '?'
            | ':'
            | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '#'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '%'
            | '@'
            | '`'
            | '"'
            | '\''
    )
}

fn scalar(text: &str, plain: bool) -> Kind {
    Kind::Scalar {
        text: text.to_owned(),
        plain,
    }
}

/// Tells whether a key is a word, which needs no thought.
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
    fn what_may_pass_a_bound_is_left_to_the_parser() {
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
