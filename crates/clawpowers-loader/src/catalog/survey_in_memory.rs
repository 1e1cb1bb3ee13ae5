//! The views of many clients in a browser, where all files are in memory and reading them again costs little.

use crate::clients::Client;
use crate::discovery::Root;
use crate::tree::Tree;
use std::sync::Arc;

/// The contents of many roots.
#[derive(Debug)]
pub struct Survey(Arc<dyn Tree>);

impl Survey {
    /// Keeps the files of these roots.
    #[must_use]
    pub fn new(tree: Arc<dyn Tree>, _: &str, _: &[(Option<&Client>, Vec<Root>)]) -> Self {
        Self(tree)
    }

    /// Returns no names; those of the catalogs are all there are.
    #[must_use]
    pub const fn names(&self) -> &[String] {
        &[]
    }

    /// Returns the files of all roots.
    #[must_use]
    pub fn tree(&self) -> Arc<dyn Tree> {
        Arc::clone(&self.0)
    }

    /// Returns the files of all roots.
    #[must_use]
    pub fn near(&self, _: Option<&Client>) -> Arc<dyn Tree> {
        self.tree()
    }

    /// Returns that all files matter.
    #[must_use]
    pub const fn needs_all(&self, _: Option<&Client>) -> bool {
        true
    }
}
