//! From a text to its frontmatter fields: delimiters, YAML, and recovery if either is malformed.

mod report;

use crate::display::quote;
use crate::lint::{Diagnostics, Position, Rule};
use crate::skill::normalize::normalize_name;
use crate::syntax::delimiter::{Block, Opener, early_end, is_delimiter, locate};
use crate::syntax::recovery::{Change, Effort, odd_field, quote_yaml, repair};
use crate::syntax::source::{LineStarts, Source, lines};
use crate::syntax::yaml::{Facts, Kind, Node, YamlError, parse};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

/// How long a frontmatter block may be, in bytes.
pub(crate) const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;

/// The fields that are recognized inside a line.
const KNOWN: [&str; 9] = [
    "name",
    "description",
    "version",
    "license",
    "author",
    "homepage",
    "user-invocable",
    "allowed-tools",
    "compatibility",
];

/// The fields of a file and their positions.
#[derive(Debug)]
pub(crate) struct Frontmatter<'a> {
    /// A mapping with at least one entry.
    pub(crate) root: Node,
    pub(crate) block: Block,
    yaml: Cow<'a, str>,
    /// The block as it is in the file; `yaml` may be repaired.
    original: &'a str,
    start: Position,
    /// The lines of `yaml`, computed for the first position.
    starts: OnceCell<LineStarts>,
    /// The lines of `original`.
    original_starts: OnceCell<LineStarts>,
    /// A cache: the number of a repaired line, and what the repair did to it.
    moved: Cell<Option<(usize, Moved)>>,
    /// The numbers of the lines that the repair added to `yaml`.
    added: Vec<usize>,
}

impl Frontmatter<'_> {
    /// Returns whether the block was read without repairs.
    pub(crate) const fn is_as_written(&self) -> bool {
        matches!(self.yaml, Cow::Borrowed(_))
    }

    fn starts(&self) -> &LineStarts {
        self.starts.get_or_init(|| LineStarts::of(&self.yaml))
    }

    /// Returns the position in the file of a byte offset of a node.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let repaired = matches!(self.yaml, Cow::Owned(_));
        if repaired && self.block.opener == Opener::Glued {
            // Its fields were put on lines of their own, which the file does not have.
            return self.start;
        }
        let mut inner = self.starts().position(&self.yaml, offset);
        if repaired {
            // A repair keeps the line but moves its text.
            let moved = match self.moved.get() {
                Some((line, moved)) if line == inner.line => moved,
                _ => self.moved(inner.line),
            };
            self.moved.set(Some((inner.line, moved)));
            inner.line = self.original_line(inner.line);
            inner.column = moved.before(inner.column);
        }
        let column = if inner.line == 1 {
            self.start.column + inner.column - 1
        } else {
            inner.column
        };
        Position {
            line: self.start.line + inner.line - 1,
            column,
        }
    }

    /// Compares a line of `yaml` with the original one.
    fn moved(&self, line: usize) -> Moved {
        let starts = self.original_starts.get_or_init(|| LineStarts::of(self.original));
        let original = starts.line(self.original, self.original_line(line));
        Moved::of(original, self.starts().line(&self.yaml, line))
    }

    /// Returns the number that a line of `yaml` had before the repair.
    fn original_line(&self, line: usize) -> usize {
        line - self.added.partition_point(|&added| added <= line)
    }

    /// Returns the comment that YAML finds in place of the value of a key.
    pub(crate) fn comment_after(&self, key: &Node) -> Option<&str> {
        let line = lines(self.yaml.get(key.end..)?).next()?.text;
        let comment = line.trim_start().strip_prefix(':')?.trim();
        comment.starts_with('#').then_some(comment)
    }

    /// Returns the comment after an unquoted value on its line, and its offset.
    pub(crate) fn comment_behind(&self, node: &Node) -> Option<(usize, &str)> {
        if !matches!(node.kind, Kind::Scalar { plain: true, .. }) {
            return None;
        }
        let rest = lines(self.yaml.get(node.end..)?).next()?.text;
        let comment = rest.trim_start();
        let offset = node.end + rest.len() - comment.len();
        comment.starts_with('#').then(|| (offset, comment.trim_end()))
    }

    /// Returns the source text of a node, repaired if it was.
    pub(crate) fn slice(&self, node: &Node) -> &str {
        self.yaml.get(node.start..node.end).unwrap_or_default().trim()
    }
}

/// What a repair did to a line: how many characters at its start and its end it kept, and how many there were before and
/// are after it.
#[derive(Debug, Clone, Copy)]
struct Moved {
    head: usize,
    tail: usize,
    before: usize,
    after: usize,
}

