//! Passes over more than one line.

use super::line::{Line, join};
use super::separator::odd_field;
use super::value::escape;
use crate::display::is_control;
use crate::lint::Rule;
use crate::syntax::delimiter::{is_entry, is_word};

const NO_BREAK: char = '\u{a0}';
const WIDE: char = '\u{3000}';

/// The fields whose values are never a list.
const TEXT_FIELDS: [&str; 2] = ["description", "name"];

/// Removes control characters and replaces whitespace that YAML does not know with spaces.
///
/// This comes first because a parser stops at both.
pub(super) fn clean(lines: &mut [Line<'_>]) {
    for line in lines {
        if let Some((field, value)) = odd_field(&line.text) {
            let text = format!("{field}:{}{value}", if value.is_empty() { "" } else { " " });
            // A no-break space alone is whitespace, which is handled below.
            let rule = match line
                .text
                .get(field.len()..)
                .is_some_and(|rest| rest.starts_with(":\u{a0}"))
            {
                true => Rule::YamlRepairedTab,
                false => Rule::YamlRepairedSeparator,
            };
            line.set(rule, text);
        }
        // Nearly every line has none, nor the entity for a no-break space.
        if line.text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !line.text.contains("&nbsp;") {
            continue;
        }
        if line.text.contains(is_odd_control) {
            let text = without_controls(&line.text);
            line.set(Rule::YamlRepairedControl, text);
        }
        let text = with_spaces(&line.text);
        line.set(Rule::YamlRepairedTab, text);
    }
}

fn is_odd_control(c: char) -> bool {
    is_control(c) && c != '\t'
}

/// Removes control characters; one that is whitespace between words becomes a space.
fn without_controls(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if !is_odd_control(c) {
            out.push(c);
        } else if c.is_whitespace() && !out.trim_start().is_empty() {
            out.push(' ');
        }
    }
    out
}

/// Replaces tabs and no-break spaces with spaces where they indent a line or follow its dash or key.
fn with_spaces(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\t', NO_BREAK, WIDE]);
    let indent = line.get(..line.len() - rest.len()).unwrap_or_default();
    let (mut indent, rest) = match rest.strip_prefix("&nbsp;").map(str::trim_start) {
        Some(inner) => {
            let blanks = line.len() - inner.len() - "&nbsp;".len();
            (" ".repeat(blanks.max(1) + 1), inner)
        }
        None => (indent.replace(['\t', WIDE], "  ").replace(NO_BREAK, " "), rest),
    };
    let body = with_spaced_marks(rest.trim_end_matches(NO_BREAK));
    if !body.is_empty() {
        indent.push_str(&body);
        indent
    } else if line.contains(['\t', NO_BREAK, WIDE, '&']) {
        String::new()
    } else {
        line.to_owned()
    }
}

/// Replaces no-break spaces after the dashes and the key at the start of a line with spaces.
fn with_spaced_marks(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let blanks = |text: &str| text.len() - text.trim_start_matches([' ', NO_BREAK]).len();
    while let Some(item) = rest.strip_prefix('-').filter(|item| blanks(item) > 0) {
        let (gap, item) = item.split_at_checked(blanks(item)).unwrap_or_default();
        out.push('-');
        out.push_str(&gap.replace(NO_BREAK, " "));
        rest = item;
    }
    if let Some((key, value)) = rest.split_once(':')
        && value.starts_with(NO_BREAK)
        && is_word(key)
    {
        let (gap, value) = value.split_at_checked(blanks(value)).unwrap_or_default();
        out.push_str(key);
        out.push(':');
        out.push_str(&gap.replace(NO_BREAK, " "));
        rest = value;
    }
    out.push_str(rest);
    out
}

/// Splits an entry into its key with colon and whitespace, and the first line of its value.
fn head<'a>(lines: &'a [Line<'_>]) -> Option<(&'a str, &'a str)> {
    let line = &lines.first()?.text;
    let trimmed = line.trim_start();
    if !is_entry(trimmed) {
        return None;
    }
    let colon = line.find(':')?;
    let value = line.get(colon + 1..)?.trim_start();
    let at = line.len() - value.len();
    Some((line.get(..at)?, value.trim_end()))
}

/// Indents the following lines of a quoted value, which some authors start at the first column.
pub(super) fn indent_quoted<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    let (_, value) = head(lines)?;
    value
        .starts_with(['"', '\''])
        .then(|| indented(lines, Rule::YamlRepairedIndent))
}

