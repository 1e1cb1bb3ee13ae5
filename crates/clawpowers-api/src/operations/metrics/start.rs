//! Records that an execution has begun.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::execution::execution_fields;
use clawpowers_executor::Timestamp;
use clawpowers_executor::ledger::{ExecutionFields, NewExecution};
use serde::{Deserialize, Serialize};

execution_fields! {
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
    }
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
    let at = Timestamp::now();
    let fields = request.shared();
    let new = NewExecution {
        skill: &request.skill,
        at: Some(at),
        fields: ExecutionFields {
            notes: request.notes.as_deref(),
            ..fields.fields()
        },
    };
    let recorded = runtime.write(|db| Ok(db.ledger().start(&new)?))?;
    Ok(Response {
        id: recorded.id.to_string(),
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
