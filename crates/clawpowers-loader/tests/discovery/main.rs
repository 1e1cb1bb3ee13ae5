//! Folders with unusual content: everything that is not loaded is reported, and the rest loads.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot continue has failed"
)]

mod failing;
mod files;
#[cfg(unix)]
mod roots;
#[cfg(unix)]
mod unix;

use clawpowers_loader::syntax::Source;
use clawpowers_loader::{
    Catalog, CatalogOptions, DiskTree, Environment, Found, MemoryTree, ParseOptions, ResourceKind, Root,
    RootKind, Rule, Scope, Walk, WalkRules, default_roots, digest, list_resources, parse, resolve_resource,
    walk,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A temporary folder.
struct Tree {
    home: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.home.path().join(below)
    }

    fn write(&self, below: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn skill(&self, folder: &str, name: &str) -> &Self {
        self.write(&format!("{folder}/SKILL.md"), text(name))
    }

    fn folder(&self, below: &str) -> &Self {
        fs::create_dir_all(self.path(below)).unwrap();
        self
    }

    fn load(&self, roots: &[&str]) -> Catalog {
        Catalog::load(&CatalogOptions {
            roots: roots.iter().map(|root| Root::extra(self.path(root))).collect(),
            ..CatalogOptions::default()
        })
    }

    fn walk(&self, root: &str, rules: &WalkRules) -> Walk {
        walk(&DiskTree, &Root::extra(self.path(root)), rules)
    }

    fn below(&self, path: &Path) -> String {
        path.strip_prefix(self.home.path())
            .unwrap()
            .to_string_lossy()
            .into_owned()
    }

    /// Returns what was rejected: the path and the rule.
    fn rejected(&self, catalog: &Catalog) -> Vec<(String, &'static str)> {
        let row = |row: &clawpowers_loader::Rejected| {
            assert!(
                row.diagnostics.iter().any(|found| found.rule == row.reason),
                "{row:?}"
            );
            (self.below(&row.location), row.reason.id())
        };
        let mut rows: Vec<_> = catalog.rejected.iter().map(row).collect();
        rows.sort();
        rows
    }

    fn rejected_rows(&self, walk: &Walk) -> Vec<(String, &'static str)> {
        let row = |found: &Found| match found {
            Found::Refused { location, rule, .. } => Some((self.below(location), rule.id())),
            Found::Candidate(_) => None,
        };
        walk.found.iter().filter_map(row).collect()
    }

    fn candidates(&self, walk: &Walk) -> Vec<String> {
        let file = |found: &Found| match found {
            Found::Candidate(one) => Some(self.below(&one.file)),
            Found::Refused { .. } => None,
        };
        walk.found.iter().filter_map(file).collect()
    }
}

fn text(name: &str) -> String {
    format!("---\nname: {name}\ndescription: About {name}.\n---\nDo.\n")
}

fn names(catalog: &Catalog) -> Vec<&str> {
    catalog
        .entries
        .iter()
        .map(|entry| entry.skill.name.as_str())
        .collect()
}

fn owned(rows: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    rows.iter()
        .map(|(place, rule)| ((*place).to_owned(), *rule))
        .collect()
}

#[test]
fn odd_files_are_reported_and_others_load() {
    let tree = Tree::new();
    tree.skill("s/a", "a")
        .skill("s/z", "z")
        .folder("s/folder/SKILL.md")
        .write("s/empty/SKILL.md", "")
        .write("s/blank/SKILL.md", " \n\n")
        .write(
            "s/binary/SKILL.md",
            (0..=255_u8).cycle().take(9000).collect::<Vec<_>>(),
        )
        .write("s/zeros/SKILL.md", [0; 5000])
        .write("s/nul/SKILL.md", "---\nname: nul\ndescription: a\0b\n---\n")
        .write("s/prose/SKILL.md", "# Only a heading\n")
        .skill("s/huge", "huge");
    let huge = fs::OpenOptions::new()
        .write(true)
        .open(tree.path("s/huge/SKILL.md"))
        .unwrap();
    huge.set_len(300 * 1024 * 1024).unwrap();
    let catalog = tree.load(&["s"]);
    assert_eq!(names(&catalog), ["a", "nul", "z"]);
    let nul = catalog.get("nul").unwrap();
    assert!(
        nul.diagnostics
            .iter()
            .any(|d| d.rule == Rule::YamlRepairedControl),
        "{:?}",
        nul.diagnostics
    );
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[
            ("s/binary/SKILL.md", "frontmatter-missing"),
            ("s/blank/SKILL.md", "file-empty"),
            ("s/empty/SKILL.md", "file-empty"),
            ("s/folder/SKILL.md", "file-not-regular"),
            ("s/huge/SKILL.md", "file-too-large"),
            ("s/prose/SKILL.md", "frontmatter-missing"),
            ("s/zeros/SKILL.md", "frontmatter-missing"),
        ])
    );
}

