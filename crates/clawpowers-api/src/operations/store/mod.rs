//! Operations on keys and values.

pub mod append;
pub mod cas;
pub mod delete;
pub mod exists;
pub mod export;
pub mod get;
pub mod import;
pub mod incr;
pub mod list;
pub mod list_values;
pub mod set;
