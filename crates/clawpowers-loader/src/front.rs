//! From a text to its frontmatter fields: fences, YAML, and the repair ladder when one of them is off.

use crate::diag::{Edit, Position, Report, Rule, quoted};
use crate::frontmatter::{Block, Closer, Opener, early_end, locate};
use crate::repair::{Change, Effort, Repaired, quote, repair};
use crate::source::{LineStarts, Source, lines};
use crate::yaml::{Facts, Kind, Node, YamlError, parse};
use std::borrow::Cow;
use std::cell::OnceCell;

/// How long a frontmatter block may be, in bytes.
pub(crate) const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;

/// The fields of a file, and how to get from them back to places in the text.
#[derive(Debug)]
pub(crate) struct Front<'a> {
    /// The fields, a mapping with at least one entry.
    pub(crate) root: Node,
    /// Where the block is.
    pub(crate) block: Block,
    yaml: Cow<'a, str>,
    /// The block as it stands in the file.
    original: &'a str,
    start: Position,
    /// Where the lines of `yaml` and of `original` start; made when the first position is asked for.
    starts: OnceCell<(LineStarts, LineStarts)>,
}

impl Front<'_> {
    fn starts(&self) -> &(LineStarts, LineStarts) {
        self.starts
            .get_or_init(|| (LineStarts::of(&self.yaml), LineStarts::of(self.original)))
    }

    /// Returns the position in the file of a byte offset of a node.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let repaired = matches!(self.yaml, Cow::Owned(_));
        if repaired && self.block.opener == Opener::Glued {
            // Its fields were put on lines of their own, which the file does not have.
            return self.start;
        }
        let (starts, originals) = self.starts();
        let mut inner = starts.position(&self.yaml, offset);
        if repaired {
            // A repair keeps the line but moves what stands on it.
            let line = starts.line(&self.yaml, inner.line);
            inner.column = column_before(originals.line(self.original, inner.line), line, inner.column);
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

    /// Returns the text of a node as it stands in the file, or as it was repaired.
    pub(crate) fn slice(&self, node: &Node) -> &str {
        self.yaml.get(node.start..node.end).unwrap_or_default().trim()
    }
}

/// Returns the column that a column of a repaired line had before the repair.
///
/// What stands before the repair stays, what stands behind it is counted from the line's end, and what the repair
/// itself wrote is at its start.
fn column_before(original: &str, repaired: &str, column: usize) -> usize {
    if original == repaired {
        return column;
    }
    let (before, after) = (original.chars().count(), repaired.chars().count());
    let head = std::iter::zip(original.chars(), repaired.chars()).take_while(|(a, b)| a == b);
    let head = head.count();
    let tail = std::iter::zip(original.chars().rev(), repaired.chars().rev()).take_while(|(a, b)| a == b);
    let tail = tail.count().min(before.min(after) - head);
    if column <= head + 1 {
        column
    } else if column > after - tail {
        // A line end behind the line may be pointed at too.
        (column + before).saturating_sub(after).max(1)
    } else {
        head + 1
    }
}

/// What a block gave.
struct Read<'a> {
    block: Block,
    yaml: Cow<'a, str>,
    root: Node,
    facts: Facts,
    changes: Vec<Change>,
}

/// Reads the frontmatter of `source` and reports whatever was odd about it.
///
/// # Errors
///
/// Gives the rule that says why there are no fields; it is in the report too.
pub(crate) fn read<'a>(source: &'a Source, report: &mut Report) -> Result<Front<'a>, Rule> {
    let text = source.text();
    if text.trim().is_empty() {
        report.hint(Rule::FileEmpty, Position::START, "the file is empty", HINT_START);
        return Err(Rule::FileEmpty);
    }
    let Some(block) = locate(text) else {
        let message = "the file does not start with a line of `---`";
        report.hint(Rule::FrontmatterMissing, Position::START, message, HINT_START);
        return Err(Rule::FrontmatterMissing);
    };
    if block.end - block.start > MAX_FRONTMATTER_BYTES {
        let message = format!(
            "the frontmatter has {} bytes, more than {MAX_FRONTMATTER_BYTES}",
            block.end - block.start
        );
        report.hint(
            Rule::FrontmatterTooLarge,
            source.position(block.start),
            message,
            HINT_MOVE,
        );
        return Err(Rule::FrontmatterTooLarge);
    }
    let read = fields(source, block, report)?;
    let start = source.position(read.block.start);
    report_fences(source, &read, report);
    report_changes(source, read.block, &read.changes, report);
    let front = Front {
        root: read.root,
        block: read.block,
        original: slice(text, read.block),
        starts: OnceCell::new(),
        yaml: read.yaml,
        start,
    };
    report_facts(&front, &read.facts, report);
    Ok(front)
}

