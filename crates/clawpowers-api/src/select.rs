//! Which skills an operation is about: roots, scopes, another client's view, a role profile.

use crate::config::roles::{Role, roles};
use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use clawpowers_loader::catalog::{Catalog, CatalogOptions, Entry, Origin};
use clawpowers_loader::diag::{nearest, quoted};
use clawpowers_loader::discover::{
    CLIENTS, Client, Found, Root, Scope, WalkRules, default_roots, walk_documents,
};
use clawpowers_loader::documents::{Documents, plain};
use clawpowers_loader::resources::digest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which skills an operation is about.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Folders to look below; the usual ones where there are none.
    pub roots: Vec<String>,
    /// Only these scopes; all where there are none.
    pub scopes: Vec<String>,
    /// The client whose view to take.
    pub client: Option<String>,
    /// The role profile whose skills to keep; an empty one stands for none, even where config.json puts one in force.
    pub profile: Option<String>,
}

/// A catalog with the role profile that is in force for it.
pub(crate) struct Selected {
    pub(crate) catalog: Catalog,
    /// The role profile that the caller named, else the one that config.json puts in force.
    pub(crate) role: Option<Role>,
    /// What config.json puts in force without a list of skills for it.
    pub(crate) unknown_profile: Option<String>,
    /// How many skills were left out because they are not of the role.
    pub(crate) outside_role: usize,
}

/// Returns the digest of a skill's folder, or why there is none.
pub(crate) fn digest_of_entry(entry: &Entry) -> Result<String, String> {
    match &entry.origin {
        Origin::Disk { file } => {
            digest(file.parent().unwrap_or(file), file).map_err(|error| error.to_string())
        }
        Origin::Memory(package) => package.digest().map_err(|error| error.to_string()),
    }
}

impl Selected {
    /// Keeps only the skills of the role profile in force.
    pub(crate) fn keep_role(&mut self) {
        let before = self.catalog.entries.len();
        if let Some(role) = &self.role {
            self.catalog.entries.retain(|entry| role.has(&entry.skill.name));
        }
        self.outside_role += before - self.catalog.entries.len();
    }

    /// Returns the skill called `name`.
    pub(crate) fn entry(&self, name: &str) -> Result<&Entry, ApiError> {
        self.catalog.get(name).ok_or_else(|| {
            let error = ApiError::new(ErrorCode::NotFound, format!("there is no skill {}", quoted(name)));
            let named = |path: &std::path::Path| {
                path.parent()
                    .and_then(|p| p.file_name())
                    .is_some_and(|n| n == name)
            };
            if let Some(rejected) = self.catalog.rejected.iter().find(|r| named(&r.location)) {
                let path = quoted(&rejected.location.to_string_lossy());
                let found = rejected.diagnostics.iter().find(|d| d.rule == rejected.reason);
                let why = found.map_or(rejected.reason.id(), |d| d.message.as_str());
                return error.hint(format!("{path} did not load: {why}"));
            }
            match self.catalog.nearest(name) {
                Some(near) => error.hint(format!("did you mean {}?", quoted(near))),
                None => error.hint("`clawpowers skill list` shows the skills that are there"),
            }
        })
    }
}

impl Runtime {
    /// Loads the catalog that `selection` names.
    pub(crate) fn select(&self, selection: &Selection) -> Result<Selected, ApiError> {
        let client = selection.client.as_deref().map(client).transpose()?;
        let scopes = selection
            .scopes
            .iter()
            .map(|name| scope(name))
            .collect::<Result<Vec<_>, _>>()?;
        let explicit = !selection.roots.is_empty();
        let documents = self.documents();
        let roots = if explicit {
            selection
                .roots
                .iter()
                .map(|root| self.root(root))
                .collect::<Result<_, _>>()?
        } else if let Some(documents) = &documents {
            document_roots(documents, client)
        } else {
            match client {
                Some(client) => client.roots(&self.surroundings),
                None => default_roots(&self.surroundings),
            }
        };
        let packages = if explicit || client.is_some() {
            Vec::new()
        } else {
            crate::bundled::packages()
        };
        let roles = roles(self.surroundings.home.as_deref())?;
        let (role, unknown_profile) = match (selection.profile.as_deref(), roles.active.as_deref()) {
            (Some(""), _) => (None, None),
            (Some(name), _) => (Some(roles.get(name).ok_or_else(|| roles.unknown(name))?), None),
            // Other clients know nothing of role profiles.
            (None, Some(name)) if client.is_none() => match roles.get(name) {
                Some(role) => (Some(role), None),
                None => (None, Some(name.to_owned())),
            },
            (None, _) => (None, None),
        };
        let catalog = Catalog::load(&CatalogOptions {
            roots,
            documents,
            packages,
            scopes,
            client,
        });
        let mut selected = Selected {
            catalog,
            role,
            unknown_profile,
            outside_role: 0,
        };
        if selection.profile.is_some() {
            selected.keep_role();
        }
        Ok(selected)
    }

