//! The skills that an operation is about: roots, scopes, another client's view, a role profile.

use crate::config::roles::{Role, Roles, roles};
use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{ApiError, Result, shared::shared_fields};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    CLIENTS, Catalog, CatalogOptions, Client, Entry, EntryKind, Found, Rejected, Root, Row, Scope, Tree,
    WalkRules, default_roots, digest, normalize_name, skill_file, walk,
};
use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

shared_fields! {
    $
    /// The skills that an operation is about.
    pub struct CatalogQuery by catalog_query {
        /// Folders to search, or the path of a SKILL.md; empty means the default folders.
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
        #[serde(default)]
        pub roots: Vec<String>,
        /// Keep only these scopes: `project`, `user`, `home`, `system`, `extra`, `bundled`; empty means all.
        #[serde(default)]
        pub scopes: Vec<String>,
        /// Show the view of this client.
        pub client: Option<String>,
        /// Keep only the skills of this role profile. An empty string means no profile, even if config.json sets
        /// one.
        pub profile: Option<String>,
    }
}

/// A catalog and its role profile.
pub(crate) struct Selected<T = Entry> {
    pub(crate) catalog: Catalog<T>,
    /// The role profile that the request names, else the active one of config.json.
    pub(crate) role: Option<Role>,
    /// The active profile of config.json if `profiles` does not define it.
    pub(crate) unknown_profile: Option<String>,
    /// The number of skills left out because they do not belong to the role.
    pub(crate) outside_role: usize,
    client: Option<&'static Client>,
}

/// Returns the digest of a skill's folder, or the reason that it has none.
pub(crate) fn digest_of_entry(entry: &Entry) -> Result<String, String> {
    digest(&*entry.tree, &entry.file).map_err(|error| error.to_string())
}

impl<T: Row> Selected<T> {
    /// Keeps only the skills of the role profile.
    pub(crate) fn keep_role(&mut self) {
        let before = self.catalog.entries.len();
        if let Some(role) = &self.role {
            self.catalog.entries.retain(|row| role.has(row.name()));
        }
        self.outside_role += before - self.catalog.entries.len();
    }
}

impl Selected {
    /// Returns the skill with this name, else the one whose folder has this name, else the one at this path.
    pub(crate) fn entry(&self, runtime: &Runtime, name: &str) -> Result<Entry> {
        let is_path = name.contains(['/', MAIN_SEPARATOR]) || matches!(name, "." | "..");
        if is_path && let Some(file) = runtime.skill_at(name) {
            return self.entry_at(runtime, name, &file);
        }
        if let Some(entry) = self.catalog.get(name).or_else(|| self.in_folder(name)) {
            return Ok(entry.clone());
        }
        match runtime.skill_at(name) {
            Some(file) if !is_path => self.entry_at(runtime, name, &file),
            _ => Err(self.unknown(name, is_path)),
        }
    }

    /// Returns the first skill whose folder has this name.
    fn in_folder(&self, name: &str) -> Option<&Entry> {
        let name = normalize_name(name);
        let folder = |entry: &Entry| {
            let location = entry.location();
            let folder = location.parent()?.file_name()?;
            Some(normalize_name(&folder.to_string_lossy()))
        };
        let mut entries = self.catalog.entries.iter();
        entries.find(|entry| folder(entry).is_some_and(|folder| folder == name))
    }

    /// Returns the skill whose SKILL.md is `file`, even if it is shadowed.
    fn entry_at(&self, runtime: &Runtime, named: &str, file: &Path) -> Result<Entry> {
        let wanted = runtime.real(file);
        let is_it = |location: &Path| runtime.real(location) == wanted;
        let visible = |catalog: &Catalog| {
            let mut entries = catalog.entries.iter();
            entries.find(|entry| is_it(&entry.location())).cloned()
        };
        if let Some(entry) = visible(&self.catalog) {
            return Ok(entry);
        }
        let catalog = Catalog::load(&CatalogOptions {
            roots: vec![Root::extra(runtime.skill_folder(&file.to_string_lossy()))],
            tree: runtime.tree(),
            client: self.client,
            ..CatalogOptions::default()
        });
        visible(&catalog).ok_or_else(|| {
            let error = ApiError::not_found(format!("there is no skill at {}", quote(named)));
            match catalog.rejected.iter().find(|one| is_it(&one.location)) {
                Some(rejected) => error.hint(did_not_load(rejected)),
                None => error.hint("{skill_validate} says what is wrong with the file"),
            }
        })
    }

