//! Remembers something.

use crate::runtime::Runtime;
use crate::wire::execution::past;
use crate::wire::memory::model_vector;
use crate::wire::{MemoryEntry, Result};
use clawpowers_executor::Timestamp;
use clawpowers_executor::memory::{Kind, NewEntry, Source};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub content: String,
    /// `working`, `episodic`, `semantic` or `procedural` (default: `semantic`).
    pub kind: Option<String>,
    pub title: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// From 0 to 1 (default: 0.5; 0.3 from a hook).
    pub importance: Option<f64>,
    /// The project that it belongs to (default: none, so that every project sees it).
    pub project: Option<String>,
    /// The session; what was created before in it is searched with the entry.
    pub session: Option<String>,
    /// The skill that it is about.
    pub skill: Option<String>,
    /// The tool that it is about.
    pub tool: Option<String>,
    /// `user`, `agent`, `hook` or `import` (default: `agent`).
    pub source: Option<String>,
    /// When it expires: a time, a date, or how long from now (`7d`) (default: never).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub expires: Option<String>,
    /// When it was created, not in the future (default: now).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub at: Option<String>,
    /// Create an entry of its own even if one exists that only differs in values.
    #[serde(default)]
    pub no_merge: bool,
    /// A vector of the content, computed by an external model: at most 4096 numbers, as many as in its others.
    #[serde(default, deserialize_with = "crate::wire::number::list")]
    pub vector: Option<Vec<f64>>,
    /// The name of the model that computed the vector, which `vector` needs.
    pub vector_model: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entry as it is now.
    pub entry: MemoryEntry,
    /// Whether it was merged with an entry of the same kind, project and tool that only differs in values.
    pub merged: bool,
}

/// Remembers something.
///
/// An entry that only differs in values from another of the same kind, project and tool is merged with it: `uses` rises, and
/// the content is kept as an example. Its vector is only replaced by that of an equal content.
///
/// # Errors
///
/// `invalid_input` for an invalid value; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let now = Timestamp::now();
    let kind = request.kind.as_deref().map_or(Ok(Kind::Semantic), Kind::parse)?;
    let source = request
        .source
        .as_deref()
        .map_or(Ok(Source::Agent), Source::parse)?;
    let at = request.at.as_deref().map(|at| past(at, now)).transpose()?;
    let expires = request.expires.as_deref();
    let expires_at = expires
        .map(|text| Timestamp::parse_expiry(text, now))
        .transpose()?;
    let vector = model_vector(request.vector.as_deref(), request.vector_model.as_deref())?;
    let new = NewEntry {
        title: request.title.as_deref(),
        tags: &request.tags,
        importance: request.importance,
        project: request.project.as_deref(),
        session: request.session.as_deref(),
        skill: request.skill.as_deref(),
        tool: request.tool.as_deref(),
        source,
        expires_at,
        at,
        merge: !request.no_merge,
        vector: vector.as_ref(),
        ..NewEntry::new(kind, &request.content)
    };
    new.check(now)?;
    let created = runtime.with_db(|db| db.memory().create(&new))?;
    Ok(Response {
        entry: created.entry.into(),
        merged: created.merged,
    })
}
