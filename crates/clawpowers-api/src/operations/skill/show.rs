//! Shows one skill.

use crate::catalog_query::{catalog_query, digest_of_entry};
use crate::runtime::Runtime;
use crate::wire::skill::{diagnostics_of, unmet};
use crate::wire::{self, Result, named};
use clawpowers_loader::display::display_path;
use clawpowers_loader::{Client, Scope, Target, lint_package, list_resources, missing_requirements};
use serde::Serialize;

catalog_query! {
    pub struct Request {
        /// Its name, its folder's name, or the path of its folder or SKILL.md.
        pub name: String,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub skill: wire::Skill,
    /// The location of its SKILL.md.
    pub location: String,
    /// The scope of the root it was found in.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Scope>"))]
    pub scope: Scope,
    /// Estimated tokens of its body.
    pub tokens: usize,
    pub outline: wire::Outline,
    pub resources: Vec<wire::Resource>,
    /// The digest of its folder; `null` if it has none.
    pub digest: Option<String>,
    /// Why there is no digest.
    pub digest_failure: Option<String>,
    /// Unmet requirements, as `kind name`; `kind` is `bin`, `any_bin`, `env`, `os` or `skill`.
    pub missing: Vec<String>,
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Shows a skill.
///
/// # Errors
///
/// `not_found` if no visible skill has the name and none is at that path; otherwise the same as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let selected = runtime.select(&request.shared())?;
    let entry = selected.entry(runtime, &request.name)?;
    let client = request.client.as_deref().and_then(Client::named);
    let target = client.map_or(Target::ClawPowers, |client| client.target);
    let files = list_resources(&*entry.tree, &entry.file)
        .unwrap_or_default()
        .files;
    let parsed = lint_package(&*entry.tree, &entry.file, target).parsed;
    let skill = parsed.skill.as_ref().unwrap_or(&entry.skill);
    let missing = missing_requirements(&skill.requirements, &Runtime::host(), &selected.catalog);
    let (digest, digest_failure) = match digest_of_entry(&entry) {
        Ok(digest) => (Some(digest), None),
        Err(why) => (None, Some(why)),
    };
    let location = display_path(&entry.location());
    Ok(Response {
        skill: wire::Skill::from(skill),
        scope: entry.scope,
        tokens: skill.token_estimate(),
        outline: skill.outline().into(),
        resources: files.iter().map(wire::Resource::from).collect(),
        digest,
        digest_failure,
        missing: unmet(missing),
        diagnostics: diagnostics_of(&location, parsed.diagnostics),
        location,
    })
}
