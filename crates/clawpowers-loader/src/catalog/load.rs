//! Loads a catalog: walks the roots, parses the head of each file, and resolves precedence.

use super::entry::{Catalog, Entry, Rejected, Row};
use super::precedence::{LoadOutcome, Loaded, Precedence};
use crate::clients::{Client, ClientFile, Collision, ListedSkill, Switches, apply, collation_key};
use crate::discovery::{Candidate, Found, Markdown, Root, Scope, WalkRules, walk_with};
use crate::display::{display_path, quote};
use crate::lint::file::{file_diagnostic, file_name_diagnostic, read_error};
use crate::lint::{Diagnostic, Rule, Severity, Target};
use crate::skill::parse::{ParseOptions, Parsed, parse_head};
use crate::skill::{HostInfo, normalize_name};
use crate::sort;
use crate::syntax::delimiter::{starts_with_delimiter, through_closing_delimiter};
use crate::syntax::source::Source;
use crate::tree::{DiskTree, OpenFolder, ReadError, Tree, below};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How much of a file a listing reads first, which contains the frontmatter of nearly every public skill.
const HEAD_BYTES: usize = 4096;

#[derive(Debug, Clone)]
pub struct CatalogOptions {
    /// The roots in `tree`, the first of highest precedence.
    pub roots: Vec<Root>,
    pub tree: Arc<dyn Tree>,
    /// The skills that ship with the program, of lowest precedence.
    pub bundled: Option<Arc<dyn Tree>>,
    /// Only these scopes; all if empty.
    pub scopes: Vec<Scope>,
    /// The client whose rules apply; `None` for ClawPowers' own.
    pub client: Option<&'static Client>,
    /// The programs and variables of the machine, for clients that hide a skill whose requirements are not met; `None`
    /// hides none.
    pub host: Option<HostInfo>,
    /// What the settings of the client say of single skills.
    pub switches: Switches,
}

impl Default for CatalogOptions {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            tree: Arc::new(DiskTree),
            bundled: None,
            scopes: Vec::new(),
            client: None,
            host: None,
            switches: Switches::default(),
        }
    }
}

impl Catalog {
    /// Finds and loads the skills in all roots, like [`Catalog::load_rows`].
    #[must_use]
    pub fn load(options: &CatalogOptions) -> Self {
        Self::load_rows(options)
    }
}

impl<T: Row> Catalog<T> {
    /// Finds and loads the skills in all roots, and keeps the row of each.
    ///
    /// Only the head of each file is read. Folders are read and heads parsed in parallel; the result has a fixed order. A
    /// root that does not exist is empty; every other failure is in [`Catalog::rejected`].
    #[must_use]
    pub fn load_rows(options: &CatalogOptions) -> Self {
        let CatalogOptions { tree, client, .. } = options;
        let wanted = |scope: Scope| options.scopes.is_empty() || options.scopes.contains(&scope);
        let collision = client.map_or(Collision::FirstWins, |client| client.collision);
        let mut precedence = Precedence::<T>::new(collision);
        let mut labels = HashSet::new();
        let mut load = |tree: &Arc<dyn Tree>, root: &Root| {
            let rules = client.map_or_else(WalkRules::default, |client| client.walk_of(root));
            let loader = Loader {
                tree,
                root,
                rules: &rules,
                client: *client,
                host: options.host.as_ref(),
                switches: &options.switches,
                boundary: OnceLock::new(),
            };
            let make = |found, folder: Option<&dyn OpenFolder>| loader.load(found, folder);
            match client {
                None => {
                    let mut take = |pass, one| precedence.take(pass, one);
                    walk_with(&**tree, root, &rules, &make, &mut take);
                }
                Some(client) => {
                    let mut found = Vec::new();
                    walk_with(&**tree, root, &rules, &make, &mut |pass, one| {
                        found.push((pass, one))
                    });
                    sort_found(&mut found, client, &root.path);
                    for (_, one) in &mut found {
                        one.keep_new_label(&mut labels);
                    }
                    let mut ranked: Vec<_> = found.into_iter().enumerate().collect();
                    if client.listing.prefers_real {
                        sort::by_key(&mut ranked, |(_, (pass, _))| *pass);
                    }
                    for (rank, (_, one)) in ranked {
                        precedence.take(rank, one);
                    }
                }
            }
            precedence.next_root();
        };
        let mut roots: Vec<PathBuf> = Vec::new();
        for root in options.roots.iter().filter(|root| wanted(root.scope)) {
            if let Ok(canonical) = tree.canonicalize(&root.path) {
                if roots.contains(&canonical) {
                    continue;
                }
                // A root that leads out of its boundary is not walked, so it must not replace another root.
                let follows = client.is_some_and(|client| root.boundary_for(&client.walk_of(root)).is_none());
                if follows || root.holds(&**tree, &canonical) {
                    roots.push(canonical);
                }
            }
            load(tree, root);
        }
        if let Some(bundled) = options.bundled.as_ref().filter(|_| wanted(Scope::Bundled)) {
            load(bundled, &Root::unbounded(PathBuf::new(), Scope::Bundled));
        }
        let mut catalog = precedence.finish();
        if client.is_some_and(|client| client.listing.by_name) {
            sort::by_cached_key(&mut catalog.entries, |row| collation_key(row.name()));
        }
        let command_roots = options.roots.iter().filter(|root| root.kind.is_commands());
        let command_roots: HashSet<&Path> = command_roots.map(|root| root.path.as_path()).collect();
        let first = catalog
            .entries
            .iter()
            .position(|row| command_roots.contains(row.root()));
        if let Some(commands) = first.and_then(|first| catalog.entries.get_mut(first..)) {
            sort::by_cached_key(commands, |row| collation_key(row.name()));
        }
        if let Some(shorten) = client.and_then(|client| client.listing.shorten) {
            let skills = catalog.entries.iter_mut().filter_map(|row| {
                Some(ListedSkill {
                    name: row.name().to_owned(),
                    is_project: row.scope() == Scope::Project,
                    description: row.shown_description_mut()?,
                })
            });
            shorten(&mut skills.collect::<Vec<_>>());
        }
        if collision == Collision::KeepAll {
            catalog.sort_kept(&options.roots);
        }
        catalog
    }

