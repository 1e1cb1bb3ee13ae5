//! Repairs of one line: the value after `key:` or `- `, quoted or unquoted.

use super::header::without_header;
use super::value::{
    continues_after_quotes, escape, escape_backslashes, inner, is_indicator, quote_yaml, split, split_comment,
};
use crate::lint::Rule;

/// Returns the possible repairs of a line, the most faithful first.
pub(super) fn repairs(line: &str) -> Vec<(Rule, String)> {
    let Some((head, value)) = split(line) else {
        return Vec::new();
    };
    let value = value.trim_end();
    let mut found = Vec::new();
    let mut add = |rule, value: String| found.push((rule, format!("{head}{value}")));
    match value.chars().next() {
        None => {}
        Some(mark @ ('"' | '\'')) => {
            if mark == '"' {
                add(Rule::YamlRepairedEscape, escape_backslashes(value));
            }
            if continues_after_quotes(value, mark) {
                add(Rule::YamlRepairedQuote, quote_yaml(value));
            }
            if let Some(inner) = inner(value, mark) {
                let quoted = if mark == '"' {
                    format!("\"{}\"", escape(&inner.replace("\\\"", "\""), true))
                } else {
                    quote_yaml(&inner.replace("''", "'"))
                };
                add(Rule::YamlRepairedQuote, quoted);
            }
            let trimmed = value.trim_matches('"');
            if mark == '"' && !trimmed.contains('"') {
                add(Rule::YamlRepairedQuote, quote_yaml(trimmed));
            }
            add(Rule::YamlRepairedQuote, quote_yaml(value));
        }
        Some(first) => {
            found.extend(without_header(line).map(|line| (Rule::YamlRepairedIndicator, line)));
            let mut add = |rule, value: String| found.push((rule, format!("{head}{value}")));
            let (text, comment) = split_comment(value);
            let rule = if is_indicator(first) {
                Rule::YamlRepairedIndicator
            } else {
                Rule::YamlRepairedColon
            };
            add(rule, format!("{}{comment}", quote_yaml(text)));
            if !comment.is_empty() {
                add(rule, quote_yaml(value));
            }
        }
    }
    found
}

/// Quotes a whole item of a list, for which [`repairs`] would take the text before a colon as a key.
pub(super) fn whole_item(line: &str) -> Option<(Rule, String)> {
    let indent = line.len() - line.trim_start().len();
    let (head, item) = line.split_at_checked(indent + 2)?;
    let plain = head.ends_with("- ") && !item.trim_start().starts_with(is_indicator);
    let (text, comment) = split_comment(item.trim());
    plain.then(|| {
        (
            Rule::YamlRepairedColon,
            format!("{head}{}{comment}", quote_yaml(text)),
        )
    })
}
