//! One walk through the roots of many clients, for their views of one skill.

use crate::clients::Client;
use crate::discovery::{Candidate, Found, Markdown, Root, WalkRules, walk_with};
use crate::lint::{Diagnostic, Rule};
use crate::skill::normalize_name;
use crate::skill::parse::{ParseOptions, parse_head};
use crate::syntax::source::Source;
use crate::tree::{CachedTree, Filter, MAX_SKILL_BYTES, OpenFolder, Tree, folder_of};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The contents of many roots, read once.
///
/// Views of them load from [`Survey::tree`], or from [`Survey::near`] where only one name matters: then a view costs as
/// much as the skills that may have the name, however many others there are.
#[derive(Debug)]
pub struct Survey {
    tree: CachedTree,
    near: CachedTree,
    names: Vec<String>,
}

impl Survey {
    /// Walks through the roots of these clients; `None` is ClawPowers.
    #[must_use]
    pub fn new(tree: Arc<dyn Tree>, name: &str, roots: &[(Option<&Client>, Vec<Root>)]) -> Self {
        let tree = CachedTree::new(tree);
        let mut sights = Vec::new();
        for Merged {
            root, rules, links, ..
        } in merged(&tree, roots)
        {
            let make =
                |found, folder: Option<&dyn OpenFolder>| Sight::of(&tree, &root, &links, found, folder);
            let mut take = |_, sight: Option<Sight>| sights.extend(sight);
            walk_with(&tree, &root, &rules, &make, &mut take);
        }
        let asked = Wanted::new([loose(name)]);
        let named: Vec<&Sight> = sights.iter().filter(|sight| asked.may_be(sight, &tree)).collect();
        // Another skill may have the name of one that is found by its folder, and shadow it.
        let names = named.iter().flat_map(|sight| sight.loose.iter().cloned());
        let mut wanted = Wanted::new(names.chain([loose(name)]));
        let texts = named.iter().filter(|sight| sight.is_read_otherwise);
        wanted.texts = texts.filter_map(|sight| sight.loose_text(&tree)).collect();
        let mut near = HashSet::new();
        for sight in sights.iter().filter(|sight| wanted.may_be(sight, &tree)) {
            for folder in sight.folders(&tree) {
                let mut above = folder.ancestors();
                while above
                    .next()
                    .is_some_and(|folder| near.insert(folder.as_os_str().to_owned()))
                {}
            }
        }
        let by_name = move |name: &OsStr| wanted.is(&loose(&name.to_string_lossy()));
        Self {
            near: tree.only(Filter::new(near, by_name)),
            tree,
            names: sights.into_iter().filter_map(|sight| sight.name).collect(),
        }
    }

    /// Returns the names in the frontmatter of all files.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the files of all roots.
    #[must_use]
    pub fn tree(&self) -> Arc<dyn Tree> {
        Arc::new(self.tree.clone())
    }

    /// Returns the files that matter for how a client reads the name: those of all skills that may have it.
    #[must_use]
    pub fn near(&self, client: Option<&Client>) -> Arc<dyn Tree> {
        match self.needs_all(client) {
            true => self.tree(),
            false => Arc::new(self.near.clone()),
        }
    }

    /// Returns whether all files matter, because the roots may exceed the limits of the client.
    #[must_use]
    pub fn needs_all(&self, client: Option<&Client>) -> bool {
        let (folders, entries) = self.tree.size();
        let rules = client.map_or(WalkRules::OWN, |client| client.walk);
        folders > rules.max_folders || entries > rules.max_entries
    }
}

/// A folder that is the root of some clients.
struct Merged {
    root: Root,
    /// Rules that reach everything that one of the clients reads.
    rules: WalkRules,
    canonical: PathBuf,
    /// Other paths to the folder, which symlinks make.
    links: Vec<PathBuf>,
}

/// Returns each root once, by whichever path clients reach it.
fn merged(tree: &CachedTree, roots: &[(Option<&Client>, Vec<Root>)]) -> Vec<Merged> {
    let mut merged: Vec<Merged> = Vec::new();
    for (client, roots) in roots {
        for root in roots {
            let rules = client.map_or(WalkRules::OWN, |client| client.walk_of(root));
            if let Some(known) = merged.iter_mut().find(|known| known.is_at(&root.path)) {
                known.add(root, &rules);
                continue;
            }
            let canonical = tree.canonicalize(&root.path);
            let canonical = canonical.unwrap_or_else(|_| root.path.clone());
            match merged.iter_mut().find(|known| known.canonical == canonical) {
                Some(known) => {
                    known.links.push(root.path.clone());
                    known.add(root, &rules);
                }
                None => merged.push(Merged {
                    root: Root {
                        boundary: None,
                        ..root.clone()
                    },
                    rules: widest(&rules, &rules),
                    canonical,
                    links: Vec::new(),
                }),
            }
        }
    }
    merged
}

impl Merged {
    fn is_at(&self, path: &Path) -> bool {
        self.root.path == path || self.links.iter().any(|link| link == path)
    }

    fn add(&mut self, root: &Root, rules: &WalkRules) {
        self.rules = widest(&self.rules, rules);
        if root.kind.is_commands() {
            self.root.kind = root.kind;
        }
    }
}

