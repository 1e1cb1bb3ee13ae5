//! Shows what other clients would cut from their lists.

use super::prompt::items;
use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::{Result, named};
use clawpowers_loader::client_budget::{Truncation, claude, codex};
use serde::Serialize;

/// The default size of the context in tokens.
const CONTEXT: u64 = 200_000;

catalog_query! {
    pub struct Request {
        /// The size of the context in tokens (default: 200,000).
        #[serde(default, deserialize_with = "crate::wire::number::whole")]
        pub context: Option<u64>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The context in tokens.
    pub context: u64,
    pub clients: Vec<ClientBudget>,
}

/// What one client would cut.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientBudget {
    pub client: &'static str,
    /// The most tokens that it spends on the list.
    pub budget: u64,
    /// The tokens that the full list would cost.
    pub needed: usize,
    pub skills: Vec<Fate>,
}

/// What the client does with one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fate {
    pub name: String,
    /// Whether it is shown in full, its description is shortened or left out, or it is left out itself.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Truncation>"))]
    pub fate: Truncation,
    /// If it is `shortened`, how many code points of the description are kept.
    pub limit: Option<usize>,
}

/// Computes the cuts. Each client has its own view of the skills unless the request names roots or a client.
///
/// # Errors
///
/// As `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let context = request.context.unwrap_or(CONTEXT);
    let mut clients = Vec::new();
    for (name, list) in [("claude", claude as fn(&[_], u64) -> _), ("codex", codex)] {
        let mut selection = request.shared();
        if selection.roots.is_empty() && selection.client.is_none() {
            selection.client = Some(name.to_owned());
        }
        let items = items(runtime, &runtime.select(&selection)?.catalog);
        let listing = list(&items, context);
        let skills = items
            .into_iter()
            .zip(listing.truncations)
            .map(|(item, fate)| Fate {
                name: item.name,
                fate,
                limit: match fate {
                    Truncation::Shortened(limit) => Some(limit),
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
