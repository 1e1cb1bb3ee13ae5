//! Ends an execution that was started.

use crate::runtime::Runtime;
use crate::wire::execution::{id, parsed, tokens};
use crate::wire::{self, Amount, ApiError, Result};
use clawpowers_executor::ledger::ExecutionFields;
use clawpowers_executor::{Outcome, decimal};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id that `metrics_start` returned.
    pub id: String,
    /// `success`, `failure`, `partial` or `skipped`.
    pub outcome: String,
    /// How long it took, in seconds (default: the time since its start).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "duration")))]
    pub duration: Option<Amount>,
    /// Notes; they replace the notes given at the start.
    pub notes: Option<String>,
    /// The cost in US dollars.
    pub cost: Option<Amount>,
    pub tokens_in: Option<Amount>,
    pub tokens_out: Option<Amount>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub execution: wire::Execution,
}

/// Ends an open execution. Its duration is measured unless the request has one.
///
/// # Errors
///
/// `not_found` if there is no such execution; `invalid_input` for an invalid value and if it has already ended; `storage` if
/// it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let outcome = Outcome::parse(&request.outcome)?;
    let fields = ExecutionFields {
        duration: parsed(request.duration.as_ref(), decimal::micros)?,
        cost: parsed(request.cost.as_ref(), decimal::nanodollars)?,
        tokens_in: parsed(request.tokens_in.as_ref(), tokens)?,
        tokens_out: parsed(request.tokens_out.as_ref(), tokens)?,
        notes: request.notes.as_deref(),
        ..ExecutionFields::default()
    };
    let id = id(&request.id, "use the id that {metrics_start} returned")?;
    let ended = runtime.with_existing_db(|db| db.ledger().finish(id, outcome, &fields))?;
    let execution = ended.ok_or_else(|| {
        ApiError::not_found(format!("there is no execution `{id}`"))
            .hint("nothing has been started in this home")
    })?;
    let execution = execution.into();
    Ok(Response { execution })
}
