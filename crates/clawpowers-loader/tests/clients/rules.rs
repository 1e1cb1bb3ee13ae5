//! Further rules of each client: roots, depth, names, sizes, encodings, repairs.

use super::*;

#[test]
fn roots_are_documented_and_in_order() {
    let user = UserHome::new();
    let roots = |client: &str| -> Vec<String> {
        let below_home = |path: &Path| match path.strip_prefix(user.home.path()) {
            Ok(rest) => rest.to_string_lossy().into_owned(),
            Err(_) => path.to_string_lossy().into_owned(),
        };
        let surroundings = user.surroundings("repo/sub");
        let roots = Client::named(client).unwrap().roots(&surroundings);
        roots.iter().map(|root| below_home(&root.path)).collect()
    };
    assert_eq!(
        roots("claude"),
        [
            ".claude/skills",
            "repo/sub/.claude/skills",
            "repo/.claude/skills",
            "repo/sub/.claude/commands",
            "repo/.claude/commands",
            ".claude/commands",
        ]
    );
    assert_eq!(
        roots("codex"),
        [
            "repo/sub/.agents/skills",
            "repo/sub/.codex/skills",
            "repo/.agents/skills",
            "repo/.codex/skills",
            ".agents/skills",
            ".codex/skills",
            "/etc/codex/skills",
        ]
    );
    assert_eq!(
        roots("opencode"),
        [
            "repo/sub/.opencode/skills",
            "repo/sub/.opencode/skill",
            "repo/.opencode/skills",
            "repo/.opencode/skill",
            ".opencode/skills",
            ".config/opencode/skills",
            ".config/opencode/skill",
            "repo/sub/.agents/skills",
            "repo/sub/.claude/skills",
            "repo/.agents/skills",
            "repo/.claude/skills",
            ".agents/skills",
            ".claude/skills",
        ]
    );
    assert_eq!(
        roots("pi"),
        [
            "repo/sub/.pi/skills",
            "repo/sub/.agents/skills",
            "repo/.agents/skills",
            ".pi/agent/skills",
            ".agents/skills",
        ]
    );
    assert_eq!(roots("goose").last().unwrap(), ".config/agents/skills");
    assert_eq!(roots("openclaw").first().unwrap(), ".openclaw/workspace/skills");
    assert_eq!(roots("gemini").len(), 4);
    assert_eq!(roots("copilot").len(), 10);
}

#[test]
fn the_environment_moves_the_users_roots() {
    let user = UserHome::new();
    user.skill("elsewhere/claude/skills/a", "a")
        .skill("elsewhere/codex/skills/a", "a")
        .skill("elsewhere/config/opencode/skill/a", "a")
        .skill("elsewhere/config/goose/skills/a", "a")
        .skill("elsewhere/copilot/skills/a", "a")
        .skill(".claude/skills/b", "b")
        .skill(".codex/skills/b", "b");
    let surroundings = Environment {
        claude_config: Some(user.path("elsewhere/claude")),
        codex_home: Some(user.path("elsewhere/codex")),
        config_home: Some(user.path("elsewhere/config")),
        copilot_home: Some(user.path("elsewhere/copilot")),
        ..user.surroundings("repo")
    };
    for (name, expected) in [
        ("claude", "a"),
        ("codex", "a"),
        ("opencode", "a b"),
        ("goose", "a b"),
        ("copilot", "a"),
    ] {
        let client = Client::named(name).unwrap();
        let catalog = Catalog::load(&CatalogOptions {
            roots: client.roots(&surroundings),
            client: Some(client),
            ..CatalogOptions::default()
        });
        assert_eq!(sorted(&catalog), expected, "{name}");
    }
}

#[test]
fn codex_sorts_by_scope_then_by_name_then_by_path() {
    let user = UserHome::new();
    user.skill("repo/sub/.agents/skills/z", "pear")
        .skill("repo/.agents/skills/a", "pear")
        .skill("repo/.agents/skills/y", "apple")
        .skill(".agents/skills/b", "cherry")
        .skill(".codex/skills/a", "banana")
        .skill(".codex/skills/.system/a", "aardvark")
        .write(".codex/skills/.system/.codex-system-skills.marker", "0")
        .skill(".codex/skills/.other/a", "hidden");
    let catalog = user.see("codex", "repo/sub");
    let order: Vec<_> = seen(&catalog);
    assert_eq!(order, ["apple", "pear", "pear", "banana", "cherry", "aardvark"]);
    assert_eq!(
        user.winners("codex", "repo/sub", "pear"),
        ["repo/.agents/skills/a", "repo/sub/.agents/skills/z"]
    );
}

