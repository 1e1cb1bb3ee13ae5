//! The catalog: every skill that is visible, every one that is hidden by another, every one that did not load.

use crate::catalog::precedence::Gathering;
use crate::discovery::{
    Candidate, Client, Collision, Found, Root, Scope, WalkRules, walk_documents, walk_with,
};
use crate::display::{display_path, nearest};
use crate::lint::file::{file_diagnostic, file_name_diagnostic, read_error};
use crate::lint::{Diagnostic, Profile, Rule};
use crate::skill::parse::{ParseOptions, Parsed, parse, parse_complete_head, parse_head};
use crate::skill::{Skill, normalized};
use crate::syntax::delimiter::needed;
use crate::syntax::source::Source;
use crate::tree::disk::Opened;
use crate::tree::memory::{Documents, plain};
use crate::tree::package::Package;
use crate::tree::read;
use crate::tree::read::{HEAD_BYTES, ReadError};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a skill's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a folder on disk.
    Disk {
        /// Its SKILL.md.
        file: PathBuf,
    },
    /// In memory.
    Memory(Arc<Package>),
}

/// A skill of the catalog; its body was not read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The skill without its body.
    pub skill: Skill,
    /// Where its files are.
    pub origin: Origin,
    /// Whose it is.
    pub scope: Scope,
    /// The root below which it was found; empty for shipped skills.
    pub root: PathBuf,
    /// What was found in its head.
    pub diagnostics: Vec<Diagnostic>,
}

impl Entry {
    /// Returns where the SKILL.md is: a path, or `bundled:NAME/SKILL.md`.
    #[must_use]
    pub fn location(&self) -> PathBuf {
        location(&self.origin).into_owned()
    }

    /// Returns the skill's folder where it has one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Disk { file } => file.parent(),
            Origin::Memory(_) => None,
        }
    }
}

fn location(origin: &Origin) -> Cow<'_, Path> {
    match origin {
        Origin::Disk { file } => file.into(),
        Origin::Memory(package) => package.location().into(),
    }
}

/// A skill that is not visible because another of its name is, or because it is the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// Its name.
    pub name: String,
    /// Its SKILL.md.
    pub location: PathBuf,
    /// The SKILL.md that is taken instead.
    pub winner: PathBuf,
}

/// Something that looks like a skill and did not load.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Where.
    pub location: PathBuf,
    /// Why.
    pub reason: Rule,
    /// What was found in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a catalog is made from.
#[derive(Debug, Clone, Default)]
pub struct CatalogOptions {
    /// The roots, the first of highest precedence.
    pub roots: Vec<Root>,
    /// What the roots are in; the disk where there is nothing.
    pub documents: Option<Arc<Documents>>,
    /// Shipped skills, of lowest precedence.
    pub packages: Vec<Arc<Package>>,
    /// Only these scopes; all where empty.
    pub scopes: Vec<Scope>,
    /// The client to be; this runtime where there is none.
    pub client: Option<&'static Client>,
}

/// What a catalog keeps of each visible skill: all of it, as an [`Entry`], or what a caller needs.
///
/// A large collection is listed in little memory, since the rest is dropped as soon as a skill is loaded.
pub trait Row: Sized + Send {
    /// Makes the row of a skill that was loaded.
    fn new(entry: Entry) -> Self;
    /// Returns the skill's name.
    fn name(&self) -> &str;
    /// Returns whose it is.
    fn scope(&self) -> Scope;
    /// Returns the root below which it was found.
    fn root(&self) -> &Path;
    /// Returns where the SKILL.md is.
    fn location(&self) -> Cow<'_, Path>;
}

impl Row for Entry {
    fn new(entry: Entry) -> Self {
        entry
    }

    fn name(&self) -> &str {
        &self.skill.name
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn root(&self) -> &Path {
        &self.root
    }

    fn location(&self) -> Cow<'_, Path> {
        location(&self.origin)
    }
}

/// Every skill that was found.
#[derive(Debug, Clone)]
pub struct Catalog<T = Entry> {
    /// The visible ones, in the order of precedence, then of their paths.
    pub entries: Vec<T>,
    /// Those hidden by another of the same name.
    pub shadowed: Vec<Hidden>,
    /// Further ways to a file that is in the catalog.
    pub duplicates: Vec<Hidden>,
    /// Those that did not load.
    pub rejected: Vec<Rejected>,
}

/// A candidate after loading.
pub(crate) enum Loaded<T> {
    Skill(Box<Ready<T>>),
    Rejected(Rejected),
}

/// A skill with what decides whether it is visible.
pub(crate) struct Ready<T> {
    pub(crate) row: T,
    /// The name as names are compared.
    pub(crate) key: String,
    /// The file without links on the way. One string: a path hashes part by part, which costs more than loading.
    pub(crate) canonical: Option<OsString>,
}

impl Catalog {
    /// Finds and loads the skills below all roots, as [`Catalog::load_rows`] does.
    #[must_use]
    pub fn load(options: &CatalogOptions) -> Self {
        Self::load_rows(options)
    }
}

