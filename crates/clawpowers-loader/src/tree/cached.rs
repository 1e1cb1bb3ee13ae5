//! A tree that reads each folder and file of another one once, for callers that look at it several times.

use super::{EntryKind, Metadata, OpenFile, OpenFolder, ReadError, Tree, check_size};
use crate::sort;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes of files are kept; further files are read again.
const MAX_BYTES: usize = 64 << 20;
/// How many entries of a folder are read: one more than any walk accepts.
const MAX_ENTRIES: usize = 2_000_001;

/// Sorted by name.
type Entries = Arc<[(OsString, EntryKind)]>;

/// Another tree, of which everything that was read is kept. Failures are not kept.
#[derive(Debug, Clone)]
pub(crate) struct CachedTree {
    cache: Arc<Cache>,
    only: Option<Arc<Filter>>,
}

#[derive(Debug)]
struct Cache {
    tree: Arc<dyn Tree>,
    /// The keys are strings, because a path hashes part by part.
    canonical: Mutex<HashMap<OsString, PathBuf>>,
    /// By the canonical path of the folder.
    folders: Mutex<HashMap<OsString, Entries>>,
    /// By the canonical path of the file.
    files: Mutex<Files>,
}

#[derive(Default)]
struct Files {
    bytes: HashMap<OsString, Arc<[u8]>>,
    total: usize,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files of {} bytes", self.bytes.len(), self.total)
    }
}

/// Which folders a tree shows.
pub(crate) struct Filter {
    /// The canonical paths of folders that are shown, and of the targets of links that are shown.
    pub(crate) folders: HashSet<OsString>,
    /// Whether a folder or a link is shown because of its name; such a folder is shown whole.
    pub(crate) by_name: Box<dyn Fn(&OsStr) -> bool + Send + Sync>,
    /// What is shown of each folder that was read.
    shown: Mutex<HashMap<OsString, Entries>>,
}

impl Filter {
    pub(crate) fn new(
        folders: HashSet<OsString>,
        by_name: impl Fn(&OsStr) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            folders,
            by_name: Box::new(by_name),
            shown: Mutex::default(),
        }
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("folders", &self.folders).finish()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CachedTree {
    pub(crate) fn new(tree: Arc<dyn Tree>) -> Self {
        Self {
            cache: Arc::new(Cache {
                tree,
                canonical: Mutex::default(),
                folders: Mutex::default(),
                files: Mutex::default(),
            }),
            only: None,
        }
    }

    /// Returns the same files without the folders that a filter does not show.
    pub(crate) fn only(&self, filter: Filter) -> Self {
        Self {
            cache: Arc::clone(&self.cache),
            only: Some(Arc::new(filter)),
        }
    }

    /// Returns how many folders were read, and how many entries they have.
    pub(crate) fn size(&self) -> (usize, usize) {
        let folders = lock(&self.cache.folders);
        (folders.len(), folders.values().map(|entries| entries.len()).sum())
    }

    fn folder<'a>(&'a self, canonical: PathBuf, open: Option<Box<dyn OpenFolder + 'a>>) -> CachedFolder<'a> {
        CachedFolder {
            tree: self,
            canonical,
            open,
        }
    }
}

impl Cache {
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        // The paths of what was read are canonical.
        if lock(&self.files).bytes.contains_key(path.as_os_str()) || self.entries(path).is_some() {
            return Ok(path.to_owned());
        }
        if let Some(known) = lock(&self.canonical).get(path.as_os_str()) {
            return Ok(known.clone());
        }
        if let Some(known) = self.canonical_in_parent(path) {
            return Ok(known);
        }
        let canonical = self.tree.canonicalize(path)?;
        lock(&self.canonical).insert(path.as_os_str().to_owned(), canonical.clone());
        Ok(canonical)
    }