fn widest(a: &WalkRules, b: &WalkRules) -> WalkRules {
    let markdown = [Markdown::Everywhere, Markdown::Root];
    let markdown = markdown
        .into_iter()
        .find(|one| [a.markdown, b.markdown].contains(one));
    WalkRules {
        max_depth: a.max_depth.max(b.max_depth),
        skipped: if a.skipped == b.skipped { a.skipped } else { &[] },
        skip_hidden: a.skip_hidden && b.skip_hidden,
        stop_at_skill: a.stop_at_skill && b.stop_at_skill,
        markdown: markdown.unwrap_or(Markdown::No),
        ..WalkRules::OWN
    }
}

/// What is known of a file.
struct Sight {
    file: PathBuf,
    /// Its canonical path, if it differs.
    canonical: Option<PathBuf>,
    /// The name in its frontmatter.
    name: Option<String>,
    /// The names by which clients may call it.
    loose: Vec<String>,
    is_command: bool,
    /// Whether a client may read a different name from it than ClawPowers does.
    is_read_otherwise: bool,
}

impl Sight {
    /// `links` are other paths to the root.
    fn of(
        tree: &CachedTree,
        root: &Root,
        links: &[PathBuf],
        found: Found,
        folder: Option<&dyn OpenFolder>,
    ) -> Option<Self> {
        let Found::Candidate(Candidate { file, canonical, .. }) = found else {
            return None;
        };
        let open = match (folder, file.file_name()) {
            (Some(folder), Some(name)) => folder.open_file(name, MAX_SKILL_BYTES),
            _ => tree.open_file(&file, MAX_SKILL_BYTES),
        };
        let mut bytes = Vec::new();
        // A file that cannot be read has the name of its place.
        if open.is_ok_and(|(mut open, _)| open.read_to_end(&mut bytes).is_err()) {
            bytes.clear();
        }
        let parsed = parse_head(&Source::decode(&bytes), &ParseOptions::default());
        let name = parsed.skill.map(|skill| skill.name);
        let name = name.filter(|name| !name.is_empty());
        let canonical = (canonical != file).then_some(canonical);
        let places = [Some(&file), canonical.as_ref()].into_iter().flatten();
        let places = places.flat_map(|file| {
            let is_skill = file
                .file_name()
                .is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"));
            let own = file.file_stem().filter(|_| !is_skill);
            let names = [file.parent().and_then(Path::file_name), own];
            names.into_iter().flatten().map(OsStr::to_string_lossy)
        });
        let mut names: Vec<String> = places.map(|name| loose(&name)).collect();
        names.extend(name.as_deref().map(loose));
        if file.parent() == Some(&root.path) {
            let links = links.iter().filter_map(|link| link.file_name());
            names.extend(links.map(|name| loose(&name.to_string_lossy())));
        }
        names.dedup();
        Some(Self {
            loose: names,
            name,
            canonical,
            is_command: root.kind.is_commands(),
            is_read_otherwise: parsed.diagnostics.iter().any(is_read_otherwise),
            file,
        })
    }

    /// Returns its text in the form of loose names; `None` if characters of a name may be written differently.
    fn loose_text(&self, tree: &CachedTree) -> Option<String> {
        let bytes = tree.read(&self.file, MAX_SKILL_BYTES).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        (!text.contains(['\\', '\u{1b}', '\0'])).then(|| loose(&text))
    }

    /// Returns the canonical paths of its folder, and of that of its target if it is a link.
    fn folders(&self, tree: &CachedTree) -> impl Iterator<Item = PathBuf> + use<> {
        let folder = tree.canonicalize(folder_of(&self.file)).ok();
        let target = self.canonical.as_deref().map(|file| folder_of(file).to_owned());
        folder.into_iter().chain(target)
    }
}

/// The requested names.
struct Wanted {
    names: HashSet<String>,
    /// Texts in which other names may be.
    texts: Vec<String>,
}

impl Wanted {
    fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self {
            names: names.into_iter().collect(),
            texts: Vec::new(),
        }
    }

    fn is(&self, name: &str) -> bool {
        // Nothing is left of a name without letters and digits.
        self.names.contains(name) || self.names.contains("")
    }

    fn may_be(&self, sight: &Sight, tree: &CachedTree) -> bool {
        let is_in = |text: &str| self.names.iter().any(|name| text.contains(name));
        sight.is_command
            || sight.loose.iter().any(|name| self.is(name))
            || sight
                .loose
                .iter()
                .any(|name| self.texts.iter().any(|text| text.contains(name)))
            || (sight.is_read_otherwise && sight.loose_text(tree).is_none_or(|text| is_in(&text)))
    }
}

/// Returns what a name has in common with every form of it.
fn loose(name: &str) -> String {
    if name.is_ascii() {
        let kept = name.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    let name = normalize_name(name);
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Returns whether a client may read another name from the file than ClawPowers does.
fn is_read_otherwise(diagnostic: &Diagnostic) -> bool {
    let rule = diagnostic.rule;
    (Rule::FileEmpty..=Rule::HiddenCharacter).contains(&rule)
        || (Rule::FrontmatterMissing..=Rule::YamlTag).contains(&rule)
        || (Rule::NameMissing..=Rule::NameNotString).contains(&rule)
        || (Rule::DescriptionMissing..=Rule::DescriptionNotString).contains(&rule)
}