    fn unknown(&self, name: &str, is_path: bool) -> ApiError {
        if is_path {
            return ApiError::not_found(format!("there is no skill at {}", quote(name)))
                .hint("pass a skill's folder or its SKILL.md");
        }
        let error = ApiError::not_found(format!("there is no skill {}", quote(name)));
        let named = |path: &Path| path.parent().and_then(Path::file_name).is_some_and(|n| n == name);
        if let Some(rejected) = self.catalog.rejected.iter().find(|r| named(&r.location)) {
            return error.hint(did_not_load(rejected));
        }
        match self.catalog.nearest(name) {
            Some(near) => error.hint(format!("did you mean {}?", quote(near))),
            None => error.hint("{skill_list} shows the skills"),
        }
    }
}

fn did_not_load(rejected: &Rejected) -> String {
    let found = rejected.diagnostics.iter().find(|d| d.rule == rejected.reason);
    let why = found.map_or(rejected.reason.id(), |d| d.message.as_str());
    format!("{} did not load: {why}", quote(&display_path(&rejected.location)))
}

impl Runtime {
    /// Loads the catalog of a query.
    pub(crate) fn select(&self, query: &CatalogQuery) -> Result<Selected> {
        self.select_rows(query)
    }

    /// Like [`Runtime::select`], but keeps only a row of each skill.
    pub(crate) fn select_rows<T: Row>(&self, query: &CatalogQuery) -> Result<Selected<T>> {
        self.select_with(query, roles(self.environment.home.as_deref())?)
    }

    /// Like [`Runtime::select_rows`], with these role profiles.
    pub(crate) fn select_with<T: Row>(&self, query: &CatalogQuery, roles: Roles) -> Result<Selected<T>> {
        let client = query.client.as_deref().map(client).transpose()?;
        let scopes = query.scopes.iter().map(|name| scope(name));
        let scopes = scopes.collect::<Result<_, _>>()?;
        let tree = self.tree();
        let roots = match query.roots.is_empty() {
            true => {
                self.check_user_home()?;
                self.default_roots(&*tree, client)
            }
            false => {
                let roots = query.roots.iter().map(|root| self.root(root));
                roots.collect::<Result<_, _>>()?
            }
        };
        let bundled: Option<Arc<dyn Tree>> = match query.roots.is_empty() && client.is_none() {
            true => Some(crate::bundled::tree()),
            false => None,
        };
        let (role, unknown_profile) = match (query.profile.as_deref(), roles.active.as_deref()) {
            (Some(""), _) => (None, None),
            (Some(name), _) => (Some(roles.get(name).ok_or_else(|| roles.unknown(name))?), None),
            // Other clients do not know role profiles.
            (None, Some(name)) if client.is_none() => match roles.get(name) {
                Some(role) => (Some(role), None),
                None => (None, Some(name.to_owned())),
            },
            (None, _) => (None, None),
        };
        let mut catalog = Catalog::load_rows(&CatalogOptions {
            host: client.and_then(|_| self.host_of_clients()),
            switches: client.map(|_| self.switches_of_clients()).unwrap_or_default(),
            roots,
            tree,
            bundled,
            scopes,
            client,
        });
        for root in query.roots.iter().filter(|root| is_skill_file(root)) {
            self.keep_file(&mut catalog, root);
        }
        let mut selected = Selected {
            catalog,
            role,
            unknown_profile,
            outside_role: 0,
            client,
        };
        if query.profile.is_some() {
            selected.keep_role();
        }
        Ok(selected)
    }

    fn root(&self, root: &str) -> Result<Root> {
        let metadata = self.tree().metadata(&self.environment.cwd.join(root));
        let error = match metadata.map(|metadata| metadata.kind == EntryKind::Folder) {
            Ok(_) if root.is_empty() => ApiError::invalid_input("the path is empty"),
            Ok(true) => return Ok(Root::extra(self.as_named(root))),
            Ok(false) if is_skill_file(root) => return Ok(Root::extra(self.skill_folder(root))),
            Ok(false) => ApiError::invalid_input(format!("the path {} is not a folder", quote(root))),
            Err(error) => ApiError::io(format!("the path {} cannot be read: {error}", quote(root))),
        };
        Err(error.hint("pass a folder of skills or a SKILL.md"))
    }

