//! One file: bytes to a typed skill and its diagnostics.

use crate::display::{is_control, pluralize};
use crate::lint::hidden;
use crate::lint::{Diagnostic, Diagnostics, Position, Rule, Severity, Target};
use crate::skill::{self, Skill, template, token_estimate};
use crate::syntax::frontmatter;
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::source::{Encoding, Source};
use clawpowers_text::invisible::{is_invisible, remainder, without_hidden};
use serde_json::{Map, Value};

/// A longer body is reported.
const LONG_BODY_LINES: usize = 500;
const LONG_BODY_TOKENS: usize = 5000;

#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    /// Whose rules apply.
    pub target: Target,
    /// The name of the folder of the file, if it is known; it replaces a missing name.
    pub folder: Option<String>,
}

/// The result of parsing a file.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The skill, if the file has a usable description.
    pub skill: Option<Skill>,
    /// Why there is no skill.
    pub reason: Option<Rule>,
    /// In the order of their positions.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Returns whether no diagnostic is an error for the target.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }
}

/// Parses a decoded text by the rules of a target. What only the reading of a client decides is left out; see
/// [`parse`](crate::parse).
#[must_use]
pub fn parse_source(source: &Source, options: &ParseOptions) -> Parsed {
    let mut diagnostics = Diagnostics::new(options.target);
    let (skill, reason) = match read(source, options, &mut diagnostics) {
        Ok((mut skill, front)) => {
            let body = source.text().get(front.block.body..).unwrap_or_default();
            check_body(body, front.block.body, source, &mut diagnostics);
            let removable = || removable(&skill, &front, source, options);
            hidden::check(source.text(), removable, &mut diagnostics);
            body.clone_into(&mut skill.body);
            if let Value::Object(fields) = front.root.to_json() {
                skill.frontmatter = fields;
            }
            (Some(skill), None)
        }
        Err(rule) => {
            hidden::check(source.text(), || 0, &mut diagnostics);
            (None, Some(rule))
        }
    };
    Parsed {
        skill,
        reason,
        diagnostics: diagnostics.finish(),
    }
}

/// Returns the offset from which hidden characters can be removed safely: 0, or the start of the body if removing them
/// from the frontmatter would change the fields.
fn removable(skill: &Skill, front: &Frontmatter<'_>, source: &Source, options: &ParseOptions) -> usize {
    let body = front.block.body;
    let head = source.text().get(..body).unwrap_or_default();
    if head.is_ascii() {
        return 0;
    }
    let clean = Source::from_text(&without_hidden(source.text()));
    let mut ignored = Diagnostics::new(options.target);
    let folder = options.folder.as_deref();
    let mut is_same = || {
        let read = frontmatter::read(&clean, folder, &mut ignored).ok()?;
        // A name or a description may have no other characters.
        let after = skill::from_front(&read, folder, &mut ignored).ok()?;
        let fields = visible(front.root.to_json())?;
        let is_same = front.is_as_written()
            && read.block.body == without_hidden(head).len()
            && visible_text(&after.name).trim() == visible_text(&skill.name).trim()
            && visible(read.root.to_json())? == fields;
        Some(is_same)
    };
    if is_same() == Some(true) { 0 } else { body }
}

/// Returns a text without invisible characters.
fn visible_text(text: &str) -> String {
    let seen = |c| if is_invisible(c) { remainder(c) } else { Some(c) };
    text.chars().filter_map(seen).collect()
}

/// Returns a value without invisible characters, or `None` if two of its keys differ only in those.
fn visible(value: Value) -> Option<Value> {
    Some(match value {
        Value::String(value) => Value::String(visible_text(&value)),
        Value::Array(items) => Value::Array(items.into_iter().map(visible).collect::<Option<_>>()?),
        Value::Object(fields) => {
            let count = fields.len();
            let fields = fields
                .into_iter()
                .map(|(key, value)| Some((visible_text(&key), visible(value)?)));
            let fields: Map<String, Value> = fields.collect::<Option<_>>()?;
            return (fields.len() == count).then_some(Value::Object(fields));
        }
        other => other,
    })
}

/// Parses the frontmatter of a file; the skill's body stays empty and is not checked.
pub(crate) fn parse_head(source: &Source, options: &ParseOptions) -> Parsed {
    let mut diagnostics = Diagnostics::new(options.target);
    let (skill, reason) = match read(source, options, &mut diagnostics) {
        Ok((skill, front)) => {
            let head = source.text().get(..front.block.body).unwrap_or_default();
            let removable = || removable(&skill, &front, source, options);
            hidden::check(head, removable, &mut diagnostics);
            (Some(skill), None)
        }
        Err(rule) => {
            hidden::check(source.text(), || 0, &mut diagnostics);
            (None, Some(rule))
        }
    };
    Parsed {
        skill,
        reason,
        diagnostics: diagnostics.finish(),
    }
}

fn read<'a>(
    source: &'a Source,
    options: &ParseOptions,
    diagnostics: &mut Diagnostics,
) -> Result<(Skill, Frontmatter<'a>), Rule> {
    check_encoding(source, diagnostics);
    let folder = options.folder.as_deref();
    let front = frontmatter::read(source, folder, diagnostics)?;
    let skill = skill::from_front(&front, folder, diagnostics)?;
    Ok((skill, front))
}

fn check_encoding(source: &Source, diagnostics: &mut Diagnostics) {
    match source.encoding() {
        Encoding::Utf8 => {}
        Encoding::Lossy(at) => {
            let message = "the file is not UTF-8 from here on";
            diagnostics.add(Rule::NotUtf8, source.position(at), message);
        }
        Encoding::Utf16 => diagnostics.add(Rule::Utf16, Position::START, "the file is UTF-16"),
    }
    if source.has_bom() && source.encoding() != Encoding::Utf16 {
        let message = "the file starts with a byte order mark";
        diagnostics.add(Rule::Bom, Position::START, message);
    }
}

fn check_body(body: &str, start: usize, source: &Source, diagnostics: &mut Diagnostics) {
    let position = || source.position(start);
    if body.trim().is_empty() {
        let message = "there is no text after the frontmatter";
        diagnostics.add(Rule::BodyEmpty, position(), message);
    }
    template::check_body(body, start, source, diagnostics);
    let (lines, tokens) = (body.lines().count(), token_estimate(body));
    if lines > LONG_BODY_LINES || tokens > LONG_BODY_TOKENS {
        let lines = pluralize(lines, "line");
        let message = format!("the body has {lines} and about {tokens} tokens");
        diagnostics.add(Rule::BodyLong, position(), message);
    }
    if let Some(at) = body.find(|c: char| is_control(c) && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
        let message = "the body contains a control character";
        diagnostics.add(Rule::ControlCharacter, source.position(start + at), message);
    }
    let text = source.text();
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return;
    }
    let crlf = text.matches("\r\n").count();
    let cr = text.matches('\r').count() - crlf;
    let lf = text.matches('\n').count() - crlf;
    if [crlf, cr, lf].iter().filter(|&&n| n > 0).count() > 1 {
        let message = format!("the file mixes line endings: {lf} LF, {crlf} CRLF, {cr} CR");
        diagnostics.add(Rule::MixedLineEndings, Position::START, message);
    }
}
