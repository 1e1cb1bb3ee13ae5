//! JSON representations of what agents remember.

use super::named;
use crate::wire::error::{ApiError, Result};
use crate::wire::execution::{bound, id};
use crate::wire::shared::shared_fields;
use clawpowers_executor::Timestamp;
use clawpowers_executor::memory::{Entry, Filter, Kind, Link, ModelVector, Relation, Source};
use clawpowers_loader::display::quote;
use serde::Serialize;

/// Reads the id of an entry.
pub(crate) fn entry_id(text: &str) -> Result<i64> {
    id(text, "{memory_list} lists the entries with their ids")
}

/// Reads a vector with the model that computed it; a request has both or none.
pub(crate) fn model_vector(numbers: Option<&[f64]>, model: Option<&str>) -> Result<Option<ModelVector>> {
    match (numbers, model) {
        (Some(numbers), Some(model)) => Ok(Some(ModelVector::new(model, numbers)?)),
        (None, None) => Ok(None),
        (Some(_), None) => Err(
            ApiError::invalid_input("the model that computed the vector is not named")
                .hint("name it with {--vector_model}; only vectors of the same model are compared"),
        ),
        (None, Some(model)) => {
            let message = format!("the model {} is named without a vector", quote(model));
            Err(ApiError::invalid_input(message).hint("give the vector with {--vector}"))
        }
    }
}

/// Returns the error of an entry that does not exist, because nothing is remembered.
pub(crate) fn no_entry(id: i64) -> ApiError {
    ApiError::not_found(format!("there is no entry `{id}`")).hint("nothing is remembered in this home")
}

shared_fields! {
    $
    /// The entries that an operation is about.
    pub struct MemoryFilter by memory_filter {
        /// Keep only entries of one of these kinds: `working`, `episodic`, `semantic`, `procedural` (default: all).
        #[serde(default)]
        pub kinds: Vec<String>,
        /// Keep only entries with all of these tags; case does not matter.
        #[serde(default)]
        pub tags: Vec<String>,
        /// Keep only entries of this project, and those of none.
        pub project: Option<String>,
        /// Keep only entries of this session.
        pub session: Option<String>,
        /// Keep only entries about this skill.
        pub skill: Option<String>,
        /// Keep only entries that are at least this important, from 0 to 1.
        pub min_importance: Option<f64>,
        /// Keep only entries created at this time or later: a time, a date, or how long ago (`7d`).
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
        pub since: Option<String>,
        /// Keep only entries created before this time.
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
        pub until: Option<String>,
        /// Include superseded and expired entries.
        #[serde(default)]
        pub all: bool,
    }
}

impl MemoryFilter {
    pub(crate) fn filter(&self) -> Result<Filter> {
        let now = Timestamp::now();
        let kinds: Result<_, _> = self.kinds.iter().map(|kind| Kind::parse(kind)).collect();
        let filter = Filter {
            kinds: kinds?,
            tags: self.tags.clone(),
            project: self.project.clone(),
            session: self.session.clone(),
            skill: self.skill.clone(),
            min_importance: self.min_importance,
            since: bound(self.since.as_deref(), now)?,
            until: bound(self.until.as_deref(), now)?,
            all: self.all,
        };
        filter.check()?;
        Ok(filter)
    }
}

/// Something that agents remember.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemoryEntry {
    /// The id of the entry in this home.
    pub id: String,
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Kind>"))]
    pub kind: Kind,
    pub title: Option<String>,
    pub content: String,
    /// In byte order.
    pub tags: Vec<String>,
    /// From 0 to 1.
    pub importance: f64,
    pub project: Option<String>,
    /// The session that it was created in.
    pub session: Option<String>,
    pub skill: Option<String>,
    pub tool: Option<String>,
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Source>"))]
    pub source: Source,
    /// Whether it is confirmed. An entry of a hook is not until it is created from another source; `memory_update` can change it.
    pub confirmed: bool,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub created_at: String,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub updated_at: String,
    /// When it, or an entry that was merged with it, was last created.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub used_at: String,
    /// How often it was created: entries that only differ in values are merged.
    pub uses: u64,
    /// Merged contents that differ, at most 5: the first four and the latest.
    pub examples: Vec<String>,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub expires_at: Option<String>,
    /// Rises with every change.
    pub revision: i64,
    /// The id of the entry that replaces it.
    pub superseded_by: Option<String>,
    /// The model that computed its vector; `null` if it has none.
    pub vector_model: Option<String>,
}

impl From<Entry> for MemoryEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            kind: entry.kind,
            title: entry.title,
            content: entry.content,
            tags: entry.tags,
            importance: entry.importance,
            project: entry.project,
            session: entry.session,
            skill: entry.skill,
            tool: entry.tool,
            source: entry.source,
            confirmed: entry.confirmed,
            created_at: entry.created_at.to_string(),
            updated_at: entry.updated_at.to_string(),
            used_at: entry.used_at.to_string(),
            uses: entry.uses,
            examples: entry
                .examples
                .into_iter()
                .map(|example| example.content)
                .collect(),
            expires_at: entry.expires_at.map(|time| time.to_string()),
            revision: entry.revision,
            superseded_by: entry.superseded_by.map(|id| id.to_string()),
            vector_model: entry.vector_model,
        }
    }
}

/// A link between two entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemoryLink {
    /// The id of the entry that it starts at.
    pub origin: String,
    /// How `origin` is related to `target`.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Relation>"))]
    pub relation: Relation,
    /// The id of the entry that it leads to.
    pub target: String,
}

impl From<Link> for MemoryLink {
    fn from(link: Link) -> Self {
        Self {
            origin: link.origin.to_string(),
            relation: link.relation,
            target: link.target.to_string(),
        }
    }
}