impl<T: Row> Catalog<T> {
    /// Finds and loads the skills below all roots, and keeps of each what its row does.
    ///
    /// Only the head of each file is read. Folders are read and heads parsed in parallel; the result is in a fixed
    /// order. A root that does not exist holds nothing; every other fault gives a row in [`Catalog::rejected`].
    #[must_use]
    pub fn load_rows(options: &CatalogOptions) -> Self {
        let rules = options
            .client
            .map_or_else(WalkRules::default, |client| client.walk);
        let wanted = |scope: Scope| options.scopes.is_empty() || options.scopes.contains(&scope);
        let mut gathering = Gathering::new(keeps_all(options.client));
        let mut roots: Vec<PathBuf> = Vec::new();
        for root in options.roots.iter().filter(|root| wanted(root.scope)) {
            if let Some(documents) = &options.documents {
                let Some(real) = plain(&root.path).filter(|real| documents.is_folder(real)) else {
                    continue;
                };
                if roots.contains(&PathBuf::from(&real)) {
                    continue;
                }
                for found in walk_documents(documents, &root.path, &real, &rules) {
                    gathering.take(0, load_document(found, documents, root, &rules, options.client));
                }
                roots.push(PathBuf::from(real));
                gathering.next_root();
                continue;
            }
            if let Ok(canonical) = root.path.canonicalize() {
                if roots.contains(&canonical) {
                    continue;
                }
                // A root that leads out of its boundary is not walked, so it takes no other root's place.
                if root.holds(&canonical) {
                    roots.push(canonical);
                }
            }
            let load =
                |found, opened: Option<&Opened>| load_found(found, opened, root, &rules, options.client);
            walk_with(root, &rules, &load, &mut |pass, one| gathering.take(pass, one));
            gathering.next_root();
        }
        if wanted(Scope::Bundled) {
            for (place, package) in options.packages.iter().enumerate() {
                gathering.take(place, load_package(package, options.client));
            }
        }
        let mut catalog = gathering.finish();
        if keeps_all(options.client) {
            catalog.sort_kept(&options.roots);
        }
        catalog
    }

    /// Sorts as a client does that keeps every name: by scope, then by name, then by path.
    fn sort_kept(&mut self, roots: &[Root]) {
        let root_of = |row: &T| roots.iter().position(|root| root.path == row.root());
        self.entries.sort_by_cached_key(|row| {
            // The client's own skills and the machine's have one scope here and two there.
            let root = (row.scope() == Scope::System).then(|| root_of(row));
            (
                row.scope(),
                root,
                row.name().to_owned(),
                row.location().into_owned(),
            )
        });
    }

    /// Returns the skill called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let name = normalized(name);
        self.entries.iter().find(|row| normalized(row.name()) == name)
    }

    /// Returns the name most like `name`, if one is like enough to be meant.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.entries.iter().map(Row::name))
    }

    /// Returns how many files that look like skills were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.entries.len() + self.shadowed.len() + self.duplicates.len() + self.rejected.len()
    }
}

fn keeps_all(client: Option<&Client>) -> bool {
    client.is_some_and(|client| client.collision == Collision::KeepAll)
}

fn options_for(file_folder: Option<&OsStr>, client: Option<&Client>) -> ParseOptions {
    ParseOptions {
        profile: client.map_or(Profile::ClawPowers, |client| client.profile),
        folder: file_folder.map(|name| name.to_string_lossy().into_owned()),
    }
}

fn candidate(found: Found) -> Result<Candidate, Rejected> {
    match found {
        Found::Candidate(candidate) => Ok(candidate),
        Found::Refused {
            location,
            rule,
            message,
        } => Err(refused(location, rule, message)),
    }
}

fn load_found<T: Row>(
    found: Found,
    opened: Option<&Opened>,
    root: &Root,
    rules: &WalkRules,
    client: Option<&'static Client>,
) -> Loaded<T> {
    let Candidate { file, canonical, .. } = match candidate(found) {
        Ok(candidate) => candidate,
        Err(rejected) => return Loaded::Rejected(rejected),
    };
    let options = options_for(file.parent().and_then(Path::file_name), client);
    // Whether a file is UTF-8 is only known at its end.
    let whole = client.is_some_and(|client| client.drops.contains(&Rule::NotUtf8));
    let handle = match (opened, file.file_name()) {
        (Some(opened), Some(name)) => opened.file(name),
        _ => File::open(&file),
    };
    let opened = handle
        .map_err(ReadError::from)
        .and_then(|handle| read::regular(handle, rules.max_file_bytes));
    let parsed = match opened.and_then(|(mut handle, size)| load_head(&mut handle, size, whole, &options)) {
        Ok(parsed) => parsed,
        Err(error) => {
            let (rule, message) = read_error(&error);
            return Loaded::Rejected(refused(file, rule, message));
        }
    };
    let entry = |skill| Entry {
        skill,
        origin: Origin::Disk { file: file.clone() },
        scope: root.scope,
        root: root.path.clone(),
        diagnostics: Vec::new(),
    };
    settle(parsed, client, &file, entry, Some(canonical))
}

