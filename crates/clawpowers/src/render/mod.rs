//! Replies as text for people.

pub(crate) mod budget;
pub(crate) mod doctor;
pub(crate) mod findings;
pub(crate) mod list;
pub(crate) mod sarif;
pub(crate) mod show;
mod table;
