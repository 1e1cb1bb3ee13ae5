//! Compares what ClawPowers loads with what each client shows.

use crate::client_view::{Explained, Unloaded, View};
use crate::operations::skill::budget::{Budgeted, CONTEXT};
use crate::runtime::Runtime;
use crate::wire;
use clawpowers_loader::client_budget::Truncation;
use clawpowers_loader::display::display_path;
use clawpowers_loader::{CLIENTS, COMMON_FOLDER, Catalog, Client, Entry, Scope, normalize_name, read_once};
use serde::Serialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What one client would load.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visibility {
    pub client: &'static str,
    pub loaded: usize,
    /// The locations of skills that ClawPowers loads but the client does not.
    pub unseen: Vec<String>,
    /// Skills in the client's own folders that it rejects.
    pub dropped: Vec<wire::Rejected>,
    /// How many descriptions it shortens or leaves out with a context of 200,000 tokens; `null` if its budget is not known.
    pub cut: Option<usize>,
}

/// A skill that a client does not show to the model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotShown {
    pub client: &'static str,
    /// The name of the skill.
    pub name: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// `rejected`, `elsewhere` (it is in the folder of skills for all clients, which this client does not read) or
    /// `over_budget`.
    pub status: &'static str,
    /// Why the client does not show it.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

#[derive(Default)]
pub(super) struct Compared {
    pub(super) visibility: Vec<Visibility>,
    pub(super) not_shown: Vec<NotShown>,
}

/// Compares the views of all clients with what ClawPowers loads.
pub(super) fn compare(runtime: &Runtime, ours: &Catalog) -> Compared {
    let tree = read_once(runtime.tree());
    // Other clients do not see bundled skills.
    let own: Vec<(&Entry, PathBuf)> = ours
        .entries
        .iter()
        .filter(|entry| entry.scope != Scope::Bundled)
        .filter_map(|entry| Some((entry, tree.canonicalize(&entry.file).ok()?)))
        .collect();
    let mut compared = Compared::default();
    for client in CLIENTS {
        let roots = runtime.default_roots(&*tree, Some(client));
        let view = View::load(runtime, client, roots, Arc::clone(&tree));
        let loaded = &view.catalog.entries;
        let files = loaded
            .iter()
            .filter_map(|entry| tree.canonicalize(&entry.file).ok());
        let files: HashSet<PathBuf> = files.collect();
        let unseen = own.iter().filter(|(_, file)| !files.contains(file));
        let unseen: Vec<&Entry> = unseen.map(|(entry, _)| *entry).collect();
        let (cut, left_out) = over_budget(runtime, &view);
        // In a browser this is known when it is compiled, which keeps the module small.
        let has_disk = !cfg!(target_family = "wasm") && runtime.has_disk();
        if has_disk && client.is_used_in_project(&runtime.environment) {
            let left_out = |entry: &&Entry| left_out.contains(&entry.file);
            compared.not_shown.extend(not_shown(&view, &unseen));
            let project = own.iter().map(|(entry, _)| *entry).filter(is_of_project);
            compared
                .not_shown
                .extend(project.filter(left_out).map(|entry| dropped(client, entry)));
        }
        compared.visibility.push(Visibility {
            client: client.name,
            loaded: loaded.len(),
            unseen: unseen
                .iter()
                .map(|entry| display_path(&entry.location()))
                .collect(),
            cut,
            dropped: view
                .catalog
                .rejected
                .into_iter()
                .map(wire::Rejected::from)
                .collect(),
        });
    }
    compared
}

fn is_of_project(entry: &&Entry) -> bool {
    entry.scope == Scope::Project
}

/// Returns why a client does not show skills of the project that it should: those that it finds, and those in the folder for
/// all clients. A skill in the folder of another client is for that one, and one that says so itself is hidden on purpose.
fn not_shown(view: &View, unseen: &[&Entry]) -> Vec<NotShown> {
    let catalog = &view.catalog;
    let loaded = catalog.entries.iter().map(|entry| entry.skill.name.as_str());
    let labels = catalog.entries.iter().filter_map(|entry| entry.label.as_deref());
    let hidden = catalog.shadowed.iter().chain(&catalog.duplicates);
    let hidden = hidden.map(|one| one.name.as_str());
    let names: HashSet<String> = loaded.chain(labels).chain(hidden).map(normalize_name).collect();
    let unloaded = Unloaded::of(view);
    let why = |entry: &&&Entry| -> Option<NotShown> {
        if !is_of_project(entry) || names.contains(&normalize_name(&entry.skill.name)) {
            return None;
        }
        let found = unloaded.find(&entry.skill.name, &entry.file);
        let explained = view.explain(&found, &entry.file);
        let Explained {
            status,
            message,
            hint,
            ..
        } = explained;
        let counts = match status {
            "rejected" => true,
            "elsewhere" => entry.root.ends_with(Path::new(COMMON_FOLDER)),
            _ => false,
        };
        counts.then(|| NotShown {
            client: view.client.name,
            name: entry.skill.name.clone(),
            location: display_path(&entry.location()),
            status,
            message,
            hint,
        })
    };
    unseen.iter().filter_map(|entry| why(&entry)).collect()
}

/// Returns how many descriptions a client does not show in full, and the files of the skills that it leaves out.
fn over_budget(runtime: &Runtime, view: &View) -> (Option<usize>, HashSet<PathBuf>) {
    let Some(budgeted) = Budgeted::of(view.client) else {
        return (None, HashSet::new());
    };
    let entries = view.catalog.entries.iter();
    let entries = entries.filter(|entry| entry.skill.invocation.model);
    let entries: Vec<Entry> = entries.cloned().collect();
    let shares = (budgeted.allocate)(runtime, &entries, CONTEXT).shares;
    let cut = shares
        .iter()
        .filter(|share| share.truncation != Truncation::Whole)
        .count();
    let dropped = entries.into_iter().zip(&shares);
    let dropped = dropped.filter(|(_, share)| share.truncation == Truncation::Dropped);
    (Some(cut), dropped.map(|(entry, _)| entry.file).collect())
}

fn dropped(client: &Client, entry: &Entry) -> NotShown {
    let hint = format!(
        "remove skills: {{skill_budget client={}}} lists what they need",
        client.name
    );
    NotShown {
        client: client.name,
        name: entry.skill.name.clone(),
        location: display_path(&entry.location()),
        status: "over_budget",
        message: format!("over budget with a context of {CONTEXT} tokens"),
        hint: Some(crate::hint::worded(&hint)),
    }
}