#[test]
fn each_client_skips_its_documented_folders() {
    let user = UserHome::new();
    for place in [
        ".claude/skills",
        ".agents/skills",
        ".pi/agent/skills",
        ".openclaw/skills",
    ] {
        for folder in ["plain", "node_modules", ".git", "__pycache__", ".dot"] {
            user.skill(
                &format!("{place}/{folder}"),
                &format!("in-{}", folder.trim_start_matches('.')),
            );
        }
    }
    for (client, expected) in [
        // The folder is the name.
        ("claude", ".dot .git __pycache__ node_modules plain"),
        ("copilot", "in-__pycache__ in-node_modules in-plain"),
        ("qwen", "in-__pycache__ in-dot in-git in-node_modules in-plain"),
        ("codex", "in-__pycache__ in-node_modules in-plain"),
        ("gemini", "in-__pycache__ in-plain"),
        // Hidden ones only in the folders that it shares with others.
        (
            "opencode",
            "in-__pycache__ in-dot in-git in-node_modules in-plain",
        ),
        ("goose", "in-__pycache__ in-dot in-node_modules in-plain"),
        ("openclaw", "in-__pycache__ in-plain"),
        ("pi", "in-__pycache__ in-plain"),
    ] {
        assert_eq!(sorted(&user.see(client, "repo")), expected, "{client}");
    }
}

#[test]
fn codex_and_openclaw_search_six_levels() {
    let user = UserHome::new();
    user.skill(".agents/skills/1/2/3/4/5/6", "six")
        .skill(".agents/skills/1/2/3/4/5/x/7", "seven");
    for client in ["codex", "openclaw"] {
        let catalog = user.see(client, "repo");
        assert_eq!(sorted(&catalog), "six", "{client}");
        assert_eq!(
            rejected_rows(&catalog),
            [("5/x".to_owned(), "scan-depth")],
            "{client}"
        );
    }
    assert_eq!(sorted(&user.see("goose", "repo")), "seven six");
}

#[test]
fn folders_inside_a_skill_at_the_depth_limit_are_not_reported() {
    let user = UserHome::new();
    user.skill(".claude/skills/tea", "tea")
        .write(".claude/skills/tea/scripts/a.sh", "x")
        .skill(".claude/skills/cup", "cup")
        .skill(".claude/skills/cup/inner", "inner")
        .skill(".claude/skills/group/far", "far");
    // Empty folders hold nothing that is not read.
    std::fs::create_dir_all(user.path(".claude/skills/empty/1/2")).unwrap();
    let catalog = user.see("claude", "repo");
    assert_eq!(seen(&catalog), ["cup", "tea"]);
    assert_eq!(
        rejected_rows(&catalog),
        [
            ("skills/cup".to_owned(), "scan-depth"),
            ("skills/group".to_owned(), "scan-depth")
        ]
    );
}

#[test]
fn the_root_itself_may_be_a_skill() {
    let user = UserHome::new();
    user.skill(".agents/skills", "root")
        .skill(".agents/skills/child", "child");
    for client in ["gemini", "codex", "goose", "openclaw"] {
        assert_eq!(sorted(&user.see(client, "repo")), "child root", "{client}");
    }
}

#[test]
fn only_the_exact_name_counts_for_a_client() {
    let user = UserHome::new();
    for place in user.own_places() {
        user.write(
            &format!("{place}/a/skill.md"),
            "---\nname: a\ndescription: x\n---\n",
        );
        user.skill(&format!("{place}/b"), "b");
        user.write(
            &format!("{place}/b/skill.md"),
            "---\nname: c\ndescription: x\n---\n",
        );
        user.write(
            &format!("{place}/d/Skill.MD"),
            "---\nname: d\ndescription: x\n---\n",
        );
        // A folder of that name is an ordinary folder.
        user.write(&format!("{place}/skill.md/notes.md"), "x");
    }
    for client in CLIENTS {
        let catalog = user.see(client.name, "repo");
        assert_eq!(seen(&catalog), ["b"], "{}", client.name);
        let mut rows = rejected_rows(&catalog);
        rows.dedup();
        assert_eq!(
            rows,
            [
                ("a/skill.md".to_owned(), "file-name-lowercase"),
                ("b/skill.md".to_owned(), "file-second"),
                ("d/Skill.MD".to_owned(), "file-name-case"),
                ("skills/skill.md".to_owned(), "file-missing"),
            ],
            "{}",
            client.name
        );
    }
}