#[test]
fn a_missing_root_is_empty_and_a_root_that_is_a_file_is_reported() {
    let tree = Tree::new();
    tree.write("file", "x").skill("s/a", "a");
    let catalog = tree.load(&["none", "file", "file/below", "s", "s"]);
    assert_eq!(names(&catalog), ["a"]);
    assert_eq!(tree.rejected(&catalog), owned(&[("file", "folder-unreadable")]));
    assert_eq!(catalog.found(), 2);
}

#[test]
fn the_first_root_takes_precedence_and_the_shadowed_skill_names_it() {
    let tree = Tree::new();
    tree.skill("one/tea", "tea")
        .skill("two/other", "tea")
        .skill("two/cup", "cup");
    let catalog = tree.load(&["one", "two"]);
    assert_eq!(names(&catalog), ["tea", "cup"]);
    let [hidden] = catalog.shadowed.as_slice() else {
        panic!("{:?}", catalog.shadowed)
    };
    assert_eq!(hidden.name, "tea");
    assert_eq!(hidden.location, tree.path("two/other/SKILL.md"));
    assert_eq!(hidden.winner, tree.path("one/tea/SKILL.md"));
    let turned = tree.load(&["two", "one"]);
    assert_eq!(
        turned.get("tea").unwrap().location(),
        tree.path("two/other/SKILL.md")
    );
}

#[test]
fn within_one_root_the_first_path_takes_precedence() {
    let tree = Tree::new();
    tree.skill("s/b", "tea")
        .skill("s/a/deep/er", "tea")
        .skill("s/c", "tea");
    let catalog = tree.load(&["s"]);
    assert_eq!(
        catalog.get("tea").unwrap().location(),
        tree.path("s/a/deep/er/SKILL.md")
    );
    assert_eq!(catalog.shadowed.len(), 2);
}

#[test]
fn one_folder_gives_one_skill() {
    let tree = Tree::new();
    tree.skill("s/a", "right")
        .write("s/b/skill.md", text("b"))
        .write("s/c/Skill.md", text("c"));
    tree.write("s/a/skill.md", text("lower"));
    // A case-insensitive file system has one file here.
    let two = fs::read_dir(tree.path("s/a")).unwrap().count() == 2;
    let catalog = tree.load(&["s"]);
    assert_eq!(names(&catalog).len(), 3);
    if two {
        assert_eq!(names(&catalog), ["right", "b", "c"]);
        assert_eq!(tree.rejected(&catalog), owned(&[("s/a/skill.md", "file-second")]));
    }
    let has = |name: &str, rule| {
        let found = &catalog.get(name).unwrap().diagnostics;
        assert!(found.iter().any(|d| d.rule == rule), "{found:?}");
    };
    has("b", Rule::FileNameLowercase);
    has("c", Rule::FileNameCase);
}

