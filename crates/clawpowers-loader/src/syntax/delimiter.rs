//! The frontmatter block of a file and its delimiters.

mod code;

pub(crate) use code::closing_fence;

use crate::syntax::source::{Line, lines};
use code::{Enclosure, is_code_fence};

/// In how many lines an opening delimiter is searched for if it is not the first line.
const MAX_PREAMBLE_LINES: usize = 40;

/// How a block starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// `---` on the first line.
    Clean,
    /// `---` after other lines; with the offset of its line.
    Late(usize),
    /// `---` inside a Markdown code block or comment.
    Enclosed {
        /// The offset of the line of `---`.
        delimiter: usize,
        /// The offset of the line that opens the code block or comment.
        opened: usize,
    },
    /// `---` with text after it on its line; the block is that text.
    Glued,
    /// The fields start on the first line, without a delimiter above them.
    Missing,
}

/// How a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closer {
    /// A line of `---`.
    Clean,
    /// `---` with text after it; with the offset of that text.
    Glued(usize),
    /// There is no closing delimiter at the first column; the block ends at an indented one, or where its lines stop
    /// looking like YAML.
    Missing,
}

/// The byte ranges of the frontmatter and the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Offset of the first byte of YAML.
    pub start: usize,
    /// Offset after the last byte of YAML.
    pub end: usize,
    /// Offset of the first byte of the body.
    pub body: usize,
    pub opener: Opener,
    pub closer: Closer,
}

/// Finds the frontmatter block.
#[must_use]
pub fn locate(text: &str) -> Option<Block> {
    let first = lines(text).next()?;
    if is_delimiter(first.text) {
        return Some(block(text, first.next, Opener::Clean));
    }
    if let Some(rest) = first.text.strip_prefix("---")
        && !rest.starts_with('-')
        && (rest.contains("name: ") || rest.contains("description: "))
    {
        return Some(glued(text, first, rest));
    }
    let late = late(text);
    let is_example = |block: &Block| match block.opener {
        Opener::Enclosed { opened, .. } => !is_blank(text, opened),
        _ => false,
    };
    late.filter(|block| !is_example(block))
        .or_else(|| unopened(text))
        .or(late)
}

fn is_blank(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|before| before.trim().is_empty())
}

/// Fields from the first line on are a block if they are a skill's and a delimiter follows soon.
///
/// Prose may start with such a word and contain a thematic break (`---`) further down. If paragraphs or headings precede the
/// delimiter, the block must have both fields that every skill has.
fn unopened(text: &str) -> Option<Block> {
    let head = || lines(text).take(MAX_PREAMBLE_LINES).map(|line| line.text);
    if !is_field(head().next()?, &["name:", "description:"]) {
        return None;
    }
    let delimiter = head().position(is_delimiter)?;
    let prose = || {
        let mut pairs = std::iter::zip(head(), head().skip(1)).take(delimiter.saturating_sub(1));
        pairs.any(|(line, next)| line.trim().is_empty() && !(next.trim().is_empty() || is_yaml_like(next)))
    };
    let has = |key| head().take(delimiter).any(|line| is_field(line, &[key]));
    (has("name:") && has("description:") || !prose()).then(|| block(text, 0, Opener::Missing))
}

/// Returns whether a line starts with one of these keys; a key includes its colon.
fn is_field(line: &str, keys: &[&str]) -> bool {
    is_entry(line) && keys.iter().any(|key| line.starts_with(key))
}

/// Returns the part of a file up to its closing delimiter, if `head`, the start of the file, contains all of it.
///
/// It takes bytes, so that only the frontmatter has to be decoded.
pub(crate) fn through_closing_delimiter(head: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(head, b"\n---").find_map(|at| {
        let rest = head.get(at + 4..)?;
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        let end = blanks.count();
        (at >= 3 && rest.get(end) == Some(&b'\n')).then(|| head.get(..at + 4 + end + 1))?
    })
}

/// Returns whether the first line is a delimiter.
pub(crate) fn starts_with_delimiter(text: &str) -> bool {
    lines(text).next().is_some_and(|line| is_delimiter(line.text))
}

/// Returns whether a line is `---` and whitespace, which includes no-break and full-width spaces.
pub(crate) fn is_delimiter(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| {
        rest.chars()
            .all(|c| matches!(c, ' ' | '\t' | '\u{a0}' | '\u{3000}'))
    })
}

/// Returns whether a line is four or more dashes and whitespace.
fn is_long_delimiter(line: &str) -> bool {
    let rest = line.trim_start_matches('-');
    line.len() - rest.len() > 3 && rest.trim().is_empty()
}

/// Returns whether a line starts with a field that every skill has; its colon may be full-width.
fn starts_skill(line: &str) -> bool {
    let mut fields = ["name", "description"]
        .iter()
        .filter_map(|field| line.strip_prefix(field));
    fields.any(|rest| rest.trim_start().starts_with([':', '\u{ff1a}']))
}

