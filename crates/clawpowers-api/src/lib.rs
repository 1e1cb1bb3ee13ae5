//! The facade of ClawPowers: every capability as an operation with one request and one reply.
//!
//! Rust calls the methods of a [`Runtime`]: `runtime.store().get("key")`. Other languages send JSON text to
//! [`Runtime::call`] and get JSON text back: `{"ok": …}` or `{"error": {code, message, hint, details}}`. Requests with
//! unknown fields are rejected.
//!
//! # Examples
//!
//! ```
//! use clawpowers_api::operations::skill::validate;
//! use clawpowers_api::{Document, Runtime};
//!
//! let text = "---\nname: greet\ndescription: Say hello: warmly\n---\n# Greet\n";
//! let document = Document { path: "skills/greet/SKILL.md".to_owned(), bytes: text.into() };
//! // A runtime in memory; `Runtime::open` takes files and a database on disk.
//! let runtime = Runtime::in_memory(vec![document])?;
//!
//! let options = validate::Request { target: Some("claude-code".to_owned()), ..Default::default() };
//! let reply = runtime.skills().validate_with(["skills/greet"], options)?;
//! assert_eq!(reply.files[0].diagnostics[0].rule, "yaml-repaired-colon");
//!
//! runtime.store().set("build:status", "green")?;
//! assert_eq!(runtime.store().get("build:status")?.bytes(), b"green");
//! assert_eq!(runtime.store().incr("build:count", None)?, 1);
//!
//! let reply = runtime.call("store_get", r#"{"key": "build:status"}"#);
//! assert_eq!(reply, r#"{"ok":{"key":"build:status","value":"green","found":true}}"#);
//! # Ok::<(), clawpowers_api::ApiError>(())
//! ```
#![forbid(unsafe_code)]

mod atomic_write;
mod bundled;
mod catalog_query;
mod client_view;
mod config;
mod hint;
pub mod operations;
pub mod run;
mod runtime;
mod text;
pub mod wire;

pub use bundled::tree as bundled_skills;
pub use catalog_query::CatalogQuery;
pub use hint::{Reference, Wording, word_hints};
pub use operations::OPERATIONS;
pub use operations::call::{for_javascript, panic_in_operation};
pub use operations::methods::*;
pub use operations::metrics::warning::Warning;
pub use operations::wording::Language;
pub use runtime::memory::{Document, MemoryOptions};
pub use runtime::{Options, Runtime, fork};
pub use text::escape_line;
pub use wire::execution::{ExecutionFields, ExecutionFilter};
pub use wire::json::{reply, to_json, write_reply};
pub use wire::memory::MemoryFilter;
pub use wire::{ApiError, ErrorCode, Result};

/// Returns the time of the system's clock in RFC 3339, in UTC and whole seconds.
#[must_use]
pub fn now() -> String {
    let seconds = clawpowers_executor::Timestamp::now().micros() / 1_000_000;
    clawpowers_executor::Timestamp::from_micros(seconds * 1_000_000).to_string()
}

pub use clawpowers_feedback as feedback;

pub use clawpowers_executor::ledger::is_traceparent;
#[cfg(feature = "schema")]
pub use clawpowers_executor::{MEMORY_TABLES, MIGRATIONS, ledger::csv_header};
pub use clawpowers_executor::{Outcome, SCHEMA_VERSION, Storage, legacy::Report};
pub use clawpowers_loader::client_budget::Truncation;
pub use clawpowers_loader::display::display_path;
pub use clawpowers_loader::display::{nearest, pluralize, quote};
pub use clawpowers_loader::prompt::Level;
pub use clawpowers_loader::{CLIENTS, COMMON_FOLDER, Reception, Rule, Severity, Target, display};
pub use clawpowers_loader::{Field, FieldKind, Fields, OtherFields, Since, Usage, WrongValue, fields_of};

/// Compiles and runs the Rust program of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
