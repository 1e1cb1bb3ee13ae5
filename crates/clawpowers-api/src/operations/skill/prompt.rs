//! Renders the catalog for a model.

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{ApiError, Result, named};
use clawpowers_executor::ledger::Filter;
use clawpowers_loader::display::{display_path, escape_control, pluralize};
use clawpowers_loader::prompt::{Format, Item, Level, TooSmall, fit};
use clawpowers_loader::{Catalog, Entry};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashMap;

catalog_query! {
    pub struct Request {
        /// `xml`, `skills-ref`, `markdown` or `json` (default: `xml`).
        pub format: Option<String>,
        /// The maximum length of the text, in estimated tokens.
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub budget: Option<usize>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub text: String,
    /// How much was cut for the budget: nothing, descriptions shortened, descriptions left out, or skills left out.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Level>"))]
    pub level: Level,
    /// If the level is `shortened`, the maximum length of a description, in code points.
    pub description_limit: Option<usize>,
    /// The number of skills in the text.
    pub shown: usize,
    /// The number of skills left out because of the budget.
    pub dropped: usize,
    /// The number of skills left out because only the user may invoke them.
    pub user_only: usize,
    /// The active role profile.
    pub profile: Option<String>,
    /// The number of skills left out because they do not belong to the active role profile.
    pub outside_profile: usize,
    /// The active profile of config.json if `profiles` does not define it; it has no effect then.
    pub unknown_profile: Option<String>,
    pub tokens: usize,
}

/// Renders the skills that a model may invoke, of the active role profile if there is one. With a budget, the most used come
/// first.
///
/// # Errors
///
/// `invalid_input` for an unknown format and for a budget that is too small for any prompt; otherwise the same as
/// `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let format = request.format.as_deref().unwrap_or("xml");
    let unknown = |()| unknown_name("format", format, &Format::ALL.map(Format::as_str));
    let format: Format = format.parse().map_err(unknown)?;
    let mut selected = runtime.select(&request.shared())?;
    // The active role profile applies even if the request has no `profile`.
    selected.keep_role();
    if request.budget.is_some() {
        used_first(runtime, &mut selected.catalog.entries);
    }
    let items = items(runtime, &selected.catalog);
    let prompt = fit(&items, format, request.budget).map_err(|TooSmall { least }| {
        let budget = request.budget.unwrap_or_default();
        let needed = pluralize(least, "token");
        ApiError::invalid_input(format!("a budget of {} is too small", pluralize(budget, "token")))
            .hint(format!("the minimum for these skills is {needed}"))
            .details(serde_json::json!({ "least": least }))
    })?;
    Ok(Response {
        level: prompt.level,
        description_limit: match prompt.level {
            Level::Shortened(limit) => Some(limit),
            _ => None,
        },
        text: prompt.text,
        shown: prompt.shown,
        dropped: prompt.dropped,
        user_only: selected.catalog.entries.len() - items.len(),
        profile: selected.role.map(|role| role.name),
        outside_profile: selected.outside_role,
        unknown_profile: selected.unknown_profile,
        tokens: prompt.tokens,
    })
}

/// Moves the skills with the most executions to the front, so that they are left out last.
///
/// This needs a budget: without one, a stable order lets model providers cache the prompt.
fn used_first(runtime: &Runtime, entries: &mut [Entry]) {
    // A model gets its skills even if the database cannot be read.
    let figures = runtime.with_existing_db(|db| db.ledger().stats(&Filter::default()));
    let figures = figures.ok().flatten().unwrap_or_default();
    let used: HashMap<&str, i64> = figures
        .iter()
        .map(|one| (one.skill.as_str(), one.total()))
        .collect();
    entries.sort_by_key(|entry| Reverse(used.get(entry.skill.name.as_str()).copied().unwrap_or_default()));
}

/// Returns the skills that a model may invoke, in the order of the catalog.
///
/// Characters that people cannot see are escaped, so that they do not steer a model either.
pub(super) fn items(runtime: &Runtime, catalog: &Catalog) -> Vec<Item> {
    let startable = catalog
        .entries
        .iter()
        .filter(|entry| entry.skill.invocation.model);
    let item = |entry: &Entry| Item {
        name: escape_control(&entry.skill.name).into_owned(),
        description: escape_control(&entry.skill.description).into_owned(),
        location: escape_control(&display_path(&runtime.absolute_location(entry))).into_owned(),
    };
    startable.map(item).collect()
}