    /// Sorts by scope, name and path, like a client that keeps every skill with the same name.
    fn sort_kept(&mut self, roots: &[Root]) {
        let root_of = |row: &T| roots.iter().position(|root| root.path == row.root());
        sort::by_cached_key(&mut self.entries, |row| {
            // The client's own skills and those of scope `system` have one scope here, but two in the client.
            let root = (row.scope() == Scope::System).then(|| root_of(row));
            (
                row.scope(),
                root,
                row.name().to_owned(),
                row.location().into_owned(),
            )
        });
    }
}

/// Loads the skills of a root.
struct Loader<'a> {
    tree: &'a Arc<dyn Tree>,
    root: &'a Root,
    rules: &'a WalkRules,
    client: Option<&'static Client>,
    host: Option<&'a HostInfo>,
    switches: &'a Switches,
    /// The canonical boundary of the root.
    boundary: OnceLock<Option<PathBuf>>,
}

impl Loader<'_> {
    /// Returns whether a canonical path is outside the boundary of the root.
    fn leads_out(&self, canonical: &Path) -> bool {
        let boundary = || self.root.canonical_boundary(&**self.tree);
        let boundary = self.boundary.get_or_init(boundary).as_ref();
        boundary.is_some_and(|boundary| !canonical.starts_with(boundary))
    }

    fn load<T: Row>(&self, found: Found, folder: Option<&dyn OpenFolder>) -> LoadOutcome<T> {
        let Candidate { file, canonical, .. } = match found {
            Found::Candidate(candidate) => candidate,
            Found::Refused {
                location,
                rule,
                message,
            } => return LoadOutcome::Rejected(refused(location, rule, message)),
        };
        let target = self.client.map_or(Target::ClawPowers, |client| client.target);
        let folder_name = file.parent().and_then(Path::file_name);
        let options = ParseOptions {
            target,
            folder: folder_name.map(|name| name.to_string_lossy().into_owned()),
        };
        let limit = self.rules.max_file_bytes;
        let open = match (folder, file.file_name()) {
            (Some(folder), Some(name)) => folder.open_file(name, limit),
            _ => self.tree.open_file(&file, limit),
        };
        let parsed = open.and_then(|(mut open, size)| match self.client {
            None => Ok((load_head(&mut *open, size, &options)?, Vec::new())),
            Some(_) => {
                // What a client shows may depend on the body, and on bytes that are not UTF-8.
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                let mut bytes = Vec::with_capacity(size);
                read_more(&mut *open, &mut bytes, size)?;
                Ok((parse_head(&Source::decode(&bytes), &options), bytes))
            }
        });
        let (parsed, bytes) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                let (rule, message) = read_error(&error);
                return LoadOutcome::Rejected(refused(file, rule, message));
            }
        };
        let mut parsed = parsed;
        // A client that loads every `*.md` does not check the name.
        if self.rules.markdown == Markdown::No || is_skill_file(&file) {
            parsed.diagnostics.extend(file_name_diagnostic(&file, target));
        }
        let label = self.client.and_then(|client| {
            let view = ClientFile {
                bytes: &bytes,
                path: &file,
                root: self.root,
                tree: &**self.tree,
                folder,
                diagnostics: &parsed.diagnostics,
                skill: parsed.skill.as_ref(),
                host: self.host,
            };
            let mut outcome = (client.read)(&view);
            if let Ok(skill) = &mut outcome {
                self.switches.apply(client.name, &canonical, skill);
            }
            apply(outcome, &mut parsed).0
        });
        let Parsed {
            skill,
            reason,
            mut diagnostics,
        } = parsed;
        if skill.is_some() && self.root.boundary_for(self.rules).is_none() && self.leads_out(&canonical) {
            diagnostics.push(leads_out(&canonical));
        }
        match (skill, reason) {
            (Some(skill), None) => {
                let key = match self.client {
                    None => normalize_name(&skill.name),
                    Some(_) => skill.name.clone(),
                };
                let entry = Entry {
                    skill,
                    label,
                    tree: Arc::clone(self.tree),
                    file,
                    scope: self.root.scope,
                    root: self.root.path.clone(),
                    diagnostics,
                };
                // The bundled skills are in another tree, where the same path is another file.
                let canonical = (entry.scope != Scope::Bundled).then(|| canonical.into_os_string());
                LoadOutcome::Skill(Box::new(Loaded {
                    key,
                    canonical,
                    row: T::new(entry),
                }))
            }
            (_, reason) => LoadOutcome::Rejected(Rejected {
                location: file,
                reason: reason.unwrap_or(Rule::DescriptionMissing),
                diagnostics,
            }),
        }
    }
}

