//! Operations on executions.

pub mod delete;
pub mod export;
pub mod finish;
pub mod import;
pub mod record;
pub mod show;
pub mod start;
pub mod summary;
pub mod warning;
