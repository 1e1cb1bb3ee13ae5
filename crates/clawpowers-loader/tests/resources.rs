//! Files that are not listed, and how they are reported; the digest of unusual folders.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_loader::{
    DiskTree, MAX_RESOURCE_BYTES, MAX_RESOURCE_DEPTH, MAX_RESOURCES, ReadError, Resources, Rule, Target,
    Unlisted, UnlistedReason, digest, lint_package, list_resources, skill_file,
};
use std::fs;
use std::path::PathBuf;

/// A folder with a skill in it.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new(body: &str) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.write(
            "SKILL.md",
            format!("---\nname: tea\ndescription: Tea.\n---\n{body}\n"),
        )
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn write(self, below: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn list(&self) -> Resources {
        list_resources(&DiskTree, &self.path("SKILL.md")).unwrap()
    }

    fn digest(&self) -> Result<String, ReadError> {
        digest(&DiskTree, &self.path("SKILL.md"))
    }

    /// Returns the problems of the folder, as `rule message`.
    fn problems(&self) -> Vec<String> {
        let found = lint_package(&DiskTree, &self.path("SKILL.md"), Target::ClawPowers)
            .parsed
            .diagnostics;
        found
            .iter()
            .filter(|d| d.rule != Rule::NameFolderMismatch && d.rule != Rule::BodyLong)
            .map(|d| format!("{} {}", d.rule, d.message))
            .collect()
    }
}

#[test]
fn a_truncated_file_list_is_reported() {
    let mut tree = Tree::new("Do.");
    for index in 0..MAX_RESOURCES {
        tree = tree.write(&format!("b/{index:04}"), "");
    }
    tree = tree.write("b.txt", "").write("b0", "");
    let list = tree.list();
    let paths: Vec<&str> = list.files.iter().map(|file| file.path.as_str()).collect();
    assert!(list.truncated && paths.is_sorted());
    assert_eq!(
        (paths.first(), paths.last(), paths.len()),
        (Some(&"b.txt"), Some(&"b/1998"), MAX_RESOURCES)
    );
    assert!(tree.digest().is_err());
    assert_eq!(
        tree.problems(),
        ["resources-truncated only the first 2000 files of the folder are listed"]
    );
}

#[test]
fn a_folder_above_the_depth_limit_is_reported() {
    let deep = "d/".repeat(MAX_RESOURCE_DEPTH + 1);
    let tree = Tree::new("Do.").write(&format!("{deep}x"), "");
    let path = deep.trim_end_matches('/').to_owned();
    let why = UnlistedReason::TooDeep;
    assert_eq!(tree.list().unlisted, [Unlisted { path, why }]);
    assert_eq!(tree.problems().len(), 1);
    assert!(tree.digest().is_err());
}

#[test]
fn too_many_links_in_a_body_are_reported() {
    let links = |count: usize| {
        (0..count)
            .map(|n| format!("[a](a.md) [b](https://b/{n})\n"))
            .collect::<String>()
    };
    let at = Tree::new(&links(2000)).write("a.md", "");
    assert_eq!(at.problems(), [] as [&str; 0]);
    let over = Tree::new(&links(2001)).write("a.md", "");
    assert_eq!(
        over.problems(),
        ["resources-truncated only the first 2000 relative links are checked"]
    );
}

#[test]
fn a_link_with_dots_that_stays_inside_is_fine() {
    let tree = Tree::new(
        "[a](refs/../a.md) [b](./refs/./b.md#x) [c](x/../../c.md) [d](%2Fetc) [e](refs/../e.md) [f](refs/)",
    )
    .write("a.md", "")
    .write("refs/b.md", "");
    assert_eq!(
        tree.problems(),
        [
            "link-outside the link `x/../../c.md` leads out of the skill's folder",
            "link-outside the link `%2Fetc` leads out of the skill's folder",
            "dangling-link broken link: `refs/../e.md` does not exist",
        ]
    );
}

#[test]
fn many_large_files_have_no_digest() {
    let tree = Tree::new("Do.");
    let large = |count: usize| {
        for index in 0..count {
            let file = fs::File::create(tree.path(&format!("f{index:02}"))).unwrap();
            file.set_len(MAX_RESOURCE_BYTES).unwrap();
        }
    };
    large(1);
    assert!(tree.digest().is_ok());
    large(17);
    let why = tree.digest().unwrap_err().to_string();
    assert!(why.starts_with("`f15` cannot be hashed: 16777216 bytes"), "{why}");
}

