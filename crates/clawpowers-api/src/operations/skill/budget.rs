//! Says what other clients would cut from their listing.

use super::prompt::items;
use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::words::word;
use clawpowers_loader::client_budget;
use clawpowers_loader::client_budget::{claude, codex};
use serde::Serialize;

/// The context of a model where the request does not say, in tokens.
const CONTEXT: u64 = 200_000;

catalog_query! {
    /// Which skills, and how large the context is.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// The size of the context in tokens (default: 200,000).
        #[serde(default, deserialize_with = "crate::wire::number::whole")]
        pub context: Option<u64>,
    }
}

/// What each client would cut.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The context in tokens.
    pub context: u64,
    /// One entry for each client.
    pub clients: Vec<ClientBudget>,
}

/// What one client would cut.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientBudget {
    /// The client.
    pub client: &'static str,
    /// The most tokens that it spends on the list.
    pub budget: u64,
    /// The tokens that the full list would cost.
    pub needed: usize,
    /// The result for each skill.
    pub skills: Vec<Fate>,
}

/// What the client does with one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fate {
    /// Its name.
    pub name: String,
    /// Whether it is shown in full, its description is shortened or left out, or it is left out itself.
    #[serde(serialize_with = "word")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::wire::words::schema::<client_budget::Truncation>")
    )]
    pub fate: client_budget::Truncation,
    /// If it is `shortened`, how many code points of the description are kept.
    pub limit: Option<usize>,
}

/// Works out the cuts; each client is shown the skills of its own view unless roots or a client are named.
///
/// # Errors
///
/// As `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let context = request.context.unwrap_or(CONTEXT);
    let mut clients = Vec::new();
    for (name, list) in [("claude", claude as fn(&[_], u64) -> _), ("codex", codex)] {
        let mut selection = request.shared();
        if selection.roots.is_empty() && selection.client.is_none() {
            selection.client = Some(name.to_owned());
        }
        let items = items(runtime, &runtime.select(&selection)?.catalog);
        let listing = list(&items, context);
        let skills = items.into_iter().zip(listing.fates).map(|(item, fate)| Fate {
            name: item.name,
            fate,
            limit: match fate {
                client_budget::Truncation::Shortened(limit) => Some(limit),
                _ => None,
            },
        });
        let (client, budget, needed) = (listing.client, listing.budget, listing.needed);
        clients.push(ClientBudget {
            client,
            budget,
            needed,
            skills: skills.collect(),
        });
    }
    Ok(Response { context, clients })
}
