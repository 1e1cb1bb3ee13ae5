//! What describes an execution, as options of the commands that record one.

use clap::Args;
use clawpowers_api::ExecutionFields;

// No documentation, which would become that of the command.
#[derive(Debug, Args)]
pub(crate) struct FieldArgs {
    /// The session that it belongs to.
    #[arg(long, value_name = "ID", visible_alias = "session")]
    session_id: Option<String>,
    /// The agent that runs it.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The model that is used.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// The tier of the model.
    #[arg(long, value_name = "NAME")]
    tier: Option<String>,
    /// The project that it is for.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl From<FieldArgs> for ExecutionFields {
    fn from(args: FieldArgs) -> Self {
        Self {
            session: args.session_id,
            agent: args.agent,
            model: args.model,
            tier: args.tier,
            project: args.project,
        }
    }
}