const HINT_START: &str =
    "start the file with `---`, the fields `name:` and `description:`, and another `---`";
const HINT_MOVE: &str = "keep the fields short and move text below the closing `---`";

fn fields<'a>(source: &'a Source, block: Block, report: &mut Report) -> Result<Read<'a>, Rule> {
    let text = source.text();
    let yaml = slice(text, block);
    if block.opener == Opener::Glued {
        let split = split_glued(yaml);
        if let Ok((Some(root), facts)) = parse(&split) {
            return Ok(Read {
                block,
                yaml: split.into(),
                root,
                facts,
                changes: Vec::new(),
            });
        }
    }
    let error = match strict(text, block) {
        Ok(read) => return Ok(read),
        Err(Fault::Empty) => {
            report.hint(
                Rule::FrontmatterEmpty,
                source.position(block.start),
                "the frontmatter has no field",
                HINT_START,
            );
            return Err(Rule::FrontmatterEmpty);
        }
        Err(Fault::NotMapping) => None,
        Err(Fault::Yaml(error)) => Some(error),
    };
    if !error.as_ref().is_some_and(|error| error.limit)
        && let Some(read) = mended(text, block, error.is_some())
    {
        return Ok(read);
    }
    let (rule, offset, message) = match error {
        None => {
            let message = format!(
                "the frontmatter is not a mapping of fields but {}",
                quoted(yaml.trim())
            );
            (Rule::FrontmatterNotMapping, block.start, message)
        }
        Some(error) => {
            let rule = if error.limit {
                Rule::YamlLimit
            } else {
                Rule::YamlInvalid
            };
            (
                rule,
                block.start + error.offset,
                format!("the frontmatter is not YAML: {}", error.message),
            )
        }
    };
    report.hint(
        rule,
        source.position(offset),
        message,
        "write one `key: value` a line between the two `---`",
    );
    Err(rule)
}

/// Tries the readings of a broken block, the most faithful first.
fn mended(text: &str, block: Block, yaml_error: bool) -> Option<Read<'_>> {
    let early = early_end(text, block);
    if matches!(early.closer, Closer::Glued(_))
        && let Ok(read) = strict(text, early)
    {
        return Some(read);
    }
    if !yaml_error {
        return None;
    }
    if let Some(read) = climbed(text, block, Effort::Faithful) {
        return Some(read);
    }
    let shorter = early.end > early.start && early.end < block.end;
    if shorter
        && let Some(read) = strict(text, early)
            .ok()
            .or_else(|| climbed(text, early, Effort::Faithful))
    {
        return Some(read);
    }
    let described = |read: &Read<'_>| read.root.get("description").is_some();
    let aside = climbed(text, block, Effort::SetAside).filter(described);
    aside.or_else(|| climbed(text, early, Effort::SetAside).filter(described))
}

enum Fault {
    Empty,
    NotMapping,
    Yaml(YamlError),
}

fn strict(text: &str, block: Block) -> Result<Read<'_>, Fault> {
    let yaml = slice(text, block);
    match parse(yaml) {
        Ok((Some(root), facts)) => match &root.kind {
            Kind::Mapping(entries) if entries.is_empty() => Err(Fault::Empty),
            Kind::Mapping(_) => Ok(Read {
                block,
                yaml: yaml.into(),
                root,
                facts,
                changes: Vec::new(),
            }),
            Kind::Scalar { .. } if root.is_null() => Err(Fault::Empty),
            _ => Err(Fault::NotMapping),
        },
        Ok((None, _)) => Err(Fault::Empty),
        Err(error) => Err(Fault::Yaml(error)),
    }
}

fn climbed(text: &str, block: Block, effort: Effort) -> Option<Read<'_>> {
    let Repaired {
        text,
        root,
        facts,
        changes,
    } = repair(slice(text, block), effort)?;
    Some(Read {
        block,
        yaml: text.into(),
        root,
        facts,
        changes,
    })
}

fn slice(text: &str, block: Block) -> &str {
    text.get(block.start..block.end).unwrap_or_default()
}

