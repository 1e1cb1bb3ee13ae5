//! Text for search: words without accents, masks for values, fingerprints, queries and ranking.
//!
//! Pure functions: no file, no clock, no database. Whoever has an index implements [`Index`] and calls [`search`].
//!
//! # Examples
//!
//! Two errors that differ only in their values have the same fingerprint:
//!
//! ```
//! use clawpowers_text::{Fingerprint, mask};
//!
//! let first = mask("timeout after 50 requests to 10.0.0.7:8080");
//! let later = mask("timeout after 73 requests to 10.0.0.12:8080");
//! assert_eq!(first.text, "timeout after <num> requests to <host>");
//! assert_eq!(Fingerprint::of(&first.text), Fingerprint::of(&later.text));
//! let values: Vec<&str> = later.values.iter().map(|value| value.text.as_str()).collect();
//! assert_eq!(values, ["73", "10.0.0.12:8080"]);
//! ```
//!
//! Every text is a query:
//!
//! ```
//! use clawpowers_text::Query;
//!
//! let query = Query::parse("how to \"restart the server\" tag:ops -windows NEAR(");
//! assert_eq!(query.tags, ["ops"]);
//! assert_eq!(query.words, ["near"]);
//! assert_eq!(
//!     query.expression().as_deref(),
//!     Some("(\"restart the server\" AND (\"restart the server\" OR \"near\")) NOT (\"windows\")")
//! );
//! ```
#![forbid(unsafe_code)]
#![expect(missing_docs, reason = "a field or value that explains itself has no comment")]

mod find;
mod fingerprint;
mod index;
pub mod invisible;
mod like;
mod mask;
mod near;
mod pick;
mod query;
mod rank;
mod search;
mod settings;
mod stem;
mod stop;
pub mod vector;
mod words;

pub use fingerprint::Fingerprint;
pub use index::{COMPARED, Facts, Index, List, Newest};
pub use like::{Pool, Vector};
pub use mask::{MAX_VALUES, Mask, Masked, Value, mask};
pub use near::{Near, NearPair, NearPairs, only_in};
pub use pick::{Pick, Picks, pick};
pub use query::{KINDS, MAX_QUERY_BYTES, MAX_TERMS, Query};
pub use rank::{Weights, fuse, prior};
pub use search::{Hit, Reason, search};
pub use settings::{SETTINGS, Setting};
pub use stem::stem;
pub use stop::is_stop_word;
pub use words::{each_word, fold, is_unspaced, pairs};
