//! Symlinks, which not every file system supports.

use super::*;
use std::os::unix::fs::symlink;

impl UserHome {
    fn link(&self, target: &str, link: &str) -> &Self {
        fs::create_dir_all(self.path(link).parent().unwrap()).unwrap();
        symlink(self.path(target), self.path(link)).unwrap();
        self
    }
}

#[test]
fn codex_ignores_linked_skill_files_and_openclaw_rejects_links_out() {
    let user = UserHome::new();
    user.skill("store/out", "out")
        .link("store/out/SKILL.md", ".agents/skills/out/SKILL.md")
        .write(
            ".agents/skills/in/text.md",
            "---\nname: in\ndescription: x\n---\n",
        )
        .link(".agents/skills/in/text.md", ".agents/skills/in/SKILL.md");
    for (client, expected) in [
        ("codex", ""),
        ("openclaw", "in"),
        ("gemini", "in out"),
        ("opencode", "in out"),
        ("goose", "in out"),
    ] {
        let catalog = user.see(client, "repo");
        assert_eq!(sorted(&catalog), expected, "{client}");
        assert!(
            rejected_rows(&catalog)
                .iter()
                .all(|(_, rule)| *rule == "symlink-escape"),
            "{client}"
        );
        assert_eq!(catalog.found(), 2, "{client}");
    }
}

#[test]
fn folder_links_of_the_user_may_point_anywhere() {
    let user = UserHome::new();
    user.skill("store/tea", "tea");
    for place in user.own_places() {
        user.link("store/tea", &format!("{place}/tea"));
    }
    for client in CLIENTS {
        assert_eq!(sorted(&user.see(client.name, "repo")), "tea", "{}", client.name);
    }
}

#[test]
fn system_skills_of_codex_do_not_link_out() {
    let user = UserHome::new();
    user.skill("store/tea", "tea")
        .link("store/tea", ".codex/skills/.system/tea")
        .skill(".codex/skills/.system/cup", "cup");
    // Codex replaces a folder without its marker at the next start.
    assert_eq!(user.see("codex", "repo").found(), 0);
    user.write(".codex/skills/.system/.codex-system-skills.marker", "0");
    let catalog = user.see("codex", "repo");
    assert_eq!(sorted(&catalog), "cup");
    assert_eq!(
        rejected_rows(&catalog),
        [(".system/tea".to_owned(), "symlink-escape")]
    );
}

#[test]
fn links_out_of_a_project_are_followed_with_a_warning_where_the_client_does() {
    let user = UserHome::new();
    user.skill("store/tea", "tea");
    for place in [
        ".claude/skills",
        ".agents/skills",
        ".cline/skills",
        ".gemini/skills",
        ".pi/skills",
    ] {
        user.link("store/tea", &format!("repo/{place}/tea"));
    }
    user.link("store/tea", ".openclaw/workspace/skills/tea");
    for client in CLIENTS {
        let catalog = user.see(client.name, "repo");
        let warned = catalog.entries.iter().flat_map(|entry| &entry.diagnostics);
        let warned = warned.filter(|d| d.rule == Rule::SymlinkEscape).count();
        let rejections = rejected_rows(&catalog);
        assert!(
            rejections.iter().all(|(_, rule)| *rule == "symlink-escape"),
            "{}",
            client.name
        );
        let follows = client.verified.is_some() && client.name != "openclaw";
        let expected = if follows {
            (catalog.entries.len().max(1), 0)
        } else {
            (0, rejections.len().max(1))
        };
        assert_eq!((warned, rejections.len()), expected, "{}", client.name);
    }
}

#[test]
fn links_of_an_openclaw_workspace_stay_inside_the_root() {
    let user = UserHome::new();
    user.skill("repo/docs/tea", "tea")
        .link("repo/docs/tea", "repo/skills/tea")
        .link("repo/docs/tea", "repo/.agents/skills/tea")
        .skill("repo/skills/cup", "cup")
        .write(
            ".openclaw/openclaw.json",
            r#"{"agents": {"defaults": {"workspace": "~/repo"}}}"#,
        );
    let catalog = user.see("openclaw", "repo");
    assert_eq!(sorted(&catalog), "cup");
    assert_eq!(
        rejected_rows(&catalog),
        [
            ("skills/tea".to_owned(), "symlink-escape"),
            ("skills/tea".to_owned(), "symlink-escape")
        ]
    );
    assert_eq!(sorted(&user.see("codex", "repo")), "tea");
    // A root may itself be a link.
    fs::remove_dir_all(user.path("repo/skills")).unwrap();
    user.link("repo/docs", "repo/skills").skill("store/mug", "mug");
    assert_eq!(sorted(&user.see("openclaw", "repo")), "tea");
}

#[test]
fn a_file_in_two_roots_is_a_duplicate() {
    let user = UserHome::new();
    user.skill(".agents/skills/tea", "tea")
        .link(".agents/skills/tea", ".claude/skills/tea")
        .link(".agents/skills/tea", ".codex/skills/tea")
        .link(".agents/skills/tea", ".gemini/skills/tea")
        .link(".agents/skills/tea", ".openclaw/skills/tea");
    for client in ["codex", "gemini", "goose", "opencode", "openclaw"] {
        let catalog = user.see(client, "repo");
        assert_eq!(seen(&catalog), ["tea"], "{client}");
        assert_eq!(catalog.duplicates.len(), 1, "{client}");
        assert!(catalog.shadowed.is_empty(), "{client}");
    }
}

#[test]
fn the_home_folder_is_never_a_project() {
    let user = UserHome::new();
    user.write("out/cup/SKILL.md", "---\nname: cup\ndescription: x\n---\n");
    user.link("out/cup", ".agents/skills/cup");
    for client in ["gemini", "goose", "openclaw", "codex"] {
        let catalog = user.see(client, "");
        let seen: Vec<_> = catalog
            .entries
            .iter()
            .map(|e| (e.skill.name.as_str(), e.scope))
            .collect();
        assert_eq!(seen, [("cup", Scope::User)], "{client}");
    }
}

#[test]
fn a_root_that_is_a_link_inside_the_project_has_each_skill_once() {
    let user = UserHome::new();
    user.skill("repo/docs/skills/tune", "tune");
    for place in [".claude", ".agents", ".codex", ".gemini", ".cursor"] {
        user.link("repo/docs/skills", &format!("repo/{place}/skills"));
    }
    for client in CLIENTS.iter().filter(|client| client.name != "openclaw") {
        let catalog = user.see(client.name, "repo");
        assert_eq!(seen(&catalog), ["tune"], "{}", client.name);
        assert!(
            catalog.shadowed.is_empty() && catalog.rejected.is_empty(),
            "{}",
            client.name
        );
    }
    let roots = default_roots(&user.surroundings("repo"));
    let catalog = Catalog::load(&CatalogOptions {
        roots,
        ..CatalogOptions::default()
    });
    assert_eq!((seen(&catalog), catalog.found()), (vec!["tune"], 1));
}
