//! Skills whose names look alike.

use super::entry::{Catalog, Row};
use crate::skill::skeleton;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A skill whose name looks like that of another skill and is not the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    pub name: String,
    pub location: PathBuf,
    /// The name that it looks like.
    pub original: String,
    pub original_location: PathBuf,
}

/// Returns the skills, including shadowed ones, whose names look like those of others: with letters of another script,
/// wide letters, or invisible characters.
///
/// The original is the one whose name is ASCII, else the one that takes precedence. Names that differ only in their case
/// are not reported.
#[must_use]
pub fn lookalikes<T: Row>(catalog: &Catalog<T>) -> Vec<Lookalike> {
    let visible = catalog.entries.iter().map(|row| (row.name(), row.location()));
    let shadowed = catalog.shadowed.iter();
    let shadowed = shadowed.map(|skill| (skill.name.as_str(), skill.location.as_path().into()));
    let named: Vec<_> = visible.chain(shadowed).collect();
    if named.iter().all(|(name, _)| name.is_ascii()) {
        return Vec::new();
    }
    let mut originals: HashMap<String, (&str, &Path)> = HashMap::new();
    for (name, location) in &named {
        let original = originals.entry(skeleton(name)).or_insert((name, location));
        if name.is_ascii() && !original.0.is_ascii() {
            *original = (name, location);
        }
    }
    let lookalike = |(name, location): &(&str, std::borrow::Cow<'_, Path>)| {
        let (original, original_location) = *originals.get(&skeleton(name))?;
        (*name != original && !name.is_ascii()).then(|| Lookalike {
            name: (*name).to_owned(),
            location: location.to_path_buf(),
            original: original.to_owned(),
            original_location: original_location.to_owned(),
        })
    };
    named.iter().filter_map(lookalike).collect()
}