/// Puts fields that share the fence's line on lines of their own, quoted where they need it.
fn split_glued(yaml: &str) -> String {
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
    let mut starts: Vec<usize> = KNOWN
        .iter()
        .filter_map(|key| {
            yaml.find(&format!(" {key}: "))
                .map(|at| at + 1)
                .or_else(|| yaml.starts_with(&format!("{key}: ")).then_some(0))
        })
        .collect();
    starts.sort_unstable();
    let mut out = String::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(yaml.len());
        let Some((key, value)) = yaml.get(start..end).unwrap_or_default().split_once(':') else {
            continue;
        };
        let value = value.trim();
        let plain = parse(&format!("{key}: {value}")).is_ok();
        out.push_str(&format!(
            "{key}: {}\n",
            if plain { value.to_owned() } else { quote(value) }
        ));
    }
    out
}

fn report_fences(source: &Source, read: &Read<'_>, report: &mut Report) {
    let text = source.text();
    let Block {
        start,
        end,
        body,
        opener,
        closer,
    } = read.block;
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match opener {
        Opener::Clean => {}
        Opener::Late(fence) => {
            let before = text.get(..fence).unwrap_or_default();
            let mut edits = vec![Edit {
                range: 0..fence,
                replacement: String::new(),
            }];
            if !before.trim().is_empty() {
                if closer == Closer::Clean {
                    let glue = if ends_line(text, body) { "" } else { eol };
                    edits.push(Edit {
                        range: body..body,
                        replacement: format!("{glue}{before}"),
                    });
                } else {
                    // What stands before can only move behind a closing fence once there is one.
                    edits.clear();
                }
            }
            let message = "text or blank lines stand before the opening `---`";
            report.fixable(Rule::FrontmatterNotFirst, Position::START, message, edits);
        }
        Opener::Glued => {
            // The whole block is written anew, its closing fence among it.
            let yaml = read
                .yaml
                .trim_end()
                .replace("\r\n", "\n")
                .replace(['\r', '\n'], eol);
            let edit = Edit {
                range: start.saturating_sub(3)..body,
                replacement: format!("---{eol}{}{eol}---{eol}", yaml.trim_start()),
            };
            let message = "fields stand on the line of the opening `---`";
            report.fixable(
                Rule::FrontmatterOpener,
                source.position(start),
                message,
                vec![edit],
            );
            return;
        }
        Opener::Missing => {
            let edit = Edit {
                range: 0..0,
                replacement: format!("---{eol}"),
            };
            let message = "the opening `---` is missing";
            report.fixable(Rule::FrontmatterOpener, Position::START, message, vec![edit]);
        }
    }
    match closer {
        Closer::Clean => {}
        Closer::Glued(at) => {
            let edit = Edit {
                range: at..at,
                replacement: eol.to_owned(),
            };
            let message = "text follows the closing `---` on its line";
            report.fixable(
                Rule::FrontmatterCloserGlued,
                source.position(at),
                message,
                vec![edit],
            );
        }
        Closer::Missing => {
            let glue = if ends_line(text, end) { "" } else { eol };
            let edit = Edit {
                range: end..body,
                replacement: format!("{glue}---{eol}"),
            };
            let message =
                "the closing `---` is missing at the first column; the fields were taken to end here";
            report.fixable(
                Rule::FrontmatterUnclosed,
                source.position(end),
                message,
                vec![edit],
            );
        }
    }
}

fn ends_line(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|head| head.ends_with(['\n', '\r']))
}

/// Reports repaired lines; neighbours that the same rung changed are one finding.
fn report_changes(source: &Source, block: Block, changes: &[Change], report: &mut Report) {
    if changes.is_empty() {
        return;
    }
    let (text, base) = (source.text(), block.start);
    let starts = LineStarts::of(text.get(..block.end).unwrap_or_default());
    let neighbours = |a: &Change, b: &Change| {
        let between = text
            .get(base + a.edit.range.end..base + b.edit.range.start)
            .unwrap_or("?");
        a.rule == b.rule && between.trim().is_empty() && one_per_entry(a.rule)
    };
    for group in changes.chunk_by(neighbours) {
        let [first, rest @ ..] = group else { continue };
        let what = match first.rule {
            Rule::YamlRepairedControl => "control characters are not allowed in YAML",
            Rule::YamlRepairedTab => "YAML knows no tab or no-break space as indentation",
            Rule::YamlRepairedColon => "an unquoted value holds `: `, which starts another field",
            Rule::YamlRepairedIndicator => {
                "an unquoted value starts with a character that means something else in YAML"
            }
            Rule::YamlRepairedQuote => "a quoted value holds or is followed by something that breaks it",
            Rule::YamlRepairedEscape => "a backslash stands before a character that YAML does not escape",
            Rule::YamlRepairedBracket => "brackets do not match",
            Rule::YamlRepairedContinuation => "a value goes on in lines that are no part of it",
            Rule::YamlRepairedIndent => "a line of a quoted value is not indented",
            _ => "the line is not YAML and was set aside as a comment",
        };
        let line = text
            .get(base + first.edit.range.start..base + first.edit.range.end)
            .unwrap_or_default();
        let more = if rest.is_empty() {
            String::new()
        } else {
            format!(" and {} more lines", rest.len())
        };
        let edits = group.iter().map(|change| Edit {
            range: base + change.edit.range.start..base + change.edit.range.end,
            replacement: change.edit.replacement.clone(),
        });
        let position = starts.position(text, base + first.offset);
        report.fixable(
            first.rule,
            position,
            format!("{what}: {}{more}", quoted(line.trim())),
            edits.collect(),
        );
    }
}