fn indented<'t>(lines: &[Line<'t>], rule: Rule) -> Vec<Line<'t>> {
    let mut repaired = lines.to_vec();
    for line in repaired.iter_mut().skip(1).filter(|line| !line.is_blank()) {
        let text = format!("  {}", line.text);
        line.set(rule, text);
    }
    repaired
}

/// Removes Markdown escapes: `\["a"\]` becomes `["a"]`.
pub(super) fn unescape_markdown<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    let mut repaired = lines.to_vec();
    let mut found = false;
    for line in &mut repaired {
        let mut text = line.text.to_string();
        for c in ["[", "]", "{", "}", "_", "*"] {
            text = text.replace(&format!("\\{c}"), c);
        }
        found |= text != line.text;
        line.set(Rule::YamlRepairedEscape, text);
    }
    found.then_some(repaired)
}

/// Returns whether an entry is a string that starts with a bracket, as in `name: [line] x`.
pub(super) fn is_bracket_prose(lines: &[Line<'_>]) -> bool {
    head(lines).is_some_and(|(key, value)| {
        let name = key.split(':').next().unwrap_or_default().trim();
        value.starts_with(['[', '{']) && TEXT_FIELDS.contains(&name.trim_matches(['"', '\'']))
    })
}

/// Adds missing closing brackets to a flow value, or removes surplus ones.
pub(super) fn balance_brackets<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    if !lines.iter().any(|line| line.text.contains(['{', '['])) || is_bracket_prose(lines) {
        return None;
    }
    let mut open = Vec::new();
    let mut surplus = 0_usize;
    let mut quote = None;
    let text = join(lines);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some('"'),
            (None, '{') => open.push('}'),
            (None, '[') => open.push(']'),
            (None, '}' | ']') => {
                if open.last() == Some(&c) {
                    open.pop();
                } else {
                    surplus += 1;
                }
            }
            _ => {}
        }
    }
    if quote.is_some() || (open.is_empty() && surplus == 0) || open.len() > 64 {
        return None;
    }
    let mut repaired = lines.to_vec();
    let last = repaired.iter_mut().rfind(|line| !line.is_blank())?;
    let mut text = last.text.trim_end().to_owned();
    for _ in 0..surplus {
        text = text.strip_suffix(['}', ']'])?.trim_end().to_owned();
    }
    text.extend(open.iter().rev());
    last.set(Rule::YamlRepairedBracket, text);
    Some(repaired)
}

/// Indents the lines that continue a plain or block value, so that they become part of it.
///
/// The lines of a block value are indented. A plain value becomes a double-quoted one over several lines, in which no
/// character has a meaning in YAML.
pub(super) fn continuation<'t>(lines: &[Line<'t>]) -> Option<Vec<Line<'t>>> {
    let (key, value) = head(lines)?;
    let last = lines.iter().rposition(|line| !line.is_blank())?;
    let has_shape = value.starts_with(['{', '[']) && !is_bracket_prose(lines);
    if last == 0 || has_shape || value.starts_with(['"', '\'']) {
        return None;
    }
    let looks_like_prose = |line: &Line<'_>| {
        let text = line.text.trim_start();
        !text.starts_with("# ") && !text.starts_with("## ") && !text.starts_with("```")
    };
    if !lines.get(1..=last)?.iter().all(looks_like_prose) {
        return None;
    }
    if value.starts_with(['|', '>']) && value.len() <= 3 {
        return Some(indented(lines, Rule::YamlRepairedContinuation));
    }
    // A name has one line: what follows is something else, such as a field with an odd colon.
    if key.trim() == "name:" && !value.is_empty() {
        return None;
    }
    // Fields and items under a key are its mapping or list, whose broken line another pass repairs.
    let below = lines.get(1..=last)?.iter().map(|line| line.text.trim());
    let first = below.clone().find(|line| !line.is_empty())?;
    if value.is_empty() && (first == "-" || first.starts_with("- ") || below.clone().any(is_entry)) {
        return None;
    }
    let head = format!(
        "{key}{}\"{}",
        if key.ends_with(':') { " " } else { "" },
        escape(value, false)
    );
    let mut repaired = lines.to_vec();
    for (index, line) in repaired.iter_mut().enumerate().take(last + 1) {
        let mut text = match index {
            0 => head.clone(),
            _ if line.is_blank() => String::new(),
            _ => format!("  {}", escape(line.text.trim(), false)),
        };
        if index == last {
            text.push('"');
        }
        line.set(Rule::YamlRepairedContinuation, text);
    }
    Some(repaired)
}
