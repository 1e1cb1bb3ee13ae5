//! Records that an execution has started.

use crate::operations::metrics::warning::Warning;
use crate::runtime::Runtime;
use crate::wire::{Result, execution::execution_fields};
use clawpowers_executor::Timestamp;
use clawpowers_executor::ledger::{ExecutionFields, NewExecution};
use serde::Serialize;

execution_fields! {
    pub struct Request {
        /// The skill. If it is not found, the reply has a warning.
        pub skill: String,
        pub notes: Option<String>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The id of the execution, for `metrics_finish`.
    pub id: String,
    /// The start time.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// A warning if no skill of this name was found; given only for its first execution.
    pub warning: Option<Warning>,
}

/// Records that an execution has started. It is open until it is finished.
///
/// # Errors
///
/// `invalid_input` for an invalid value; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
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
    let recorded = runtime.with_db(|db| db.ledger().start(&new))?;
    Ok(Response {
        id: recorded.id.to_string(),
        at: at.to_string(),
        warning: Warning::of_skill(runtime, &request.skill, recorded),
    })
}
