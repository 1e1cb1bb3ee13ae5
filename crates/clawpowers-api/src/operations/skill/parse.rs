//! Parses the text of a SKILL.md.

use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{self, Result, bytes::needed_bytes, skill::diagnostics};
use clawpowers_loader::{Client, ParseOptions, Rule, Skill, Target, parse};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub text: Option<String>,
    /// The bytes of the text in base64; they need not be UTF-8. Exactly one of `text` and `text_base64` is required.
    pub text_base64: Option<String>,
    /// The name of its folder, which a name is checked against.
    pub folder: Option<String>,
    #[cfg_attr(feature = "schema", schemars(extend("description" = about_target("clawpowers", None))))]
    pub target: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The skill, if it loads.
    pub skill: Option<wire::Skill>,
    /// The Markdown after the frontmatter.
    pub body: Option<String>,
    pub outline: Option<wire::Outline>,
    /// Estimated tokens of the body.
    pub tokens: usize,
    /// The id of the rule that keeps it from loading.
    pub reason: Option<&'static str>,
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Parses the text of a SKILL.md; any bytes are accepted.
///
/// # Errors
///
/// `invalid_request` unless exactly one of `text` and `text_base64` is given; `invalid_input` for an unknown target.
pub fn run(_: &Runtime, request: &Request) -> Result<Response> {
    let options = ParseOptions {
        target: target(request.target.as_deref().unwrap_or("clawpowers"), &target_names())?,
        folder: request.folder.clone(),
    };
    let bytes = needed_bytes("text", request.text.as_deref(), request.text_base64.as_deref())?;
    let parsed = parse(&bytes, &options);
    let skill = parsed.skill.as_ref();
    Ok(Response {
        skill: skill.map(wire::Skill::from),
        outline: skill.map(|skill| skill.outline().into()),
        tokens: skill.map_or(0, Skill::token_estimate),
        body: skill.map(|skill| skill.body.clone()),
        reason: parsed.reason.map(Rule::id),
        diagnostics: diagnostics(parsed.diagnostics),
    })
}

/// The names of all targets, in the order of the documentation.
pub(crate) fn target_names() -> Vec<&'static str> {
    Target::ALL.map(Target::as_str).to_vec()
}

/// Returns the description of the field for a target; `more` is another value of it.
#[cfg(feature = "schema")]
pub(super) fn about_target(default: &str, more: Option<&str>) -> String {
    let names = target_names().into_iter().chain(more);
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    format!(
        "The target whose rules apply: {names}; a client also by its other names, such as `claude` (default: `{default}`)."
    )
}

/// Reads the name of a target, or another name of its client; `names` are those that an error lists.
pub(super) fn target(name: &str, names: &[&str]) -> Result<Target> {
    let client = || Client::named(name).filter(|client| client.target.is_client());
    let client = || client().map(|client| client.target).ok_or(());
    let target = name.parse().or_else(|()| client());
    target.map_err(|()| unknown_name("target", name, names))
}