#[test]
fn a_folder_called_skill_md_does_not_hide_the_file_beside_it() {
    let tree = Tree::new();
    tree.folder("s/a/SKILL.md").write("s/a/skill.md", text("a"));
    let catalog = tree.load(&["s"]);
    if catalog.found() == 2 {
        assert_eq!(names(&catalog), ["a"]);
        assert_eq!(
            tree.rejected(&catalog),
            owned(&[("s/a/SKILL.md", "file-not-regular")])
        );
    }
}

#[test]
fn nested_skills_load_unless_the_walk_stops_at_one() {
    let tree = Tree::new();
    tree.skill("s", "root")
        .skill("s/a", "a")
        .skill("s/a/inner", "inner")
        .skill("s/group/b", "b")
        .skill("s/.hidden/c", "c")
        .skill("s/.git/d", "d")
        .skill("s/node_modules/e", "e");
    let found = tree.walk("s", &WalkRules::default());
    assert_eq!(
        tree.candidates(&found),
        [
            "s/.hidden/c/SKILL.md",
            "s/SKILL.md",
            "s/a/SKILL.md",
            "s/a/inner/SKILL.md",
            "s/group/b/SKILL.md",
        ]
    );
    let stops = WalkRules {
        stop_at_skill: true,
        skip_hidden: true,
        ..WalkRules::default()
    };
    assert_eq!(
        tree.candidates(&tree.walk("s", &stops)),
        ["s/SKILL.md", "s/a/SKILL.md", "s/group/b/SKILL.md"]
    );
}

#[test]
fn an_exceeded_limit_is_reported() {
    let tree = Tree::new();
    tree.skill("s/a", "a").skill("s/b/c", "c").skill("s/b/c/d/e", "e");
    let deep = WalkRules {
        max_depth: 2,
        ..WalkRules::default()
    };
    let found = tree.walk("s", &deep);
    assert_eq!(tree.candidates(&found), ["s/a/SKILL.md", "s/b/c/SKILL.md"]);
    // Folders of a skill are its resources: they are not reported, unless one contains a skill.
    assert_eq!(tree.rejected_rows(&found), []);
    tree.skill("s/b/c/d", "d");
    assert_eq!(
        tree.rejected_rows(&tree.walk("s", &deep)),
        owned(&[("s/b/c", "scan-depth")])
    );

    let few = WalkRules {
        max_folders: 2,
        ..WalkRules::default()
    };
    let found = tree.walk("s", &few);
    assert_eq!(tree.candidates(&found), ["s/a/SKILL.md"]);
    assert_eq!(tree.rejected_rows(&found), owned(&[("s/b", "scan-limit")]));

    let exact = WalkRules {
        max_folders: 6,
        max_entries: 9,
        ..WalkRules::default()
    };
    let found = tree.walk("s", &exact);
    assert_eq!((found.folders, tree.rejected_rows(&found)), (6, Vec::new()));
    let fewer = WalkRules {
        max_entries: 8,
        ..exact
    };
    assert_eq!(tree.rejected_rows(&tree.walk("s", &fewer)).len(), 1);
}

#[test]
fn a_wide_tree_is_deterministic_and_its_limit_exact() {
    let tree = Tree::new();
    for group in 0..40 {
        tree.skill(&format!("s/{group}/tea"), &format!("tea-{group}"));
        for folder in 0..20 {
            tree.folder(&format!("s/{group}/x{folder}/y"));
        }
    }
    let all = 1 + 40 * (2 + 20 * 2);
    let whole = tree.walk("s", &WalkRules::default());
    assert_eq!((whole.folders, whole.found.len()), (all, 40));
    assert!(
        whole
            .found
            .is_sorted_by_key(|found| found.location().as_os_str().to_owned())
    );
    for (max_folders, folders) in [(all, all), (all - 1, all), (900, 901)] {
        let rules = WalkRules {
            max_folders,
            ..WalkRules::default()
        };
        let found = tree.walk("s", &rules);
        assert_eq!(found.folders, folders, "{max_folders}");
        if max_folders == all {
            assert_eq!(found.found, whole.found);
        }
        assert_eq!(tree.rejected_rows(&found).len(), usize::from(max_folders < all));
        assert_eq!(found.found, tree.walk("s", &rules).found);
    }
}

