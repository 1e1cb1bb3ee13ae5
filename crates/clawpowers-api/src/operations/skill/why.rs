//! Explains what each client does with a skill.

use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, nearest, quote};
use clawpowers_loader::{
    CLIENTS, Catalog, CatalogOptions, Client, Entry, Invocation, Rejected, Root, RootKind, Rule, Scope,
    default_roots, normalize_name,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// The name of the skill, its label or its folder.
    pub name: String,
    /// Only this client; by default all.
    #[serde(default)]
    pub client: Option<String>,
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
    /// Whether the model sees the skill: `visible`, or why not: `hidden` (the client does not show it), `later` (it is
    /// loaded with certain files), `shadowed`, `rejected`, `elsewhere` (in a folder that the client does not read).
    pub status: &'static str,
    /// The name by which the client calls the skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The description that the model sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
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
    let wanted = Wanted(normalize_name(&request.name));
    let views: Vec<View> = clients.iter().map(|client| View::of(runtime, client)).collect();
    let own = own_catalog(runtime);
    let found: Vec<Found> = views.iter().map(|view| view.find(&wanted)).collect();
    // A client that does not find the skill is told where another one does.
    let anywhere = found.iter().find_map(Found::location);
    let anywhere = wanted.location_in(&own).or(anywhere);
    let Some(anywhere) = anywhere else {
        let error = ApiError::not_found(format!("there is no skill {}", quote(&request.name)));
        let names = own.entries.iter().map(|entry| entry.skill.name.as_str());
        return Err(match nearest(&request.name, names) {
            Some(near) => error.hint(format!("did you mean {}?", quote(near))),
            None => error.hint("{skill_list} shows the skills"),
        });
    };
    let explain = |(view, found): (&View, Found)| {
        // A file that a client does not load has no name for it.
        let found = match found {
            Found::Nowhere => view.find_at(&anywhere),
            found => found,
        };
        view.explain(found, &anywhere)
    };
    Ok(Response {
        name: request.name.clone(),
        clients: views.iter().zip(found).map(explain).collect(),
    })
}

fn own_catalog(runtime: &Runtime) -> Catalog {
    let tree = runtime.tree();
    Catalog::load(&CatalogOptions {
        roots: match runtime.has_disk() {
            true => default_roots(&runtime.environment),
            false => runtime.default_roots(&*tree, None),
        },
        tree,
        bundled: Some(crate::bundled::tree()),
        ..CatalogOptions::default()
    })
}

/// The requested name, normalized.
struct Wanted(String);

impl Wanted {
    fn is(&self, name: &str) -> bool {
        normalize_name(name) == self.0
    }

    /// Returns whether a SKILL.md is in a folder of the name, or a Markdown file has it.
    fn is_place(&self, location: &Path) -> bool {
        let folder = location.parent().and_then(Path::file_name);
        let own = |name: Option<&std::ffi::OsStr>| name.is_some_and(|name| self.is(&name.to_string_lossy()));
        own(folder) || own(location.file_stem()) || own(location.file_name())
    }

    fn is_entry(&self, entry: &Entry) -> bool {
        let label = entry.label.as_deref();
        self.is(&entry.skill.name) || label.is_some_and(|label| self.is(label)) || self.is_place(&entry.file)
    }

    fn location_in(&self, catalog: &Catalog) -> Option<PathBuf> {
        let entry = catalog.entries.iter().find(|entry| self.is_entry(entry));
        let rejected = || catalog.rejected.iter().find(|one| self.is_place(&one.location));
        let location = entry.map(|entry| entry.location().into_owned());
        location.or_else(|| Some(rejected()?.location.clone()))
    }
}

/// What a client loads.
struct View {
    client: &'static Client,
    roots: Vec<Root>,
    catalog: Catalog,
}

/// What a client makes of the skill.
enum Found {
    Loaded(Box<Entry>),
    Shadowed {
        location: PathBuf,
        winner: PathBuf,
        undetermined: bool,
    },
    Rejected(Rejected),
    Nowhere,
}

impl Found {
    fn location(&self) -> Option<PathBuf> {
        match self {
            Self::Loaded(entry) => Some(entry.location().into_owned()),
            Self::Shadowed { location, .. } => Some(location.clone()),
            Self::Rejected(rejected) => Some(rejected.location.clone()),
            Self::Nowhere => None,
        }
    }
}

impl View {
    fn of(runtime: &Runtime, client: &'static Client) -> Self {
        let tree = runtime.tree();
        let roots = runtime.default_roots(&*tree, Some(client));
        let catalog = Catalog::load(&CatalogOptions {
            roots: roots.clone(),
            tree,
            client: Some(client),
            host: runtime.has_disk().then(Runtime::host),
            ..CatalogOptions::default()
        });
        Self {
            client,
            roots,
            catalog,
        }
    }

