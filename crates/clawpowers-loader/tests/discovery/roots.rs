//! Roots that are symlinks, are under symlinks, or are the same; limits of a walk.

use super::unix::pair;
use super::*;
use clawpowers_loader::{MAX_RESOURCE_DEPTH, MAX_RESOURCES};
use std::os::unix::fs::PermissionsExt as _;

fn load(roots: Vec<Root>) -> Catalog {
    Catalog::load(&CatalogOptions {
        roots,
        ..CatalogOptions::default()
    })
}

impl Tree {
    fn free(&self, below: &str) -> Root {
        Root {
            path: self.path(below),
            scope: Scope::User,
            boundary: None,
            kind: RootKind::Skills,
        }
    }

    fn at(&self, cwd: &str, home: &str) -> Environment {
        Environment {
            cwd: self.path(cwd),
            user_home: Some(self.path(home)),
            ..Environment::default()
        }
    }
}

#[test]
fn a_project_root_under_a_link_out_of_the_project_is_rejected() {
    let tree = Tree::new();
    tree.skill("outside/skills/secret", "secret")
        .skill("repo/inside/skills/tea", "tea")
        .folder("repo/.git")
        // The link is the root itself, or a folder above it.
        .link("outside/skills", "repo/.agents/skills")
        .link("outside", "repo/.claude")
        .link("repo/inside", "repo/.codex");
    let catalog = load(default_roots(&tree.at("repo", "home")));
    assert_eq!(names(&catalog), ["tea"]);
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[
            ("repo/.agents/skills", "symlink-escape"),
            ("repo/.claude/skills", "symlink-escape"),
        ])
    );
}

#[test]
fn a_link_in_a_project_does_not_hide_the_users_own_root() {
    let tree = Tree::new();
    tree.skill("home/.agents/skills/tea", "tea")
        .folder("home/repo/.git")
        .link("home/.agents/skills", "home/repo/.agents/skills");
    let catalog = load(default_roots(&tree.at("home/repo", "home")));
    assert_eq!(names(&catalog), ["tea"]);
    assert_eq!(catalog.get("tea").unwrap().scope, Scope::User);
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[("home/repo/.agents/skills", "symlink-escape")])
    );
}

#[test]
fn a_home_folder_that_is_a_link_is_not_a_project() {
    let tree = Tree::new();
    tree.folder("real/.git").folder("real/work").link("real", "home");
    let folders = |cwd: &str| tree.at(cwd, "home").project_folders();
    assert!(folders("real").is_empty());
    assert!(folders("home").is_empty());
    assert_eq!(folders("real/work"), [tree.path("real/work")]);
}

#[test]
fn every_default_root_has_its_boundary() {
    let tree = Tree::new();
    tree.folder("home/repo/.git").folder("home/repo/a");
    let roots = default_roots(&tree.at("home/repo/a", "home"));
    let scopes: Vec<Scope> = roots.iter().map(|root| root.scope).collect();
    assert!(scopes.is_sorted(), "{scopes:?}");
    assert_eq!(
        roots.first().unwrap().path,
        tree.path("home/repo/a/.clawpowers/skills")
    );
    for root in roots {
        let boundary = (root.scope == Scope::Project).then(|| tree.path("home/repo"));
        assert_eq!(root.boundary, boundary, "{:?}", root.path);
    }
}

#[test]
fn an_unreachable_root_is_reported() {
    let tree = Tree::new();
    tree.link("round-b", "round-a")
        .link("round-a", "round-b")
        .folder("s")
        .write("file", "x");
    let long = format!("s/{}", "x".repeat(300));
    let catalog = load(vec![
        tree.free("round-a"),
        tree.free("file/skills"),
        tree.free("none/skills"),
        tree.free(&long),
    ]);
    assert_eq!(
        tree.rejected(&catalog),
        owned(&[
            ("round-a", "symlink-broken"),
            (long.as_str(), "folder-unreadable")
        ])
    );
}

#[test]
fn a_root_inside_another_gives_duplicates() {
    let tree = Tree::new();
    tree.skill("s/tea", "tea").skill("s/cup", "cup");
    let catalog = load(vec![tree.free("s"), tree.free("s/../s"), tree.free("s/tea")]);
    assert_eq!(names(&catalog), ["cup", "tea"]);
    assert_eq!(
        tree.duplicates(&catalog),
        [pair("s/tea/SKILL.md", "s/tea/SKILL.md")]
    );
}

#[test]
fn a_second_path_to_a_folder_whose_skill_is_a_link_is_a_duplicate_too() {
    let tree = Tree::new();
    tree.write("s/text.md", text("tea"))
        .link("s/text.md", "s/tea/SKILL.md")
        .link("s/tea", "s/again");
    let catalog = tree.load(&["s"]);
    assert_eq!(
        tree.duplicates(&catalog),
        [pair("s/again/SKILL.md", "s/tea/SKILL.md")]
    );
}

#[test]
fn a_link_at_the_depth_limit_is_reported() {
    let tree = Tree::new();
    let rules = WalkRules {
        max_depth: 1,
        ..WalkRules::default()
    };
    tree.skill("s/store/x/tea", "tea")
        .link("s/store/x", "s/group/x")
        .write("s/flat/a.txt", "x")
        .link("s/flat/a.txt", "s/flat/b.txt");
    let found = tree.walk("s", &rules);
    assert!(tree.candidates(&found).is_empty());
    assert_eq!(
        tree.rejected_rows(&found),
        owned(&[("s/group", "scan-depth"), ("s/store", "scan-depth")])
    );
}

