//! Symlinks, pipes and permissions of Unix.

use super::*;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

impl Tree {
    pub(super) fn link(&self, target: &str, link: &str) -> &Self {
        let link = self.path(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(self.path(target), link).unwrap();
        self
    }

    fn pipe(&self, below: &str) -> &Self {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        self
    }

    pub(super) fn duplicates(&self, catalog: &Catalog) -> Vec<(String, String)> {
        let row =
            |hidden: &clawpowers_loader::Shadowed| (self.below(&hidden.location), self.below(&hidden.winner));
        catalog.duplicates.iter().map(row).collect()
    }
}

pub(super) fn pair(location: &str, winner: &str) -> (String, String) {
    (location.to_owned(), winner.to_owned())
}

#[test]
fn pipes_and_links_are_reported_and_others_load() {
    let tree = Tree::new();
    tree.skill("s/a", "a")
        .skill("s/z", "z")
        .skill("out/secret", "secret")
        .pipe("s/pipe/SKILL.md")
        .pipe("s/pipe/other")
        .link("s/pipe/other", "s/to-pipe/SKILL.md")
        .link("none", "s/broken/SKILL.md")
        .link("none", "s/broken-folder")
        .link("out/secret/SKILL.md", "s/escape/SKILL.md")
        .link("out/secret", "s/escape-folder")
        .link("s/loop-b/SKILL.md", "s/loop-a/SKILL.md")
        .link("s/loop-a/SKILL.md", "s/loop-b/SKILL.md")
        .link("s/self", "s/self")
        .link("s/a", "s/to-folder/SKILL.md")
        .link("s", "s/a/parent");
    let catalog = tree.load(&["s"]);
    assert_eq!(names(&catalog), ["a", "z"]);
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[
            ("s/broken-folder", "symlink-broken"),
            ("s/broken/SKILL.md", "symlink-broken"),
            ("s/escape-folder", "symlink-escape"),
            ("s/escape/SKILL.md", "symlink-escape"),
            ("s/loop-a/SKILL.md", "symlink-broken"),
            ("s/loop-b/SKILL.md", "symlink-broken"),
            ("s/pipe/SKILL.md", "file-not-regular"),
            ("s/self", "symlink-broken"),
            ("s/to-folder/SKILL.md", "file-not-regular"),
            ("s/to-pipe/SKILL.md", "file-not-regular"),
        ])
    );
    assert!(catalog.duplicates.is_empty() && catalog.shadowed.is_empty());
}

#[test]
fn the_real_path_precedes_the_linked_one() {
    let tree = Tree::new();
    tree.skill("s/m", "m")
        .link("s/m/SKILL.md", "s/a/SKILL.md")
        .link("s/m", "s/b")
        .link("s/m/SKILL.md", "s/z/SKILL.md");
    let catalog = tree.load(&["s"]);
    assert_eq!(catalog.get("m").unwrap().location(), tree.path("s/m/SKILL.md"));
    assert_eq!(
        tree.duplicates(&catalog),
        [
            pair("s/a/SKILL.md", "s/m/SKILL.md"),
            pair("s/z/SKILL.md", "s/m/SKILL.md"),
            pair("s/b/SKILL.md", "s/m/SKILL.md"),
        ]
    );
    assert!(catalog.rejected.is_empty() && catalog.shadowed.is_empty());
}

#[test]
fn the_real_path_is_first_under_a_link_too() {
    // Both paths are under a link to a folder; only one of them is a link itself.
    let tree = Tree::new();
    tree.skill("store/m", "m")
        .link("store/m/SKILL.md", "store/a/SKILL.md")
        .link("store", "s/store");
    let catalog = Catalog::load(&CatalogOptions {
        roots: vec![Root {
            path: tree.path("s"),
            scope: Scope::User,
            boundary: None,
            kind: RootKind::Skills,
        }],
        ..CatalogOptions::default()
    });
    assert_eq!(names(&catalog), ["m"]);
    assert_eq!(
        tree.duplicates(&catalog),
        [pair("s/store/a/SKILL.md", "s/store/m/SKILL.md")]
    );
}

