//! Folders to candidates: where skills may be, whose rules decide, and what is found there.
//!
//! Everything that looks like a skill gives a row, also what is not loaded: a broken link, a link that leads out of
//! the place its root allows, a folder that cannot be read, a bound that was passed. Nothing is dropped silently.

pub(crate) mod clients;
mod found;
pub(crate) mod root;
pub(crate) mod roots;
mod rules;
mod visit;
mod walk;

pub use clients::{CLIENTS, Client, Collision};
pub use found::{Candidate, Found};
pub use root::{Root, Scope};
pub use roots::{COMMON_FOLDER, Environment, default_roots};
pub use rules::{FileLinks, WalkRules};
pub(crate) use walk::walk_with;
pub use walk::{Walk, walk};
