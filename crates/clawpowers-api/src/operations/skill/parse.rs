//! Parses the text of a SKILL.md.

use crate::runtime::Runtime;
use crate::text::choices;
use crate::wire;
use crate::wire::bytes::needed_bytes;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::skill::diagnostics;
use clawpowers_loader::{Client, ParseOptions, Profile, parse};
use serde::{Deserialize, Serialize};

/// What to parse.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The text.
    #[serde(default)]
    pub text: Option<String>,
    /// The bytes of the text in base64; they need not be UTF-8. Exactly one of `text` and `text_base64` is required.
    #[serde(default)]
    pub text_base64: Option<String>,
    /// The name of its folder, which a name is checked against.
    #[serde(default)]
    pub folder: Option<String>,
    /// The target whose rules apply: `spec`, `claude`, `codex`, `openclaw` or `clawpowers` (default: `clawpowers`).
    #[serde(default)]
    pub target: Option<String>,
}

/// The parsed skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The skill, if it loads.
    pub skill: Option<wire::Skill>,
    /// The Markdown after the frontmatter.
    pub body: Option<String>,
    /// The shape of the body.
    pub outline: Option<wire::Outline>,
    /// Estimated tokens of the body.
    pub tokens: usize,
    /// The id of the rule for which it does not load.
    pub reason: Option<&'static str>,
    /// All diagnostics.
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Parses a text; any bytes are accepted.
///
/// # Errors
///
/// `invalid_request` where there is no text; `invalid_input` where there is no such target.
pub fn run(_: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let options = ParseOptions {
        profile: target(request.target.as_deref())?,
        folder: request.folder.clone(),
    };
    let bytes = needed_bytes("text", request.text.as_deref(), request.text_base64.as_deref())?;
    let parsed = parse(&bytes, &options);
    Ok(Response {
        skill: parsed.skill.as_ref().map(wire::Skill::from),
        outline: parsed.skill.as_ref().map(|skill| skill.outline().into()),
        tokens: parsed
            .skill
            .as_ref()
            .map_or(0, clawpowers_loader::Skill::token_estimate),
        body: parsed.skill.map(|skill| skill.body),
        reason: parsed.reason.map(clawpowers_loader::Rule::id),
        diagnostics: diagnostics(&parsed.diagnostics),
    })
}

/// Reads the name of a target; this runtime's rules where there is none.
pub(super) fn target(name: Option<&str>) -> Result<Profile, ApiError> {
    let Some(name) = name else {
        return Ok(Profile::ClawPowers);
    };
    // A client's other names name its rules as well.
    let own = Client::named(name).map_or(name, |client| client.name);
    own.parse().map_err(|()| {
        let shown = clawpowers_loader::display::quote(name);
        let names = Profile::ALL.map(Profile::as_str);
        ApiError::new(ErrorCode::InvalidInput, format!("there is no target {shown}"))
            .hint(choices(name, "targets", &names))
    })
}
