//! Shows what other clients would cut from their lists.

mod usage;

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{Result, named};
use clawpowers_loader::client_budget::{
    Allocation, Listed, Share, Truncation, claude, claude_budget, codex, codex_shown,
};
use clawpowers_loader::display::escape_control;
use clawpowers_loader::{Client, Entry};
use serde::Serialize;
use std::cmp::Reverse;
use usage::{Usage, claude_preferences};

/// The default size of the context in tokens.
pub(crate) const CONTEXT: u64 = 200_000;

/// A client whose budget is known.
pub(crate) struct Budgeted {
    client: &'static str,
    /// Computes what it would cut with a context of this many tokens.
    pub(crate) allocate: fn(&Runtime, &[Entry], u64) -> Allocation,
    /// Returns this many code points of a description, as the client shows them.
    pub(crate) shown: fn(&str, usize) -> String,
}

const BUDGETED: [Budgeted; 2] = [
    Budgeted {
        client: "claude",
        allocate: of_claude,
        shown: |description, shown| description.chars().take(shown).collect(),
    },
    Budgeted {
        client: "codex",
        allocate: of_codex,
        shown: codex_shown,
    },
];

impl Budgeted {
    pub(crate) fn of(client: &Client) -> Option<&'static Self> {
        BUDGETED.iter().find(|one| one.client == client.name)
    }
}

catalog_query! {
    pub struct Request {
        /// The size of the context in tokens (default: 200,000).
        #[serde(default, deserialize_with = "crate::wire::number::whole")]
        pub context: Option<u64>,
        /// `use` lists the skills in the order in which to remove them: those without an execution, then those that
        /// never succeeded, then the least used; of two that are equal, the longer one first (default: the order of the
        /// client's list).
        pub rank_by: Option<String>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The context in tokens.
    pub context: u64,
    pub clients: Vec<ClientBudget>,
}

/// What one client would cut. Sizes are in characters, as Claude Code counts them, or in bytes for Codex.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientBudget {
    pub client: &'static str,
    /// The unit of the sizes: `characters` or `bytes`.
    #[serde(skip)]
    pub unit: &'static str,
    /// The maximum size of its list.
    pub budget: u64,
    /// The size of the skills that ship with the client, which use the budget first.
    pub bundled: usize,
    /// The size of the full list of the other skills.
    pub needed: usize,
    /// With `rank_by`, how many skills, from the start of the list, must be removed until nothing is cut.
    pub removals: Option<usize>,
    pub skills: Vec<Fate>,
}

/// How one skill is shown in the client's list.
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
    /// The size of its whole line.
    pub cost: usize,
    /// With `rank_by`, the number of its ended executions in the runtime home.
    pub executions: Option<i64>,
    /// With `rank_by`, how many of them succeeded.
    pub successes: Option<i64>,
}

/// Computes the cuts. Each client has its own view of the skills unless the request names a client; then only that
/// client's cuts are computed, if its budget is known.
///
/// # Errors
///
/// `invalid_input` for an unknown ranking; `storage` if the executions for a ranking cannot be read; otherwise the same
/// as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let context = request.context.unwrap_or(CONTEXT);
    let usage = match request.rank_by.as_deref() {
        None => None,
        Some("use") => Some(Usage::read(runtime)?),
        Some(other) => return Err(unknown_name("ranking", other, &["use"])),
    };
    let named = request.client.as_deref().and_then(Client::named);
    let only = named.and_then(Budgeted::of);
    let mut clients = Vec::new();
    for Budgeted { client, allocate, .. } in only.map_or(&BUDGETED[..], std::slice::from_ref) {
        let mut selection = request.shared();
        selection.client.get_or_insert_with(|| (*client).to_owned());
        let mut entries = runtime.select(&selection)?.catalog.entries;
        entries.retain(|entry| entry.skill.invocation.model);
        let allocation = allocate(runtime, &entries, context);
        clients.push(budget(client, &entries, &allocation, usage.as_ref()));
    }
    Ok(Response { context, clients })
}

fn of_claude(runtime: &Runtime, entries: &[Entry], context: u64) -> Allocation {
    let preferences = claude_preferences(runtime);
    let preferred = |entry| {
        let listed = Listed::from(entry);
        Listed {
            preference: preferences.get(listed.name).copied().unwrap_or_default(),
            ..listed
        }
    };
    let listed: Vec<Listed<'_>> = entries.iter().map(preferred).collect();
    let budget = runtime.environment.claude_budget;
    claude(&listed, budget.unwrap_or_else(|| claude_budget(context)))
}

fn of_codex(_: &Runtime, entries: &[Entry], context: u64) -> Allocation {
    let listed: Vec<Listed<'_>> = entries.iter().map(Listed::from).collect();
    codex(&listed, context)
}

fn budget(
    client: &'static str,
    entries: &[Entry],
    allocation: &Allocation,
    usage: Option<&Usage>,
) -> ClientBudget {
    let fate = |(entry, share): (&Entry, &Share)| {
        let uses = usage.map(|usage| usage.of(entry));
        Fate {
            name: escape_control(&entry.skill.name).into_owned(),
            fate: share.truncation,
            limit: match share.truncation {
                Truncation::Shortened(limit) => Some(limit),
                _ => None,
            },
            cost: share.cost,
            executions: uses.map(|uses| uses.executions),
            successes: uses.map(|uses| uses.successes),
        }
    };
    let mut skills: Vec<(usize, Fate)> = entries
        .iter()
        .zip(&allocation.shares)
        .map(fate)
        .enumerate()
        .collect();
    let removals = usage.map(|_| {
        skills.sort_by_key(|(_, skill)| {
            let successes = skill.successes.unwrap_or_default();
            (
                skill.executions > Some(0),
                successes > 0,
                skill.executions,
                Reverse(skill.cost),
            )
        });
        allocation.removals(skills.iter().map(|(index, _)| *index))
    });
    ClientBudget {
        client,
        unit: allocation.unit,
        budget: allocation.budget,
        bundled: allocation.bundled,
        needed: allocation.needed(),
        removals,
        skills: skills.into_iter().map(|(_, skill)| skill).collect(),
    }
}