impl Moved {
    fn of(original: &str, repaired: &str) -> Self {
        let (before, after) = (original.chars().count(), repaired.chars().count());
        let head = std::iter::zip(original.chars(), repaired.chars()).take_while(|(a, b)| a == b);
        let head = head.count();
        let tail = std::iter::zip(original.chars().rev(), repaired.chars().rev()).take_while(|(a, b)| a == b);
        Self {
            head,
            tail: tail.count().min(before.min(after) - head),
            before,
            after,
        }
    }

    /// Returns the column that a column of the repaired line had before the repair.
    ///
    /// Columns before the changed part stay, columns after it count from the end of the line, and those inside it become
    /// its start.
    fn before(self, column: usize) -> usize {
        if column <= self.head + 1 {
            column
        } else if column > self.after - self.tail {
            // The position of the line ending is valid too.
            (column + self.before).saturating_sub(self.after).max(1)
        } else {
            self.head + 1
        }
    }
}

/// A block that was parsed.
struct Read<'a> {
    block: Block,
    yaml: Cow<'a, str>,
    root: Node,
    facts: Facts,
    changes: Vec<Change>,
    added: Vec<usize>,
}

impl<'a> Read<'a> {
    fn new(block: Block, yaml: impl Into<Cow<'a, str>>, root: Node, facts: Facts) -> Self {
        Self {
            block,
            yaml: yaml.into(),
            root,
            facts,
            changes: Vec::new(),
            added: Vec::new(),
        }
    }
}

/// Reads the frontmatter of `source` and reports its problems.
///
/// `folder` is the name of the skill's folder: frontmatter in a code block is taken for an example, unless it has that
/// name.
///
/// # Errors
///
/// Returns the rule that says why there are no fields; it is reported too.
pub(crate) fn read<'a>(
    source: &'a Source,
    folder: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Frontmatter<'a>, Rule> {
    let text = source.text();
    let mut fail = |rule, position, message: String| {
        diagnostics.add(rule, position, message);
        rule
    };
    if text.trim().is_empty() {
        return Err(fail(
            Rule::FileEmpty,
            Position::START,
            "the file is empty".to_owned(),
        ));
    }
    let Some(mut block) = locate(text) else {
        let message = "the file does not start with a `---` line".to_owned();
        return Err(fail(Rule::FrontmatterMissing, Position::START, message));
    };
    if block.end - block.start > MAX_FRONTMATTER_BYTES {
        // A thematic break (`---`) in a long body may have been taken for the closing delimiter.
        block = Some(early_end(text, block))
            .filter(ends_at_dashes(text))
            .unwrap_or(block);
    }
    let length = block.end - block.start;
    if length > MAX_FRONTMATTER_BYTES {
        let message = format!("the frontmatter has {length} bytes, more than {MAX_FRONTMATTER_BYTES}");
        return Err(fail(
            Rule::FrontmatterTooLarge,
            source.position(block.start),
            message,
        ));
    }
    if let Opener::Enclosed { delimiter, opened } = block.opener
        && !text.get(..opened).unwrap_or_default().trim().is_empty()
        && !is_named(text, block, folder)
    {
        let line = source.position(delimiter).line;
        let message = format!(
            "the file does not start with a `---` line; the one on line {line} is in a code block or comment"
        );
        return Err(fail(Rule::FrontmatterMissing, Position::START, message));
    }
    let read = fields(text, block).map_err(|failure| {
        let (rule, offset, message) = failure.describe(slice(text, block));
        fail(rule, source.position(block.start + offset), message)
    })?;
    report::delimiters(source, &read, diagnostics);
    report::changes(source, read.block, &read.changes, diagnostics);
    let front = Frontmatter {
        root: read.root,
        block: read.block,
        original: slice(text, read.block),
        start: source.position(read.block.start),
        starts: OnceCell::new(),
        original_starts: OnceCell::new(),
        moved: Cell::new(None),
        added: read.added,
        yaml: read.yaml,
    };
    report::facts(&front, &read.facts, diagnostics);
    Ok(front)
}

