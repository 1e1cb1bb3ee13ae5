//! The loader: any SKILL.md package to a typed skill, with diagnostics that say exactly what is wrong and where.
#![forbid(unsafe_code)]

pub mod budget;
pub mod catalog;
pub mod chars;
pub mod diag;
pub mod discover;
mod display;
pub mod documents;
mod fix;
mod front;
pub mod frontmatter;
mod gather;
pub mod inspect;
pub mod package;
mod parse;
pub mod prompt;
pub mod read;
pub mod readiness;
pub mod reference;
pub mod repair;
pub mod resources;
pub mod search;
pub mod skill;
pub mod source;
mod template;
pub mod yaml;

pub use catalog::{Catalog, CatalogOptions};
pub use diag::{Diagnostic, Profile, Rule, Severity};
pub use display::display_path;
pub use fix::{Fixed, fix};
pub use parse::{ParseOptions, Parsed, parse, parse_source};
pub use skill::Skill;
pub use template::template;
