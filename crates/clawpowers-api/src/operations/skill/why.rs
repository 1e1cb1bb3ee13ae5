//! Explains what each client does with a skill.

use super::budget::{Budgeted, CONTEXT};
use crate::client_view::{Explained, Found, View, Wanted};
use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{ApiError, Result, named};
use clawpowers_loader::client_budget::Truncation;
use clawpowers_loader::display::{display_path, nearest, pluralize, quote};
use clawpowers_loader::{CLIENTS, Catalog, CatalogOptions, Client, Entry, Root, Survey};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// The name of the skill, its label or its folder.
    pub name: String,
    /// Only this client; by default all.
    #[serde(default)]
    pub client: Option<String>,
    /// The size of the context in tokens (default: 200,000).
    #[serde(default, deserialize_with = "crate::wire::number::whole")]
    pub context: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub name: String,
    pub clients: Vec<ClientView>,
}

/// What one client does with the skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientView {
    pub client: &'static str,
    /// The version that was run to learn its rules; absent if they come from documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<&'static str>,
    /// Whether the model sees the skill: `visible`, or why not: `hidden` (the client does not show it), `over_budget` (its
    /// description or the whole skill is left out), `later` (it is loaded with certain files), `shadowed`, `rejected`,
    /// `elsewhere` (in a folder that the client does not read).
    pub status: &'static str,
    /// The name by which the client calls the skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The description that the model sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How much of the description the client keeps; absent if its budget is not known, or if it does not list the skill for
    /// another reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Shown>,
    /// The SKILL.md.
    pub location: String,
    /// The rule by which the client does not show the skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    pub message: String,
    /// What to do so that the model sees the skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The folders in which the client looks for skills, the first of highest precedence.
    pub roots: Vec<String>,
}

/// What is left of a description, in code points.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shown {
    /// Whether it is shown in full, shortened or left out, or the whole skill is left out.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Truncation>"))]
    pub fate: Truncation,
    /// How much of it is shown.
    pub shown: usize,
    /// How long it is.
    pub length: usize,
    /// The context in tokens.
    pub context: u64,
}

/// Explains for each client whether the model sees a skill, and why not.
///
/// # Errors
///
/// `not_found` if neither ClawPowers nor a client finds a skill of this name, `invalid_input` for an unknown client.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let clients: Vec<&'static Client> = match request.client.as_deref() {
        None => CLIENTS.iter().collect(),
        Some(name) => {
            let names: Vec<_> = CLIENTS.iter().map(|client| client.name).collect();
            let client = Client::named(name).ok_or_else(|| unknown_name("client", name, &names))?;
            vec![client]
        }
    };
    let tree = runtime.tree();
    let clients = clients.into_iter().map(Some).chain([None]);
    let mut roots: Vec<(Option<&Client>, Vec<Root>)> = clients
        .map(|client| (client, runtime.default_roots(&*tree, client)))
        .collect();
    let survey = Survey::new(tree, &request.name, &roots);
    let own = own_catalog(&survey, roots.pop().map(|(_, roots)| roots).unwrap_or_default());
    let view = |(client, roots): (Option<&'static Client>, Vec<Root>)| {
        Some(View::load(runtime, client?, roots, survey.near(client)))
    };
    let views: Vec<View> = roots.into_iter().filter_map(view).collect();
    let wanted = Wanted::new(&request.name);
    let found: Vec<Found> = views.iter().map(|view| view.find(&wanted)).collect();
    // A client that does not find the skill is told where another one does.
    let anywhere = found.iter().find_map(Found::location);
    let Some(anywhere) = wanted.location_in(&own).or(anywhere) else {
        let error = ApiError::not_found(format!("there is no skill {}", quote(&request.name)));
        let bundled = own.entries.iter().map(|entry| entry.skill.name.as_str());
        let names = survey.names().iter().map(String::as_str).chain(bundled);
        return Err(match nearest(&request.name, names) {
            Some(near) => error.hint(format!("did you mean {}?", quote(near))),
            None => error.hint("{skill_list} shows the skills"),
        });
    };
    let context = request.context.unwrap_or(CONTEXT);
    let explain = |(mut view, found): (View, Found)| {
        // A file that a client does not load has no name for it.
        let found = match found {
            Found::Nowhere => view.find_at(&anywhere),
            found => found,
        };
        let found = match found {
            Found::Loaded(entry) => Found::Loaded(listed(runtime, &mut view, &survey, entry)),
            found => found,
        };
        let location = found.location().unwrap_or_else(|| anywhere.clone());
        let explained = view.explain(&found, &anywhere);
        let shown = match (&found, explained.status) {
            (Found::Loaded(entry), "visible") => shown(runtime, &mut view, &survey, entry, context),
            _ => None,
        };
        let view = described(&view, found, explained, display_path(&location));
        match shown {
            Some((shown, description)) => with_budget(view, shown, description),
            None => view,
        }
    };
    Ok(Response {
        name: request.name.clone(),
        clients: views.into_iter().zip(found).map(explain).collect(),
    })
}

