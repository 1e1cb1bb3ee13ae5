//! The files of a skill: which are listed, which change the digest, and which paths are allowed.

use super::*;

#[test]
fn resources_are_listed_by_kind_without_nested_skills() {
    let tree = Tree::new();
    tree.skill("tea", "tea")
        .write("tea/scripts/run.sh", "#!/bin/sh\n")
        .write("tea/references/a.md", "a")
        .write("tea/reference/b.md", "b")
        .write("tea/assets/c.png", "c")
        .write("tea/templates/d", "d")
        .write("tea/LICENSE", "e")
        .write("tea/deep/scripts/f", "f")
        .write("tea/.git/config", "g")
        .write("tea/node_modules/x/index.js", "h")
        .skill("tea/inner", "inner")
        .write("tea/inner/notes.md", "i");
    let found = list_resources(&DiskTree, &tree.path("tea/SKILL.md")).unwrap();
    let rows: Vec<_> = found
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.kind))
        .collect();
    assert_eq!(
        rows,
        [
            ("LICENSE", ResourceKind::Other),
            ("assets/c.png", ResourceKind::Asset),
            ("deep/scripts/f", ResourceKind::Other),
            ("reference/b.md", ResourceKind::Reference),
            ("references/a.md", ResourceKind::Reference),
            ("scripts/run.sh", ResourceKind::Script),
            ("templates/d", ResourceKind::Asset),
        ]
    );
    assert!(!found.truncated && found.broken.is_empty() && found.escaping.is_empty());
    assert!(list_resources(&DiskTree, &tree.path("none/SKILL.md")).is_err());
}

#[test]
fn a_digest_follows_content_names_and_boundaries() {
    let of = |files: &[(&str, &str)]| {
        let tree = Tree::new();
        tree.skill("tea", "tea");
        for (path, bytes) in files {
            tree.write(&format!("tea/{path}"), bytes);
        }
        digest(&DiskTree, &tree.path("tea/SKILL.md")).unwrap()
    };
    let mut all = vec![
        of(&[]),
        of(&[("a", "bc")]),
        of(&[("a", "bd")]),
        of(&[("ab", "c")]),
        of(&[("a", "b"), ("c", "")]),
        of(&[("a", ""), ("b", "c")]),
        of(&[("a", "bc"), ("d", "")]),
        of(&[("a/b", "c")]),
        of(&[("a", "0\0b\x002\x00cd")]),
        of(&[("a", ""), ("b", "cd")]),
    ];
    assert_eq!(all.first().unwrap().len(), 64);
    assert_eq!(of(&[("a", "1"), ("b", "2")]), of(&[("b", "2"), ("a", "1")]));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);

    let tree = Tree::new();
    tree.skill("tea", "tea");
    let now = || digest(&DiskTree, &tree.path("tea/SKILL.md")).unwrap();
    let before = now();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(tree.path("tea/SKILL.md"))
        .unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(now(), before);
    tree.write("tea/.git/HEAD", "x").skill("tea/inner", "inner");
    assert_eq!(now(), before);
    tree.skill("tea", "cup");
    assert_ne!(now(), before);
}

#[test]
fn resolve_stays_in_the_folder() {
    let tree = Tree::new();
    tree.skill("tea", "tea")
        .write("tea/a/b.md", "x")
        .write("other/c.md", "x");
    let folder = tree.path("tea");
    for fine in [
        "a/b.md",
        "./a/b.md",
        "a/./b.md",
        "a/none.md",
        "..a",
        "a/...",
        "SKILL.md",
    ] {
        assert_eq!(
            resolve_resource(&DiskTree, &folder, fine),
            Some(folder.join(fine)),
            "{fine}"
        );
    }
    let absolute = tree.path("tea/a/b.md").to_string_lossy().into_owned();
    for bad in [
        "..",
        "../other/c.md",
        "a/../../other/c.md",
        "a/../a/b.md",
        "/etc/passwd",
        &absolute,
    ] {
        assert_eq!(resolve_resource(&DiskTree, &folder, bad), None, "{bad}");
    }
}
