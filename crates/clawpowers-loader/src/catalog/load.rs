//! Loads a catalog: walks the roots, parses the head of each file, and resolves precedence.

use super::entry::{Catalog, Entry, Rejected, Row};
use super::precedence::{LoadOutcome, Loaded, Precedence};
use crate::discovery::{Candidate, Client, Collision, Found, Root, Scope, WalkRules, walk_with};
use crate::lint::file::{file_diagnostic, file_name_diagnostic, read_error};
use crate::lint::{Rule, Target};
use crate::skill::normalize_name;
use crate::skill::parse::{ParseOptions, Parsed, parse_head};
use crate::syntax::delimiter::{starts_with_delimiter, through_closing_delimiter};
use crate::syntax::source::Source;
use crate::tree::{DiskTree, OpenFolder, ReadError, Tree};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
}

impl Default for CatalogOptions {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            tree: Arc::new(DiskTree),
            bundled: None,
            scopes: Vec::new(),
            client: None,
        }
    }
}

impl Catalog {
    /// Finds and loads the skills below all roots, like [`Catalog::load_rows`].
    #[must_use]
    pub fn load(options: &CatalogOptions) -> Self {
        Self::load_rows(options)
    }
}

impl<T: Row> Catalog<T> {
    /// Finds and loads the skills below all roots, and keeps the row of each.
    ///
    /// Only the head of each file is read. Folders are read and heads parsed in parallel; the result has a fixed order. A
    /// root that does not exist is empty; every other failure is in [`Catalog::rejected`].
    #[must_use]
    pub fn load_rows(options: &CatalogOptions) -> Self {
        let CatalogOptions { tree, client, .. } = options;
        let rules = client.map_or_else(WalkRules::default, |client| client.walk);
        let wanted = |scope: Scope| options.scopes.is_empty() || options.scopes.contains(&scope);
        let keeps_all = client.is_some_and(|client| client.collision == Collision::KeepAll);
        let mut precedence = Precedence::new(keeps_all);
        let mut load = |tree: &Arc<dyn Tree>, root: &Root| {
            let loader = Loader {
                tree,
                root,
                rules: &rules,
                client: *client,
            };
            let make = |found, folder: Option<&dyn OpenFolder>| loader.load(found, folder);
            walk_with(&**tree, root, &rules, &make, &mut |pass, one| {
                precedence.take(pass, one);
            });
            precedence.next_root();
        };
        let mut roots: Vec<PathBuf> = Vec::new();
        for root in options.roots.iter().filter(|root| wanted(root.scope)) {
            if let Ok(canonical) = tree.canonicalize(&root.path) {
                if roots.contains(&canonical) {
                    continue;
                }
                // A root that leads out of its boundary is not walked, so it must not replace another root.
                if root.holds(&**tree, &canonical) {
                    roots.push(canonical);
                }
            }
            load(tree, root);
        }
        if let Some(bundled) = options.bundled.as_ref().filter(|_| wanted(Scope::Bundled)) {
            load(bundled, &Root::unbounded(PathBuf::new(), Scope::Bundled));
        }
        let mut catalog = precedence.finish();
        if keeps_all {
            catalog.sort_kept(&options.roots);
        }
        catalog
    }

    /// Sorts by scope, name and path, as a client does that keeps every name.
    fn sort_kept(&mut self, roots: &[Root]) {
        let root_of = |row: &T| roots.iter().position(|root| root.path == row.root());
        self.entries.sort_by_cached_key(|row| {
            // The client's own skills and the machine's have one scope here, but two in the client.
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
}

impl Loader<'_> {
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
        // Whether a file is UTF-8 is only known at its end.
        let drops = |rule| self.client.is_some_and(|client| client.drops(rule));
        let whole = drops(Rule::NotUtf8);
        let limit = self.rules.max_file_bytes;
        let open = match (folder, file.file_name()) {
            (Some(folder), Some(name)) => folder.open_file(name, limit),
            _ => self.tree.open_file(&file, limit),
        };
        let parsed = open.and_then(|(mut open, size)| load_head(&mut *open, size, whole, &options));
        let Parsed {
            skill,
            reason,
            mut diagnostics,
        } = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                let (rule, message) = read_error(&error);
                return LoadOutcome::Rejected(refused(file, rule, message));
            }
        };
        // A client that loads every `*.md` of a root does not check the name.
        if !self.rules.root_markdown || is_skill_file(&file) {
            diagnostics.extend(file_name_diagnostic(&file, target));
        }
        let dropped = diagnostics.iter().map(|d| d.rule).find(|&rule| drops(rule));
        match (skill, dropped.or(reason)) {
            (Some(skill), None) => {
                let key = normalize_name(&skill.name);
                let entry = Entry {
                    skill,
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

fn refused(location: PathBuf, reason: Rule, message: String) -> Rejected {
    Rejected {
        location,
        reason,
        diagnostics: vec![file_diagnostic(reason, message)],
    }
}

/// Parses the frontmatter of a file of this size, of which no more is read than necessary; `whole` reads all of it.
///
/// Never reads past the end, which saves the system call that would find it.
fn load_head(
    file: &mut dyn Read,
    size: u64,
    whole: bool,
    options: &ParseOptions,
) -> Result<Parsed, ReadError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let first = size.min(HEAD_BYTES);
    let mut bytes = Vec::with_capacity(first);
    let got = read_more(file, &mut bytes, first)?;
    if got == first && first < size {
        if !whole && let Some(head) = through_closing_delimiter(&bytes) {
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
