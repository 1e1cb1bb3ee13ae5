//! The views of other clients: their roots, how they search them, and what they make of each file.
//!
//! Each client that was run has a file that names its version; the others are in `documented`. docs/clients.md has the
//! tables.

mod claude;
mod client;
mod codex;
mod copilot;
mod documented;
mod fields;
mod file;
mod gemini;
mod openclaw;
mod opencode;
mod order;
mod pi;
mod qwen;
mod table;

pub use client::{Client, Collision, Listing};
pub(crate) use file::{ClientFile, Refusal};
pub(crate) use order::collation_key;
pub use table::CLIENTS;