#[test]
fn some_clients_repair_yaml_and_some_do_not() {
    let user = UserHome::new();
    for place in [".claude/skills", ".agents/skills"] {
        user.write(
            &format!("{place}/colon/SKILL.md"),
            "---\nname: colon\ndescription: a: b\n---\n",
        )
        .write(
            &format!("{place}/Upper/SKILL.md"),
            "---\nname: Upper\ndescription: x\n---\n",
        )
        .write(
            &format!("{place}/open/SKILL.md"),
            "---\nname: open\ndescription: x\n",
        );
    }
    let unclosed = ("open/SKILL.md".to_owned(), "frontmatter-unclosed");
    let colon = ("colon/SKILL.md".to_owned(), "yaml-repaired-colon");
    for (client, expected) in [
        ("claude", ("Upper colon open", Vec::new())),
        ("openclaw", ("Upper colon", vec![unclosed.clone()])),
        ("gemini", ("Upper colon", vec![unclosed.clone()])),
        ("copilot", ("Upper", vec![colon, unclosed])),
    ] {
        let catalog = user.see(client, "repo");
        let (loaded, rejected) = expected;
        assert_eq!(sorted(&catalog), loaded, "{client}");
        assert_eq!(rejected_rows(&catalog), rejected, "{client}");
    }
}

#[test]
fn pi_loads_every_markdown_file_of_a_root() {
    let user = UserHome::new();
    let text = |name: &str| format!("---\nname: {name}\ndescription: x\n---\n");
    user.write(".pi/agent/skills/one.md", &text("one"))
        .write(".pi/agent/skills/two.md", &text("two"))
        .write(".pi/agent/skills/.three.md", &text("three"))
        .write(".pi/agent/skills/README.md", "# Not a skill\n")
        .write(".pi/agent/skills/four/notes.md", &text("notes"))
        .skill(".pi/agent/skills/four", "four")
        .skill(".agents/skills/five", "five");
    let catalog = user.see("pi", "repo");
    assert_eq!(sorted(&catalog), "five four one two");
    assert!(catalog.entries.iter().all(|entry| {
        let odd = |rule| matches!(rule, Rule::FileNameCase | Rule::FileSecond);
        !entry.diagnostics.iter().any(|found| odd(found.rule))
    }));
    assert_eq!(
        rejected_rows(&catalog),
        [("skills/README.md".to_owned(), "frontmatter-missing")]
    );
    assert_eq!(sorted(&user.see("codex", "repo")), "five");
}

#[test]
fn openclaw_rejects_files_above_its_limit() {
    let user = UserHome::new();
    let text = |bytes: usize| {
        let head = "---\nname: NAME\ndescription: x\n---\n";
        format!("{head}{}", "x".repeat(bytes - head.len()))
    };
    user.write(
        ".agents/skills/at/SKILL.md",
        &text(256_000).replacen("NAME", "atat", 1),
    )
    .write(
        ".agents/skills/over/SKILL.md",
        &text(256_001).replacen("NAME", "over", 1),
    );
    let catalog = user.see("openclaw", "repo");
    assert_eq!(sorted(&catalog), "atat");
    assert_eq!(
        rejected_rows(&catalog),
        [("over/SKILL.md".to_owned(), "file-too-large")]
    );
    assert_eq!(sorted(&user.see("codex", "repo")), "atat over");
}

#[test]
fn each_client_reads_its_encodings() {
    let user = UserHome::new();
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    let mut latin = b"---\nname: latin\ndescription: x\n---\n".to_vec();
    latin.extend(b"\xb3");
    let mut late = b"---\nname: late\ndescription: x\n---\n".to_vec();
    late.extend([b' '; 9000]);
    late.extend(b"\xb3");
    let files = [
        ("wide", utf16("---\nname: wide\ndescription: x\n---\n")),
        ("latin", latin),
        ("late", late),
    ];
    for place in [".claude/skills", ".agents/skills", ".pi/agent/skills"] {
        for (name, bytes) in &files {
            let folder = user.path(place).join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("SKILL.md"), bytes).unwrap();
        }
    }
    for (client, expected) in [
        ("codex", ""),
        ("goose", ""),
        ("gemini", "late latin"),
        ("opencode", "late latin"),
        ("openclaw", "late latin"),
        ("pi", "late latin"),
        ("claude", "late latin wide"),
    ] {
        assert_eq!(sorted(&user.see(client, "repo")), expected, "{client}");
    }
}