fn is_skill_file(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"))
}

/// Sorts what a walk of one root found into the order of a client.
fn sort_found<T: Row>(found: &mut [(usize, LoadOutcome<T>)], client: &Client, root: &Path) {
    let path = |one: &LoadOutcome<T>| match one {
        LoadOutcome::Skill(ready) => ready.row.location().into_owned(),
        LoadOutcome::Rejected(rejected) => rejected.location.clone(),
    };
    let listing = client.listing;
    sort::by_cached_key(found, |(pass, one)| {
        let path = path(one);
        let below = || below(&path, root).map_or_else(|| path.to_string_lossy(), Cow::Borrowed);
        let folded = listing.folds_case.then(|| collation_key(&below()));
        (if listing.links_in_order { 0 } else { *pass }, folded, path)
    });
    if listing.reversed {
        found.reverse();
    }
}

/// Warns of a skill that a client loads although its symlink leads out of the project.
fn leads_out(canonical: &Path) -> Diagnostic {
    let target = quote(&display_path(canonical));
    Diagnostic {
        severity: Severity::Warning,
        ..file_diagnostic(
            Rule::SymlinkEscape,
            format!("a symlink leads to {target}, outside the project; this client follows it"),
        )
    }
}

fn refused(location: PathBuf, reason: Rule, message: String) -> Rejected {
    Rejected {
        location,
        reason,
        diagnostics: vec![file_diagnostic(reason, message)],
    }
}

/// Parses the frontmatter of a file of this size, of which no more is read than necessary.
///
/// Never reads past the end, which saves the system call that would find it.
fn load_head(file: &mut dyn Read, size: u64, options: &ParseOptions) -> Result<Parsed, ReadError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let first = size.min(HEAD_BYTES);
    let mut bytes = Vec::with_capacity(first);
    let got = read_more(file, &mut bytes, first)?;
    if got == first && first < size {
        if let Some(head) = through_closing_delimiter(&bytes) {
            let source = Source::decode(head);
            if starts_with_delimiter(source.text()) {
                return Ok(parse_head(&source, options));
            }
        }
        read_more(file, &mut bytes, size - first)?;
    }
    Ok(parse_head(&Source::from_bytes(bytes), options))
}

/// Appends at most `length` further bytes to `buffer`; fewer mean the end of the file.
fn read_more(file: &mut dyn Read, buffer: &mut Vec<u8>, length: usize) -> io::Result<usize> {
    file.take(length as u64).read_to_end(buffer)
}