    /// Returns the canonical path of an entry, not a link, of a folder that was read: only the folder's path is resolved.
    fn canonical_in_parent(&self, path: &Path) -> Option<PathBuf> {
        let (parent, name) = (path.parent()?, path.file_name()?);
        let resolved = lock(&self.canonical).get(parent.as_os_str()).cloned();
        let entries = self.entries(resolved.as_deref().unwrap_or(parent))?;
        let at = entries
            .binary_search_by(|(entry, _)| entry.as_os_str().cmp(name))
            .ok()?;
        let (_, kind) = entries.get(at)?;
        let is_real = matches!(kind, EntryKind::File | EntryKind::Folder);
        is_real.then(|| resolved.map_or_else(|| path.to_owned(), |parent| parent.join(name)))
    }

    fn entries(&self, canonical: &Path) -> Option<Entries> {
        lock(&self.folders).get(canonical.as_os_str()).cloned()
    }

    fn bytes(&self, canonical: &Path) -> Option<Arc<[u8]>> {
        lock(&self.files).bytes.get(canonical.as_os_str()).cloned()
    }

    /// Returns whether a folder that was read shows that a path does not exist.
    fn is_absent(&self, path: &Path) -> bool {
        let mut below = path;
        for _ in 0..2 {
            let (Some(folder), Some(name)) = (below.parent(), below.file_name()) else {
                return false;
            };
            if let Some(entries) = self.entries(folder) {
                return !entries.iter().any(|(entry, _)| is_name(entry, name));
            }
            below = folder;
        }
        false
    }

    /// Checks that a path has not become a symlink since its folder was read.
    fn check_real(&self, canonical: &Path) -> io::Result<()> {
        match self.tree.canonicalize(canonical)? == canonical {
            true => Ok(()),
            false => Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                "it has become a symlink",
            )),
        }
    }

    /// Reads an open file and keeps its bytes.
    fn keep(&self, canonical: PathBuf, (file, size): OpenFile<'_>) -> Result<Arc<[u8]>, ReadError> {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.take(size).read_to_end(&mut bytes)?;
        let bytes: Arc<[u8]> = bytes.into();
        let mut files = lock(&self.files);
        if files.total + bytes.len() <= MAX_BYTES {
            files.total += bytes.len();
            files.bytes.insert(canonical.into_os_string(), Arc::clone(&bytes));
        }
        Ok(bytes)
    }
}

/// Returns whether an entry may be the one called `name`: the file system may ignore case.
fn is_name(entry: &OsStr, name: &OsStr) -> bool {
    !name.is_ascii() || entry.eq_ignore_ascii_case(name)
}

fn opened(bytes: Arc<[u8]>, limit: u64) -> Result<OpenFile<'static>, ReadError> {
    let size = bytes.len() as u64;
    check_size(size, limit)?;
    Ok((Box::new(Cursor::new(bytes)), size))
}

impl Tree for CachedTree {
    fn open_folder(&self, path: &Path) -> io::Result<Box<dyn OpenFolder + '_>> {
        let canonical = self.cache.canonicalize(path)?;
        let open = match self.cache.entries(&canonical) {
            Some(_) => None,
            None => Some(self.cache.tree.open_folder(path)?),
        };
        Ok(Box::new(self.folder(canonical, open)))
    }

    fn open_file(&self, path: &Path, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        if self.cache.is_absent(path) {
            return Err(ReadError::Io(io::ErrorKind::NotFound.into()));
        }
        let canonical = self.cache.canonicalize(path)?;
        let bytes = match self.cache.bytes(&canonical) {
            Some(bytes) => bytes,
            None => self
                .cache
                .keep(canonical, self.cache.tree.open_file(path, limit)?)?,
        };
        opened(bytes, limit)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.cache.tree.metadata(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.cache.canonicalize(path)
    }

    fn is_link(&self, path: &Path) -> bool {
        self.cache.tree.is_link(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.cache.entries(path).is_some() || self.cache.tree.is_folder(path)
    }
}

struct CachedFolder<'a> {
    tree: &'a CachedTree,
    canonical: PathBuf,
    /// The folder itself, if it was not read before.
    open: Option<Box<dyn OpenFolder + 'a>>,
}

