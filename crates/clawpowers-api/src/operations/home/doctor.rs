//! Reports inventory, readiness, visibility and faults.

use crate::catalog_query::{Selected, catalog_query};
use crate::config::roles::{Roles, roles};
use crate::hint::worded;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::skill::{diagnostics, unmet};
use crate::wire::words::word;
use crate::wire::{self, DatabaseStatus};
use clawpowers_executor::{Db, Error, Leftovers, Storage};
use clawpowers_loader::display::display_path;
use clawpowers_loader::{
    CLIENTS, Catalog, CatalogOptions, Client, Entry, Profile, Rule, Scope, lint_package, missing_requirements,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

catalog_query! {
    /// Which skills to look at, and how thoroughly.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// Also compare every index of the database with its table, which takes longer.
        #[serde(default)]
        pub deep: bool,
    }
}

/// The condition of the skills, of config.json and of the database.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// What was found.
    pub inventory: Inventory,
    /// Skills with unmet requirements.
    pub not_ready: Vec<NotReady>,
    /// What each client would load; empty if `roots` are given.
    pub visibility: Vec<Visibility>,
    /// Skills that were found by more than one path.
    pub duplicates: Vec<wire::Hidden>,
    /// What did not load, including broken and escaping symlinks.
    pub rejected: Vec<wire::Rejected>,
    /// Skills with dangling or escaping links, or with scripts that are not executable.
    pub references: Vec<References>,
    /// The active profile of config.json if `profiles` does not define it; it has no effect then.
    pub unknown_profile: Option<String>,
    /// The config.json of the runtime home.
    pub config: ConfigState,
    /// The database of the runtime home.
    pub storage: DatabaseState,
    /// Whether no problem was found.
    pub healthy: bool,
}

/// The state of config.json.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigState {
    /// Why the file cannot be read; no role profile is active then. `null` if it can be read or does not exist.
    pub problem: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
}

/// The condition of the database.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DatabaseState {
    /// The path of the database; `null` if there is no runtime home.
    pub database: Option<String>,
    /// `none` if nothing has been written yet, `sound`, or a `details.kind` of the error `storage`.
    #[serde(serialize_with = "word")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::wire::words::schema::<DatabaseStatus>")
    )]
    pub state: DatabaseStatus,
    /// The problems found.
    pub problems: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// Facts that are not problems.
    pub notes: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inventory {
    /// Files found that look like skills.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotReady {
    /// Its name.
    pub name: String,
    /// The unmet requirements, as `kind name`.
    pub missing: Vec<String>,
}

/// What one client would load.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visibility {
    /// The client.
    pub client: &'static str,
    /// The number of skills that it loads.
    pub loaded: usize,
    /// The locations of skills that ClawPowers loads but the client does not.
    pub unseen: Vec<String>,
    /// Skills in the client's own folders that it drops.
    pub dropped: Vec<wire::Rejected>,
}