#[test]
fn a_folder_above_the_entry_limit_is_reported() {
    let tree = Tree::new();
    for index in 0..6 {
        tree.write(&format!("s/{index}"), "");
    }
    for (max_entries, expected) in [(7, 0), (6, 0), (5, 1), (1, 1)] {
        let rules = WalkRules {
            max_entries,
            ..WalkRules::default()
        };
        let rows = tree.rejected_rows(&tree.walk("s", &rules));
        assert_eq!(rows.len(), expected, "{max_entries}: {rows:?}");
    }
}

#[test]
fn skills_found_before_the_entry_limit_are_kept() {
    let tree = Tree::new();
    for index in 10..30 {
        tree.skill(&format!("s/{index}"), "tea");
        for file in 0..9 {
            tree.write(&format!("s/{index}/{file}"), "");
        }
    }
    let rules = WalkRules {
        max_entries: 120,
        ..WalkRules::default()
    };
    let found = tree.walk("s", &rules);
    assert_eq!(tree.rejected_rows(&found), owned(&[("s/20", "scan-limit")]));
    assert_eq!(tree.candidates(&found).len(), 11);
}

#[test]
fn a_low_limit_stops_breadth_first() {
    let tree = Tree::new();
    for index in 10..30 {
        tree.folder(&format!("s/a/x{index}"))
            .skill(&format!("s/b{index}/s"), "tea");
    }
    for (max_folders, candidates) in [(1 + 21 + 40, 20), (1 + 21 + 25, 5)] {
        let rules = WalkRules {
            max_folders,
            ..WalkRules::default()
        };
        assert_eq!(tree.candidates(&tree.walk("s", &rules)).len(), candidates);
    }
}

#[test]
fn a_link_to_a_skipped_folder_is_followed() {
    let tree = Tree::new();
    tree.skill("s/x/SKILL.md/g/inner", "inner")
        .link("s/x/SKILL.md", "s/link")
        .skill("r/closed/pub/inner", "inner")
        .link("r/closed/pub", "r/link");
    assert_eq!(names(&tree.load(&["s"])), ["inner"]);
    let closed = tree.path("r/closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o111)).unwrap();
    // Root can read everything and finds it by its real path.
    let found = names(&tree.load(&["r"])).len();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(found, 1);
}

#[test]
fn many_links_to_one_folder_are_all_reported() {
    let tree = Tree::new();
    tree.skill("s/big", "big");
    for index in 0..2000 {
        tree.write(&format!("s/big/{index}"), "");
        tree.link("s/big", &format!("s/l{index}"));
    }
    let catalog = tree.load(&["s"]);
    assert_eq!((catalog.entries.len(), catalog.duplicates.len()), (1, 2000));
}

#[test]
fn names_are_compared_after_normalization() {
    let tree = Tree::new();
    tree.skill("one/a", "caf\u{e9}")
        .skill("one/b", "tea")
        .skill("two/a", "cafe\u{301}")
        .skill("two/b", "\u{ff54}ea");
    let catalog = tree.load(&["one", "two"]);
    assert_eq!((catalog.entries.len(), catalog.shadowed.len()), (2, 2));
    assert!(catalog.get("cafe\u{301}").is_some());
}

#[test]
fn the_skill_file_is_never_a_resource() {
    let tree = Tree::new();
    tree.skill("tea", "tea").write("tea/a.md", "x");
    let folder = tree.path("tea");
    let usual = folder.join("SKILL.md");
    for file in [Path::new("SKILL.md"), &tree.path("tea/../tea/SKILL.md"), &usual] {
        assert_eq!(
            list_resources(&DiskTree, &folder.join(file)).unwrap().files.len(),
            1,
            "{file:?}"
        );
        assert_eq!(
            digest(&DiskTree, &folder.join(file)).unwrap(),
            digest(&DiskTree, &usual).unwrap(),
            "{file:?}"
        );
    }
}

#[test]
fn too_many_files_and_too_deep_folders_are_reported() {
    let tree = Tree::new();
    tree.skill("many", "many");
    for index in 0..=MAX_RESOURCES {
        tree.write(&format!("many/f{index}"), "");
    }
    let list = |folder: &str| list_resources(&DiskTree, &tree.path(folder).join("SKILL.md")).unwrap();
    assert!(list("many").truncated);
    assert_eq!(list("many").files.len(), MAX_RESOURCES);
    assert!(digest(&DiskTree, &tree.path("many/SKILL.md")).is_err());
    fs::remove_file(tree.path("many/f0")).unwrap();
    assert!(!list("many").truncated);

    let levels = |count: usize| vec!["d"; count].join("/");
    tree.skill("deep", "deep")
        .write(&format!("deep/{}/x", levels(MAX_RESOURCE_DEPTH)), "x");
    assert!(!list("deep").truncated);
    tree.write(&format!("deep/{}/x", levels(MAX_RESOURCE_DEPTH + 1)), "x");
    assert!(list("deep").truncated);
}