/// Returns whether the fields of a block have the name of the skill's folder; `skill` may be added to either.
fn is_named(text: &str, block: Block, folder: Option<&str>) -> bool {
    let read = strict(text, block).ok().or_else(|| recover(text, block, true));
    let name = read.as_ref().and_then(|read| read.root.get("name")?.as_text());
    let bare = |name: &str| {
        let name = normalize_name(name);
        let bare = ["-skill", "-skills", "_skill"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        bare.or_else(|| name.strip_prefix("skill-"))
            .unwrap_or(&name)
            .to_owned()
    };
    name.zip(folder)
        .is_some_and(|(name, folder)| bare(name) == bare(folder))
}

fn fields(text: &str, block: Block) -> Result<Read<'_>, Failure> {
    if block.opener == Opener::Glued
        && let Some(read) = glued(text, block)
    {
        return Ok(read);
    }
    let failure = match strict(text, block) {
        Ok(read) if hides_field(&read.root) || hides_delimiter(&read.root) => {
            let repairs = hides_field(&read.root);
            return Ok(recover(text, block, repairs).unwrap_or(read));
        }
        Ok(read) => return Ok(read),
        Err(failure) => failure,
    };
    let repairs = match &failure {
        Failure::Empty => return Err(failure),
        Failure::NotMapping => lines(slice(text, block)).any(|line| odd_field(line.text).is_some()),
        Failure::Yaml(error) if error.limit => return Err(failure),
        Failure::Yaml(_) => true,
    };
    recover(text, block, repairs).ok_or(failure)
}

/// Returns whether a field's value became a part of its key, such as after a full-width colon.
///
/// That is YAML, but nobody means it: `description:` and its value are one word to a parser, and the skill is lost.
fn hides_field(root: &Node) -> bool {
    let mut entries = root.entries().unwrap_or_default().iter();
    entries.any(|(key, _)| odd_field(key.key_text()).is_some())
}

/// Returns whether a key starts with `---`: a closing delimiter followed by text with a colon.
fn hides_delimiter(root: &Node) -> bool {
    let is_delimiter =
        |key: &Node| matches!(&key.kind, Kind::Scalar { text, plain: true } if text.starts_with("---"));
    let mut entries = root.entries().unwrap_or_default().iter();
    entries.any(|(key, _)| is_delimiter(key))
}

/// Returns whether a block ends at dashes in the first column that are more than three or followed by text.
fn ends_at_dashes(text: &str) -> impl Fn(&Block) -> bool {
    move |block| {
        let next = lines(text.get(block.end..).unwrap_or_default()).next();
        next.is_some_and(|line| line.text.starts_with("---") && !is_delimiter(line.text))
    }
}

/// Tries to parse a broken block in several ways, the most faithful first; `repairs` allows changes to its lines.
fn recover(text: &str, block: Block, repairs: bool) -> Option<Read<'_>> {
    let early = early_end(text, block);
    let dashes = ends_at_dashes(text)(&early);
    let shorter = strict(text, early).ok().filter(|read| !hides_field(&read.root));
    if dashes && shorter.is_some() {
        return shorter;
    }
    let faithful = |block| repaired(text, block, Effort::Faithful);
    if !repairs {
        return dashes.then(|| faithful(early)).flatten();
    }
    let whole = faithful(block);
    if dashes {
        // A quoted value whose lines only lack indentation may contain such dashes; else they end the fields.
        let is_quoted = |read: &Read<'_>| {
            let mut rules = read.changes.iter().flat_map(|change| &change.rules);
            rules.all(|rule| *rule == Rule::YamlRepairedIndent) && !hides_delimiter(&read.root)
        };
        if whole.as_ref().is_some_and(is_quoted) {
            return whole;
        }
        if let Some(read) = faithful(early) {
            return Some(read);
        }
    }
    if whole.is_some() {
        return whole;
    }
    let is_shorter = early.end > early.start && early.end < block.end;
    if is_shorter && let Some(read) = shorter.or_else(|| faithful(early)) {
        return Some(read);
    }
    let has_description = |read: &Read<'_>| read.root.get("description").is_some();
    let lossy = |block| repaired(text, block, Effort::CommentOut).filter(has_description);
    let [first, second] = if dashes { [early, block] } else { [block, early] };
    lossy(first).or_else(|| lossy(second))
}

/// Why a block has no fields.
enum Failure {
    Empty,
    NotMapping,
    Yaml(YamlError),
}

impl Failure {
    /// Returns the rule, the offset in `yaml`, and the message.
    fn describe(self, yaml: &str) -> (Rule, usize, String) {
        match self {
            Self::Empty => (
                Rule::FrontmatterEmpty,
                0,
                "the frontmatter has no fields".to_owned(),
            ),
            Self::NotMapping => {
                let found = quote(yaml.trim());
                let message = format!("the frontmatter must be a mapping of fields, found {found}");
                (Rule::FrontmatterNotMapping, 0, message)
            }
            Self::Yaml(error) => {
                let rule = match error.limit {
                    true => Rule::YamlLimit,
                    false => Rule::YamlInvalid,
                };
                let message = format!("the frontmatter is not YAML: {}", error.message);
                (rule, error.offset, message)
            }
        }
    }
}

