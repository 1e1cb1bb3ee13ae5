//! Records an execution that has ended.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::execution::About;
use crate::wire::number::Amount;
use clawpowers_executor::{Moment, Outcome};
use serde::{Deserialize, Serialize};

/// What to record.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The skill; one that does not exist here is a warning.
    pub skill: String,
    /// `success`, `failure`, `partial` or `skipped`.
    pub outcome: String,
    /// How long it took, in seconds.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "duration")))]
    pub duration: Option<Amount>,
    /// Notes for people who read the report.
    #[serde(default)]
    pub notes: Option<String>,
    /// The session it was part of.
    #[serde(default)]
    pub session: Option<String>,
    /// Who ran it.
    #[serde(default)]
    pub agent: Option<String>,
    /// The model that is used.
    #[serde(default)]
    pub model: Option<String>,
    /// The tier of the model.
    #[serde(default)]
    pub tier: Option<String>,
    /// The project that it is for.
    #[serde(default)]
    pub project: Option<String>,
    /// Cost in US dollars.
    #[serde(default)]
    pub cost: Option<Amount>,
    /// Tokens that the model read.
    #[serde(default)]
    pub tokens_in: Option<Amount>,
    /// Tokens that the model wrote.
    #[serde(default)]
    pub tokens_out: Option<Amount>,
    /// When it was, in RFC 3339 or a date, not in the future; now where it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub at: Option<String>,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Its number in this home.
    pub id: String,
    /// The skill.
    pub skill: String,
    /// How it ended.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["success", "failure", "partial", "skipped"])))]
    pub outcome: &'static str,
    /// When it was, in RFC 3339.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// Said with the first execution of a skill that does not exist here.
    pub warning: Option<Warning>,
}

/// Records an execution; the figures of its skill change in the same transaction.
///
/// # Errors
///
/// `invalid_input` for a value that breaks a rule; `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let outcome = Outcome::parse(&request.outcome)?;
    let about = About {
        duration: request.duration.clone(),
        notes: request.notes.clone(),
        session: request.session.clone(),
        agent: request.agent.clone(),
        model: request.model.clone(),
        tier: request.tier.clone(),
        project: request.project.clone(),
        cost: request.cost.clone(),
        tokens_in: request.tokens_in.clone(),
        tokens_out: request.tokens_out.clone(),
        at: request.at.clone(),
    };
    let mut new = about.of(&request.skill)?;
    let at = new.at.unwrap_or_else(Moment::now);
    new.at = Some(at);
    let recorded = runtime.write(|db| Ok(db.ledger().record(&new, outcome)?))?;
    Ok(Response {
        id: recorded.id.to_string(),
        skill: request.skill.clone(),
        outcome: outcome.as_str(),
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
