//! Reports inventory, readiness, visibility and faults.

use crate::error::ApiError;
use crate::runtime::Runtime;
use crate::wire::{DiagnosticOut, HiddenOut, RejectedOut, diagnostics, unmet};
use clawpowers_loader::catalog::{Catalog, CatalogOptions, Entry, Origin};
use clawpowers_loader::discover::{CLIENTS, Client};
use clawpowers_loader::inspect::inspect;
use clawpowers_loader::readiness::missing;
use clawpowers_loader::{Profile, Rule};
use serde::Serialize;
use std::collections::BTreeMap;

selecting! {
    /// Which skills to look at.
    {}
}

/// The state of the skills.
#[derive(Debug, Clone, Serialize)]
pub struct Response {
    /// What was found.
    pub inventory: Inventory,
    /// Skills whose requirements are not met here.
    pub not_ready: Vec<NotReady>,
    /// How many of the skills each client would see, and which it would not.
    pub visibility: Vec<Visibility>,
    /// Several ways to one file.
    pub duplicates: Vec<HiddenOut>,
    /// What did not load; broken and escaping links among it.
    pub rejected: Vec<RejectedOut>,
    /// Links of bodies and folders that lead nowhere or outside, and scripts that cannot run.
    pub references: Vec<References>,
    /// The profile that config.json puts in force without a list of skills for it; it has no effect.
    pub unknown_profile: Option<String>,
    /// Whether nothing is amiss.
    pub healthy: bool,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Inventory {
    /// Files that look like skills.
    pub found: usize,
    /// Visible skills.
    pub loaded: usize,
    /// Skills hidden by another of the same name.
    pub shadowed: usize,
    /// Files that did not load.
    pub rejected: usize,
    /// Visible skills by scope.
    pub scopes: BTreeMap<&'static str, usize>,
}

/// A skill whose requirements are not met.
#[derive(Debug, Clone, Serialize)]
pub struct NotReady {
    /// Its name.
    pub name: String,
    /// What is missing, as `kind name`.
    pub missing: Vec<String>,
}

/// What a client sees.
#[derive(Debug, Clone, Serialize)]
pub struct Visibility {
    /// The client.
    pub client: &'static str,
    /// How many skills it loads.
    pub loaded: usize,
    /// Skills that this runtime loads and the client does not, by their SKILL.md.
    pub unseen: Vec<String>,
    /// Skills of the client's own folders that it drops, with the reason.
    pub dropped: Vec<RejectedOut>,
}

/// Faults of one skill's references.
#[derive(Debug, Clone, Serialize)]
pub struct References {
    /// Its name.
    pub name: String,
    /// Its SKILL.md.
    pub location: String,
    /// The findings.
    pub diagnostics: Vec<DiagnosticOut>,
}

/// Looks at every skill; nothing is changed.
///
/// # Errors
///
/// As `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let selected = runtime.select(&request.selection())?;
    let catalog = &selected.catalog;
    let machine = Runtime::machine();
    let mut scopes = BTreeMap::new();
    let mut not_ready = Vec::new();
    let mut references = Vec::new();
    for entry in &catalog.entries {
        *scopes.entry(entry.scope.as_str()).or_insert(0) += 1;
        let lacking = missing(&entry.skill.requirements, &machine, catalog);
        if !lacking.is_empty() {
            not_ready.push(NotReady {
                name: entry.skill.name.clone(),
                missing: unmet(lacking),
            });
        }
        let Origin::Disk { file } = &entry.origin else {
            continue;
        };
        let mut found = inspect(file, Profile::ClawPowers).parsed.diagnostics;
        found.retain(|d| is_reference(d.rule));
        if !found.is_empty() {
            let location = file.to_string_lossy().into_owned();
            references.push(References {
                name: entry.skill.name.clone(),
                location,
                diagnostics: diagnostics(&found),
            });
        }
    }
    let visibility = if request.roots.is_empty() {
        visibility(runtime, catalog)
    } else {
        Vec::new()
    };
    Ok(Response {
        healthy: not_ready.is_empty()
            && references.is_empty()
            && catalog.rejected.is_empty()
            && selected.unknown_profile.is_none(),
        inventory: Inventory {
            found: catalog.found(),
            loaded: catalog.entries.len(),
            shadowed: catalog.shadowed.len(),
            rejected: catalog.rejected.len(),
            scopes,
        },
        not_ready,
        visibility,
        duplicates: catalog.duplicates.iter().cloned().map(HiddenOut::from).collect(),
        rejected: catalog.rejected.iter().map(RejectedOut::from).collect(),
        references,
        unknown_profile: selected.unknown_profile,
    })
}

const fn is_reference(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::DanglingLink
            | Rule::LinkOutside
            | Rule::SymlinkBroken
            | Rule::SymlinkEscape
            | Rule::ScriptNotExecutable
            | Rule::ResourcesTruncated
    )
}

fn visibility(runtime: &Runtime, ours: &Catalog) -> Vec<Visibility> {
    let view = |client: &'static Client| {
        let roots = client.roots(&runtime.surroundings);
        let options = CatalogOptions {
            roots,
            client: Some(client),
            ..CatalogOptions::default()
        };
        let theirs = Catalog::load(&options);
        let real = |catalog: &Catalog| -> Vec<_> {
            catalog
                .entries
                .iter()
                .filter_map(|entry| entry.location().canonicalize().ok())
                .collect()
        };
        let seen = real(&theirs);
        let unseen = ours.entries.iter().map(Entry::location);
        let unseen = unseen.filter(|path| path.canonicalize().is_ok_and(|path| !seen.contains(&path)));
        Visibility {
            client: client.name,
            loaded: theirs.entries.len(),
            unseen: unseen.map(|path| path.to_string_lossy().into_owned()).collect(),
            dropped: theirs.rejected.iter().map(RejectedOut::from).collect(),
        }
    };
    CLIENTS.iter().map(view).collect()
}
