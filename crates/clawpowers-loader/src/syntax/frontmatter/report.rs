//! Diagnostics about delimiters, repaired lines and unusual YAML.

use super::{Frontmatter, Read};
use crate::display::{pluralize, quote};
use crate::lint::{Diagnostics, Edit, Position, Rule, Severity};
use crate::syntax::delimiter::{Block, Closer, Opener, closing_fence};
use crate::syntax::recovery::{Change, has_text_after_header};
use crate::syntax::source::{LineStarts, Source, lines};
use crate::syntax::yaml::Facts;
use std::borrow::Cow;
use std::ops::Range;

pub(super) fn delimiters(source: &Source, read: &Read<'_>, diagnostics: &mut Diagnostics) {
    let text = source.text();
    let Block {
        start,
        end,
        body,
        opener,
        closer,
    } = read.block;
    if (opener, closer) == (Opener::Clean, Closer::Clean) {
        return;
    }
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match opener {
        Opener::Clean => {}
        Opener::Late(delimiter) => {
            let before = text.get(..delimiter).unwrap_or_default();
            let mut edits = vec![Edit::delete(0..delimiter)];
            if !before.trim().is_empty() {
                if closer == Closer::Clean {
                    let glue = if ends_line(text, body) { "" } else { eol };
                    edits.push(Edit::insert(body, format!("{glue}{before}")));
                } else {
                    // The text can only move after a closing delimiter once there is one.
                    edits.clear();
                }
            }
            let message = "text or blank lines precede the opening `---`";
            diagnostics.fixable(Rule::FrontmatterNotFirst, Position::START, message, edits);
        }
        Opener::Enclosed { delimiter, opened } => {
            let (rule, message) = (
                Rule::FrontmatterNotFirst,
                "the frontmatter is inside a code block or comment",
            );
            match unwrap(text, read.block, delimiter, opened) {
                Some(edits) => diagnostics.fixable(rule, Position::START, message, edits),
                None => diagnostics.hint(rule, Position::START, message, "move it to the start of the file"),
            }
        }
        Opener::Glued => {
            // The whole block is rewritten, including its closing delimiter.
            let yaml = read
                .yaml
                .trim_end()
                .replace("\r\n", "\n")
                .replace(['\r', '\n'], eol);
            let block = format!("---{eol}{}{eol}---{eol}", yaml.trim_start());
            let edits = vec![Edit::replace(start.saturating_sub(3)..body, block)];
            let message = "fields follow the opening `---` on its line";
            diagnostics.fixable(Rule::FrontmatterOpener, source.position(start), message, edits);
            return;
        }
        Opener::Missing => {
            let edits = vec![Edit::insert(0, format!("---{eol}"))];
            let message = "the opening `---` is missing";
            diagnostics.fixable(Rule::FrontmatterOpener, Position::START, message, edits);
        }
    }
    match closer {
        Closer::Clean => {}
        Closer::Glued(at) => {
            let message = "text follows the closing `---` on its line";
            let (position, edits) = (source.position(at), vec![Edit::insert(at, eol)]);
            diagnostics.fixable(Rule::FrontmatterCloserGlued, position, message, edits);
        }
        Closer::Missing => {
            let glue = if ends_line(text, end) { "" } else { eol };
            let edits = vec![Edit::replace(end..body, format!("{glue}---{eol}"))];
            let message = "there is no closing `---` at the first column; the fields are assumed to end here";
            diagnostics.fixable(Rule::FrontmatterUnclosed, source.position(end), message, edits);
        }
    }
}

/// Removes the lines that open and close the code block around the frontmatter, if the code block contains nothing else
/// or the rest of the file.
fn unwrap(text: &str, block: Block, delimiter: usize, opened: usize) -> Option<Vec<Edit>> {
    let before = text.get(..opened)?;
    let opening = text.get(opened..)?.trim_start_matches(' ');
    if !opening.starts_with(['`', '~']) {
        return None;
    }
    let closing = closing_fence(text, opened, block.body);
    let mut edits = vec![Edit::delete(0..delimiter)];
    if !before.trim().is_empty() {
        let closing = closing.clone()?;
        let is_blank = |range: Range<usize>| text.get(range).is_some_and(|text| text.trim().is_empty());
        let alone = is_blank(block.body..closing.start) || is_blank(closing.end..text.len());
        if !alone || block.closer != Closer::Clean {
            return None;
        }
        edits.push(Edit::insert(block.body, before));
    }
    edits.extend(closing.map(Edit::delete));
    Some(edits)
}

fn ends_line(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|head| head.ends_with(['\n', '\r']))
}

/// Reports repaired lines, once for each rule that changed them.
pub(super) fn changes(source: &Source, block: Block, changes: &[Change], diagnostics: &mut Diagnostics) {
    if changes.is_empty() {
        return;
    }
    let starts = LineStarts::of(source.text().get(..block.end).unwrap_or_default());
    let mut rules: Vec<Rule> = changes.iter().flat_map(|change| &change.rules).copied().collect();
    rules.sort_unstable();
    rules.dedup();
    for rule in rules {
        changes_by(rule, source, block, &starts, changes, diagnostics);
    }
}

