//! Ends an execution that was started.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::execution::{id, micros, nanodollars, tokens};
use crate::wire::number::Amount;
use clawpowers_executor::Outcome;
use clawpowers_executor::ledger::ExecutionFields;
use serde::{Deserialize, Serialize};

/// The execution that has ended, and its outcome.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id that `metrics_start` returned.
    pub id: String,
    /// `success`, `failure`, `partial` or `skipped`.
    pub outcome: String,
    /// How long it took, in seconds (default: the time since its start).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "duration")))]
    pub duration: Option<Amount>,
    /// Notes; they replace the notes given at the start.
    #[serde(default)]
    pub notes: Option<String>,
    /// The cost in US dollars.
    #[serde(default)]
    pub cost: Option<Amount>,
    /// The number of input tokens.
    #[serde(default)]
    pub tokens_in: Option<Amount>,
    /// The number of output tokens.
    #[serde(default)]
    pub tokens_out: Option<Amount>,
}

/// The execution that was finished.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The execution.
    pub execution: wire::Execution,
}

/// Ends an open execution; its duration is measured where none is given.
///
/// # Errors
///
/// `not_found` where there is no such execution; `invalid_input` where it has ended already or a value breaks a rule;
/// `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let outcome = Outcome::parse(&request.outcome)?;
    let fields = ExecutionFields {
        duration: micros(request.duration.as_ref())?,
        cost: nanodollars(request.cost.as_ref())?,
        tokens_in: tokens(request.tokens_in.as_ref())?,
        tokens_out: tokens(request.tokens_out.as_ref())?,
        notes: request.notes.as_deref(),
        ..ExecutionFields::default()
    };
    let id = id(&request.id, "give the number that `metrics start` printed")?;
    let ended = runtime.read(|db| Ok(db.ledger().finish(id, outcome, &fields)?))?;
    let execution = ended.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound, format!("there is no execution `{id}`"))
            .hint("nothing has been started in this home")
    })?;
    Ok(Response {
        execution: execution.into(),
    })
}