    fn root(&self, root: &str) -> Result<Root, ApiError> {
        let is_folder = match self.documents() {
            Some(documents) => is_folder(&documents, root),
            None => {
                let path = self.surroundings.cwd.join(root);
                path.metadata()
                    .map(|metadata| metadata.is_dir())
                    .map_err(|error| error.to_string())
            }
        };
        match is_folder {
            Ok(_) if root.is_empty() => Err(ApiError::new(
                ErrorCode::InvalidInput,
                "the path of the root is empty",
            )
            .hint("name the folder that holds the skills' folders")),
            Ok(true) => Ok(Root::extra(self.as_named(root))),
            Ok(false) => Err(ApiError::new(
                ErrorCode::InvalidInput,
                format!("the root {} is not a folder", quoted(root)),
            )
            .hint("name the folder that holds the skills' folders")),
            Err(error) => Err(ApiError::new(
                ErrorCode::Io,
                format!("the root {} cannot be read: {error}", quoted(root)),
            )
            .hint("name the folder that holds the skills' folders")),
        }
    }
}

/// Returns the folders of documents that a reader looks below where none are named.
///
/// Whoever handed them in wants them seen, by whichever client; one that looks no deeper than the folders of its own
/// root is taken to have that root around each of the skills.
pub(crate) fn document_roots(documents: &Documents, client: Option<&Client>) -> Vec<Root> {
    if client.is_none_or(|client| client.walk.max_depth > 1) {
        return vec![Root::extra(PathBuf::new())];
    }
    let found = walk_documents(documents, Path::new(""), "", &WalkRules::default());
    let folder = |found: &Found| found.location().parent().map(Path::to_owned);
    let folders: BTreeSet<PathBuf> = found.iter().filter_map(folder).collect();
    let within = |folder: &Path| {
        let mut above = folder.ancestors().skip(1);
        above.any(|above| !above.as_os_str().is_empty() && folders.contains(above))
    };
    let outer = folders.iter().filter(|folder| !within(folder));
    let roots: BTreeSet<&Path> = outer.filter_map(|folder| folder.parent()).collect();
    roots
        .into_iter()
        .map(|root| Root::extra(root.to_owned()))
        .collect()
}

/// Tells whether a path that a request names is a folder of documents, or says that there is nothing as a system does.
pub(crate) fn is_folder(documents: &Documents, named: &str) -> Result<bool, String> {
    // An empty path is refused by whoever asked.
    match plain(Path::new(named)) {
        Some(path) if documents.is_folder(&path) => Ok(true),
        Some(path) if documents.get(&path).is_some() && named.ends_with('/') => {
            Err("Not a directory (os error 20)".to_owned())
        }
        Some(path) if documents.get(&path).is_some() => Ok(false),
        _ => Err("No such file or directory (os error 2)".to_owned()),
    }
}

fn client(name: &str) -> Result<&'static Client, ApiError> {
    Client::named(name).ok_or_else(|| {
        let names: Vec<_> = CLIENTS.iter().map(|client| client.name).collect();
        let near = nearest(name, names.iter().copied());
        let near = near.map_or_else(String::new, |near| format!("did you mean {}? ", quoted(near)));
        ApiError::new(
            ErrorCode::InvalidInput,
            format!("there is no client {}", quoted(name)),
        )
        .hint(format!("{near}the clients are {}", names.join(", ")))
    })
}

fn scope(name: &str) -> Result<Scope, ApiError> {
    name.parse().map_err(|()| {
        ApiError::new(
            ErrorCode::InvalidInput,
            format!("there is no scope {}", quoted(name)),
        )
        .hint(format!(
            "the scopes are {}",
            Scope::ALL.map(Scope::as_str).join(", ")
        ))
    })
}