impl CachedFolder<'_> {
    fn all(&self) -> io::Result<Entries> {
        let cache = &self.tree.cache;
        if let Some(entries) = cache.entries(&self.canonical) {
            return Ok(entries);
        }
        let mut entries = Vec::new();
        let mut each = |name: &OsStr, kind| {
            entries.push((name.to_owned(), kind));
            entries.len() < MAX_ENTRIES
        };
        match &self.open {
            Some(open) => open.entries(&mut each)?,
            None => cache.tree.open_folder(&self.canonical)?.entries(&mut each)?,
        }
        sort::by(&mut entries, Ord::cmp);
        let entries: Entries = entries.into();
        lock(&cache.folders).insert(self.canonical.as_os_str().to_owned(), Arc::clone(&entries));
        Ok(entries)
    }

    fn shown(&self, filter: &Filter) -> io::Result<Entries> {
        if let Some(shown) = lock(&filter.shown).get(self.canonical.as_os_str()) {
            return Ok(Arc::clone(shown));
        }
        let all = self.all()?;
        let mut is_shown = |(name, kind): &&(OsString, EntryKind)| {
            let path = self.canonical.join(name);
            match kind {
                EntryKind::File | EntryKind::Other => true,
                EntryKind::Folder => filter.folders.contains(path.as_os_str()) || (filter.by_name)(name),
                EntryKind::Link => {
                    let target = self.tree.cache.canonicalize(&path);
                    // A link to a file may be a SKILL.md.
                    let shows = |target: &Path| {
                        filter.folders.contains(target.as_os_str()) || !self.tree.is_folder(target)
                    };
                    (filter.by_name)(name) || target.is_ok_and(|target| shows(&target))
                }
            }
        };
        let whole = self
            .canonical
            .file_name()
            .is_some_and(|name| (filter.by_name)(name));
        let shown = match whole {
            true => all,
            false => all.iter().filter(&mut is_shown).cloned().collect(),
        };
        lock(&filter.shown).insert(self.canonical.as_os_str().to_owned(), Arc::clone(&shown));
        Ok(shown)
    }
}

impl OpenFolder for CachedFolder<'_> {
    fn lacks(&self, name: &OsStr) -> bool {
        match (self.tree.cache.entries(&self.canonical), &self.open) {
            (Some(entries), _) => !entries.iter().any(|(entry, _)| is_name(entry, name)),
            (None, Some(open)) => open.lacks(name),
            (None, None) => false,
        }
    }

    fn entries(&self, each: &mut dyn FnMut(&OsStr, EntryKind) -> bool) -> io::Result<()> {
        let entries = match &self.tree.only {
            None => self.all()?,
            Some(filter) => self.shown(filter)?,
        };
        for (name, kind) in &*entries {
            if !each(name, *kind) {
                break;
            }
        }
        Ok(())
    }

    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>> {
        let cache = &self.tree.cache;
        let canonical = self.canonical.join(name);
        let open = match (&self.open, cache.entries(&canonical)) {
            (_, Some(_)) => None,
            (Some(open), None) => Some(open.open_folder(name)?),
            (None, None) => {
                cache.check_real(&canonical)?;
                Some(cache.tree.open_folder(&canonical)?)
            }
        };
        Ok(Box::new(self.tree.folder(canonical, open)))
    }

    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        let cache = &self.tree.cache;
        let canonical = self.canonical.join(name);
        if let Some(bytes) = cache.bytes(&canonical) {
            return opened(bytes, limit);
        }
        let open = match &self.open {
            Some(open) => open.open_file(name, limit)?,
            None => {
                cache.check_real(&canonical)?;
                cache.tree.open_file(&canonical, limit)?
            }
        };
        opened(cache.keep(canonical, open)?, limit)
    }
}