#[test]
fn goose_and_pi_reject_every_repaired_skill() {
    let user = UserHome::new();
    let files = [
        ("tab", "---\nname: tab\ndescription: x\nmetadata:\n\ta: b\n---\n"),
        ("indicator", "---\nname: indicator\ndescription: @x\n---\n"),
        ("escape", "---\nname: escape\ndescription: \"a\\qb\"\n---\n"),
        (
            "continued",
            "---\nname: continued\ndescription: a\nmore text, not indented\n---\n",
        ),
        ("fine", "---\nname: fine\ndescription: a --- b\n---\n"),
        (
            "long",
            &format!("---\nname: {}\ndescription: x\n---\n", "n".repeat(65)),
        ),
        ("list", "---\nname: list\ndescription: [a, b]\n---\n"),
        ("twice", "---\nname: twice\ndescription: x\ndescription: y\n---\n"),
        ("glued", "---\nname: glued\ndescription: x\n---# Title\n"),
    ];
    for (name, text) in files {
        user.write(&format!(".agents/skills/{name}/SKILL.md"), text);
    }
    let reasons = |client: &str| -> String {
        let rows = rejected_rows(&user.see(client, "repo"));
        rows.iter()
            .map(|(place, rule)| format!("{} {rule}\n", place.trim_end_matches("/SKILL.md")))
            .collect()
    };
    let strict = "continued yaml-repaired-continuation\nescape yaml-repaired-escape\n\
                  indicator yaml-repaired-indicator\nlist description-not-string\ntab yaml-repaired-tab\n\
                  twice duplicate-key\n";
    assert_eq!(reasons("pi"), strict);
    let strict = strict.replace("indicator ", "glued frontmatter-closer-glued\nindicator ");
    assert_eq!(reasons("goose"), strict);
    assert_eq!(
        reasons("codex"),
        "continued yaml-repaired-continuation\nescape yaml-repaired-escape\n\
         glued frontmatter-closer-glued\nlist description-not-string\nlong name-too-long\ntab yaml-repaired-tab\ntwice duplicate-key\n"
    );
    assert_eq!(
        reasons("opencode"),
        "continued yaml-repaired-continuation\nescape yaml-repaired-escape\nindicator yaml-repaired-indicator\n\
         list description-not-string\ntwice duplicate-key\n"
    );
    assert_eq!(reasons("gemini"), "");
    assert_eq!(
        reasons("openclaw"),
        "continued yaml-repaired-continuation\nglued frontmatter-closer-glued\ntab yaml-repaired-tab\ntwice duplicate-key\n"
    );
}

#[test]
fn a_worktree_without_claude_folders_has_those_of_the_main_checkout() {
    let user = UserHome::new();
    let git = user
        .path("repo/.git/worktrees/tree")
        .to_string_lossy()
        .into_owned();
    user.skill("repo/.claude/skills/tea", "tea")
        .skill("repo/sub/.claude/skills/sub", "sub")
        .write("repo/.claude/commands/pour.md", "Pours.\n")
        .write("tree/.git", &format!("gitdir: {git}\n"))
        .write("tree/deep/notes.md", "x");
    assert_eq!(sorted(&user.see("claude", "tree")), "pour tea");
    assert_eq!(sorted(&user.see("claude", "tree/deep")), "pour tea");
    assert_eq!(sorted(&user.see("codex", "tree")), "");
    // Each of the two folders replaces its own.
    user.skill("tree/.claude/skills/cup", "cup");
    assert_eq!(sorted(&user.see("claude", "tree/deep")), "cup pour");
    user.write("tree/.claude/commands/stir.md", "Stirs.\n");
    assert_eq!(sorted(&user.see("claude", "tree")), "cup stir");
    // A submodule is no worktree.
    user.write("repo/module/.git", "gitdir: ../.git/modules/module\n");
    assert_eq!(sorted(&user.see("claude", "repo/module")), "");
}

#[test]
fn opencode_reads_hidden_folders_that_are_not_its_own() {
    let user = UserHome::new();
    for place in [".opencode/skills", ".claude/skills", ".agents/skills"] {
        let name = place.trim_start_matches('.').split('/').next().unwrap();
        user.skill(&format!("repo/{place}/.hidden/{name}"), name);
    }
    assert_eq!(sorted(&user.see("opencode", "repo")), "agents claude");
}

#[test]
fn claude_keeps_the_folder_synced_for_itself() {
    let user = UserHome::new();
    user.skill(".claude/skills/synced/minutes", "minutes")
        .skill("repo/.claude/skills/Synced", "synced")
        .skill("repo/.claude/skills/synced-notes", "synced-notes");
    let catalog = user.see("claude", "repo");
    assert_eq!(seen(&catalog), ["synced-notes"]);
    assert_eq!(
        rejected_rows(&catalog),
        [
            ("Synced/SKILL.md".to_owned(), "name-reserved"),
            ("skills/synced".to_owned(), "name-reserved"),
        ]
    );
    assert_eq!(
        sorted(&user.see("opencode", "repo")),
        "minutes synced synced-notes"
    );
}
