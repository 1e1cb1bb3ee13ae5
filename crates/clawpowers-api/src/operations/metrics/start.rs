//! Records that an execution has begun.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::execution::About;
use clawpowers_executor::Moment;
use serde::{Deserialize, Serialize};

/// The execution that has started.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The skill. If it is not found, the reply has a warning.
    pub skill: String,
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
}

/// What was recorded.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The id of the execution, for `metrics_finish`.
    pub id: String,
    /// The start time.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// A warning with the first execution of a skill that was not found.
    pub warning: Option<Warning>,
}

/// Records that an execution has begun; until it is ended it counts as open.
///
/// # Errors
///
/// `invalid_input` for a value that breaks a rule; `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let about = About {
        notes: request.notes.clone(),
        session: request.session.clone(),
        agent: request.agent.clone(),
        model: request.model.clone(),
        tier: request.tier.clone(),
        project: request.project.clone(),
        ..About::default()
    };
    let mut new = about.of(&request.skill)?;
    let at = Moment::now();
    new.at = Some(at);
    let recorded = runtime.write(|db| Ok(db.ledger().start(&new)?))?;
    Ok(Response {
        id: recorded.id.to_string(),
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
