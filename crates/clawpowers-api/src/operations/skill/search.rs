//! Ranks skills by how well they match words.

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::display_path;
use clawpowers_loader::search::{Document, rank_lazily};
use clawpowers_loader::{Entry, MAX_SKILL_BYTES, ParseOptions, parse};
use serde::Serialize;

catalog_query! {
    pub struct Request {
        pub words: String,
        /// The maximum number of hits, at least 1 (default: 10).
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub limit: Option<usize>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The matching skills, the best first.
    pub hits: Vec<Hit>,
}

/// A skill that matches.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hit {
    pub name: String,
    pub description: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// BM25 score, rounded to three places.
    pub score: f64,
}

/// Searches names, tags, descriptions and headings. Only the bodies of the best candidates are read, or all of them if there
/// are fewer hits than the limit.
///
/// # Errors
///
/// `invalid_input` without a word to search for and for a limit of 0; otherwise the same as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    if !request.words.contains(char::is_alphanumeric) {
        return Err(ApiError::invalid_input("the search query is empty").hint("pass one or more words"));
    }
    if request.limit == Some(0) {
        return Err(ApiError::invalid_input("the limit must be at least 1")
            .hint("omit the limit for the default of 10"));
    }
    let selected = runtime.select(&request.shared())?;
    let entries = &selected.catalog.entries;
    let limit = request.limit.unwrap_or(10);
    let documents: Vec<Document> = entries.iter().map(document).collect();
    let headings = |index: usize| entries.get(index).map(headings).unwrap_or_default();
    let hits = rank_lazily(&documents, &request.words, limit, &headings);
    let hits = hits.into_iter().take(limit).filter_map(|hit| {
        let entry = entries.get(hit.index)?;
        Some(Hit {
            name: entry.skill.name.clone(),
            description: entry.skill.description.clone(),
            location: display_path(&entry.location()),
            score: (hit.score * 1000.0).round() / 1000.0,
        })
    });
    Ok(Response { hits: hits.collect() })
}

fn document(entry: &Entry) -> Document {
    Document {
        name: entry.skill.name.clone(),
        tags: entry.skill.tags.clone(),
        description: entry.skill.description.clone(),
        headings: Vec::new(),
    }
}

/// Reads the headings of a skill's body.
fn headings(entry: &Entry) -> Vec<String> {
    let bytes = entry.tree.read(&entry.file, MAX_SKILL_BYTES).unwrap_or_default();
    let outline = parse(&bytes, &ParseOptions::default())
        .skill
        .map(|skill| skill.outline())
        .unwrap_or_default();
    outline.headings.into_iter().map(|heading| heading.text).collect()
}
