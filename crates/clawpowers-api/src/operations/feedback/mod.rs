//! Operations that judge executions.

pub mod analyze;
pub mod compare;
pub mod detect;
pub(crate) mod input;
pub mod plan;
pub mod worktrees;
