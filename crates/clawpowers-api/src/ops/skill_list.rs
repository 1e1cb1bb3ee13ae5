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
pub struct Response {
    /// The visible ones, in the order of precedence.
    pub skills: Vec<EntryOut>,
    /// Those hidden by another of the same name.
    pub shadowed: Vec<HiddenOut>,
    /// Further ways to a file that is listed.
    pub duplicates: Vec<HiddenOut>,
    /// Those that did not load.
    pub rejected: Vec<RejectedOut>,
    /// The active role profile.
    pub profile: Option<String>,
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
    let role = selected
        .roles
        .active
        .as_ref()
        .and_then(|name| selected.roles.skills.get(name));
    let absent = |name: &&String| catalog.get(name).is_none();
    Ok(Response {
        skills: catalog
            .entries
            .iter()
            .map(|e| EntryOut::new(e, selected.active(&e.skill.name)))
            .collect(),
        shadowed: catalog.shadowed.iter().map(HiddenOut::from).collect(),
        duplicates: catalog.duplicates.iter().map(HiddenOut::from).collect(),
        rejected: catalog.rejected.iter().map(RejectedOut::from).collect(),
        missing: role
            .map(|skills| skills.iter().filter(absent).cloned().collect())
            .unwrap_or_default(),
        profile: selected.roles.active.clone().filter(|_| role.is_some()),
    })
}
