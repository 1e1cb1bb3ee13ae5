//! One file: bytes to a typed skill and its diagnostics.

use crate::display::{is_control, pluralize};
use crate::lint::{Diagnostic, Diagnostics, Position, Profile, Rule, Severity};
use crate::skill::{self, Skill, template, token_estimate};
use crate::syntax::frontmatter;
use crate::syntax::frontmatter::Front;
use crate::syntax::source::{Encoding, Source};

/// How many lines a body may have before its length is mentioned.
const LONG_BODY_LINES: usize = 500;
/// How many estimated tokens a body may have before its length is mentioned.
const LONG_BODY_TOKENS: usize = 5000;

/// How to parse.
#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    /// Whose rules decide how grave a finding is.
    pub profile: Profile,
    /// The name of the folder the file is in, where it is known; it stands in for a missing name.
    pub folder: Option<String>,
}

/// What a file gave.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The skill, where the file has a usable description.
    pub skill: Option<Skill>,
    /// Why there is no skill.
    pub reason: Option<Rule>,
    /// Every finding, in the order of its place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Tells whether no finding is an error under the profile of the run.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }
}

/// Parses the bytes of a SKILL.md.
///
/// Any bytes are accepted: a file that is not quite right is repaired and every repair reported, and a file that is
/// not a skill gives the reason. Never fails, never panics.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::{ParseOptions, parse};
///
/// let parsed = parse(b"---\nname: greet\ndescription: Say hello: warmly\n---\n# Greet\n", &ParseOptions::default());
/// let skill = parsed.skill.expect("it has a description");
/// assert_eq!(skill.description, "Say hello: warmly");
/// assert_eq!(parsed.diagnostics[0].rule.id(), "yaml-repaired-colon");
/// assert_eq!(parsed.diagnostics[0].position.line, 3);
/// ```
#[must_use]
pub fn parse(bytes: &[u8], options: &ParseOptions) -> Parsed {
    parse_source(&Source::decode(bytes), options)
}

/// Parses a text that is already decoded.
#[must_use]
pub fn parse_source(source: &Source, options: &ParseOptions) -> Parsed {
    let mut diagnostics = Diagnostics::new(options.profile);
    let (skill, reason) = match read(source, options, &mut diagnostics) {
        Ok((mut skill, front)) => {
            let body = source.text().get(front.block.body..).unwrap_or_default();
            check_body(body, front.block.body, source, &mut diagnostics);
            body.clone_into(&mut skill.body);
            if let serde_json::Value::Object(fields) = front.root.to_json() {
                skill.frontmatter = fields;
            }
            (Some(skill), None)
        }
        Err(rule) => (None, Some(rule)),
    };
    Parsed {
        skill,
        reason,
        diagnostics: diagnostics.finish(),
    }
}

/// Parses the head of a file; the skill's body stays empty and is not judged.
///
/// Gives `None` where the frontmatter does not end within `source`, so that more has to be read.
#[must_use]
pub(crate) fn parse_head(source: &Source, options: &ParseOptions) -> Option<Parsed> {
    crate::syntax::delimiter::ends_within(source.text()).then(|| parse_complete_head(source, options))
}

/// As [`parse_head`], of all that there is.
#[must_use]
pub(crate) fn parse_complete_head(source: &Source, options: &ParseOptions) -> Parsed {
    let mut diagnostics = Diagnostics::new(options.profile);
    let (skill, reason) = match read(source, options, &mut diagnostics) {
        Ok((skill, _)) => (Some(skill), None),
        Err(rule) => (None, Some(rule)),
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
) -> Result<(Skill, Front<'a>), Rule> {
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
            let hint = "save the file as UTF-8";
            diagnostics.hint(
                Rule::NotUtf8,
                source.position(at),
                "the file is not UTF-8 from here on",
                hint,
            );
        }
        Encoding::Utf16 => {
            let message = "the file is UTF-16";
            diagnostics.hint(
                Rule::Utf16,
                Position::START,
                message,
                "{skill_fix} writes it as UTF-8",
            );
        }
    }
    if source.has_bom() && source.encoding() != Encoding::Utf16 {
        let message = "the file starts with a byte order mark";
        diagnostics.hint(Rule::Bom, Position::START, message, "{skill_fix} takes it off");
    }
}

fn check_body(body: &str, start: usize, source: &Source, diagnostics: &mut Diagnostics) {
    let position = || source.position(start);
    if body.trim().is_empty() {
        let hint = "write what to do, step by step";
        diagnostics.hint(
            Rule::BodyEmpty,
            position(),
            "there is no text after the frontmatter",
            hint,
        );
    }
    template::check_body(body, start, source, diagnostics);
    let (lines, tokens) = (body.lines().count(), token_estimate(body));
    if lines > LONG_BODY_LINES || tokens > LONG_BODY_TOKENS {
        let message = format!(
            "the body has {} and about {tokens} tokens",
            pluralize(lines, "line")
        );
        diagnostics.hint(
            Rule::BodyLong,
            position(),
            message,
            "move details to files under `references/` and link them",
        );
    }
    if let Some(at) = body.find(|c: char| is_control(c) && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
        let message = "the body holds a control character";
        diagnostics.hint(
            Rule::ControlCharacter,
            source.position(start + at),
            message,
            "take it out",
        );
    }
    let text = source.text();
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return;
    }
    let crlf = text.matches("\r\n").count();
    let (cr, lf) = (
        text.matches('\r').count() - crlf,
        text.matches('\n').count() - crlf,
    );
    if [crlf, cr, lf].iter().filter(|&&n| n > 0).count() > 1 {
        let message = format!("the file mixes line ends: {lf} LF, {crlf} CRLF, {cr} CR");
        diagnostics.hint(
            Rule::MixedLineEndings,
            Position::START,
            message,
            "use LF throughout",
        );
    }
}