fn strict(text: &str, block: Block) -> Result<Read<'_>, Failure> {
    let yaml = slice(text, block);
    let (root, facts) = parse(yaml).map_err(Failure::Yaml)?;
    let root = root.filter(|root| !root.is_null()).ok_or(Failure::Empty)?;
    match root.entries() {
        None => Err(Failure::NotMapping),
        Some([]) => Err(Failure::Empty),
        Some(_) => Ok(Read::new(block, yaml, root, facts)),
    }
}

fn repaired(text: &str, block: Block, effort: Effort) -> Option<Read<'_>> {
    let repaired = repair(slice(text, block), effort)?;
    Some(Read {
        changes: repaired.changes,
        added: repaired.added,
        ..Read::new(block, repaired.text, repaired.root, repaired.facts)
    })
}

fn slice(text: &str, block: Block) -> &str {
    text.get(block.start..block.end).unwrap_or_default()
}

/// Reads fields that share the delimiter's line. The block is rewritten as a whole, so its changes are not listed.
fn glued(text: &str, block: Block) -> Option<Read<'_>> {
    let yaml = slice(text, block);
    let mapping = |split: String| match parse(&split) {
        Ok((Some(root), facts)) if root.entries().is_some() => Some((split, root, facts)),
        _ => None,
    };
    let quoted = || {
        let split = split_glued(yaml, true);
        let repaired = |split: &str| repair(split, Effort::Faithful).map(|it| (it.text, it.root, it.facts));
        mapping(split.clone()).or_else(|| repaired(&split))
    };
    let (yaml, root, facts) = mapping(split_glued(yaml, false)).or_else(quoted)?;
    Some(Read::new(block, yaml, root, facts))
}

/// Puts fields that share the delimiter's line on lines of their own; `quoting` quotes those that are not YAML as they are.
fn split_glued(yaml: &str, quoting: bool) -> String {
    let first = lines(yaml).next().map_or("", |line| line.text);
    let is_yaml =
        |text: &str| parse(text).is_ok_and(|(root, _)| root.is_some_and(|root| root.entries().is_some()));
    let start = |key: &&str| {
        let inside = first.find(&format!(" {key}: ")).map(|at| at + 1);
        inside.or_else(|| first.starts_with(&format!("{key}: ")).then_some(0))
    };
    let mut starts: Vec<usize> = KNOWN.iter().filter_map(start).collect();
    starts.sort_unstable();
    let before = first.get(..starts.first().copied().unwrap_or(first.len()));
    let before = before.unwrap_or_default().trim();
    let mut out = String::new();
    if !before.is_empty() {
        out.push_str(&format!("{}{before}\n", if is_yaml(before) { "" } else { "# " }));
    }
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(first.len());
        let Some((key, value)) = first.get(start..end).unwrap_or_default().split_once(':') else {
            continue;
        };
        let value = value.trim();
        // What looks like a comment here would silently be cut off the value.
        let plain = !value.contains(" #") && (!quoting || is_yaml(&format!("{key}: {value}")));
        let value = match plain {
            true => value.to_owned(),
            false => quote_yaml(value),
        };
        out.push_str(&format!("{key}: {value}\n"));
    }
    let below = yaml.get(first.len()..).unwrap_or_default();
    out.push_str(below.trim_start_matches(['\r', '\n']));
    out
}

#[cfg(test)]
mod tests {
    use super::Moved;
    use crate::{ParseOptions, Rule, fix, parse};

    #[test]
    fn columns_of_repaired_lines_match_the_file() {
        let (original, repaired) = ("a: b: c --- d", "a: 'b: c --- d'");
        // Quotes change both ends of a value: what is inside is where the repair starts.
        for (column, before) in [(1, 1), (4, 4), (5, 4), (15, 4), (16, 14)] {
            assert_eq!(Moved::of(original, repaired).before(column), before, "{column}");
        }
        for (column, before) in [(1, 1), (4, 1), (99, 97)] {
            assert_eq!(Moved::of("\t\tx", "    x").before(column), before, "{column}");
        }
        assert_eq!(Moved::of("äb", "äb").before(2), 2);
        let text = "---\nname: a\ndescription: \"\\d\\d\\d --- x\"\n---\n";
        let parsed = parse(text.as_bytes(), &ParseOptions::default());
        let dashes = parsed
            .diagnostics
            .iter()
            .find(|d| d.rule == Rule::FrontmatterDashes);
        let line = text.lines().nth(2).unwrap();
        assert_eq!(dashes.unwrap().position.column, line.find("---").unwrap() + 1);
    }

