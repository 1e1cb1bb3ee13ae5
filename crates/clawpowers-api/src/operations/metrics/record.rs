//! Records an execution that has ended.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::execution::{execution_fields, parsed, past, tokens};
use crate::wire::{Amount, Result, named};
use clawpowers_executor::ledger::{ExecutionFields, NewExecution};
use clawpowers_executor::{Outcome, Timestamp, decimal};
use serde::Serialize;

execution_fields! {
    pub struct Request {
        /// The skill. If it is not found, the reply has a warning.
        pub skill: String,
        /// `success`, `failure`, `partial` or `skipped`.
        pub outcome: String,
        /// How long it took, in seconds.
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "duration")))]
        pub duration: Option<Amount>,
        pub notes: Option<String>,
        /// The cost in US dollars.
        pub cost: Option<Amount>,
        pub tokens_in: Option<Amount>,
        pub tokens_out: Option<Amount>,
        /// The time, not in the future (default: now).
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
        pub at: Option<String>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The id of the execution in this home.
    pub id: String,
    pub skill: String,
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Outcome>"))]
    pub outcome: Outcome,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// A warning if no skill of this name was found; given only for its first execution.
    pub warning: Option<Warning>,
}

/// Records an execution and updates the statistics of its skill in the same transaction.
///
/// # Errors
///
/// `invalid_input` for an invalid value; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let outcome = Outcome::parse(&request.outcome)?;
    let now = Timestamp::now();
    let at = request.at.as_deref().map(|at| past(at, now)).transpose()?;
    let at = at.unwrap_or(now);
    let fields = request.shared();
    let new = NewExecution {
        skill: &request.skill,
        at: Some(at),
        fields: ExecutionFields {
            duration: parsed(request.duration.as_ref(), decimal::micros)?,
            cost: parsed(request.cost.as_ref(), decimal::nanodollars)?,
            tokens_in: parsed(request.tokens_in.as_ref(), tokens)?,
            tokens_out: parsed(request.tokens_out.as_ref(), tokens)?,
            notes: request.notes.as_deref(),
            ..fields.fields()
        },
    };
    let recorded = runtime.with_db(|db| db.ledger().record(&new, outcome))?;
    Ok(Response {
        id: recorded.id.to_string(),
        skill: request.skill.clone(),
        outcome,
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
