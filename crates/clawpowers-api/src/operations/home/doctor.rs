//! Checks skills, config.json and the database.

mod clients;

use super::notes::Place;
use crate::catalog_query::{Selected, catalog_query};
use crate::config::roles::{Roles, roles};
use crate::hint::worded;
use crate::runtime::Runtime;
use crate::wire::skill::{diagnostics_of, unmet};
use crate::wire::{self, ApiError, DatabaseStatus, Result, named};
use clawpowers_executor::{Db, Error, Leftovers, Storage};
use clawpowers_loader::display::{display_path, pluralize};
use clawpowers_loader::{Catalog, Rule, Scope, Target, lint_package, lookalikes, missing_requirements};
use clients::Compared;
pub use clients::{NotShown, Visibility};
use serde::Serialize;
use std::collections::BTreeMap;

catalog_query! {
    pub struct Request {
        /// Also compare every index of the database with its table, which takes longer.
        #[serde(default)]
        pub deep: bool,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub inventory: Inventory,
    /// Skills with unmet requirements.
    pub not_ready: Vec<NotReady>,
    /// What each client would load; empty if `roots` are given.
    pub visibility: Vec<Visibility>,
    /// Skills of the project that a client with a folder in the project should show to the model, and does not.
    pub not_shown: Vec<NotShown>,
    /// Skills that were found by more than one path.
    pub duplicates: Vec<wire::Hidden>,
    /// What did not load, including broken and escaping symlinks.
    pub rejected: Vec<wire::Rejected>,
    /// Skills with broken links, links that lead out of the skill's folder, or scripts that are not executable.
    pub references: Vec<SkillDiagnostics>,
    /// Skills with text or characters in their files that a model reads and people do not see.
    pub hidden_text: Vec<SkillDiagnostics>,
    /// Skills whose names look like those of others.
    pub lookalikes: Vec<Lookalike>,
    /// The active profile of config.json if `profiles` does not define it; it has no effect then.
    pub unknown_profile: Option<String>,
    pub config: ConfigState,
    pub storage: DatabaseState,
    pub healthy: bool,
}

/// The state of config.json.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigState {
    /// Why the file cannot be read; no role profile is active then. `null` if it can be read or does not exist.
    pub problem: Option<String>,
    pub hint: Option<String>,
}

/// The condition of the database.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DatabaseState {
    /// The path of the database; `null` if there is no runtime home.
    pub database: Option<String>,
    /// `none` if nothing has been written yet, `sound`, or a `details.kind` of the error `storage`.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<DatabaseStatus>"))]
    pub state: DatabaseStatus,
    pub problems: Vec<String>,
    pub hint: Option<String>,
    /// Facts that are not problems.
    pub notes: Vec<String>,
}

/// How many skills were found, by state and scope.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inventory {
    /// Files found that look like skills.
    pub found: usize,
    /// Visible skills.
    pub loaded: usize,
    /// Skills that another skill with the same name shadows.
    pub shadowed: usize,
    pub rejected: usize,
    /// Visible skills by scope.
    pub scopes: BTreeMap<&'static str, usize>,
}

/// A skill whose requirements are not met.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotReady {
    pub name: String,
    /// The unmet requirements, as `kind name`.
    pub missing: Vec<String>,
}

/// A skill whose name looks like that of another skill but is not the same.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lookalike {
    pub name: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// The name that it looks like.
    pub original: String,
    /// The location of the SKILL.md of the skill with that name.
    pub original_location: String,
}

impl From<clawpowers_loader::Lookalike> for Lookalike {
    fn from(found: clawpowers_loader::Lookalike) -> Self {
        Self {
            name: found.name,
            location: display_path(&found.location),
            original: found.original,
            original_location: display_path(&found.original_location),
        }
    }
}