/// Reports the lines that were changed by one rule; adjacent lines of one entry are one diagnostic.
fn changes_by(
    rule: Rule,
    source: &Source,
    block: Block,
    starts: &LineStarts,
    changes: &[Change],
    diagnostics: &mut Diagnostics,
) {
    let (text, base) = (source.text(), block.start);
    let what = match rule {
        Rule::YamlRepairedControl => "control characters are not allowed in YAML",
        Rule::YamlRepairedTab => "YAML does not allow tabs or no-break spaces as indentation",
        Rule::YamlRepairedSeparator => "the colon after a field name is full-width or has no space after it",
        Rule::YamlRepairedColon => "an unquoted value contains `: `, which YAML parses as a new key",
        Rule::YamlRepairedIndicator => {
            "an unquoted value starts with a character that has another meaning in YAML"
        }
        Rule::YamlRepairedQuote => "a quoted value contains unescaped quotes, or text follows it",
        Rule::YamlRepairedEscape => "a backslash is followed by a character that YAML cannot escape",
        Rule::YamlRepairedBracket => "unbalanced brackets",
        Rule::YamlRepairedContinuation => "the lines that continue a value are not indented",
        Rule::YamlRepairedIndent => "a line of a quoted value is not indented",
        _ => "the line is not YAML; it is read as a comment",
    };
    // These rules change the lines of an entry together.
    let one_per_entry = matches!(
        rule,
        Rule::YamlRepairedIndent | Rule::YamlRepairedContinuation | Rule::YamlRepairedComment
    );
    let in_file = |range: &Range<usize>| base + range.start..base + range.end;
    let adjacent = |a: &&Change, b: &&Change| {
        let between = text.get(in_file(&(a.edit.range.end..b.edit.range.start)));
        one_per_entry && between.is_some_and(|between| between.trim().is_empty())
    };
    let own: Vec<&Change> = changes.iter().filter(|c| c.rules.contains(&rule)).collect();
    for group in own.chunk_by(adjacent) {
        let [first, rest @ ..] = group else { continue };
        let line = text.get(in_file(&first.edit.range)).unwrap_or_default();
        let what = match rule {
            Rule::YamlRepairedIndicator if has_text_after_header(line) => {
                "text follows a block indicator on its line"
            }
            _ => what,
        };
        let mut message = format!("{what}: {}", quote(line.trim()));
        if !rest.is_empty() {
            message.push_str(&format!(" and {}", pluralize(rest.len(), "more line")));
        }
        let edits = group
            .iter()
            .map(|change| Edit::replace(in_file(&change.edit.range), &*change.edit.replacement));
        let position = starts.position(text, base + first.offset);
        diagnostics.fixable(rule, position, message, edits.collect());
    }
}

/// Comments out an entry; `None` if other text shares its lines, or if the block was repaired and its lines moved.
fn comment_out(front: &Frontmatter<'_>, start: usize, end: usize, next: usize) -> Option<Vec<Edit>> {
    if matches!(front.yaml, Cow::Owned(_)) {
        return None;
    }
    let yaml = front.yaml.as_ref();
    let base = front.starts().start_of(start);
    if !yaml.get(base..start)?.trim().is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    for line in lines(yaml.get(base..)?).take_while(|line| base + line.start < end) {
        let at = base + line.start;
        if line.text.trim().is_empty() {
            continue;
        }
        if at + line.text.len() >= next {
            return None;
        }
        edits.push(Edit::insert(front.block.start + at, "# "));
    }
    Some(edits)
}

pub(super) fn facts(front: &Frontmatter<'_>, facts: &Facts, diagnostics: &mut Diagnostics) {
    for duplicate in &facts.duplicates {
        let first = front.position(duplicate.first).line;
        let key = quote(&duplicate.key);
        let used = match Rule::DuplicateKey.severity(diagnostics.target()) {
            Some(Severity::Error) => "",
            _ => "; the last one is used",
        };
        let message = format!("duplicate key {key} (first on line {first}){used}");
        let position = front.position(duplicate.second);
        match comment_out(front, duplicate.first, duplicate.first_end, duplicate.second) {
            Some(edits) => diagnostics.fixable(Rule::DuplicateKey, position, message, edits),
            None => diagnostics.add(Rule::DuplicateKey, position, message),
        }
    }
    let dashes = memchr::memmem::find(front.yaml.as_bytes(), b"---");
    for (rule, offset, message) in [
        (
            Rule::YamlFlowStyle,
            facts.flow,
            "this list or mapping is in flow style",
        ),
        (
            Rule::YamlAnchor,
            facts.anchor,
            "this value has an anchor or is an alias",
        ),
        (Rule::YamlTag, facts.tag, "this value has a tag"),
        (
            Rule::FrontmatterDashes,
            dashes,
            "a value or comment contains `---`",
        ),
    ] {
        if let Some(offset) = offset.filter(|_| diagnostics.wants(rule)) {
            diagnostics.add(rule, front.position(offset), message);
        }
    }
}
