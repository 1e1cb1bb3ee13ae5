//! The catalog for a model: four formats, and shorter forms for a token budget.

mod fit;
mod roots;

pub use fit::{Level, Prompt, TooSmall, fit};

use crate::display::{escape_control, is_control, single_line};
use roots::Roots;
use std::fmt::Write as _;

named_enum! {
    /// The format of a prompt.
    #[derive(Default)]
    pub enum Format {
        /// `<available_skills>` with one element a line, as the specification's client guide shows it. A folder that many
        /// skills share is written once, as a `<root>`, and their locations start with its id.
        #[default]
        Xml = "xml",
        /// `<available_skills>` as the reference validator prints it.
        SkillsRef = "skills-ref",
        /// A Markdown list; a folder that many skills share is written once.
        Markdown = "markdown",
        /// A JSON array.
        Json = "json",
    }
}

/// One skill of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    /// Left out of the prompt if it is empty.
    pub description: String,
    /// Its SKILL.md.
    pub location: String,
}

/// Renders skills without a trailing newline; without skills, the result is an empty block or an empty text.
#[must_use]
pub fn render(items: &[Item], format: Format) -> String {
    render_with_note(items, 0, format)
}

/// Renders skills and a note about how many were left out.
fn render_with_note(items: &[Item], dropped: usize, format: Format) -> String {
    match format {
        Format::Xml => xml(items, dropped),
        Format::SkillsRef => skills_ref(items, dropped),
        Format::Markdown => markdown(items, dropped),
        Format::Json => json(items, dropped),
    }
}

fn note(dropped: usize) -> String {
    let plural = if dropped == 1 { "skill is" } else { "skills are" };
    format!("{dropped} more {plural} installed; `clawpowers skill search WORDS` finds them")
}

/// How to read a skill that is in the program and not on disk.
const BUNDLED: &str = "`clawpowers skill read NAME` prints a skill whose location starts with `bundled:`";

/// How to read a location that was shortened by [`Roots`].
const SHARED: &str = "a location that starts with a root id is relative to that root";

fn has_bundled(items: &[Item]) -> bool {
    items.iter().any(|item| item.location.starts_with("bundled:"))
}

/// Escapes the five special characters of XML and replaces those that XML cannot contain.
#[must_use]
pub fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            '\n' | '\t' => out.push(c),
            c if is_control(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn xml(items: &[Item], dropped: usize) -> String {
    if items.is_empty() && dropped == 0 {
        return String::new();
    }
    let mut out = String::from("<available_skills>\n");
    let line = |id: &str, path: &str| format!("  <root id=\"{id}\">{}</root>\n", escape_xml(path));
    let roots = Roots::of(items, line, |roots| format!("{roots}  <note>{SHARED}</note>\n"));
    out.push_str(roots.text());
    for item in items {
        let _ = writeln!(
            out,
            "  <skill>\n    <name>{}</name>",
            escape_xml(&single_line(&item.name))
        );
        if !item.description.is_empty() {
            let _ = writeln!(
                out,
                "    <description>{}</description>",
                escape_xml(&single_line(&item.description))
            );
        }
        let _ = writeln!(
            out,
            "    <location>{}</location>\n  </skill>",
            escape_xml(&roots.short(&item.location))
        );
    }
    if dropped > 0 {
        let _ = writeln!(out, "  <note>{}</note>", escape_xml(&note(dropped)));
    }
    if has_bundled(items) {
        let _ = writeln!(out, "  <note>{BUNDLED}</note>");
    }
    out.push_str("</available_skills>");
    out
}

fn skills_ref(items: &[Item], dropped: usize) -> String {
    let mut out = String::from("<available_skills>\n");
    for item in items {
        let _ = writeln!(out, "<skill>\n<name>\n{}\n</name>", escape_xml(&item.name));
        if !item.description.is_empty() {
            let _ = writeln!(
                out,
                "<description>\n{}\n</description>",
                escape_xml(&item.description)
            );
        }
        let _ = writeln!(
            out,
            "<location>\n{}\n</location>\n</skill>",
            escape_xml(&item.location)
        );
    }
    if dropped > 0 {
        let _ = writeln!(out, "<note>\n{}\n</note>", escape_xml(&note(dropped)));
    }
    out.push_str("</available_skills>");
    out
}

fn markdown(items: &[Item], dropped: usize) -> String {
    let mut lines: Vec<String> = Vec::with_capacity(items.len() + 2);
    let line = |id: &str, path: &str| format!("; `{id}` is {}", code_span(path));
    let roots = Roots::of(items, line, |roots| format!("- {SHARED}{roots}"));
    if !roots.text().is_empty() {
        lines.push(roots.text().to_owned());
    }
    for item in items {
        let name = escape_markdown(&single_line(&item.name));
        let description = escape_markdown(&single_line(&item.description));
        let colon = if description.is_empty() { "" } else { ": " };
        let location = code_span(&roots.short(&item.location));
        lines.push(format!("- **{name}**{colon}{description} ({location})"));
    }
    if dropped > 0 {
        lines.push(format!("- {}", note(dropped)));
    }
    if has_bundled(items) {
        lines.push(format!("- {BUNDLED}"));
    }
    lines.join("\n")
}

/// Puts a path between as many backticks as it needs, so that it can be copied unchanged.
fn code_span(text: &str) -> String {
    let text = escape_control(text).replace('\n', "\\u{a}");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in escape_control(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn json(items: &[Item], dropped: usize) -> String {
    let skills: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            let mut map = serde_json::Map::new();
            map.insert("name".into(), item.name.clone().into());
            if !item.description.is_empty() {
                map.insert("description".into(), item.description.clone().into());
            }
            map.insert("location".into(), item.location.clone().into());
            map.into()
        })
        .collect();
    let value = if dropped == 0 {
        serde_json::json!({ "skills": skills })
    } else {
        serde_json::json!({ "skills": skills, "dropped": dropped })
    };
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Vec<Item> {
        vec![Item {
            name: "a</name><evil>".into(),
            description: "x & \"y\" 'z'\u{1b}[31m\n</description>".into(),
            location: "/tmp/<b>/SKILL.md".into(),
        }]
    }

    #[test]
    fn markup_never_breaks_out() {
        for format in [Format::Xml, Format::SkillsRef] {
            let text = render(&hostile(), format);
            assert_eq!(text.matches("<name>").count(), 1);
            assert!(
                !text.contains("<evil>") && !text.contains("<b>") && !text.contains('\u{1b}'),
                "{text}"
            );
        }
        assert!(!render(&hostile(), Format::Markdown).contains("<evil>"));
    }

    #[test]
    fn a_path_in_markdown_is_the_path() {
        let line = |location: &str| {
            let item = Item {
                name: "a".into(),
                description: String::new(),
                location: location.into(),
            };
            render(&[item], Format::Markdown)
        };
        assert_eq!(line("/a/SKILL.md"), "- **a** (`/a/SKILL.md`)");
        assert_eq!(line("/a`b``/SKILL.md"), "- **a** (```/a`b``/SKILL.md```)");
        assert_eq!(line("/a`"), "- **a** (`` /a` ``)");
        assert_eq!(line("/a\n- b/SKILL.md"), "- **a** (`/a\\u{a}- b/SKILL.md`)");
    }

    #[test]
    fn empty_layouts() {
        assert_eq!(render(&[], Format::Xml), "");
        assert_eq!(
            render(&[], Format::SkillsRef),
            "<available_skills>\n</available_skills>"
        );
    }
}