fn load_document<T: Row>(
    found: Found,
    documents: &Arc<Documents>,
    root: &Root,
    rules: &WalkRules,
    client: Option<&'static Client>,
) -> Loaded<T> {
    let Candidate { file, canonical, .. } = match candidate(found) {
        Ok(candidate) => candidate,
        Err(rejected) => return Loaded::Rejected(rejected),
    };
    let real = display_path(&canonical);
    let bytes = documents.get(&real).unwrap_or_default();
    let (size, limit) = (bytes.len() as u64, rules.max_file_bytes);
    if size > limit {
        let (rule, message) = read_error(&ReadError::TooLarge { size, limit });
        return Loaded::Rejected(refused(file, rule, message));
    }
    let package = Package::around(Arc::clone(documents), &real, &file);
    let options = package.options(client.map_or(Profile::ClawPowers, |client| client.profile));
    // As on disk, where most are judged by their heads.
    let whole = client.is_some_and(|client| client.drops.contains(&Rule::NotUtf8));
    let parsed = match load_head(&mut &*bytes, size, whole, &options) {
        Ok(parsed) => parsed,
        Err(_) => parse(bytes, &options),
    };
    let entry = |skill| Entry {
        skill,
        origin: Origin::Memory(Arc::new(package)),
        scope: root.scope,
        root: root.path.clone(),
        diagnostics: Vec::new(),
    };
    settle(parsed, client, &file, entry, Some(canonical.clone()))
}

fn load_package<T: Row>(package: &Arc<Package>, client: Option<&Client>) -> Loaded<T> {
    let origin = Origin::Memory(Arc::clone(package));
    let options = package.options(client.map_or(Profile::ClawPowers, |client| client.profile));
    let file = package.location();
    let Some(bytes) = package.skill_file() else {
        let message = "there is no such file".to_owned();
        return Loaded::Rejected(refused(file, Rule::FileMissing, message));
    };
    let parsed = parse(bytes, &options);
    let entry = |skill| Entry {
        skill,
        origin,
        scope: Scope::Bundled,
        root: PathBuf::new(),
        diagnostics: Vec::new(),
    };
    settle(parsed, client, &file, entry, None)
}

fn settle<T: Row>(
    parsed: Parsed,
    client: Option<&Client>,
    file: &Path,
    entry: impl FnOnce(Skill) -> Entry,
    canonical: Option<PathBuf>,
) -> Loaded<T> {
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(file_name_finding(file, client));
    let dropped = client.and_then(|c| {
        diagnostics
            .iter()
            .map(|d| d.rule)
            .find(|rule| c.drops.contains(rule))
    });
    match (parsed.skill, dropped.or(parsed.reason)) {
        (Some(skill), None) => {
            let entry = Entry {
                diagnostics,
                ..entry(skill)
            };
            Loaded::Skill(Box::new(Ready {
                key: normalized(&entry.skill.name),
                canonical: canonical.map(PathBuf::into_os_string),
                row: T::new(entry),
            }))
        }
        (_, reason) => {
            let reason = reason.unwrap_or(Rule::DescriptionMissing);
            Loaded::Rejected(Rejected {
                location: file.to_owned(),
                reason,
                diagnostics,
            })
        }
    }
}

/// Reports a SKILL.md whose name is spelled otherwise.
#[must_use]
pub(crate) fn file_name_finding(file: &Path, client: Option<&Client>) -> Option<Diagnostic> {
    let is_skill_file = || {
        file.file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"))
    };
    if client.is_some_and(|client| client.walk.root_markdown) && !is_skill_file() {
        return None;
    }
    let profile = client.map_or(Profile::ClawPowers, |client| client.profile);
    file_name_diagnostic(file, profile)
}

fn refused(location: PathBuf, reason: Rule, message: String) -> Rejected {
    Rejected {
        location,
        reason,
        diagnostics: vec![file_diagnostic(reason, message)],
    }
}

fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..needed(bytes)).unwrap_or(bytes)
}

/// Reads as much of a file of this size as its frontmatter needs, or all of it.
///
/// No more is asked for than there is, so that the system is asked once: an end that is known is not looked for.
fn load_head(
    file: &mut impl io::Read,
    size: u64,
    whole: bool,
    options: &ParseOptions,
) -> Result<Parsed, ReadError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let first = size.min(HEAD_BYTES);
    let mut bytes = Vec::with_capacity(first);
    let got = read::read_more(file, &mut bytes, first)?;
    if got == first && first < size {
        if !whole && let Some(parsed) = parse_head(&Source::decode_head(head(&bytes)), options) {
            return Ok(parsed);
        }
        read::read_more(file, &mut bytes, size - first)?;
    }
    Ok(parse_complete_head(&Source::of(bytes), options))
}
