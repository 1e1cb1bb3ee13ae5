//! The loader: any SKILL.md package to a typed skill, with diagnostics that say exactly what is wrong and where.
#![forbid(unsafe_code)]

mod catalog;
mod discovery;
pub mod display;
mod lint;
mod present;
mod skill;
pub mod skills_ref;
pub mod syntax;
mod tree;

pub use catalog::*;
pub use discovery::*;
pub use lint::fix::{Fixed, fix};
pub use lint::package::{LintedPackage, folder_name, lint_package, skill_file};
pub use lint::{Diagnostic, Edit, Position, Profile, Rule, Severity};
pub use present::{client_budget, prompt, search};
pub use skill::parse::{ParseOptions, Parsed, parse, parse_source};
pub use skill::template::template;
pub use skill::*;
pub use tree::*;
