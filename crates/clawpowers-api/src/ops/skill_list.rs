//! Lists the visible skills, the hidden ones and those that did not load.

use crate::error::ApiError;
use crate::runtime::Runtime;
use crate::wire::{EntryOut, HiddenOut, RejectedOut};
use serde::Serialize;

selecting! {
    /// Which skills to list.
    {}
}

/// Every skill that was found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The visible ones, in the order of precedence.
    pub skills: Vec<EntryOut>,
    /// Those hidden by another of the same name.
    pub shadowed: Vec<HiddenOut>,
    /// Further ways to a file that is listed.
    pub duplicates: Vec<HiddenOut>,
    /// Those that did not load.
    pub rejected: Vec<RejectedOut>,
    /// The role profile in force.
    pub profile: Option<String>,
    /// The profile that config.json puts in force without a list of skills for it; it has no effect.
    pub unknown_profile: Option<String>,
    /// Skills of the role profile that are not there.
    pub missing: Vec<String>,
}

/// Lists skills; only the head of each file is read.
///
/// # Errors
///
/// `io` where a named root cannot be read, `invalid_input` for an unknown scope or client, `not_found` for an unknown
/// role profile, `invalid_config` where `config.json` is not JSON.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let selected = runtime.select(&request.selection())?;
    let catalog = &selected.catalog;
    let role = selected.role.as_ref();
    let active = |name: &str| role.map(|role| role.has(name));
    let absent = |name: &&String| catalog.get(name).is_none();
    let missing = role
        .map(|role| role.skills.iter().filter(absent).cloned().collect())
        .unwrap_or_default();
    Ok(Response {
        skills: catalog
            .entries
            .iter()
            .map(|entry| EntryOut::new(entry, active(&entry.skill.name)))
            .collect(),
        rejected: catalog.rejected.iter().map(RejectedOut::from).collect(),
        missing,
        profile: role.map(|role| role.name.clone()),
        shadowed: selected
            .catalog
            .shadowed
            .into_iter()
            .map(HiddenOut::from)
            .collect(),
        duplicates: selected
            .catalog
            .duplicates
            .into_iter()
            .map(HiddenOut::from)
            .collect(),
        unknown_profile: selected.unknown_profile,
    })
}