/// A delimiter after other text opens a block only if a field that every skill has follows it directly.
///
/// A delimiter in a code block or comment is an example, unless that starts the file, and is used only if there is no
/// other.
fn late(text: &str) -> Option<Block> {
    let mut delimiter: Option<(Line<'_>, Opener)> = None;
    let mut example = None;
    let mut enclosure = Enclosure::default();
    for line in lines(text).take(MAX_PREAMBLE_LINES) {
        let key = line.text.trim_start();
        if let Some((opening, opener)) = delimiter
            && starts_skill(key)
        {
            match opener {
                Opener::Late(_) => return Some(block(text, opening.next, opener)),
                Opener::Enclosed { opened, .. } if is_blank(text, opened) => {
                    return Some(block(text, opening.next, opener));
                }
                _ => _ = example.get_or_insert((opening.next, opener)),
            }
            delimiter = None;
        }
        if is_delimiter(line.text) {
            let opener = match enclosure.start() {
                Some(opened) => Opener::Enclosed {
                    delimiter: line.start,
                    opened,
                },
                None => Opener::Late(line.start),
            };
            delimiter = Some((line, opener));
        } else if !(key.is_empty() || key.strip_prefix("# ").is_some_and(is_entry)) {
            // A field may be commented out: a repair does so with one that occurs twice.
            delimiter = None;
        }
        enclosure.read(line.text, line.start);
    }
    example.map(|(start, opener)| block(text, start, opener))
}

/// A delimiter with fields after it on the same line: `--- name: x description: y ---`.
fn glued(text: &str, first: Line<'_>, rest: &str) -> Block {
    let start = first.start + 3;
    let on_lines = Block {
        start,
        ..block(text, first.next, Opener::Glued)
    };
    let Some(at) = rest.rfind("---") else {
        return on_lines;
    };
    let after = rest.get(at..).unwrap_or_default().trim_start_matches('-');
    let text_after = after.trim_start();
    let closer = if text_after.is_empty() {
        Closer::Clean
    } else {
        // If a delimiter is on the next line, these dashes are part of a value.
        let mut next = lines(text.get(first.next..).unwrap_or_default()).map(|line| line.text);
        if next
            .find(|line| !line.trim().is_empty())
            .is_some_and(is_delimiter)
        {
            return on_lines;
        }
        Closer::Glued(start + rest.len() - text_after.len())
    };
    Block {
        start,
        end: start + at,
        body: match closer {
            Closer::Glued(body) => body,
            _ => first.next,
        },
        opener: Opener::Glued,
        closer,
    }
}

/// Finds the end of a block whose YAML starts at `start`.
fn block(text: &str, start: usize, opener: Opener) -> Block {
    let block = |end, body, closer| Block {
        start,
        end,
        body,
        opener,
        closer,
    };
    let rest = text.get(start..).unwrap_or_default();
    match lines(rest).find(|line| is_delimiter(line.text)) {
        Some(line) => block(start + line.start, start + line.next, Closer::Clean),
        None => early_end(text, block(text.len(), text.len(), Closer::Missing)),
    }
}

/// Ends a block before its closing delimiter: at `---` followed by text or more dashes, else where the lines stop
/// looking like YAML.
///
/// This is for blocks without a closing delimiter, and for those whose closing delimiter is a thematic break further
/// down in the body.
pub(crate) fn early_end(text: &str, block: Block) -> Block {
    let at = |end: usize, body: usize, closer| Block {
        end: block.start + end,
        body: block.start + body,
        closer,
        ..block
    };
    let rest = match block.closer {
        Closer::Glued(_) => return block,
        Closer::Clean => text.get(block.start..block.end),
        Closer::Missing => text.get(block.start..),
    };
    let mut end = 0;
    let mut folded = false;
    let mut blank = false;
    let mut prose = false;
    let mut quote = None;
    for line in lines(rest.unwrap_or_default()) {
        let content = line.text.trim_start();
        if is_long_delimiter(line.text) {
            return at(line.start, line.next, Closer::Missing);
        }
        if line.text.strip_prefix("---").is_some_and(|rest| !rest.is_empty()) {
            let body = line.start + 3;
            return at(line.start, body, Closer::Glued(block.start + body));
        }
        if is_delimiter(content) {
            return at(line.start, line.next, Closer::Missing);
        }
        if is_code_fence(line.text) && quote.is_none() {
            break;
        }
        let is_unquoted = quote.is_none();
        let is_gap = content.is_empty() || line.text.starts_with('#');
        if is_gap && !prose {
            if is_unquoted && blank && end > 0 && !content.is_empty() {
                break;
            }
            (folded, blank) = (false, content.is_empty());
            continue;
        }
        quote = quote.filter(|mark| !content.trim_end().ends_with(*mark));
        if prose {
            // Only a delimiter further down shows that a value continues over such lines.
            if is_unquoted && is_gap {
                break;
            }
            continue;
        }
        if !(is_yaml_like(line.text) || folded) {
            if is_unquoted && blank {
                break;
            }
            prose = true;
            continue;
        }
        blank = false;
        if is_unquoted {
            quote = open_quote(line.text);
        }
        folded = line.text.trim_end().ends_with([':', ',', '|', '>', '"']) || is_entry(line.text);
        end = line.next;
    }
    at(end, end, Closer::Missing)
}

/// Returns the quote character of a value that starts on a line and does not end there.
fn open_quote(line: &str) -> Option<char> {
    let (_, value) = line.split_once(':').filter(|_| is_entry(line))?;
    let value = value.trim();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    (value.len() == 1 || !value.ends_with(quote)).then_some(quote)
}

fn is_yaml_like(line: &str) -> bool {
    line.starts_with([' ', '\t', '}', ']', '{', '[']) || line.starts_with("- ") || is_entry(line)
}

/// Returns whether a line starts with `key:`: one word, a colon, and whitespace or the end of the line.
pub(crate) fn is_entry(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(key, rest)| (rest.is_empty() || rest.starts_with([' ', '\t'])) && is_word(key))
}