    #[test]
    fn a_field_with_a_no_break_space_behind_its_colon_is_read() {
        for (yaml, description) in [
            ("name: a\ndescription:\u{a0}b: c\n", "b: c"),
            ("name: a\ndescription:\u{a0}b\n", "b"),
            ("description:\u{a0}b\n", "b"),
            ("\"name\": a: b\ndescription: c\n", "c"),
            ("name: a\ndescription: b\nx:\u{a0}y: z\n", "b"),
        ] {
            let text = format!("---\n{yaml}---\n");
            let found = parse(text.as_bytes(), &ParseOptions::default()).skill.unwrap();
            assert_eq!(found.description, description, "{yaml:?}");
            let fixed = fix(text.as_bytes(), &ParseOptions::default());
            assert_eq!(fixed.parsed.skill.unwrap().description, description, "{yaml:?}");
            // Only a field that skills have is known to be meant.
            assert_eq!(fixed.changed, !yaml.contains("y: z"), "{yaml:?}");
        }
    }

    #[test]
    fn every_pass_that_changed_a_line_is_reported() {
        for (yaml, messages) in [
            (
                "description: b\nx: \u{1}c: d\n",
                vec![
                    "yaml-repaired-control: control characters are not allowed in YAML: `x: \\u{1}c: d`",
                    "yaml-repaired-colon: an unquoted value contains `: `, which YAML parses as a new key: `x: \\u{1}c: d`",
                ],
            ),
            (
                "description: b\nc\n",
                vec![
                    "yaml-repaired-continuation: the lines that continue a value are not indented: `description: b` and 1 more line",
                ],
            ),
            (
                "description: b\nc\nd\n",
                vec![
                    "yaml-repaired-continuation: the lines that continue a value are not indented: `description: b` and 2 more lines",
                ],
            ),
        ] {
            let text = format!("---\n{yaml}---\n");
            let fixed = fix(text.as_bytes(), &ParseOptions::default());
            let repairs = fixed.applied.iter().filter(|d| d.rule.is_repair());
            let found: Vec<String> = repairs.map(|d| format!("{}: {}", d.rule, d.message)).collect();
            assert_eq!(found, messages);
        }
    }

    #[test]
    fn no_repair_writes_a_delimiter() {
        for (yaml, after) in [
            ("\u{1}---\n", Some("\n")),
            ("---]\n", None),
            ("---\u{85}\n", None),
        ] {
            let text = format!("---\n{yaml}name: a\ndescription: b\n---\n");
            let description =
                |parsed: crate::skill::parse::Parsed| parsed.skill.map(|skill| skill.description);
            let before = description(parse(text.as_bytes(), &ParseOptions::default()));
            let fixed = fix(text.as_bytes(), &ParseOptions::default());
            assert_eq!(description(fixed.parsed), before, "{yaml:?}");
            let wanted = after.map(|line| format!("---\n{line}name: a\ndescription: b\n---\n"));
            assert_eq!(wanted.unwrap_or_else(|| fixed.after.clone()), fixed.after);
        }
    }

    #[test]
    fn a_list_as_description_keeps_its_lines_whatever_ends_them() {
        for end in ["\r", "\n", "\r\n"] {
            let text = format!("---description: [: {end}]");
            let before = parse(text.as_bytes(), &ParseOptions::default()).skill.unwrap();
            let fixed = fix(text.as_bytes(), &ParseOptions::default());
            assert_eq!(before.description, "[:\n]", "{end:?}");
            assert_eq!(
                fixed.parsed.skill.unwrap().description,
                before.description,
                "{end:?}"
            );
        }
    }

    #[test]
    fn fields_on_the_delimiter_keep_their_number_signs() {
        let fixed = fix(
            b"--- name: a description: see #1 or b ---\n",
            &ParseOptions::default(),
        );
        assert_eq!(fixed.after, "---\nname: a\ndescription: 'see #1 or b'\n---\n");
    }

    #[test]
    fn text_before_the_delimiter_moves_after_the_closing_one() {
        for (text, after) in [
            (
                "# T\n---\ndescription: a: b",
                "---\ndescription: 'a: b'\n---\n# T\n",
            ),
            ("# T\n---\ndescription: a\n---", "---\ndescription: a\n---\n# T\n"),
        ] {
            let fixed = fix(text.as_bytes(), &ParseOptions::default());
            assert_eq!(fixed.after, after);
            assert_eq!(fix(after.as_bytes(), &ParseOptions::default()).after, after);
        }
    }
}