#[test]
fn a_regular_file_wins_over_a_folder_named_skill_md() {
    let tree = Tree(tempfile::tempdir().unwrap()).write("folder/SKILL.md/x", "");
    if tree.path("FOLDER").exists() {
        // The file system is case-insensitive.
        return;
    }
    let tree = tree
        .write("lower/SKILL.md/x", "")
        .write("lower/skill.md", "")
        .write("mixed/SKILL.md/x", "")
        .write("mixed/skill.md/x", "")
        .write("mixed/Skill.md", "");
    for (folder, file) in [
        ("folder", "SKILL.md"),
        ("lower", "skill.md"),
        ("mixed", "Skill.md"),
    ] {
        let folder = tree.path(folder);
        assert_eq!(skill_file(&DiskTree, &folder), Some(folder.join(file)));
    }
    assert_eq!(skill_file(&DiskTree, &tree.path("none")), None);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::collections::BTreeSet;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn unlisted_entries_are_reported() {
        let tree = Tree::new("[x](locked/x.md)")
            .write("real/a.md", "")
            .write("locked/x.md", "");
        symlink("real", tree.path("again")).unwrap();
        // A socket instead of a pipe, which needs a system call.
        let _socket = std::os::unix::net::UnixListener::bind(tree.path("pipe")).unwrap();
        let rows = |tree: &Tree| -> BTreeSet<(String, &str)> {
            let unlisted = tree.list().unlisted.into_iter();
            unlisted.map(|one| (one.path, one.why.as_str())).collect()
        };
        let mut expected = BTreeSet::from([
            ("again".to_owned(), "folder_link"),
            ("pipe".to_owned(), "not_regular"),
        ]);
        assert_eq!(rows(&tree), expected);
        assert_eq!(
            tree.problems(),
            [
                "resources-truncated the symlink `again` leads to another folder of the skill; its files are listed there",
                "resources-truncated `pipe` is not a regular file and is not listed",
            ]
        );
        assert!(tree.digest().is_ok());
        fs::set_permissions(tree.path("locked"), fs::Permissions::from_mode(0o000)).unwrap();
        // Root can read everything, so nothing is reported.
        if fs::read_dir(tree.path("locked")).is_err() {
            expected.insert(("locked".to_owned(), "unreadable"));
            assert_eq!(rows(&tree), expected);
            assert!(tree.digest().is_err());
            let findings = tree.problems().join("\n");
            assert!(
                findings.contains("the link `locked/x.md` cannot be followed: "),
                "{findings}"
            );
            assert!(
                findings.contains("`locked` cannot be read and is not listed"),
                "{findings}"
            );
        }
        fs::set_permissions(tree.path("locked"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_regular_file_wins_over_a_broken_link_named_skill_md() {
        let tree = Tree(tempfile::tempdir().unwrap()).write("both/skill.md", "");
        fs::create_dir(tree.path("one")).unwrap();
        for folder in ["both", "one"] {
            // On a case-insensitive file system, the link cannot be created.
            if symlink("none", tree.path(folder).join("SKILL.md")).is_err() {
                return;
            }
        }
        assert_eq!(
            skill_file(&DiskTree, &tree.path("both")),
            Some(tree.path("both/skill.md"))
        );
        assert_eq!(
            skill_file(&DiskTree, &tree.path("one")),
            Some(tree.path("one/SKILL.md"))
        );
    }

    #[test]
    fn the_digest_uses_the_bytes_of_names_that_are_not_utf8() {
        let of = |names: &[&[u8]]| {
            let tree = Tree::new("Do.");
            for name in names {
                // Not every file system accepts such a name.
                fs::write(tree.0.path().join(OsStr::from_bytes(name)), "x").ok()?;
            }
            assert_eq!(tree.list().files.len(), names.len());
            Some(tree.digest().unwrap())
        };
        let Some(one) = of(&[b"\xff", b"a"]) else { return };
        assert_ne!(Some(&one), of(&[b"\xfe", b"a"]).as_ref());
        assert_ne!(Some(&one), of(&["\u{fffd}".as_bytes(), b"a"]).as_ref());
        // Two names that look the same are two files.
        assert!(of(&[b"\xff", b"\xfe"]).is_some());
    }

    #[test]
    fn not_all_of_many_broken_links_are_reported() {
        let tree = Tree::new("Do.");
        for index in 0..=MAX_RESOURCES {
            symlink("none", tree.path(&format!("l{index:04}"))).unwrap();
        }
        let list = tree.list();
        assert!(list.truncated && list.broken.len() <= MAX_RESOURCES + 1);
    }
}