/// Returns whether a key is one word, in quotes or without.
pub(crate) fn is_word(key: &str) -> bool {
    let word = key.trim_matches(['"', '\'']);
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::string_slice,
        reason = "a block lies on character boundaries, which this shows"
    )]
    fn parts(text: &str) -> (&str, &str, Block) {
        let block = locate(text).unwrap();
        (&text[block.start..block.end], &text[block.body..], block)
    }

    #[test]
    fn clean_blocks() {
        for (text, yaml, body) in [
            ("---\na: 1\n---\nbody", "a: 1\n", "body"),
            ("--- \t\na: 1\n---  \nbody", "a: 1\n", "body"),
            ("---\r\na: 1\r\n---\r\nbody", "a: 1\r\n", "body"),
            ("---\ra: 1\r---\rbody", "a: 1\r", "body"),
            ("---\na: x --- y\n---", "a: x --- y\n", ""),
            ("---\n---\n", "", ""),
            ("---\na: |\n  ---\n---\nb", "a: |\n  ---\n", "b"),
        ] {
            let found = parts(text);
            assert_eq!(
                (found.0, found.1, found.2.opener, found.2.closer),
                (yaml, body, Opener::Clean, Closer::Clean)
            );
        }
    }

    #[test]
    fn odd_delimiters_are_named() {
        let late = parts("<!-- x -->\n\n---\n\nname: a\n---\nb");
        assert_eq!(
            (late.0, late.1, late.2.opener),
            ("\nname: a\n", "b", Opener::Late(12))
        );
        let commented = parts("x\n---\n# name: b\nname: a\n---\nc");
        assert_eq!(
            (commented.0, commented.1, commented.2.opener),
            ("# name: b\nname: a\n", "c", Opener::Late(2))
        );
        let glued = parts("--- name: a description: b ---\nbody");
        assert_eq!(
            (glued.0, glued.1, glued.2.opener),
            (" name: a description: b ", "body", Opener::Glued)
        );
        let closer = parts("---\nname: a\n---# Title\ntext\n");
        assert_eq!(
            (closer.0, closer.1, closer.2.closer),
            ("name: a\n", "# Title\ntext\n", Closer::Glued(15))
        );
        let open = parts("---\nname: a\nmeta:\n  b: c\n\n# Title\n\nProse here: and more.\n");
        assert_eq!(
            (open.0, open.2.closer),
            ("name: a\nmeta:\n  b: c\n", Closer::Missing)
        );
        let indented = parts("---\nname: a\n  ---\nbody\n");
        assert_eq!(
            (indented.0, indented.1, indented.2.closer),
            ("name: a\n", "body\n", Closer::Missing)
        );
        let unopened = parts("name: a\nb: c\n---\nbody");
        assert_eq!(
            (unopened.0, unopened.1, unopened.2.opener),
            ("name: a\nb: c\n", "body", Opener::Missing)
        );
    }

    #[test]
    fn fields_without_an_opener_are_a_block() {
        for (text, yaml) in [
            ("name: a\n---\n", "name: a\n"),
            (
                "description: a\nb: c\n\nd:\n- e\n\n---\n",
                "description: a\nb: c\n\nd:\n- e\n\n",
            ),
            (
                "description: a\nthat goes on\n---\n",
                "description: a\nthat goes on\n",
            ),
            (
                "name: a\ndescription: b\n\n# T\n---\n",
                "name: a\ndescription: b\n\n# T\n",
            ),
        ] {
            let found = parts(text);
            assert_eq!((found.0, found.2.opener), (yaml, Opener::Missing));
        }
    }

    #[test]
    fn no_block() {
        for text in [
            "",
            "# Title\n",
            "----\nx: y\n",
            "text\n---\nmore\n---\n",
            "text\n---\n# More\nname: a\n---\n",
            "--------8019\r\nname: x\n",
            // Prose with a thematic break in it.
            "name:value pairs are read\n---\n",
            "description: what follows\n\nSome words.\n\n---\nmore\n",
            "name: words\n\n# Title\n---\n",
            "name: a\ndescription: b\n",
        ] {
            assert_eq!(locate(text), None, "{text:?}");
        }
    }
}
