//! The loader: any SKILL.md package to a typed skill, with diagnostics that say exactly what is wrong and where.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod chars;
pub mod diag;
pub mod discover;
mod fix;
mod front;
pub mod frontmatter;
pub mod package;
mod parse;
pub mod read;
pub mod repair;
pub mod resources;
pub mod skill;
pub mod source;
pub mod yaml;

pub use catalog::{Catalog, CatalogOptions};
pub use diag::{Diagnostic, Profile, Rule, Severity};
pub use fix::{Fixed, fix};
pub use parse::{ParseOptions, Parsed, parse, parse_source};
pub use skill::Skill;