/// Some diagnostics of one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillDiagnostics {
    pub name: String,
    /// The location of its SKILL.md.
    pub location: String,
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Checks every skill, config.json and the database. If the database is damaged, writes a marker file, which blocks all
/// writes. If it is sound, deletes the marker file. Nothing else is changed.
///
/// # Errors
///
/// As `skill_list`, except that a config.json that cannot be read is a problem in the reply.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let mut selection = request.shared();
    let (roles, config) = roles_or_problem(runtime);
    if config.problem.is_some() {
        selection.profile = None;
    }
    let selected: Selected = runtime.select_with(&selection, roles)?;
    let catalog = &selected.catalog;
    let host = Runtime::host();
    let mut scopes = BTreeMap::new();
    let mut not_ready = Vec::new();
    let (mut references, mut hidden_text) = (Vec::new(), Vec::new());
    for entry in &catalog.entries {
        *scopes.entry(entry.scope.as_str()).or_insert(0) += 1;
        let lacking = missing_requirements(&entry.skill.requirements, &host, catalog);
        if !lacking.is_empty() {
            not_ready.push(NotReady {
                name: entry.skill.name.clone(),
                missing: unmet(lacking),
            });
        }
        // The bundled skills are linted before a release.
        if entry.scope == Scope::Bundled {
            continue;
        }
        let linted = lint_package(&*entry.tree, &entry.file, Target::ClawPowers);
        let found = linted.parsed.diagnostics;
        for (list, wanted) in [
            (&mut references, is_reference as fn(Rule) -> bool),
            (&mut hidden_text, is_hidden_text),
        ] {
            let found: Vec<_> = found.iter().filter(|d| wanted(d.rule)).cloned().collect();
            if !found.is_empty() {
                let location = display_path(&entry.location());
                list.push(SkillDiagnostics {
                    name: entry.skill.name.clone(),
                    diagnostics: diagnostics_of(&location, found),
                    location,
                });
            }
        }
    }
    let lookalikes = lookalikes(catalog);
    let Compared {
        visibility,
        not_shown,
    } = match request.roots.is_empty() {
        true => clients::compare(runtime, catalog),
        false => Compared::default(),
    };
    let storage = storage(runtime, request.deep);
    let inventory = Inventory {
        found: catalog.found(),
        loaded: catalog.entries.len(),
        shadowed: catalog.shadowed.len(),
        rejected: catalog.rejected.len(),
        scopes,
    };
    let Catalog {
        duplicates, rejected, ..
    } = selected.catalog;
    Ok(Response {
        healthy: not_ready.is_empty()
            && references.is_empty()
            && hidden_text.is_empty()
            && lookalikes.is_empty()
            && rejected.is_empty()
            && not_shown.is_empty()
            && selected.unknown_profile.is_none()
            && config.problem.is_none()
            && storage.problems.is_empty(),
        config,
        storage,
        inventory,
        not_ready,
        visibility,
        not_shown,
        duplicates: duplicates.into_iter().map(wire::Hidden::from).collect(),
        rejected: rejected.into_iter().map(wire::Rejected::from).collect(),
        references,
        hidden_text,
        lookalikes: lookalikes.into_iter().map(Lookalike::from).collect(),
        unknown_profile: selected.unknown_profile,
    })
}

/// Returns the role profiles. If config.json cannot be read there are none, and the state says why.
fn roles_or_problem(runtime: &Runtime) -> (Roles, ConfigState) {
    let home = runtime.environment.home.as_deref();
    // A home that is a file is a problem of the database.
    match roles(home.filter(|home| !home.is_file())) {
        Ok(roles) => (roles, ConfigState::default()),
        Err(ApiError { message, hint, .. }) => {
            let problem = Some(message);
            (Roles::default(), ConfigState { problem, hint })
        }
    }
}

/// Checks the database. It is not created.
fn storage(runtime: &Runtime, deep: bool) -> DatabaseState {
    let none = DatabaseState::default();
    if !runtime.has_disk() {
        return checked(runtime, deep).unwrap_or(none);
    }
    let Ok(home) = runtime.home() else { return none };
    let path = home.database();
    let exists = path.try_exists().map_err(|error| Error::io(&path, &error));
    let mut storage = match exists {
        Ok(true) => checked(runtime, deep || home.noted_damage().is_some()).unwrap_or(none),
        Ok(false) => match home.check_orphan_wal() {
            Err(error) => failed(error.into()),
            Ok(()) => DatabaseState {
                notes: Place::of_missing(runtime).notes(),
                ..none
            },
        },
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

/// Checks an existing database; returns `None` if there is none.
fn checked(runtime: &Runtime, deep: bool) -> Option<DatabaseState> {
    let check = |db: &mut Db| {
        let checked = db.check(deep)?;
        let problems = checked.problems;
        let mut notes = Place::of(db)?.notes();
        notes.extend(checked.notes);
        Ok::<_, ApiError>(match problems.is_empty() {
            true => {
                notes.extend(note(db.leftovers()?));
                DatabaseState {
                    state: DatabaseStatus::Sound,
                    notes,
                    ..DatabaseState::default()
                }
            }
            false => DatabaseState {
                state: DatabaseStatus::Failed(Storage::Corrupt),
                problems,
                hint: Some(worded(Storage::Corrupt.hint())),
                notes,
                ..DatabaseState::default()
            },
        })
    };
    let checked = runtime.with_existing_db(check);
    checked.unwrap_or_else(|error| Some(failed(error)))
}

/// Returns the state of a database that cannot be used.
fn failed(error: ApiError) -> DatabaseState {
    let kind = error
        .details
        .as_ref()
        .and_then(|details| details.get("kind")?.as_str());
    let known = Storage::ALL
        .into_iter()
        .find(|storage| kind == Some(storage.as_str()));
    DatabaseState {
        state: DatabaseStatus::Failed(known.unwrap_or(Storage::Io)),
        problems: vec![error.message],
        hint: error.hint,
        ..DatabaseState::default()
    }
}

/// Returns a note about what interrupted imports left behind.
fn note(left: Leftovers) -> Option<String> {
    let mut parts = vec![(left.executions, "execution"), (left.keys, "key")];
    parts.retain(|(count, _)| *count > 0);
    let counted = |(count, noun): &(u64, &str)| pluralize(count, noun);
    let what = parts.iter().map(counted).collect::<Vec<_>>().join(" and ");
    (!parts.is_empty())
        .then(|| format!("{what} of an interrupted import: not counted, deleted by the next import"))
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

const fn is_hidden_text(rule: Rule) -> bool {
    matches!(rule, Rule::HiddenText | Rule::BidiControl | Rule::HiddenCharacter)
}
