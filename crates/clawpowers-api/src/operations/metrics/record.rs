//! Records an execution that has ended.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::execution::{execution_fields, micros, nanodollars, past, tokens};
use crate::wire::number::Amount;
use crate::wire::words::word;
use clawpowers_executor::ledger::{ExecutionFields, NewExecution};
use clawpowers_executor::{Outcome, Timestamp};
use serde::{Deserialize, Serialize};

execution_fields! {
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
    let now = Timestamp::now();
    let at = request.at.as_deref().map(|at| past(at, now)).transpose()?;
    let at = at.unwrap_or(now);
    let fields = request.shared();
    let new = NewExecution {
        skill: &request.skill,
        at: Some(at),
        fields: ExecutionFields {
            duration: micros(request.duration.as_ref())?,
            cost: nanodollars(request.cost.as_ref())?,
            tokens_in: tokens(request.tokens_in.as_ref())?,
            tokens_out: tokens(request.tokens_out.as_ref())?,
            notes: request.notes.as_deref(),
            ..fields.fields()
        },
    };
    let recorded = runtime.write(|db| Ok(db.ledger().record(&new, outcome)?))?;
    Ok(Response {
        id: recorded.id.to_string(),
        skill: request.skill.clone(),
        outcome,
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
