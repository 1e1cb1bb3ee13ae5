//! Lists visible, shadowed and rejected skills.

use crate::catalog_query::{Selected, catalog_query};
use crate::runtime::Runtime;
use crate::wire::{self, Result};
use clawpowers_loader::Catalog;
use serde::Serialize;

catalog_query! {
    pub struct Request {}
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The visible skills, in order of precedence.
    pub skills: Vec<wire::SkillRow>,
    /// Skills shadowed by another skill of the same name.
    pub shadowed: Vec<wire::Hidden>,
    /// Second paths to a skill that is already listed.
    pub duplicates: Vec<wire::Hidden>,
    pub rejected: Vec<wire::Rejected>,
    /// The active role profile.
    pub profile: Option<String>,
    /// The active profile of config.json if `profiles` does not define it; it has no effect then.
    pub unknown_profile: Option<String>,
    /// Skills of the active role profile that were not found.
    pub missing: Vec<String>,
}

/// Lists skills. Only the start of each file is read.
///
/// # Errors
///
/// `io` if a root of the request cannot be read, `invalid_input` for an unknown scope or client, `not_found` for an unknown
/// role profile, `invalid_config` if `config.json` is not JSON.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let mut selected: Selected<wire::SkillRow> = runtime.select_rows(&request.shared())?;
    let catalog = &mut selected.catalog;
    let role = selected.role.as_ref();
    if let Some(role) = role {
        for row in &mut catalog.entries {
            row.active = Some(role.has(&row.name));
        }
    }
    let absent = |name: &&String| catalog.get(name).is_none();
    let missing = role
        .map(|role| role.skills.iter().filter(absent).cloned().collect())
        .unwrap_or_default();
    let Catalog {
        entries,
        shadowed,
        duplicates,
        rejected,
    } = selected.catalog;
    Ok(Response {
        skills: entries,
        rejected: rejected.into_iter().map(wire::Rejected::from).collect(),
        missing,
        profile: selected.role.map(|role| role.name),
        shadowed: shadowed.into_iter().map(wire::Hidden::from).collect(),
        duplicates: duplicates.into_iter().map(wire::Hidden::from).collect(),
        unknown_profile: selected.unknown_profile,
    })
}
