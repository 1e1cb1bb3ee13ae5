//! Summarizes executions, in total and by skill.

use crate::runtime::Runtime;
use crate::wire::{self, Result, execution::execution_filter};
use clawpowers_executor::ledger::SkillStats;
use serde::Serialize;

execution_filter! {
    pub struct Request {}
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub all: wire::Figures,
    /// One entry for each skill, sorted by name.
    pub skills: Vec<SkillFigures>,
}

/// Statistics of one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillFigures {
    pub skill: String,
    #[serde(flatten)]
    pub figures: wire::Figures,
}

/// Summarizes executions. The statistics of all and of one skill are stored; those of a period, a session or an outcome are
/// computed.
///
/// # Errors
///
/// `invalid_input` for an invalid time or outcome; `storage` if the executions cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let filter = request.shared().filter()?;
    let figures = runtime
        .with_existing_db(|db| db.ledger().stats(&filter))?
        .unwrap_or_default();
    let mut all = SkillStats::default();
    for one in &figures {
        all.merge(one);
    }
    let skill = |figures: &SkillStats| SkillFigures {
        skill: figures.skill.clone(),
        figures: wire::Figures::from(figures),
    };
    Ok(Response {
        all: wire::Figures::from(&all),
        skills: figures.iter().map(skill).collect(),
    })
}
