//! Which skills of this machine a client shows to the model, and why.

use crate::runtime::Runtime;
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    Catalog, CatalogOptions, Client, Entry, Invocation, Rejected, Root, RootKind, Rule, Scope, Tree,
    normalize_name,
};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const GUARD: &str = "disable-model-invocation";

/// The requested name, normalized.
pub(crate) struct Wanted(String);

impl Wanted {
    pub(crate) fn new(name: &str) -> Self {
        Self(normalize_name(name))
    }

    fn is(&self, name: &str) -> bool {
        normalize_name(name) == self.0
    }

    /// Returns whether a SKILL.md is in a folder of the name, or a Markdown file or a folder has it.
    fn is_place(&self, location: &Path) -> bool {
        let is_file = location
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
        let folder = location.parent().filter(|_| is_file).and_then(Path::file_name);
        let own = |name: Option<&OsStr>| name.is_some_and(|name| self.is(&name.to_string_lossy()));
        own(folder) || own(location.file_stem()) || own(location.file_name())
    }

    fn is_entry(&self, entry: &Entry) -> bool {
        let label = entry.label.as_deref();
        self.is(&entry.skill.name) || label.is_some_and(|label| self.is(label)) || self.is_place(&entry.file)
    }

    fn is_rejected(&self, one: &Rejected) -> bool {
        // The rule is about the folders in the folder.
        one.reason != Rule::ScanDepth && self.is_place(&one.location)
    }

    pub(crate) fn location_in(&self, catalog: &Catalog) -> Option<PathBuf> {
        let entry = catalog.entries.iter().find(|entry| self.is_entry(entry));
        let rejected = || catalog.rejected.iter().find(|one| self.is_rejected(one));
        let location = entry.map(|entry| entry.location().into_owned());
        location.or_else(|| Some(rejected()?.location.clone()))
    }
}

/// What a client loads.
pub(crate) struct View {
    pub(crate) client: &'static Client,
    pub(crate) roots: Vec<Root>,
    pub(crate) catalog: Catalog,
}

/// Whether and how a client loads a skill.
pub(crate) enum Found {
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
    pub(crate) fn location(&self) -> Option<PathBuf> {
        match self {
            Self::Loaded(entry) => Some(entry.location().into_owned()),
            Self::Shadowed { location, .. } => Some(location.clone()),
            Self::Rejected(rejected) => Some(rejected.location.clone()),
            Self::Nowhere => None,
        }
    }
}

/// Whether a client shows a skill to the model, and why not.
pub(crate) struct Explained {
    pub(crate) status: &'static str,
    pub(crate) rule: Option<&'static str>,
    pub(crate) message: String,
    /// What to do so that the model sees the skill.
    pub(crate) hint: Option<String>,
}

impl Explained {
    fn new(status: &'static str, message: String) -> Self {
        Self {
            status,
            rule: None,
            message,
            hint: None,
        }
    }
}

impl View {
    pub(crate) fn load(
        runtime: &Runtime,
        client: &'static Client,
        roots: Vec<Root>,
        tree: Arc<dyn Tree>,
    ) -> Self {
        let catalog = Catalog::load(&CatalogOptions {
            roots: roots.clone(),
            tree,
            client: Some(client),
            host: runtime.host_of_clients(),
            switches: runtime.switches_of_clients(),
            ..CatalogOptions::default()
        });
        Self {
            client,
            roots,
            catalog,
        }
    }

    pub(crate) fn find(&self, wanted: &Wanted) -> Found {
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
        match catalog.rejected.iter().find(|one| wanted.is_rejected(one)) {
            Some(rejected) => Found::Rejected(rejected.clone()),
            None => Found::Nowhere,
        }
    }

    /// Returns why the client does not load a file.
    pub(crate) fn find_at(&self, location: &Path) -> Found {
        let mut rejected = self.catalog.rejected.iter();
        let one = rejected.find(|one| one.location == location || is_above(one, location));
        one.map_or(Found::Nowhere, |one| rejected_at(one, location))
    }

