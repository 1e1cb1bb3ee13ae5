//! Catalogs as models, people and other clients see them.

pub mod client_budget;
pub mod prompt;
pub mod search;