    /// Removes everything in the folder of a SKILL.md that was named as a root, except that file.
    fn keep_file<T: Row>(&self, catalog: &mut Catalog<T>, root: &str) {
        let folder = self.skill_folder(root);
        let file = folder.join(Path::new(root).file_name().unwrap_or_default());
        let keeps = |location: &Path| !location.starts_with(&folder) || location == file;
        catalog.entries.retain(|entry| keeps(&entry.location()));
        catalog.rejected.retain(|one| keeps(&one.location));
        for hidden in [&mut catalog.shadowed, &mut catalog.duplicates] {
            hidden.retain(|one| keeps(&one.location));
        }
    }

    /// Returns the folder of a SKILL.md that a request names.
    fn skill_folder(&self, named: &str) -> PathBuf {
        let file = self.as_named(named);
        match file.parent() {
            Some(folder) if folder.as_os_str().is_empty() && self.has_disk() => PathBuf::from("."),
            folder => folder.map(Path::to_owned).unwrap_or_default(),
        }
    }

    /// Returns the SKILL.md at a path: the file itself, or that of a folder.
    fn skill_at(&self, named: &str) -> Option<PathBuf> {
        let path = self.as_named(named);
        let tree = self.tree();
        match tree.is_folder(&path) {
            true => skill_file(&*tree, &path),
            false => (is_skill_file(named) && tree.is_file(&path)).then_some(path),
        }
    }

    /// Returns a location that does not depend on the reader's working directory.
    pub(crate) fn absolute_location(&self, entry: &Entry) -> PathBuf {
        match entry.scope {
            Scope::Bundled => entry.location().into_owned(),
            _ => self.absolute(&entry.file),
        }
    }

    /// Returns a path with symlinks resolved, so that two paths of one file are equal.
    fn real(&self, path: &Path) -> PathBuf {
        let path = self.environment.cwd.join(path);
        self.tree().canonicalize(&path).unwrap_or(path)
    }

    /// Returns the roots of a client, or of this runtime, if a request names none.
    ///
    /// In memory, every client sees all documents: for one that looks no deeper than the folders of its root, the folder
    /// around each skill is a root. For one that skips hidden folders, those around the skills in hidden folders are.
    pub(crate) fn default_roots(&self, tree: &dyn Tree, client: Option<&Client>) -> Vec<Root> {
        if self.has_disk() {
            return match client {
                Some(client) => client.roots(&self.environment),
                None => default_roots(&self.environment),
            };
        }
        let top = Root::extra(PathBuf::new());
        let is_deep = client.is_none_or(|client| client.walk.max_depth > 1);
        if is_deep && client.is_none_or(|client| !client.walk.skip_hidden) {
            return vec![top];
        }
        let found = walk(tree, &top, &WalkRules::default()).found;
        let folder = |found: &Found| found.location().parent().map(Path::to_owned);
        let folders: BTreeSet<PathBuf> = found.iter().filter_map(folder).collect();
        let within = |folder: &Path| {
            let mut above = folder.ancestors().skip(1);
            above.any(|above| !above.as_os_str().is_empty() && folders.contains(above))
        };
        let outer = folders.iter().filter(|folder| !within(folder));
        let roots: BTreeSet<&Path> = outer.filter_map(|folder| folder.parent()).collect();
        let is_hidden = |root: &Path| {
            let mut parts = root.iter();
            parts.any(|part| part.to_string_lossy().starts_with('.'))
        };
        let root = |root: &Path| Root::extra(root.to_owned());
        if is_deep {
            let hidden = roots.into_iter().filter(|root| is_hidden(root)).map(root);
            return [top].into_iter().chain(hidden).collect();
        }
        roots.into_iter().map(root).collect()
    }
}

/// Returns whether a path ends in `SKILL.md`.
fn is_skill_file(path: &str) -> bool {
    let name = Path::new(path).file_name();
    !path.ends_with('/') && name.is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"))
}

fn client(name: &str) -> Result<&'static Client> {
    let names = || CLIENTS.iter().map(|client| client.name).collect::<Vec<_>>();
    Client::named(name).ok_or_else(|| unknown_name("client", name, &names()))
}

fn scope(name: &str) -> Result<Scope> {
    name.parse()
        .map_err(|()| unknown_name("scope", name, &Scope::ALL.map(Scope::as_str)))
}
