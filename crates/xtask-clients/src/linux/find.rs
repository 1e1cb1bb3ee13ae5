//! Which file of the tree a client means.

use super::recording::{Verdict, shortened};
use super::tree;
use std::fs;
use std::path::{Path, PathBuf};

/// The tree of a client with the files it may load.
#[derive(Debug)]
pub(crate) struct Tree {
    base: PathBuf,
    /// The client's own project folder, with the awkward files.
    project: String,
    files: Vec<File>,
}

/// A Markdown file of the tree.
#[derive(Debug)]
struct File {
    /// As in [`Verdict::at`].
    at: String,
    text: String,
}

impl File {
    fn folder(&self) -> &str {
        self.at.rsplit('/').next().unwrap_or_default()
    }

    /// Tells whether a client may call it by this name: the one in the file, that of its folder, or its path.
    fn is_called(&self, name: &str) -> bool {
        let named = self.text.lines().filter_map(|line| line.strip_prefix("name: "));
        let mut named = named.map(|named| named.trim_start_matches("&a ").trim_matches('"'));
        let path = self
            .at
            .split_once("/commands/")
            .map(|(_, path)| path.trim_end_matches(".md").replace('/', ":"));
        self.folder() == name || named.next() == Some(name) || path.as_deref() == Some(name)
    }
}

impl Tree {
    pub(crate) fn new(base: &Path, project: &str) -> Self {
        let mut tree = Self {
            base: base.to_owned(),
            project: format!("{}/{project}/", tree::CWD),
            files: Vec::new(),
        };
        let mut folders = vec![base.join("work"), base.join(tree::HOME)];
        while let Some(folder) = folders.pop() {
            // A link without a target is no folder.
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            for path in entries.map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "md") {
                    let text = fs::read(&path).unwrap_or_default();
                    let text = String::from_utf8_lossy(&text).into_owned();
                    tree.files.extend(tree.at(&path).map(|at| File { at, text }));
                }
            }
        }
        tree.files.sort_by(|one, other| one.at.cmp(&other.at));
        tree
    }

    pub(crate) fn cwd(&self) -> String {
        self.base.join(tree::CWD).to_string_lossy().into_owned()
    }

    /// Returns the folder of a `SKILL.md`, or the file, below the folder of the tree.
    fn at(&self, path: &Path) -> Option<String> {
        let path = path.strip_prefix(&self.base).ok()?;
        let path = match path.ends_with("SKILL.md") {
            true => path.parent()?,
            false => path,
        };
        let path = path.to_string_lossy();
        // A client that resolves links names the folder outside, to which one link leads.
        Some(match path.strip_prefix("outside/") {
            Some(name) => format!("{}{name}", self.project),
            None => path.into_owned(),
        })
    }

    /// Returns a skill that was loaded from a path; `None` for one of the client's own.
    pub(crate) fn loaded(
        &self,
        path: Option<String>,
        name: Option<String>,
        description: Option<String>,
    ) -> Option<Verdict> {
        let at = self.at(Path::new(&path?))?;
        self.files.iter().find(|file| file.at == at)?;
        Some(Verdict {
            name: name.map(|text| shortened(&text)),
            description: description.map(|text| shortened(&text)),
            ..nothing_of(at)
        })
    }

    /// Returns a file that the client rejected.
    pub(crate) fn rejected(&self, path: &str, error: Option<String>) -> Verdict {
        let at = self.at(Path::new(path)).unwrap_or_else(|| path.to_owned());
        let error = error.unwrap_or_default();
        Verdict {
            error: Some(error.replace(&*self.base.to_string_lossy(), "")),
            ..nothing_of(at)
        }
    }

    /// Returns the skill of a client that tells only how it is called: the file below one of the folders with this name
    /// and, if there are several, with this description.
    pub(crate) fn called(&self, below: &[&str], name: &str, description: &str) -> Option<Verdict> {
        let below = |file: &&File| below.iter().any(|part| file.at.contains(part));
        let called: Vec<&File> = self
            .files
            .iter()
            .filter(below)
            .filter(|file| file.is_called(name))
            .collect();
        let line = format!("\ndescription: {description}\n");
        let described: Vec<&&File> = called.iter().filter(|file| file.text.contains(&line)).collect();
        let exact = described
            .iter()
            .find(|file| file.folder() == name)
            .or_else(|| described.first());
        let file = exact
            .map(|file| **file)
            .or_else(|| called.iter().find(|file| file.folder() == name).copied());
        let file = file.or_else(|| called.first().copied())?;
        self.loaded(
            Some(self.base.join(&file.at).to_string_lossy().into_owned()),
            Some(name.to_owned()),
            Some(description.to_owned()),
        )
    }
}

/// A skill of which nothing is known but where it lies.
fn nothing_of(at: String) -> Verdict {
    Verdict {
        at,
        name: None,
        label: None,
        description: None,
        hidden: false,
        error: None,
    }
}
