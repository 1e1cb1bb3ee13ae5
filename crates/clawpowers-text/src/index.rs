//! What a search asks an index for.

use crate::{Fingerprint, Query};
use std::hash::Hash;

/// How many bytes of an entry and of the query are compared; the start of a text says what it is about.
pub const COMPARED: usize = 640;

/// A list of hits that an index is asked for: `MATCH expression ORDER BY bm25(table, weights…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct List<I> {
    /// The operand of `MATCH`.
    pub expression: String,
    /// The weights of the columns title, body, context, masked, tags, pairs and variants. `None` is the newest first, which
    /// needs no rank of each entry.
    pub weights: Option<[f64; 7]>,
    /// Only this entry and newer ones.
    pub since: Option<I>,
}

/// How many entries match an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest<I> {
    /// At most as many as were asked for.
    pub counted: usize,
    /// The last of them, if they were counted from the newest on.
    pub last: Option<I>,
    /// How many they would be without the limit, about.
    pub estimate: usize,
}

/// An index of entries.
///
/// Its full-text table has the columns title, body, context, masked, tags, pairs and variants, in this order, and
/// `tokenize = "porter unicode61 remove_diacritics 2"`. `masked` is [`crate::mask`] of the body, `pairs` is
/// [`crate::pairs`] of title and body, `context` the text that came before in the session, and
/// `variants` the values of merged texts. All methods leave out what
/// the filters of the query exclude.
pub trait Index {
    type Id: Copy + Eq + Hash;
    type Error;

    /// Returns the entries with a fingerprint, the best of them first.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn same(&mut self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<Self::Id>, Self::Error>;

    /// Returns how many entries there are, or a few more.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn size(&mut self) -> Result<usize, Self::Error>;

    /// Counts at most `limit` entries that match an expression, the newest first, whatever the filters exclude.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn newest(&mut self, expression: &str, limit: usize) -> Result<Newest<Self::Id>, Self::Error>;

    /// Returns the best hits of a list.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn matches(&mut self, list: &List<Self::Id>, limit: usize) -> Result<Vec<Self::Id>, Self::Error>;

    /// Returns the entries whose vectors are nearest to the one that is searched for, with the cosine of the angle; the
    /// nearest come first. An index without vectors, or a search without one, has none.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn nearest(&mut self, _query: &Query, _limit: usize) -> Result<Vec<(Self::Id, f64)>, Self::Error> {
        Ok(Vec::new())
    }

    /// Returns the title of an entry, a line break and the body; the first [`COMPARED`] bytes are enough.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn text(&mut self, id: Self::Id) -> Result<String, Self::Error>;

    /// Returns what the prior of an entry is computed from.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn facts(&mut self, id: Self::Id) -> Result<Facts, Self::Error>;
}

/// What the prior of an entry is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// From 0 to 1.
    pub importance: f64,
    /// In days.
    pub age: f64,
    /// Of its kind, in days; 0 if its age does not matter.
    pub half_life: f64,
}