fn own_catalog(survey: &Survey, roots: Vec<Root>) -> Catalog {
    Catalog::load(&CatalogOptions {
        roots,
        tree: survey.near(None),
        bundled: Some(crate::bundled::tree()),
        ..CatalogOptions::default()
    })
}

fn described(view: &View, found: Found, explained: Explained, location: String) -> ClientView {
    let entry = match found {
        Found::Loaded(entry) => Some(*entry),
        _ => None,
    };
    let is_visible = explained.status == "visible";
    let skill = entry.map(|entry| entry.skill);
    let description = skill.as_ref().filter(|_| is_visible);
    ClientView {
        client: view.client.name,
        verified: view.client.verified,
        status: explained.status,
        description: description.map(|skill| skill.description.clone()),
        called: skill.map(|skill| skill.name),
        budget: None,
        location,
        rule: explained.rule,
        message: explained.message,
        hint: explained.hint,
        roots: view.roots.iter().map(|root| display_path(&root.path)).collect(),
    }
}

/// Loads all skills of a client.
fn load_all(runtime: &Runtime, view: &mut View, survey: &Survey) {
    if !survey.needs_all(Some(view.client)) {
        *view = View::load(runtime, view.client, view.roots.clone(), survey.tree());
    }
}

/// Returns a skill as it is in the list of all skills.
fn listed(runtime: &Runtime, view: &mut View, survey: &Survey, entry: Box<Entry>) -> Box<Entry> {
    let is_short = !entry.skill.description.contains('\n');
    if is_short || !view.client.listing.may_keep_first_lines() {
        return entry;
    }
    load_all(runtime, view, survey);
    let mut all = view.catalog.entries.iter();
    let listed = all.find(|one| one.file == entry.file).cloned();
    listed.map_or(entry, Box::new)
}

/// Returns what a client keeps of a description, and that text.
fn shown(
    runtime: &Runtime,
    view: &mut View,
    survey: &Survey,
    entry: &Entry,
    context: u64,
) -> Option<(Shown, Option<String>)> {
    let budgeted = Budgeted::of(view.client)?;
    // All skills of the client compete for the room.
    load_all(runtime, view, survey);
    let mut entries = std::mem::take(&mut view.catalog.entries);
    entries.retain(|entry| entry.skill.invocation.model);
    let index = entries.iter().position(|one| one.file == entry.file)?;
    let allocation = (budgeted.allocate)(runtime, &entries, context);
    let fate = allocation.shares.get(index)?.truncation;
    let description = entry.skill.description.as_str();
    let length = description.chars().count();
    let (shown, text) = match fate {
        Truncation::Whole => (length, Some(description.to_owned())),
        Truncation::Shortened(shown) => (shown, Some((budgeted.shown)(description, shown))),
        Truncation::NameOnly | Truncation::Dropped => (0, None),
    };
    let shown = Shown {
        fate,
        shown,
        length,
        context,
    };
    Some((shown, text))
}

fn with_budget(view: ClientView, budget: Shown, description: Option<String>) -> ClientView {
    let name = quote(view.called.as_deref().unwrap_or_default());
    let Shown { shown, length, .. } = budget;
    let context = pluralize(budget.context, "token");
    let over = |what: String| format!("over budget with a context of {context}: {what}");
    let (status, message) = match budget.fate {
        Truncation::Whole => (view.status, view.message),
        Truncation::Shortened(_) => (
            view.status,
            format!(
                "the model sees it as {name}, with {shown} of the {length} characters of its description"
            ),
        ),
        Truncation::NameOnly => (
            "over_budget",
            over(format!("the model sees {name} without its description")),
        ),
        Truncation::Dropped => ("over_budget", over(format!("the client leaves out {name}"))),
    };
    let hint = match budget.fate {
        Truncation::Whole => view.hint,
        _ => Some(format!(
            "shorten descriptions or remove skills: {{skill_budget client={}}} lists what they need",
            view.client
        )),
    };
    ClientView {
        status,
        message,
        hint: hint.map(|hint| crate::hint::worded(&hint)),
        description,
        budget: Some(budget),
        ..view
    }
}
