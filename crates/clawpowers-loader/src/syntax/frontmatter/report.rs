//! Findings about fences, repaired lines and odd YAML.

use super::{Front, Read};
use crate::display::quote;
use crate::lint::{Diagnostics, Edit, Position, Rule};
use crate::syntax::delimiter::{Block, Closer, Opener, closing_fence};
use crate::syntax::recovery::{Change, has_text_behind_header};
use crate::syntax::source::{LineStarts, Source, lines};
use crate::syntax::yaml::Facts;
use std::borrow::Cow;

pub(super) fn fences(source: &Source, read: &Read<'_>, diagnostics: &mut Diagnostics) {
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
            diagnostics.fixable(Rule::FrontmatterNotFirst, Position::START, message, edits);
        }
        Opener::Enclosed { fence, opened } => {
            let message = "the frontmatter is inside a code block or comment";
            match unwrap(text, read.block, fence, opened) {
                Some(edits) => {
                    diagnostics.fixable(Rule::FrontmatterNotFirst, Position::START, message, edits)
                }
                None => {
                    let hint = "move it to the start of the file";
                    diagnostics.hint(Rule::FrontmatterNotFirst, Position::START, message, hint);
                }
            }
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
            diagnostics.fixable(
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
            diagnostics.fixable(Rule::FrontmatterOpener, Position::START, message, vec![edit]);
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
            diagnostics.fixable(
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
            diagnostics.fixable(
                Rule::FrontmatterUnclosed,
                source.position(end),
                message,
                vec![edit],
            );
        }
    }
}

/// Takes the frontmatter out of the code block that it is inside of, where it has that to itself or all of the file is
/// in it: the lines that open and close the code block go.
fn unwrap(text: &str, block: Block, fence: usize, opened: usize) -> Option<Vec<Edit>> {
    let cut = |range| Edit {
        range,
        replacement: String::new(),
    };
    let before = text.get(..opened)?;
    if !text
        .get(opened..)?
        .trim_start_matches(' ')
        .starts_with(['`', '~'])
    {
        return None;
    }
    let closing = closing_fence(text, opened, block.body);
    let mut edits = vec![cut(0..fence)];
    if !before.trim().is_empty() {
        let closing = closing.clone()?;
        let is_blank = |range| {
            text.get(range)
                .is_some_and(|between: &str| between.trim().is_empty())
        };
        let alone = is_blank(block.body..closing.start) || is_blank(closing.end..text.len());
        if !alone || block.closer != Closer::Clean {
            return None;
        }
        edits.push(Edit {
            range: block.body..block.body,
            replacement: before.to_owned(),
        });
    }
    edits.extend(closing.map(cut));
    Some(edits)
}

fn ends_line(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|head| head.ends_with(['\n', '\r']))
}

/// Reports repaired lines, once for each rung that changed them.
pub(super) fn changes(source: &Source, block: Block, changes: &[Change], diagnostics: &mut Diagnostics) {
    if changes.is_empty() {
        return;
    }
    let starts = LineStarts::of(source.text().get(..block.end).unwrap_or_default());
    let mut rules: Vec<Rule> = changes.iter().flat_map(|change| &change.rules).copied().collect();
    rules.sort_unstable();
    rules.dedup();
    for rule in rules {
        report_rung(source, block, &starts, rule, changes, diagnostics);
    }
}

/// Reports the lines that one rung changed; neighbours of one entry are one finding.
fn report_rung(
    source: &Source,
    block: Block,
    starts: &LineStarts,
    rule: Rule,
    changes: &[Change],
    diagnostics: &mut Diagnostics,
) {
    let (text, base) = (source.text(), block.start);
    let what = match rule {
        Rule::YamlRepairedControl => "control characters are not allowed in YAML",
        Rule::YamlRepairedTab => "YAML knows no tab or no-break space as indentation",
        Rule::YamlRepairedSeparator => "the colon after a field name is full-width or has no space after it",
        Rule::YamlRepairedColon => "an unquoted value holds `: `, which starts another field",
        Rule::YamlRepairedIndicator => {
            "an unquoted value starts with a character that means something else in YAML"
        }
        Rule::YamlRepairedQuote => "a quoted value holds or is followed by something that breaks it",
        Rule::YamlRepairedEscape => "a backslash precedes a character that YAML does not escape",
        Rule::YamlRepairedBracket => "brackets do not match",
        Rule::YamlRepairedContinuation => "a value goes on in lines that are no part of it",
        Rule::YamlRepairedIndent => "a line of a quoted value is not indented",
        _ => "the line is not YAML and was set aside as a comment",
    };
    let neighbours = |a: &&Change, b: &&Change| {
        let between = text
            .get(base + a.edit.range.end..base + b.edit.range.start)
            .unwrap_or("?");
        one_per_entry(rule) && between.trim().is_empty()
    };
    let own: Vec<&Change> = changes.iter().filter(|c| c.rules.contains(&rule)).collect();
    for group in own.chunk_by(neighbours) {
        let [first, rest @ ..] = group else { continue };
        let line = text
            .get(base + first.edit.range.start..base + first.edit.range.end)
            .unwrap_or_default();
        let what = match rule {
            Rule::YamlRepairedIndicator if has_text_behind_header(line) => {
                "there is text on the line of a block indicator"
            }
            _ => what,
        };
        let more = match rest.len() {
            0 => String::new(),
            1 => " and 1 more line".to_owned(),
            more => format!(" and {more} more lines"),
        };
        let edits = group.iter().map(|change| Edit {
            range: base + change.edit.range.start..base + change.edit.range.end,
            replacement: change.edit.replacement.clone(),
        });
        let position = starts.position(text, base + first.offset);
        let message = format!("{what}: {}{more}", quote(line.trim()));
        diagnostics.fixable(rule, position, message, edits.collect());
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
    let base = front.starts().start_of(start);
    if !yaml.get(base..start)?.trim().is_empty() {
        return None;
    }
    for line in lines(yaml.get(base..)?) {
        let line_start = base + line.start;
        if line_start >= end {
            break;
        }
        if line.text.trim().is_empty() {
            continue;
        }
        if line_start + line.text.len() >= next {
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

pub(super) fn facts(front: &Front<'_>, facts: &Facts, diagnostics: &mut Diagnostics) {
    for duplicate in &facts.duplicates {
        let first = front.position(duplicate.first).line;
        let message = format!(
            "the key {} is also on line {first}; this one is used",
            quote(&duplicate.key)
        );
        let position = front.position(duplicate.second);
        match comment_out(front, duplicate.first, duplicate.first_end, duplicate.second) {
            Some(edits) => diagnostics.fixable(Rule::DuplicateKey, position, message, edits),
            None => diagnostics.hint(Rule::DuplicateKey, position, message, "keep one of the two"),
        }
    }
    let mut note = |rule, at: Option<usize>, what: &str, hint: &str| {
        if let Some(at) = at.filter(|_| diagnostics.wants(rule)) {
            diagnostics.hint(rule, front.position(at), format!("{what} stands here"), hint);
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
    if let Some(at) = memchr::memmem::find(front.yaml.as_bytes(), b"---") {
        let hint = "the reference validator ends the frontmatter here; use other characters";
        diagnostics.hint(
            Rule::FrontmatterDashes,
            front.position(at),
            "a value or comment holds `---`",
            hint,
        );
    }
}
