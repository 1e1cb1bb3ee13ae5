//! Files and folders that disappear or fail while a root is walked, and a root with very many skills.

use clawpowers_loader::{
    CLIENTS, Catalog, CatalogOptions, Client, MemoryTree, Metadata, OpenFile, OpenFolder, ReadError, Root,
    Survey, Tree,
};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of which those in `lost` are gone when they are opened, and those in `half` fail while they are read. The folder
/// `gone` is gone once it was listed.
#[derive(Debug)]
struct Failing(MemoryTree);

struct Folder<'a> {
    folder: Box<dyn OpenFolder + 'a>,
    path: PathBuf,
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the device is gone"))
    }
}

fn checked<'a>(path: &Path, open: Result<OpenFile<'a>, ReadError>) -> Result<OpenFile<'a>, ReadError> {
    if path.starts_with("s/lost") {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    let (file, size) = open?;
    Ok(match path.starts_with("s/half") {
        true => (Box::new(Broken), size),
        false => (file, size),
    })
}

impl Tree for Failing {
    fn open_folder(&self, path: &Path) -> io::Result<Box<dyn OpenFolder + '_>> {
        if path.starts_with("s/gone") {
            return Err(io::ErrorKind::NotFound.into());
        }
        let folder = self.0.open_folder(path)?;
        let path = path.to_owned();
        Ok(Box::new(Folder { folder, path }))
    }

    fn open_file(&self, path: &Path, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        checked(path, self.0.open_file(path, limit))
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.0.metadata(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.canonicalize(path)
    }

    fn is_link(&self, _: &Path) -> bool {
        false
    }
}

impl OpenFolder for Folder<'_> {
    fn entries(&self, each: &mut dyn FnMut(&OsStr, clawpowers_loader::EntryKind) -> bool) -> io::Result<()> {
        self.folder.entries(each)
    }

    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>> {
        let path = self.path.join(name);
        if path.starts_with("s/gone") {
            return Err(io::ErrorKind::NotFound.into());
        }
        let folder = self.folder.open_folder(name)?;
        Ok(Box::new(Folder { folder, path }))
    }

    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        checked(&self.path.join(name), self.folder.open_file(name, limit))
    }
}

fn skills(names: impl IntoIterator<Item = String>) -> MemoryTree {
    let file = |name: String| {
        let text = format!("---\nname: {name}\ndescription: Does.\n---\nDo.\n");
        (format!("s/{name}/SKILL.md"), text.into_bytes().into())
    };
    MemoryTree::new(names.into_iter().map(file)).unwrap()
}

fn load(tree: Arc<dyn Tree>, client: Option<&'static Client>) -> Catalog {
    Catalog::load(&CatalogOptions {
        roots: vec![Root::extra(PathBuf::from("s"))],
        tree,
        client,
        ..CatalogOptions::default()
    })
}

#[test]
fn what_disappears_is_reported_and_the_rest_loads() {
    let names = ["a", "gone", "half", "lost", "z"].map(str::to_owned);
    let tree: Arc<dyn Tree> = Arc::new(Failing(skills(names)));
    for client in std::iter::once(None).chain(CLIENTS.iter().map(Some)) {
        let root = || vec![Root::extra(PathBuf::from("s"))];
        let survey = Survey::new(Arc::clone(&tree), "lost", &[(client, root())]);
        for tree in [Arc::clone(&tree), survey.tree()] {
            let catalog = load(tree, client);
            let mut seen: Vec<&str> = catalog
                .entries
                .iter()
                .map(|one| one.skill.name.as_str())
                .collect();
            seen.sort_unstable();
            assert_eq!(seen, ["a", "z"], "{client:?}");
            let mut rejected: Vec<String> = catalog
                .rejected
                .iter()
                .map(|one| {
                    let message = &one.diagnostics[0].message;
                    let place = one.location.to_string_lossy().replace('\\', "/");
                    format!("{place} {}: {message}", one.reason)
                })
                .collect();
            rejected.sort_unstable();
            assert_eq!(rejected.len(), 3, "{rejected:?}");
            let start = |index: usize, start: &str| {
                assert!(rejected[index].starts_with(start), "{}", rejected[index]);
            };
            start(0, "s/gone folder-unreadable: the folder cannot be read: ");
            start(1, "s/half/SKILL.md file-unreadable: ");
            start(2, "s/lost/SKILL.md file-missing: there is no such file");
        }
        let near = load(survey.near(client), client);
        assert!(
            near.rejected
                .iter()
                .any(|one| one.location.ends_with("lost/SKILL.md"))
        );
    }
}

#[test]
fn ten_thousand_skills_of_one_folder_are_listed_up_to_the_limit_of_the_client() {
    let tree: Arc<dyn Tree> = Arc::new(skills((0..10_000).map(|n| format!("skill-{n:05}"))));
    for client in [
        None,
        Some("claude"),
        Some("codex"),
        Some("openclaw"),
        Some("opencode"),
    ] {
        let client = client.and_then(Client::named);
        let survey = Survey::new(
            Arc::clone(&tree),
            "skill-00007",
            &[(client, vec![Root::extra(PathBuf::from("s"))])],
        );
        let all = load(survey.tree(), client);
        let is_cut = all.rejected.iter().any(|one| one.reason.id() == "scan-limit");
        let expected = if is_cut { 1_000..10_000 } else { 10_000..10_001 };
        assert!(expected.contains(&all.entries.len()), "{client:?}");
        // It reads 2,000 folders.
        assert_eq!(is_cut, client.is_some_and(|client| client.name == "codex"));
        let near = load(survey.near(client), client);
        assert!(near.get("skill-00007").is_some(), "{client:?}");
        assert_eq!(near.entries.len() > 1, survey.needs_all(client));
    }
}
