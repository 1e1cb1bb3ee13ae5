//! From folders to candidates: the roots and the walk through them.
//!
//! Everything that looks like a skill is reported, even if it is not loaded: a broken symlink, one that leads out of the
//! root's boundary, a folder that cannot be read, a limit that was exceeded. Nothing is left out silently.

mod found;
pub(crate) mod root;
pub(crate) mod roots;
mod rules;
mod visit;
mod walk;

pub use found::{Candidate, Found};
pub use root::{Root, RootKind, Scope};
pub(crate) use roots::user_root;
pub use roots::{COMMON_FOLDER, Environment, default_roots};
pub use rules::{FileLinks, Markdown, WalkRules};
pub(crate) use visit::reserved_folder;
pub(crate) use walk::walk_with;
pub use walk::{Walk, walk};
