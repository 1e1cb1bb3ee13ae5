//! `skill why` reads only what may have the name that it is asked for; its answers equal those from all files.

use super::recording::Recording;
use super::tree;
use clawpowers_loader::{
    Catalog, CatalogOptions, Client, Entry, Environment, Root, Rule, Shadowed, Survey, normalize_name,
};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Returns the names that may be asked for where a file is.
fn place_names(location: &Path) -> Vec<String> {
    let is_file = location
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let folder = location.parent().filter(|_| is_file).and_then(Path::file_name);
    let names = [folder, location.file_stem(), location.file_name()];
    names
        .into_iter()
        .flatten()
        .map(|name| normalize_name(&name.to_string_lossy()))
        .collect()
}

/// Returns everything that a client makes of a name.
fn made_of(catalog: &Catalog, name: &str) -> Vec<String> {
    let is_place = |location: &Path| place_names(location).iter().any(|one| one == name);
    let mut rows = Vec::new();
    for entry in &catalog.entries {
        let label = entry.label.as_deref().map(normalize_name);
        if normalize_name(&entry.skill.name) == name
            || label.as_deref() == Some(name)
            || is_place(&entry.file)
        {
            // A client may show only the first line of a description if the list is long.
            let description = entry.skill.description.lines().next().unwrap_or_default().trim();
            // Not the label: a client shows it for one of the skills that have it.
            rows.push(format!(
                "{:?} {:?} {:?} {:?}",
                entry.file, entry.skill.name, description, entry.skill.invocation
            ));
        }
    }
    let hidden = |one: &&Shadowed| normalize_name(&one.name) == name || is_place(&one.location);
    let shadowed = catalog.shadowed.iter().chain(&catalog.duplicates).filter(hidden);
    rows.extend(shadowed.map(|one| format!("{one:?}")));
    let skills = catalog
        .rejected
        .iter()
        .filter(|one| one.reason != Rule::ScanDepth);
    let rejected = skills.filter(|one| is_place(&one.location));
    rows.extend(rejected.map(|one| format!("{:?} {:?}", one.location, one.reason)));
    rows
}

/// Returns what a catalog consists of, without the tree that it was read from.
fn parts(catalog: &Catalog) -> impl std::fmt::Debug {
    let entry = |entry: &Entry| {
        let Entry {
            skill,
            label,
            file,
            scope,
            root,
            diagnostics,
            ..
        } = entry.clone();
        (skill, label, file, scope, root, diagnostics)
    };
    let entries: Vec<_> = catalog.entries.iter().map(entry).collect();
    let Catalog {
        shadowed,
        duplicates,
        rejected,
        ..
    } = catalog.clone();
    (entries, shadowed, duplicates, rejected)
}

#[test]
fn what_is_near_a_name_decides_what_a_client_makes_of_it() {
    for (client, recorded) in &Recording::read().clients {
        let dir = TempDir::new().unwrap();
        let base = dir.path().canonicalize().unwrap();
        tree::create(&base, client, &recorded.project);
        let environment = Environment {
            cwd: base.join(tree::CWD),
            user_home: Some(base.join(tree::HOME)),
            ..Environment::default()
        };
        let client = Client::named(client).unwrap();
        let load = |tree| {
            Catalog::load(&CatalogOptions {
                roots: client.roots(&environment),
                tree,
                client: Some(client),
                ..CatalogOptions::default()
            })
        };
        let disk = || Arc::new(clawpowers_loader::DiskTree);
        let whole = load(disk());
        let mut names = BTreeSet::new();
        for entry in &whole.entries {
            names.extend(entry.label.as_deref().map(normalize_name));
            names.insert(normalize_name(&entry.skill.name));
            names.extend(place_names(&entry.file));
        }
        names.extend(whole.shadowed.iter().flat_map(|one| place_names(&one.location)));
        let rejected = whole.rejected.iter().filter(|one| one.reason != Rule::ScanDepth);
        names.extend(rejected.flat_map(|one| place_names(&one.location)));
        assert!(names.len() > 90, "{} {}", client.name, names.len());
        let roots: Vec<(Option<&Client>, Vec<Root>)> = vec![(Some(client), client.roots(&environment))];
        let survey = Survey::new(disk(), "", &roots);
        assert_eq!(
            format!("{:?}", parts(&load(survey.tree()))),
            format!("{:?}", parts(&whole))
        );
        // Every skill is in a file and a folder of these names.
        let is_asked =
            |name: &&String| !["skill", "skill.md", "skills"].contains(&name.to_lowercase().as_str());
        for name in names.iter().filter(is_asked) {
            let survey = Survey::new(disk(), name, &roots);
            assert!(!survey.needs_all(Some(client)));
            let near = load(survey.near(Some(client)));
            let expected = made_of(&whole, name);
            assert!(!expected.is_empty(), "{name}");
            assert_eq!(made_of(&near, name), expected, "{} {name}", client.name);
        }
    }
}
