//! The views of other clients: their roots, how they search them, and how they read each file.
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
#[cfg(not(target_family = "wasm"))]
mod settings;
mod switches;

use crate::lint::Target;
pub(crate) use client::ListedSkill;
pub use client::{Client, Collision, Listing};
pub(crate) use file::{ClientFile, Refusal, apply};
pub use openclaw::openclaw_settings;
pub(crate) use order::collation_key;
pub use switches::Switches;

/// The clients whose view ClawPowers shows.
pub const CLIENTS: &[Client] = &[
    claude::CLAUDE,
    codex::CODEX,
    gemini::GEMINI,
    opencode::OPENCODE,
    openclaw::OPENCLAW,
    copilot::COPILOT,
    pi::PI,
    qwen::QWEN,
    documented::GOOSE,
    documented::CURSOR,
    documented::VSCODE,
    documented::CLINE,
];

impl Client {
    /// Returns the client of a target.
    #[must_use]
    pub fn of_target(target: Target) -> Option<&'static Self> {
        CLIENTS
            .iter()
            .find(|client| target.is_client() && client.target == target)
    }

    /// Returns the client called `name`, in any case, or by the name of its program or product.
    ///
    /// # Examples
    ///
    /// ```
    /// use clawpowers_loader::Client;
    ///
    /// for name in ["claude", "Claude", "claude-code", "Claude Code"] {
    ///     assert_eq!(Client::named(name).map(|client| client.name), Some("claude"));
    /// }
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase().replace([' ', '_'], "-");
        let mut clients = CLIENTS.iter();
        clients.find(|client| client.name == name || client.aliases.contains(&name.as_str()))
    }
}
