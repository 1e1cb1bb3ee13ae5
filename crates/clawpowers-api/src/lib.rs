//! The facade of ClawPowers: every capability as an operation with one request and one response.
//!
//! Rust calls the typed function of an operation; everything else sends JSON text to [`Runtime::call`] and gets JSON
//! text back: `{"ok": …}` or `{"error": {code, message, hint, details}}`. Requests refuse fields they do not know.
//!
//! # Examples
//!
//! ```
//! use clawpowers_api::{Options, Runtime};
//!
//! let runtime = Runtime::open(Options::default());
//! let reply = runtime.call("skill_parse", r#"{"text": "---\nname: a\ndescription: Does a.\n---\n"}"#);
//! assert!(reply.starts_with(r#"{"ok":{"skill":{"name":"a""#));
//! let reply = runtime.call("skill_parse", r#"{"txt": ""}"#);
//! assert!(reply.starts_with(r#"{"error":{"code":"invalid_request""#));
//! ```
#![forbid(unsafe_code)]

mod atomic_write;
mod bundled;
mod catalog_query;
mod config;
pub mod operations;
pub mod run;
mod runtime;
mod text;
pub mod wire;

pub use bundled::packages as bundled_skills;
pub use catalog_query::Selection;
pub use operations::OPERATIONS;
pub use operations::call::for_javascript;
pub use operations::metrics::warning::Warning;
pub use runtime::memory::{Document, MemoryOptions};
pub use runtime::{Options, Runtime, fork};
pub use text::{number_of, spelled};
pub use wire::error::{ApiError, ErrorCode};
pub use wire::execution::{About, Which};
pub use wire::json::{reply, to_json, write_reply};

/// Returns the time of the system's clock in RFC 3339, in UTC and whole seconds.
#[must_use]
pub fn now() -> String {
    let seconds = clawpowers_executor::Moment::now().micros() / 1_000_000;
    clawpowers_executor::Moment::from_micros(seconds * 1_000_000).to_string()
}

pub use clawpowers_feedback as feedback;

pub use clawpowers_executor::ledger::{ImportReport, Skipped};
pub use clawpowers_executor::{Outcome, SCHEMA_VERSION, Storage, legacy::Report};
pub use clawpowers_loader::client_budget::Fate;
pub use clawpowers_loader::display::display_path;
pub use clawpowers_loader::display::{nearest, quoted};
pub use clawpowers_loader::prompt::Level;
pub use clawpowers_loader::{CLIENTS, COMMON_FOLDER, Profile, Rule, Severity, display};

/// Compiles and runs the Rust program of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
