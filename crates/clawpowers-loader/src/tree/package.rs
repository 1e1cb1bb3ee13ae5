//! A skill that lives in memory: the ones that ship with the program, and documents handed in by an embedder.

use crate::catalog::digest::digest_in_memory;
use crate::catalog::resources::{Resources, resources_in_memory};
use crate::display::display_path;
use crate::lint::Profile;
use crate::lint::package::Inspected;
use crate::skill::parse::ParseOptions;
use crate::tree::memory::{Documents, below};
use crate::tree::read::{MAX_SKILL_BYTES, ReadError};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A skill's folder in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    documents: Arc<Documents>,
    /// Path of the folder among the documents.
    base: String,
    /// Name of the SKILL.md in it.
    name: String,
    /// The folder as replies name it, and wherever one stands as a whole.
    shown: PathBuf,
    whole: PathBuf,
}

impl Package {
    /// Makes the package of a shipped skill: a folder of `documents`, shown as `bundled:FOLDER`.
    #[must_use]
    pub fn bundled(documents: Arc<Documents>, folder: &str) -> Self {
        let shown = PathBuf::from(format!("bundled:{folder}"));
        Self {
            documents,
            base: folder.to_owned(),
            name: "SKILL.md".to_owned(),
            whole: shown.clone(),
            shown,
        }
    }

    /// Makes the package around a document; `shown` is the path by which it was named or found.
    #[must_use]
    pub fn around(documents: Arc<Documents>, file: &str, shown: &Path) -> Self {
        let (base, name) = file.rsplit_once('/').unwrap_or(("", file));
        Self {
            documents,
            base: base.to_owned(),
            name: name.to_owned(),
            shown: shown.parent().unwrap_or(shown).to_owned(),
            whole: PathBuf::from(if base.is_empty() { "." } else { base }),
        }
    }

    /// Returns the name of the folder; the one of all documents has none.
    #[must_use]
    pub fn folder(&self) -> Option<&str> {
        self.base.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// Returns where the SKILL.md is: a path, or `bundled:NAME/SKILL.md`.
    #[must_use]
    pub fn location(&self) -> PathBuf {
        self.shown.join(&self.name)
    }

    /// Returns the folder by the whole way to it, whatever it was found by.
    #[must_use]
    pub fn whole_folder(&self) -> &Path {
        &self.whole
    }

    /// Returns the SKILL.md by the whole way to it, whatever it was found by.
    #[must_use]
    pub fn whole_location(&self) -> PathBuf {
        if self.base.is_empty() {
            PathBuf::from(&self.name)
        } else {
            self.whole.join(&self.name)
        }
    }

    /// Returns the path by which a file of the folder is shown.
    #[must_use]
    pub fn located(&self, path: &str) -> PathBuf {
        self.shown.join(path)
    }

    /// Returns the bytes of the SKILL.md.
    #[must_use]
    pub fn skill_file(&self) -> Option<&[u8]> {
        self.file(&self.name)
    }

    /// Returns the bytes of the SKILL.md if they are such as are read of one.
    ///
    /// # Errors
    ///
    /// As [`crate::tree::read::read_file`].
    pub fn read(&self) -> Result<Cow<'_, [u8]>, ReadError> {
        let bytes = self.skill_file().ok_or(ReadError::NotRegular)?;
        let (size, limit) = (bytes.len() as u64, MAX_SKILL_BYTES);
        if size > limit {
            return Err(ReadError::TooLarge { size, limit });
        }
        Ok(Cow::Borrowed(bytes))
    }

    /// Returns the file at `path` below the folder.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.documents.get(&below(&self.base, path))
    }

    /// Returns every file below the folder by its path, in byte order, the SKILL.md among them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.documents.below(&self.base)
    }

    /// Tells whether there is a file or a folder at `path` below the folder.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let path = below(&self.base, path.trim_end_matches('/'));
        let path = path.trim_end_matches('/');
        self.documents.get(path).is_some() || self.documents.is_folder(path)
    }

    /// Tells whether a folder above this one holds a file at `path`.
    pub(crate) fn is_above(&self, path: &str) -> bool {
        let mut base = self.base.as_str();
        while !base.is_empty() {
            base = base.rsplit_once('/').map_or("", |(above, _)| above);
            if self.documents.get(&below(base, path)).is_some() {
                return true;
            }
        }
        false
    }

    pub(crate) fn entries(&self, folder: &Path) -> Vec<(&str, bool)> {
        let folder = below(&self.base, &display_path(folder));
        self.documents.entries(folder.trim_end_matches('/'))
    }

    pub(crate) fn name(&self) -> &OsStr {
        OsStr::new(&self.name)
    }

    /// Returns how its SKILL.md is to be parsed.
    #[must_use]
    pub fn options(&self, profile: Profile) -> ParseOptions {
        ParseOptions {
            profile,
            folder: self.folder().map(str::to_owned),
        }
    }

    /// Lists its other files, as [`crate::catalog::resources::resources`] does.
    #[must_use]
    pub fn resources(&self) -> Resources {
        resources_in_memory(self)
    }

    /// Returns its digest, as [`crate::catalog::digest`] does.
    ///
    /// # Errors
    ///
    /// Fails where there are more files, levels or bytes than are looked at.
    pub fn digest(&self) -> Result<String, ReadError> {
        digest_in_memory(self)
    }

    /// Reads it whole and judges it and its folder, as [`crate::lint::package::inspect`] does.
    #[must_use]
    pub fn inspect(&self, profile: Profile) -> Inspected {
        crate::lint::package::inspect_in_memory(self, profile)
    }
}