/// The problems with links and scripts of one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct References {
    /// Its name.
    pub name: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// The diagnostics.
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Checks every skill, config.json and the database. Where the database is damaged, its marker file says so from then on,
/// and every write is refused; where it is not, such a note is deleted. Nothing else is changed.
///
/// # Errors
///
/// As `skill_list`; a config.json that cannot be read is none.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut selection = request.shared();
    let (roles, config) = roles_or_problem(runtime);
    if config.problem.is_some() {
        selection.profile = None;
    }
    let selected: Selected = runtime.select_with(&selection, roles)?;
    let catalog = &selected.catalog;
    let machine = Runtime::machine();
    let mut scopes = BTreeMap::new();
    let mut not_ready = Vec::new();
    let mut references = Vec::new();
    for entry in &catalog.entries {
        *scopes.entry(entry.scope.as_str()).or_insert(0) += 1;
        let lacking = missing_requirements(&entry.skill.requirements, &machine, catalog);
        if !lacking.is_empty() {
            not_ready.push(NotReady {
                name: entry.skill.name.clone(),
                missing: unmet(lacking),
            });
        }
        // The shipped ones are linted before they are shipped.
        if entry.scope == Scope::Bundled {
            continue;
        }
        let inspected = lint_package(&*entry.tree, &entry.file, Profile::ClawPowers);
        let mut found = inspected.parsed.diagnostics;
        found.retain(|d| is_reference(d.rule));
        if !found.is_empty() {
            let location = display_path(&entry.location());
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
    let storage = storage(runtime, request.deep);
    Ok(Response {
        healthy: not_ready.is_empty()
            && references.is_empty()
            && catalog.rejected.is_empty()
            && selected.unknown_profile.is_none()
            && config.problem.is_none()
            && storage.problems.is_empty(),
        config,
        storage,
        inventory: Inventory {
            found: catalog.found(),
            loaded: catalog.entries.len(),
            shadowed: catalog.shadowed.len(),
            rejected: catalog.rejected.len(),
            scopes,
        },
        not_ready,
        visibility,
        duplicates: catalog
            .duplicates
            .iter()
            .cloned()
            .map(wire::Hidden::from)
            .collect(),
        rejected: catalog
            .rejected
            .iter()
            .cloned()
            .map(wire::Rejected::from)
            .collect(),
        references,
        unknown_profile: selected.unknown_profile,
    })
}

/// Returns the role profiles; without any where config.json cannot be read, and why.
fn roles_or_problem(runtime: &Runtime) -> (Roles, ConfigState) {
    let home = runtime.surroundings.home.as_deref();
    // Where the home is a file, the database says so.
    match roles(home.filter(|home| !home.is_file())) {
        Ok(roles) => (roles, ConfigState::default()),
        Err(error) => {
            let config = ConfigState {
                problem: Some(error.message),
                hint: error.hint,
            };
            (Roles::default(), config)
        }
    }
}

/// Checks the database; one that does not exist yet is not created.
fn storage(runtime: &Runtime, deep: bool) -> DatabaseState {
    let none = DatabaseState::default();
    if !runtime.has_disk() {
        return checked(runtime, deep).unwrap_or(none);
    }
    let Ok(home) = runtime.home() else { return none };
    let path = home.database();
    let exists = path.try_exists().map_err(|error| Error::io(&path, &error));
    let mut storage = match exists.and_then(|exists| {
        if exists {
            Ok(true)
        } else {
            home.check_orphan_wal().map(|()| false)
        }
    }) {
        Ok(true) => checked(runtime, deep || home.noted_damage().is_some()).unwrap_or(none),
        Ok(false) => none,
        Err(error) => failed(error.into()),
    };
    storage.database = Some(display_path(&path));
    let noted = match storage.state {
        DatabaseStatus::Sound => home.clear_damage(),
        DatabaseStatus::Failed(Storage::Corrupt) => home.note_damage(&storage.problems),
        _ => Ok(()),
    };
    if let Err(error) = noted {
        let why = format!("the database cannot be marked as damaged for other commands: {error}");
        storage.problems.push(why);
    }
    storage
}

/// Checks the database that there is; `None` where there is none.
fn checked(runtime: &Runtime, deep: bool) -> Option<DatabaseState> {
    let check = |db: &mut Db| {
        let problems = db.check(deep)?;
        let left = match problems.is_empty() {
            true => db.leftovers()?,
            false => Leftovers::default(),
        };
        Ok((problems, left))
    };
    match runtime.read(check) {
        Ok(None) => None,
        Ok(Some((problems, left))) if problems.is_empty() => Some(DatabaseState {
            state: DatabaseStatus::Sound,
            notes: note(left).into_iter().collect(),
            ..DatabaseState::default()
        }),
        Ok(Some((problems, _))) => Some(DatabaseState {
            state: DatabaseStatus::Failed(Storage::Corrupt),
            problems,
            hint: Some(worded(Storage::Corrupt.hint())),
            ..DatabaseState::default()
        }),
        Err(error) => Some(failed(error)),
    }
}

/// Returns the state of a database that cannot be used.
fn failed(error: ApiError) -> DatabaseState {
    let kind = error
        .details
        .as_ref()
        .and_then(|details| details.get("kind")?.as_str().map(str::to_owned));
    let known = Storage::ALL
        .into_iter()
        .find(|storage| kind.as_deref() == Some(storage.as_str()));
    DatabaseState {
        state: DatabaseStatus::Failed(known.unwrap_or(Storage::Io)),
        problems: vec![error.message],
        hint: error.hint,
        ..DatabaseState::default()
    }
}

/// Says what imports that were stopped left behind.
fn note(left: Leftovers) -> Option<String> {
    let counted = |count: u64, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> = [counted(left.executions, "execution"), counted(left.keys, "key")]
        .into_iter()
        .flatten()
        .collect();
    let what = parts.join(" and ");
    let one = left.executions + left.keys == 1;
    let (count, them) = if one { ("does", "it") } else { ("do", "them") };
    (!parts.is_empty()).then(|| {
        format!("{what} of an import that was stopped {count} not count; the next import deletes {them}")
    })
}

const fn is_reference(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::DanglingLink
            | Rule::DanglingPath
            | Rule::LinkOutside
            | Rule::SymlinkBroken
            | Rule::SymlinkEscape
            | Rule::ScriptNotExecutable
            | Rule::ResourcesTruncated
    )
}

fn visibility(runtime: &Runtime, ours: &Catalog) -> Vec<Visibility> {
    let tree = runtime.tree();
    // Skills that no folder holds are no client's to see.
    let real = |entry: &Entry| match entry.scope {
        Scope::Bundled => None,
        _ => entry.tree.canonicalize(&entry.file).ok(),
    };
    let view = |client: &'static Client| {
        let options = CatalogOptions {
            roots: runtime.default_roots(&*tree, Some(client)),
            tree: Arc::clone(&tree),
            client: Some(client),
            ..CatalogOptions::default()
        };
        let theirs = Catalog::load(&options);
        let seen: Vec<_> = theirs.entries.iter().filter_map(real).collect();
        let unseen = ours.entries.iter();
        let unseen = unseen.filter(|entry| real(entry).is_some_and(|path| !seen.contains(&path)));
        let unseen = unseen.map(Entry::location);
        Visibility {
            client: client.name,
            loaded: theirs.entries.len(),
            unseen: unseen.map(|path| display_path(&path)).collect(),
            dropped: theirs.rejected.into_iter().map(wire::Rejected::from).collect(),
        }
    };
    CLIENTS.iter().map(view).collect()
}
