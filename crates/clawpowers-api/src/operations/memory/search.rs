//! Finds entries by their text.

use crate::config::weights::weights;
use crate::runtime::Runtime;
use crate::wire::memory::{memory_filter, model_vector};
use crate::wire::{ApiError, MemoryEntry, Result};
use clawpowers_executor::memory::{Found, Reason};
use serde::Serialize;

const DEFAULT_LIMIT: usize = 10;

memory_filter! {
    pub struct Request {
        /// What to search for: words, `"a phrase"`, `start*`, `-without`, `-"without"`, `tag:NAME`, `kind:KIND`, or a whole error message,
        /// whose values may differ. Without a word and a vector, the most important entries are returned.
        pub query: Option<String>,
        /// A vector of what to search for, computed by an external model; the entries whose vectors are nearest are hits, too.
        #[serde(default, deserialize_with = "crate::wire::number::list")]
        pub vector: Option<Vec<f64>>,
        /// The name of the model that computed the vector, which `vector` needs.
        pub vector_model: Option<String>,
        /// The number of entries to return (default: 10).
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub limit: Option<usize>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entries, the best first.
    pub hits: Vec<Hit>,
}

/// A found entry.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "MemoryHit"))]
pub struct Hit {
    pub entry: MemoryEntry,
    /// Compares the hits of one search; 0 if there is neither a word nor a vector.
    pub score: f64,
    /// The factor for importance and age in the score.
    pub prior: f64,
    /// The words of the query that the title, the tags, and the content or `example` contain.
    pub words: Vec<String>,
    /// The merged content that contains more of them than the content.
    pub example: Option<String>,
    /// Why it was found.
    pub reasons: Vec<HitReason>,
}

/// Why an entry was found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HitReason {
    /// `fingerprint` (only values differ), `words`, `title` (the words of the first of several lines), `masked` (the words
    /// without values), `alike` (similar words and word pairs, without values) or `vector`.
    pub kind: String,
    /// The place in the list of this kind, from 1; `null` for a fingerprint.
    pub rank: Option<usize>,
    /// For `vector`, the cosine of the angle between the vectors, from -1 to 1; otherwise `null`.
    pub similarity: Option<f64>,
}

impl From<Found> for Hit {
    fn from(found: Found) -> Self {
        Self {
            entry: found.entry.into(),
            score: found.score,
            prior: found.prior,
            words: found.words,
            example: found.example,
            reasons: found.reasons.into_iter().map(HitReason::from).collect(),
        }
    }
}

impl From<Reason> for HitReason {
    fn from(reason: Reason) -> Self {
        let (kind, rank) = match reason {
            Reason::Fingerprint => ("fingerprint", None),
            Reason::Words(rank) => ("words", Some(rank)),
            Reason::Title(rank) => ("title", Some(rank)),
            Reason::Masked(rank) => ("masked", Some(rank)),
            Reason::Alike(rank, _) => ("alike", Some(rank)),
            Reason::Vector(rank, _) => ("vector", Some(rank)),
        };
        let similarity = match reason {
            // More digits are noise of 32-bit floats.
            Reason::Vector(_, similarity) => Some((similarity * 1e6).round() / 1e6),
            _ => None,
        };
        Self {
            kind: kind.to_owned(),
            rank,
            similarity,
        }
    }
}

/// Finds entries by their text, and by their vectors if one is given, the best first.
///
/// # Errors
///
/// `invalid_input` for an invalid filter or vector, and for a vector of another model than those of the entries; no query is
/// an error. `invalid_config` for a weight in config.json that is not valid; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let filter = request.shared().filter()?;
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let vector = model_vector(request.vector.as_deref(), request.vector_model.as_deref())?;
    let query = request.query.as_deref().unwrap_or_default();
    let found = runtime.with_existing_db(|db| {
        let weights = weights(runtime)?;
        let mut memory = db.memory();
        Ok::<_, ApiError>(memory.search(query, vector.as_ref(), &filter, &weights, limit)?)
    })?;
    let hits = found.unwrap_or_default().into_iter().map(Hit::from);
    Ok(Response { hits: hits.collect() })
}
