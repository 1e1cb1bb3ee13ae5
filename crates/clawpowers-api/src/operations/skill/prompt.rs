//! Renders the catalog for a model.

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::words::word;
use clawpowers_executor::ledger::Filter;
use clawpowers_loader::display::pluralize;
use clawpowers_loader::display::{display_path, escape_control, quote};
use clawpowers_loader::prompt::{Format, Item, Level, TooSmall, fit};
use clawpowers_loader::{Catalog, Entry};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashMap;

catalog_query! {
    /// What to render.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// `xml`, `skills-ref`, `markdown` or `json` (default: `xml`).
        #[serde(default)]
        pub format: Option<String>,
        /// The most estimated tokens that the text may have.
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub budget: Option<usize>,
    }
}

/// The prompt.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The text.
    pub text: String,
    /// How much was cut for the budget: nothing, descriptions shortened, descriptions left out, or skills left out.
    #[serde(serialize_with = "word")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::wire::words::schema::<Level>")
    )]
    pub level: Level,
    /// If the level is `shortened`, the most code points that a description has.
    pub description_limit: Option<usize>,
    /// The number of skills in the text.
    pub shown: usize,
    /// The number of skills left out because of the budget.
    pub dropped: usize,
    /// The number of skills left out because only the user may start them.
    pub user_only: usize,
    /// The active role profile.
    pub profile: Option<String>,
    /// The number of skills left out because they do not belong to the active role profile.
    pub outside_profile: usize,
    /// The active profile of config.json if `profiles` does not define it; it has no effect then.
    pub unknown_profile: Option<String>,
    /// The estimated tokens of the text.
    pub tokens: usize,
}

/// Renders the skills that a model may start, with a budget the most used first, of the role profile in force only where there is one.
///
/// # Errors
///
/// `invalid_input` for an unknown format or a budget that holds no prompt; else as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let format: Format = match &request.format {
        None => Format::Xml,
        Some(name) => name.parse().map_err(|()| {
            let message = format!("there is no format {}", quote(name));
            let names = Format::ALL.map(Format::as_str).join(", ");
            ApiError::new(ErrorCode::InvalidInput, message).hint(format!("the formats are {names}"))
        })?,
    };
    let mut selected = runtime.select(&request.shared())?;
    // A model is to see what its role works with, whether the role was named here or is the one in force.
    selected.keep_role();
    if request.budget.is_some() {
        used_first(runtime, &mut selected.catalog.entries);
    }
    let items = items(runtime, &selected.catalog);
    let prompt = fit(&items, format, request.budget).map_err(|TooSmall { least }| {
        let budget = request.budget.unwrap_or_default();
        let message = format!("no prompt fits into {}", pluralize(budget as u64, "token"));
        ApiError::new(ErrorCode::InvalidInput, message)
            .hint(format!(
                "the smallest prompt needs {}",
                pluralize(least as u64, "token")
            ))
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

/// Puts the skills with most executions first, so that they are dropped last; the others keep their order.
///
/// Without a budget the order stays, because a prompt that changes from day to day is cached by no model's server.
fn used_first(runtime: &Runtime, entries: &mut [Entry]) {
    // A database that cannot be read is no reason to give a model no skills.
    let figures = runtime.read(|db| Ok(db.ledger().stats(&Filter::default())?));
    let figures = figures.ok().flatten().unwrap_or_default();
    let used: HashMap<&str, i64> = figures
        .iter()
        .map(|one| (one.skill.as_str(), one.total()))
        .collect();
    entries.sort_by_key(|entry| Reverse(used.get(entry.skill.name.as_str()).copied().unwrap_or_default()));
}

/// Returns the skills that a model may start, in the order of the catalog.
///
/// What a person could not see in a description must not steer a model either, so it is spelled out.
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
