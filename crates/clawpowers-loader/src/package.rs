//! A skill that lives in memory: the ones that ship with the program, and documents handed in by an embedder.

use std::borrow::Cow;

/// A skill's folder in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The folder's name.
    pub folder: String,
    /// Its files by their paths below the folder, with forward slashes; SKILL.md among them.
    pub files: Vec<(String, Cow<'static, [u8]>)>,
}

impl Package {
    /// Returns the SKILL.md.
    #[must_use]
    pub fn skill_file(&self) -> Option<&[u8]> {
        self.file("SKILL.md")
    }

    /// Returns the file at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files
            .iter()
            .find(|(name, _)| name == path)
            .map(|(_, bytes)| bytes.as_ref())
    }
}