#[test]
fn the_same_folder_in_two_roots_is_a_duplicate() {
    let tree = Tree::new();
    tree.skill("one/tea", "tea").link("one", "two");
    let roots = ["one", "two"].map(|root| Root {
        path: tree.path(root),
        scope: Scope::User,
        boundary: None,
        kind: RootKind::Skills,
    });
    let load = |roots: Vec<Root>| {
        Catalog::load(&CatalogOptions {
            roots,
            ..CatalogOptions::default()
        })
    };
    assert_eq!(load(roots.to_vec()).found(), 1);
    tree.folder("three").link("one/tea", "three/tea");
    let [one, _] = roots;
    let three = Root {
        path: tree.path("three"),
        ..one.clone()
    };
    let catalog = load(vec![one, three]);
    assert_eq!(
        tree.duplicates(&catalog),
        [pair("three/tea/SKILL.md", "one/tea/SKILL.md")]
    );
    assert!(catalog.shadowed.is_empty());
}

#[test]
fn a_cycle_of_links_is_not_followed_forever() {
    let tree = Tree::new();
    tree.skill("s/a/x", "x")
        .link("s/a", "s/a/x/up")
        .link("s/b", "s/a/b")
        .link("s/a", "s/b/a")
        .link("s", "s/b/s");
    let catalog = tree.load(&["s"]);
    assert_eq!(names(&catalog), ["x"]);
    assert!(catalog.rejected.is_empty(), "{:?}", catalog.rejected);
}

#[test]
fn a_root_that_links_out_of_its_boundary_is_reported() {
    let tree = Tree::new();
    tree.skill("out/tea", "tea")
        .folder("repo")
        .link("out", "repo/skills")
        .link("none", "repo/gone");
    let root = |path: &str| Root {
        path: tree.path(path),
        scope: Scope::Project,
        boundary: Some(tree.path("repo")),
        kind: RootKind::Skills,
    };
    let catalog = Catalog::load(&CatalogOptions {
        roots: vec![root("repo/skills"), root("repo/gone"), root("repo/none")],
        ..CatalogOptions::default()
    });
    assert!(catalog.entries.is_empty());
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[("repo/gone", "symlink-broken"), ("repo/skills", "symlink-escape")])
    );
}

#[test]
fn unreadable_entries_are_reported() {
    let tree = Tree::new();
    tree.skill("s/a", "a")
        .skill("s/file", "file")
        .skill("s/folder", "folder");
    let set = |below: &str, mode| {
        fs::set_permissions(tree.path(below), fs::Permissions::from_mode(mode)).unwrap();
    };
    set("s/file/SKILL.md", 0);
    set("s/folder", 0);
    // Root can read everything.
    let reads_all = fs::read(tree.path("s/file/SKILL.md")).is_ok();
    let catalog = tree.load(&["s"]);
    set("s/folder", 0o755);
    if reads_all {
        assert_eq!(names(&catalog), ["a", "file", "folder"]);
    } else {
        assert_eq!(names(&catalog), ["a"]);
        assert_eq!(
            tree.rejected(&catalog),
            owned(&[
                ("s/file/SKILL.md", "file-unreadable"),
                ("s/folder", "folder-unreadable")
            ])
        );
    }
}

#[test]
fn links_of_a_skill_are_followed_inside_it_only() {
    let tree = Tree::new();
    tree.skill("tea", "tea")
        .write("tea/a/real.md", "x")
        .write("out/secret", "x")
        .pipe("tea/pipe")
        .link("tea/a/real.md", "tea/inside.md")
        .link("tea/a", "tea/folder")
        .link("tea", "tea/a/up")
        .link("out/secret", "tea/escape.md")
        .link("out", "tea/escape")
        .link("none", "tea/broken.md")
        .link("tea/round", "tea/round");
    let found = list_resources(&DiskTree, &tree.path("tea/SKILL.md")).unwrap();
    let paths: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a/real.md", "inside.md"]);
    assert_eq!(found.broken, ["broken.md", "round"]);
    assert_eq!(found.escaping, ["escape", "escape.md"]);
    let folder = tree.path("tea");
    for bad in ["escape.md", "escape/secret", "escape/none"] {
        assert_eq!(resolve_resource(&DiskTree, &folder, bad), None, "{bad}");
    }
    for fine in ["inside.md", "folder/real.md"] {
        assert!(resolve_resource(&DiskTree, &folder, fine).is_some(), "{fine}");
    }
}