    /// Explains whether the client shows a skill, which is at `anywhere` if the client does not find it.
    pub(crate) fn explain(&self, found: &Found, anywhere: &Path) -> Explained {
        match found {
            Found::Loaded(entry) => loaded(entry),
            Found::Shadowed {
                winner, undetermined, ..
            } => {
                let winner = quote(&display_path(winner));
                let message = match undetermined {
                    true => format!("the client loads either this skill or {winner}; which one varies"),
                    false => format!("{winner} takes precedence"),
                };
                Explained {
                    hint: Some("rename or remove one of the two".to_owned()),
                    ..Explained::new("shadowed", message)
                }
            }
            Found::Rejected(rejected) => {
                let found = rejected.diagnostics.iter().find(|d| d.rule == rejected.reason);
                let message = found
                    .map_or(rejected.reason.summary(), |d| d.message.as_str())
                    .to_owned();
                let later = rejected.reason == Rule::LoadsLater;
                let hint = found.and_then(|d| d.hint.clone());
                Explained {
                    rule: Some(rejected.reason.id()),
                    hint: hint
                        .or_else(|| way_out(rejected.reason))
                        .map(|hint| crate::hint::worded(&hint)),
                    ..Explained::new(if later { "later" } else { "rejected" }, message)
                }
            }
            Found::Nowhere => {
                let folder = display_path(folder(anywhere));
                // A bundled skill has no folder.
                let (message, what) = match folder.is_empty() {
                    true => ("it is in no folder that the client reads".to_owned(), "copy"),
                    false => {
                        let folder = quote(&folder);
                        let message = format!("it is in {folder}, which the client does not read");
                        (message, "move or link")
                    }
                };
                let root = self.best_root().map(|root| quote(&display_path(&root.path)));
                Explained {
                    hint: root.map(|root| format!("{what} the skill to {root}")),
                    ..Explained::new("elsewhere", message)
                }
            }
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

/// Returns whether a client does not read the folders under this one, in which a location is.
fn is_above(rejected: &Rejected, location: &Path) -> bool {
    rejected.reason == Rule::ScanDepth && location.starts_with(&rejected.location)
}

fn rejected_at(rejected: &Rejected, location: &Path) -> Found {
    Found::Rejected(Rejected {
        location: location.to_owned(),
        ..rejected.clone()
    })
}

/// What a client does not load, by name and by place, for questions about thousands of skills.
pub(crate) struct Unloaded<'a> {
    by_name: HashMap<String, &'a Rejected>,
    by_place: HashMap<&'a Path, &'a Rejected>,
}

impl<'a> Unloaded<'a> {
    pub(crate) fn of(view: &'a View) -> Self {
        let name = |one: &'a Rejected| {
            let folder = one.location.parent()?.file_name()?;
            Some((normalize_name(&folder.to_string_lossy()), one))
        };
        let rejected = &view.catalog.rejected;
        Self {
            by_name: rejected.iter().filter_map(name).collect(),
            by_place: rejected.iter().map(|one| (one.location.as_path(), one)).collect(),
        }
    }

    /// Returns why the client does not load a skill.
    pub(crate) fn find(&self, name: &str, location: &Path) -> Found {
        let at = || location.ancestors().find_map(|at| self.by_place.get(at));
        let at = at().filter(|one| one.location == location || is_above(one, location));
        if let Some(one) = at {
            return rejected_at(one, location);
        }
        match self.by_name.get(&normalize_name(name)) {
            Some(one) => Found::Rejected((*one).clone()),
            None => Found::Nowhere,
        }
    }
}

fn loaded(entry: &Entry) -> Explained {
    let hidden = entry.diagnostics.iter().find(|d| d.rule == Rule::HiddenFromModel);
    let Invocation { model, .. } = entry.skill.invocation;
    match (hidden, model) {
        (Some(d), _) => Explained {
            rule: Some(d.rule.id()),
            hint: d.hint.clone(),
            ..Explained::new("hidden", d.message.clone())
        },
        (None, false) => Explained {
            rule: Some(Rule::HiddenFromModel.id()),
            hint: Some("remove the field if the model may choose the skill".to_owned()),
            ..Explained::new(
                "hidden",
                format!("`{GUARD}` hides it from the model; a user can call it"),
            )
        },
        (None, true) => visible(entry),
    }
}

/// Explains that the model sees a skill, and names a field that should have hidden it.
fn visible(entry: &Entry) -> Explained {
    let message = format!("the model sees it as {}", quote(&entry.skill.name));
    let mut guards = entry.diagnostics.iter();
    let guard = guards.find(|d| matches!(d.rule, Rule::GuardIgnored | Rule::InvocationNotBoolean));
    let field = guard.and_then(|d| {
        let mut named = d.message.split('`').skip(1).step_by(2);
        match d.rule {
            // It may be misspelt.
            Rule::GuardIgnored => named.next(),
            _ => named.find(|field| *field == GUARD),
        }
    });
    if entry.skill.description.is_empty() {
        return Explained::new("visible", format!("{message}, without a description"));
    }
    match guard.zip(field) {
        Some((d, field)) => Explained {
            rule: Some(d.rule.id()),
            hint: d.hint.clone(),
            ..Explained::new(
                "visible",
                format!("{message}; this client ignores {}", quote(field)),
            )
        },
        None => Explained::new("visible", message),
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
