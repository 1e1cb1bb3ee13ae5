//! From folders to candidates: the roots, the walk below them, and the rules of clients.
//!
//! Everything that looks like a skill is reported, even if it is not loaded: a broken symlink, one that leads out of the
//! root's boundary, a folder that cannot be read, a limit that was exceeded. Nothing is dropped silently.

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
