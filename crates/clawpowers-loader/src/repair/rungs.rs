//! Rungs that look at more than one line.

use super::line::escape;
use super::{Draft, join};
use crate::chars::is_control;
use crate::diag::Rule;
use crate::frontmatter::is_entry;

/// Leaves out control characters and turns blanks that YAML does not know into spaces.
///
/// This comes first because both make a parser give up before it sees anything else.
pub(super) fn clean(drafts: &mut [Draft]) {
    for draft in drafts {
        if draft.text.contains(|c: char| is_control(c) && c != '\t') {
            let text = draft
                .text
                .chars()
                .filter(|&c| !is_control(c) || c == '\t')
                .collect();
            draft.set(Rule::YamlRepairedControl, text);
        }
        let rest = draft.text.trim_start_matches([' ', '\t', '\u{a0}']);
        let indent = draft
            .text
            .get(..draft.text.len() - rest.len())
            .unwrap_or_default();
        let rest = rest.strip_prefix("&nbsp;").map_or(rest, str::trim_start);
        let body = rest.replace(":\u{a0}", ": ").replace("-\u{a0}", "- ");
        let body = body.trim_end_matches('\u{a0}').to_owned();
        let odd = indent.contains(['\t', '\u{a0}']) || body.len() != draft.text.len() - indent.len();
        if odd && !body.is_empty() {
            let mut indent = indent.replace('\t', "  ").replace('\u{a0}', " ");
            if draft.text.trim_start().starts_with("&nbsp;") {
                let inner = draft.text.len() - rest.len() - "&nbsp;".len();
                indent = " ".repeat(inner.max(1) + 1);
            }
            draft.set(Rule::YamlRepairedTab, format!("{indent}{body}"));
        } else if odd {
            draft.set(Rule::YamlRepairedTab, String::new());
        }
    }
}

/// Splits an entry into its key with colon and blanks, and its value's first line.
fn head(lines: &[Draft]) -> Option<(&str, &str)> {
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

/// Indents the further lines of a quoted value, which some writers leave at the first column.
pub(super) fn indent_quoted(lines: &[Draft]) -> Option<Vec<Draft>> {
    let (_, value) = head(lines)?;
    value
        .starts_with(['"', '\''])
        .then(|| indented(lines, Rule::YamlRepairedIndent))
}

fn indented(lines: &[Draft], rule: Rule) -> Vec<Draft> {
    let mut mended = lines.to_vec();
    for draft in mended
        .iter_mut()
        .skip(1)
        .filter(|draft| !draft.text.trim().is_empty())
    {
        let text = format!("  {}", draft.text);
        draft.set(rule, text);
    }
    mended
}

/// Takes the backslashes of Markdown off brackets: `\["a"\]` becomes `["a"]`.
pub(super) fn unescape_markdown(lines: &[Draft]) -> Option<Vec<Draft>> {
    let mut mended = lines.to_vec();
    let mut found = false;
    for draft in &mut mended {
        let mut text = draft.text.clone();
        for c in ["[", "]", "{", "}", "_", "*"] {
            text = text.replace(&format!("\\{c}"), c);
        }
        found |= text != draft.text;
        draft.set(Rule::YamlRepairedEscape, text);
    }
    found.then_some(mended)
}

/// Adds the closing brackets that a flow value lacks, or takes off those that are too many.
pub(super) fn balance_brackets(lines: &[Draft]) -> Option<Vec<Draft>> {
    if !lines.iter().any(|draft| draft.text.contains(['{', '['])) {
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
    let mut mended = lines.to_vec();
    let last = mended.iter_mut().rfind(|draft| !draft.text.trim().is_empty())?;
    let mut text = last.text.trim_end().to_owned();
    for _ in 0..surplus {
        text = text.strip_suffix(['}', ']'])?.trim_end().to_owned();
    }
    text.extend(open.iter().rev());
    last.set(Rule::YamlRepairedBracket, text);
    Some(mended)
}

/// Makes the lines that continue a plain or block value part of it.
///
/// A block value's lines are indented. A plain value becomes a double-quoted one over several lines, which folds
/// them with spaces, so that no character of it can be taken for YAML.
pub(super) fn continuation(lines: &[Draft]) -> Option<Vec<Draft>> {
    let (key, value) = head(lines)?;
    let last = lines.iter().rposition(|draft| !draft.text.trim().is_empty())?;
    if last == 0 || value.starts_with(['{', '[', '"', '\'']) {
        return None;
    }
    let looks_like_prose = |draft: &Draft| {
        let text = draft.text.trim_start();
        !text.starts_with("# ") && !text.starts_with("## ") && !text.starts_with("```")
    };
    if !lines.get(1..=last)?.iter().all(looks_like_prose) {
        return None;
    }
    if value.starts_with(['|', '>']) && value.len() <= 3 {
        return Some(indented(lines, Rule::YamlRepairedContinuation));
    }
    let nested = value.is_empty()
        && lines
            .get(1..=last)?
            .iter()
            .any(|draft| is_entry(draft.text.trim_start()));
    if nested {
        return None;
    }
    let head = format!(
        "{key}{}\"{}",
        if key.ends_with(':') { " " } else { "" },
        escape(value, false)
    );
    let mut mended = lines.to_vec();
    for (index, draft) in mended.iter_mut().enumerate().take(last + 1) {
        let mut text = match index {
            0 => head.clone(),
            _ if draft.text.trim().is_empty() => String::new(),
            _ => format!("  {}", escape(draft.text.trim(), false)),
        };
        if index == last {
            text.push('"');
        }
        draft.set(Rule::YamlRepairedContinuation, text);
    }
    Some(mended)
}