#[test]
fn clients_that_need_the_exact_name_report_other_spellings() {
    let tree = Tree::new();
    tree.write("s/a/skill.md", text("a"))
        .write("s/b/SKILL.MD", text("b"))
        .skill("s/c", "c")
        .write("s/d/skill.md/SKILL.md", text("d"));
    let exact = WalkRules {
        exact_name: true,
        ..WalkRules::default()
    };
    let found = tree.walk("s", &exact);
    assert_eq!(tree.candidates(&found), ["s/c/SKILL.md", "s/d/skill.md/SKILL.md"]);
    assert_eq!(
        tree.rejected_rows(&found),
        owned(&[
            ("s/a/skill.md", "file-name-lowercase"),
            ("s/b/SKILL.MD", "file-name-case")
        ])
    );
}

#[test]
fn the_order_does_not_depend_on_the_order_of_creation() {
    let folders = [
        "s/b", "s/a", "s/a-b", "s/a/b", "s/Z", "s/é", "s/a/a/a", "s/10", "s/9",
    ];
    let make = |folders: &mut dyn Iterator<Item = &&str>| {
        let tree = Tree::new();
        for folder in folders {
            tree.skill(folder, "tea");
        }
        let found = tree.walk("s", &WalkRules::default());
        let catalog = tree.load(&["s"]);
        let winner = tree.below(&catalog.get("tea").unwrap().location());
        (tree.candidates(&found), winner)
    };
    let one = make(&mut folders.iter());
    assert_eq!(one, make(&mut folders.iter().rev()));
    let (mut sorted, winner) = one.clone();
    sorted.sort();
    assert_eq!(one.0, sorted);
    assert_eq!(sorted.first(), Some(&winner));
    assert_eq!(sorted.len(), folders.len());
}

/// Checks that the catalog, which reads only the start of a file, equals a parse of the whole file.
fn head_equals_whole(tree: &Tree, bytes: &[u8], what: &str) {
    tree.write("s/tea/SKILL.md", bytes);
    let catalog = tree.load(&["s"]);
    let options = ParseOptions {
        folder: Some("tea".to_owned()),
        ..ParseOptions::default()
    };
    let whole = parse(bytes, &options);
    // Values that need the whole file.
    let body = whole.skill.as_ref().map_or(0, |skill| skill.body.len());
    let text = Source::decode(bytes);
    let body_line = text.position(text.text().len() - body).line;
    let of_body = |d: &clawpowers_loader::Diagnostic| match d.rule {
        Rule::BodyEmpty | Rule::BodyLong | Rule::MixedLineEndings => true,
        Rule::ControlCharacter | Rule::HiddenText | Rule::BidiControl | Rule::HiddenCharacter => {
            body > 0 && d.position.line >= body_line
        }
        _ => false,
    };
    let expected: Vec<_> = whole
        .diagnostics
        .iter()
        .filter(|d| !of_body(d))
        .map(|d| (d.rule, d.position))
        .collect();
    let found = |diagnostics: &[clawpowers_loader::Diagnostic]| -> Vec<_> {
        diagnostics.iter().map(|d| (d.rule, d.position)).collect()
    };
    let Some(skill) = whole.skill else {
        let row = catalog.rejected.first().unwrap();
        assert_eq!(Some(row.reason), whole.reason, "{what}");
        assert_eq!(found(&row.diagnostics), expected, "{what}");
        return;
    };
    let entry = catalog
        .entries
        .first()
        .unwrap_or_else(|| panic!("{what}: {:?}", catalog.rejected));
    assert_eq!(entry.skill.name, skill.name, "{what}");
    assert_eq!(entry.skill.description, skill.description, "{what}");
    assert_eq!(found(&entry.diagnostics), expected, "{what}");
}

