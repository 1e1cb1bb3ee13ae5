//! What is wrong with a skill: rules, diagnostics, the targets that they apply to, and fixes.

pub(crate) mod client;
pub(crate) mod diagnostics;
pub(crate) mod file;
pub(crate) mod fix;
pub(crate) mod hidden;
mod mentions;
pub(crate) mod package;
pub(crate) mod resources;
pub(crate) mod rule;
pub(crate) mod target;
pub(crate) mod texts;

pub(crate) use diagnostics::Diagnostics;
pub use diagnostics::{Diagnostic, Edit, Position, merge_diagnostics};
pub use rule::Rule;
pub use target::{Reception, Severity, Target};
