//! Sums up executions, as a whole and by skill.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::ApiError;
use crate::wire::execution::execution_filter;
use clawpowers_executor::ledger::SkillStats;
use serde::Serialize;

execution_filter! {
    /// The executions to summarize.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {}
}

/// The statistics.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// All executions together.
    pub all: wire::Figures,
    /// One entry for each skill, sorted by name.
    pub skills: Vec<SkillFigures>,
}

/// Statistics of one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillFigures {
    /// The skill.
    pub skill: String,
    /// Its statistics.
    #[serde(flatten)]
    pub figures: wire::Figures,
}

/// Sums up executions. Of all, or of one skill, the figures are at hand; a period, a session or an outcome is counted.
///
/// # Errors
///
/// `invalid_input` for a time or an outcome that is none; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let filter = request.shared().filter()?;
    let figures = runtime
        .read(|db| Ok(db.ledger().stats(&filter)?))?
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