#[test]
fn listing_reads_the_same_frontmatter_as_a_full_parse() {
    let tree = Tree::new();
    let body = "# Tea\n\nPour — slowly.\n".repeat(400);
    for fill in ["x", "é", "茶", "🍵"] {
        for pad in 4078..4102_usize {
            let head = "---\nname: tea\ndescription: d ";
            let mut file = head.to_owned();
            file.push_str(&"x".repeat((pad - head.len()) % fill.len()));
            while file.len() + fill.len() <= pad {
                file.push_str(fill);
            }
            for end in [
                "\n---\n",
                "\r\n---  \r\n",
                "\n---",
                "\n--- \n---\n",
                "\nversion: 1: 2\n---\n",
            ] {
                head_equals_whole(
                    &tree,
                    format!("{file}{end}{body}").as_bytes(),
                    &format!("{fill} {pad} {end:?}"),
                );
            }
        }
    }
}

#[test]
fn a_head_cut_inside_a_character_of_the_body_is_not_an_error() {
    let tree = Tree::new();
    for shift in 0..4 {
        let file = format!(
            "---\nname: tea\ndescription: d\n---\n{}{}",
            "x".repeat(shift),
            "🍵".repeat(3000)
        );
        head_equals_whole(&tree, file.as_bytes(), "body");
        let catalog = tree.load(&["s"]);
        assert!(catalog.get("tea").unwrap().diagnostics.is_empty());
    }
}

#[test]
fn long_and_odd_frontmatter_is_read_whole() {
    let tree = Tree::new();
    let list: String = (0..900).map(|n| format!("  - item {n}\n")).collect();
    let pad = "x".repeat(6000);
    let files = [
        format!("---\ntags:\n{list}name: late-name\ndescription: after the list\n---\nbody\n"),
        format!("---\nname: tea\ndescription: a: b\nnotes: |\n  {pad}\n  ---\n  more\n---\nbody\n"),
        format!("---\nname: tea\ndescription: >\n  one\n\n  ---\n  two {pad}\n---\nbody\n"),
        format!("\u{feff}---\nname: tea\ndescription: {pad}\n---\nbody\n"),
        format!("---\nname: tea\ndescription: never closed\n\n# Title\n{pad}\n"),
        format!("---\nname: tea\ndescription: never closed {pad}\n"),
        format!("\n\n---\nname: tea\ndescription: late\n---\n{pad}\n"),
        format!("--- name: tea\ndescription: glued\n---\n{pad}\n"),
        format!("---\nname: tea\ndescription: glued closer\n---# Title\n{pad}\n"),
        format!("---\nname: tea\ndescription: glued closer\n---# Title\n{pad}\n---\nafter\n"),
        format!("---\nname: tea\ndescription: x\n----\n{pad}\n---\nafter\n"),
        format!("---\rname: tea\rdescription: returns\r---\r{pad}\r"),
        format!("---\n---\n{pad}"),
        format!("---\n- a\n---\n{pad}"),
        format!("name: tea\ndescription: no fences\n\n{pad}\n"),
        format!("# Title\n{pad}\n---\nname: tea\ndescription: too late\n---\n"),
        format!("---\nname: tea\ndescription: \"open {pad}\n---\nbody\n"),
        format!(
            "---\nname: tea\ndescription: x\nhuge: {}\n---\n",
            "y".repeat(70_000)
        ),
        format!("---\nname: tea\n---\n{pad}"),
        format!("---\nname: tea\ndescription: x\n\n---\n\n---\nname: other\ndescription: y\n---\n{pad}"),
    ];
    for file in &files {
        let start: String = file.chars().take(60).collect();
        head_equals_whole(&tree, file.as_bytes(), &start);
        head_equals_whole(&tree, file.replace('\n', "\r\n").as_bytes(), &start);
    }
    let wide = |to: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        let text = format!("---\nname: tea\ndescription: wide\n---\n{pad}");
        mark.into_iter().chain(text.encode_utf16().flat_map(to)).collect()
    };
    head_equals_whole(&tree, &wide(u16::to_le_bytes, [0xff, 0xfe]), "little");
    head_equals_whole(&tree, &wide(u16::to_be_bytes, [0xfe, 0xff]), "big");
    let mut latin = b"---\nname: tea\ndescription: caf\xe9\n---\n".to_vec();
    latin.extend(pad.as_bytes());
    head_equals_whole(&tree, &latin, "latin");
}