    fn find(&self, wanted: &Wanted) -> Found {
        let catalog = &self.catalog;
        let mut entries = catalog.entries.iter();
        let by_name = entries.find(|entry| wanted.is(&entry.skill.name));
        let entry = by_name.or_else(|| catalog.entries.iter().find(|entry| wanted.is_entry(entry)));
        if let Some(entry) = entry {
            return Found::Loaded(Box::new(entry.clone()));
        }
        let mut hidden = catalog.shadowed.iter().chain(&catalog.duplicates);
        if let Some(one) = hidden.find(|one| wanted.is(&one.name) || wanted.is_place(&one.location)) {
            return Found::Shadowed {
                location: one.location.clone(),
                winner: one.winner.clone(),
                undetermined: one.undetermined,
            };
        }
        match catalog.rejected.iter().find(|one| wanted.is_place(&one.location)) {
            Some(rejected) => Found::Rejected(rejected.clone()),
            None => Found::Nowhere,
        }
    }

    /// Returns what the client makes of a file.
    fn find_at(&self, location: &Path) -> Found {
        let mut rejected = self.catalog.rejected.iter();
        match rejected.find(|one| one.location == location) {
            Some(rejected) => Found::Rejected(rejected.clone()),
            None => Found::Nowhere,
        }
    }

    fn explain(&self, found: Found, anywhere: &Path) -> ClientView {
        let location = found.location().unwrap_or_else(|| anywhere.to_owned());
        let view = ClientView {
            client: self.client.name,
            verified: self.client.verified,
            status: "visible",
            called: None,
            description: None,
            location: display_path(&location),
            rule: None,
            message: String::new(),
            hint: None,
            roots: self.roots.iter().map(|root| display_path(&root.path)).collect(),
        };
        match found {
            Found::Loaded(entry) => loaded(view, *entry),
            Found::Shadowed {
                winner, undetermined, ..
            } => {
                let winner = quote(&display_path(&winner));
                let message = match undetermined {
                    true => format!("the client loads either this skill or {winner}; which one varies"),
                    false => format!("{winner} takes precedence"),
                };
                ClientView {
                    status: "shadowed",
                    message,
                    hint: Some("rename or remove one of the two".to_owned()),
                    ..view
                }
            }
            Found::Rejected(rejected) => {
                let found = rejected.diagnostics.iter().find(|d| d.rule == rejected.reason);
                let message = found
                    .map_or(rejected.reason.summary(), |d| d.message.as_str())
                    .to_owned();
                let hint = found.and_then(|d| d.hint.clone());
                let later = rejected.reason == Rule::LoadsLater;
                ClientView {
                    status: if later { "later" } else { "rejected" },
                    rule: Some(rejected.reason.id()),
                    message,
                    hint: hint
                        .or_else(|| way_out(rejected.reason))
                        .map(|hint| crate::hint::worded(&hint)),
                    ..view
                }
            }
            Found::Nowhere => ClientView {
                status: "elsewhere",
                message: format!(
                    "it is in {}, which the client does not read",
                    quote(&display_path(folder(anywhere)))
                ),
                hint: self
                    .best_root()
                    .map(|root| format!("move or link the skill to {}", quote(&display_path(&root.path)))),
                ..view
            },
        }
    }

    /// Returns the root into which to move a skill: the first that exists, else the first.
    fn best_root(&self) -> Option<&Root> {
        let mut roots = self
            .roots
            .iter()
            .filter(|root| root.kind == RootKind::Skills || root.kind == RootKind::SkillsAndMarkdown);
        let project = |root: &&Root| root.scope == Scope::Project;
        let exists = self
            .roots
            .iter()
            .filter(project)
            .find(|root| root.path.is_dir() && !root.kind.is_commands() && root.kind != RootKind::Later);
        exists
            .or_else(|| roots.clone().find(project))
            .or_else(|| roots.next())
    }
}

fn loaded(view: ClientView, entry: Entry) -> ClientView {
    let called = entry.skill.name;
    let hidden = entry.diagnostics.iter().find(|d| d.rule == Rule::HiddenFromModel);
    let Invocation { model, .. } = entry.skill.invocation;
    let name = quote(&called);
    let (status, rule, message, hint) = match (hidden, model) {
        (Some(d), _) => ("hidden", Some(d.rule.id()), d.message.clone(), None),
        (None, false) => (
            "hidden",
            Some(Rule::HiddenFromModel.id()),
            "`disable-model-invocation` hides it from the model; a user can call it".to_owned(),
            Some("remove the field if the model may choose the skill".to_owned()),
        ),
        (None, true) => ("visible", None, format!("the model sees it as {name}"), None),
    };
    ClientView {
        status,
        rule,
        message,
        hint,
        description: (status == "visible").then_some(entry.skill.description),
        called: Some(called),
        ..view
    }
}

/// Returns the folder around the folder of a SKILL.md.
fn folder(location: &Path) -> &Path {
    location.parent().and_then(Path::parent).unwrap_or(location)
}

/// Returns what to do about a file that a client does not load, where its diagnostic does not say.
fn way_out(rule: Rule) -> Option<String> {
    let text = match rule {
        Rule::FileFlat => "move it into a folder with the same name, as SKILL.md",
        Rule::FileMissing => "add a SKILL.md to the folder",
        Rule::ScanDepth => "move the skill up, directly into the folder of skills",
        Rule::SymlinkEscape => "copy the skill into the folder instead of linking it",
        Rule::LoadsLater => return None,
        _ => "{skill_fix} shows what can be repaired",
    };
    Some(text.to_owned())
}
