//! Records an execution that has ended.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::execution::About;
use crate::wire::number::Amount;
use crate::wire::words::word;
use clawpowers_executor::{Moment, Outcome};
use serde::{Deserialize, Serialize};

/// What to record.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The skill. If it is not found, the reply has a warning.
    pub skill: String,
    /// `success`, `failure`, `partial` or `skipped`.
    pub outcome: String,
    /// How long it took, in seconds.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "duration")))]
    pub duration: Option<Amount>,
    /// Notes for people.
    #[serde(default)]
    pub notes: Option<String>,
    /// The session that it belongs to.
    #[serde(default)]
    pub session: Option<String>,
    /// The agent that runs it.
    #[serde(default)]
    pub agent: Option<String>,
    /// The model that is used.
    #[serde(default)]
    pub model: Option<String>,
    /// The tier of the model.
    #[serde(default)]
    pub tier: Option<String>,
    /// The project that it belongs to.
    #[serde(default)]
    pub project: Option<String>,
    /// The cost in US dollars.
    #[serde(default)]
    pub cost: Option<Amount>,
    /// The number of input tokens.
    #[serde(default)]
    pub tokens_in: Option<Amount>,
    /// The number of output tokens.
    #[serde(default)]
    pub tokens_out: Option<Amount>,
    /// The time, not in the future (default: now).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub at: Option<String>,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The id of the execution in this home.
    pub id: String,
    /// The skill.
    pub skill: String,
    /// The outcome.
    #[serde(serialize_with = "word")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::wire::words::schema::<Outcome>")
    )]
    pub outcome: Outcome,
    /// The time.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// A warning with the first execution of a skill that was not found.
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
        outcome,
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
