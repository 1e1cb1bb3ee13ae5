//! Loads skills: typed `SKILL.md` files, diagnostics with positions and edits, and catalogs of many skills.
//!
//! [`parse`] reads one file and [`fix`] repairs it. [`Catalog::load`] walks folders and returns every skill that an agent
//! would see, those that are shadowed, and those that did not load. Files come from a [`Tree`]: the disk ([`DiskTree`]) or
//! memory ([`MemoryTree`]). [`lint_package`] checks one skill and its folder, and [`prompt`] writes a catalog for a model.
//!
//! # Examples
//!
//! ```
//! use clawpowers_loader::{Catalog, CatalogOptions, MemoryTree, Target, Root, lint_package};
//! use std::path::PathBuf;
//! use std::sync::Arc;
//!
//! let text = "---\nname: greet\ndescription: Says hello\n---\nRead [the words](references/words.md).\n";
//! let tree = Arc::new(MemoryTree::new([("skills/greet/SKILL.md".to_owned(), text.as_bytes().into())])?);
//!
//! // On disk, the default `tree` of the options is the right one.
//! let catalog = Catalog::load(&CatalogOptions {
//!     roots: vec![Root::extra(PathBuf::from("skills"))],
//!     tree,
//!     ..CatalogOptions::default()
//! });
//! let entry = catalog.get("greet").expect("it is in the tree");
//! assert_eq!(entry.skill.description, "Says hello");
//!
//! let linted = lint_package(&*entry.tree, &entry.file, Target::Spec);
//! let diagnostic = &linted.parsed.diagnostics[0];
//! assert_eq!((diagnostic.rule.id(), diagnostic.position.line), ("dangling-link", 5));
//! # Ok::<(), clawpowers_loader::InvalidPath>(())
//! ```
#![forbid(unsafe_code)]
#![expect(missing_docs, reason = "a field or value that explains itself has no comment")]

#[macro_use]
mod named_enum;

mod catalog;
mod clients;
mod discovery;
pub mod display;
mod fields;
mod lint;
mod parallel;
mod present;
mod skill;
pub mod skills_ref;
mod sort;
pub mod syntax;
mod tree;

pub use catalog::*;
pub use clients::{CLIENTS, Client, Collision, Listing, Switches, openclaw_settings};
pub use discovery::*;
pub use fields::{
    Field, FieldKind, Fields, MAX_COMPATIBILITY_CHARS, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, OtherFields,
    Since, Usage, WrongValue, fields_of,
};
pub use lint::client::parse;
pub use lint::fix::{Fixed, fix};
pub use lint::package::{LintedPackage, folder_name, lint_package, skill_file};
pub use lint::texts::{HiddenTextFile, hidden_text_files};
pub use lint::{Diagnostic, Edit, Position, Reception, Rule, Severity, Target, merge_diagnostics};
pub use present::{client_budget, prompt, search};
pub use skill::markdown::markdown;
pub use skill::parse::{ParseOptions, Parsed, parse_source};
pub use skill::template::template;
pub use skill::*;
pub use tree::*;