#[test]
fn skills_in_memory_come_last() {
    let tree = Tree::new();
    tree.skill("s/tea", "tea");
    let bundled = [("tea", "tea"), ("cup", "cup"), ("second", "cup")];
    let bundled =
        bundled.map(|(folder, name)| (format!("{folder}/SKILL.md"), text(name).into_bytes().into()));
    let options = CatalogOptions {
        roots: vec![Root::extra(tree.path("s"))],
        bundled: Some(Arc::new(MemoryTree::new(bundled).unwrap())),
        ..CatalogOptions::default()
    };
    let catalog = Catalog::load(&options);
    assert_eq!(names(&catalog), ["tea", "cup"]);
    assert_eq!(catalog.get("tea").unwrap().scope, Scope::Extra);
    assert_eq!(catalog.get("cup").unwrap().scope, Scope::Bundled);
    let hidden: Vec<_> = catalog
        .shadowed
        .iter()
        .map(|hidden| (hidden.location.clone(), hidden.winner.clone()))
        .collect();
    let bundled = |name: &str| PathBuf::from(format!("bundled:{name}/SKILL.md"));
    assert_eq!(
        hidden,
        [
            (bundled("second"), bundled("cup")),
            (bundled("tea"), tree.path("s/tea/SKILL.md")),
        ]
    );
    let only = |scope| {
        let options = CatalogOptions {
            scopes: vec![scope],
            ..options.clone()
        };
        names(&Catalog::load(&options)).join(" ")
    };
    assert_eq!(only(Scope::Bundled), "cup tea");
    assert_eq!(only(Scope::Extra), "tea");
    assert_eq!(only(Scope::User), "");
}

#[test]
fn default_roots_stop_at_the_repository_and_exclude_the_home() {
    let tree = Tree::new();
    tree.folder("work/repo/.git")
        .folder("work/repo/a/b")
        .folder("work/plain/c");
    let paths = |cwd: &str, scope: Scope| -> Vec<String> {
        let roots = default_roots(&Environment {
            cwd: tree.path(cwd),
            user_home: Some(tree.home.path().to_owned()),
            home: Some(tree.path(".clawpowers")),
            ..Environment::default()
        });
        roots
            .iter()
            .filter(|root| root.scope == scope && root.path.ends_with(".agents/skills"))
            .map(|root| tree.below(&root.path))
            .collect()
    };
    assert_eq!(
        paths("work/repo/a/b", Scope::Project),
        [
            "work/repo/a/b/.agents/skills",
            "work/repo/a/.agents/skills",
            "work/repo/.agents/skills"
        ]
    );
    assert_eq!(
        paths("work/plain/c", Scope::Project),
        ["work/plain/c/.agents/skills"]
    );
    assert_eq!(paths("", Scope::Project), [""; 0]);
    assert_eq!(paths("", Scope::User), [".agents/skills"]);
    // Even if the user's home folder is a repository itself.
    tree.folder(".git");
    assert_eq!(
        paths("work/plain", Scope::Project),
        ["work/plain/.agents/skills", "work/.agents/skills"]
    );
    // In a worktree, `.git` is a file.
    tree.write("work/plain/.git", "gitdir: elsewhere\n");
    assert_eq!(
        paths("work/plain/c", Scope::Project),
        ["work/plain/c/.agents/skills", "work/plain/.agents/skills"]
    );
}