/// Tells whether a rung changes an entry's lines together.
const fn one_per_entry(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::YamlRepairedIndent | Rule::YamlRepairedContinuation | Rule::YamlRepairedComment
    )
}

/// Comments out an entry that has its lines to itself; not where the block was repaired, whose lines moved.
fn comment_out(front: &Front<'_>, start: usize, end: usize, next: usize) -> Option<Vec<Edit>> {
    if matches!(front.yaml, Cow::Owned(_)) {
        return None;
    }
    let yaml = front.yaml.as_ref();
    let mut edits = Vec::new();
    let base = front.starts().0.start_of(start);
    for line in lines(yaml.get(base..)?) {
        let line_start = base + line.start;
        if line_start >= end {
            break;
        }
        if line.text.trim().is_empty() {
            continue;
        }
        let own_start = line_start > start || yaml.get(line_start..start)?.trim().is_empty();
        if !own_start || line_start + line.text.len() >= next {
            return None;
        }
        let at = front.block.start + line_start;
        edits.push(Edit {
            range: at..at,
            replacement: "# ".to_owned(),
        });
    }
    Some(edits)
}

fn report_facts(front: &Front<'_>, facts: &Facts, report: &mut Report) {
    for duplicate in &facts.duplicates {
        let first = front.position(duplicate.first).line;
        let message = format!(
            "the key {} stands on line {first} too; this one counts",
            quoted(&duplicate.key)
        );
        let position = front.position(duplicate.second);
        match comment_out(front, duplicate.first, duplicate.first_end, duplicate.second) {
            Some(edits) => report.fixable(Rule::DuplicateKey, position, message, edits),
            None => report.hint(Rule::DuplicateKey, position, message, "keep one of the two"),
        }
    }
    let mut note = |rule, at: Option<usize>, what: &str, hint: &str| {
        if let Some(at) = at {
            report.hint(rule, front.position(at), format!("{what} stands here"), hint);
        }
    };
    note(
        Rule::YamlFlowStyle,
        facts.flow,
        "a list in brackets or a mapping in braces",
        "write it in block style for the reference validator",
    );
    let anchor = "a value with an anchor, or an alias";
    note(
        Rule::YamlAnchor,
        facts.anchor,
        anchor,
        "write the value out where it is repeated",
    );
    note(
        Rule::YamlTag,
        facts.tag,
        "a value with a tag",
        "take the tag off; quote the value if it must stay text",
    );
    if let Some(at) = front.yaml.find("---") {
        let hint = "the reference validator ends the frontmatter here; use other characters";
        report.hint(
            Rule::FrontmatterDashes,
            front.position(at),
            "a value or comment holds `---`",
            hint,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::column_before;
    use crate::{ParseOptions, Rule, fix, parse};

    #[test]
    fn columns_of_repaired_lines_are_those_of_the_file() {
        let (original, repaired) = ("a: b: c --- d", "a: 'b: c --- d'");
        // Quotes change both ends of a value: what is inside is where the repair starts.
        for (column, before) in [(1, 1), (4, 4), (5, 4), (15, 4), (16, 14)] {
            assert_eq!(column_before(original, repaired, column), before, "{column}");
        }
        for (column, before) in [(1, 1), (4, 1), (99, 97)] {
            assert_eq!(column_before("\t\tx", "    x", column), before, "{column}");
        }
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
    fn text_before_the_fence_moves_behind_the_closing_one() {
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
