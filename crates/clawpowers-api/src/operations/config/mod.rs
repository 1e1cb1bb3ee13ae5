//! Operations on config.json.

pub mod get;
pub mod list;
pub mod set;
pub mod unset;
