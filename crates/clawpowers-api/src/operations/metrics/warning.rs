//! Warnings about requests that were carried out but may be a mistake.

use crate::catalog_query::CatalogQuery;
use crate::hint::worded;
use crate::runtime::Runtime;
use clawpowers_executor::ledger::Recorded;
use clawpowers_loader::display::quote;
use serde::Serialize;

/// A warning about something that is probably a mistake. The operation was still done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    pub message: String,
    pub hint: String,
}

impl Warning {
    /// Warns of an execution of a skill that does not exist. Only the first execution of a skill is checked, because reading
    /// the skills takes longer than recording an execution.
    pub(crate) fn of_skill(runtime: &Runtime, skill: &str, recorded: Recorded) -> Option<Self> {
        if !recorded.is_first {
            return None;
        }
        let selected = runtime.select(&CatalogQuery::default()).ok()?;
        if selected.catalog.get(skill).is_some() {
            return None;
        }
        let hint = match selected.entry(runtime, skill) {
            // The folder has this name, but executions are counted by the name of the skill.
            Ok(entry) => format!("did you mean {}?", quote(&entry.skill.name)),
            Err(error) => error.hint.unwrap_or_default(),
        };
        let id = recorded.id;
        let separator = if hint.ends_with('?') { "" } else { ";" };
        Some(Self {
            message: format!(
                "there is no skill {} here; execution `{id}` was recorded anyway",
                quote(skill)
            ),
            hint: worded(&format!(
                "{hint}{separator} {{metrics_delete id={id}}} deletes it"
            )),
        })
    }
}
