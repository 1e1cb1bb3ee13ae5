//! What each client would see, by its documented rule: which of two equal names wins, what is walked, what is dropped.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use clawpowers_loader::catalog::Entry;
use clawpowers_loader::discover::{Client, Surroundings, default_roots};
use clawpowers_loader::{Catalog, CatalogOptions, Rule};
use std::fs;
use std::path::{Path, PathBuf};

/// A user's home with a repository in it, and a working directory inside the repository.
struct World {
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("repo/.git")).unwrap();
        fs::create_dir_all(home.path().join("repo/sub")).unwrap();
        Self { home }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.home.path().join(below)
    }

    /// Writes a skill; its description says where it is.
    fn skill(&self, folder: &str, name: &str) -> &Self {
        self.write(
            &format!("{folder}/SKILL.md"),
            &format!("---\nname: {name}\ndescription: In {folder}.\n---\nDo.\n"),
        )
    }

    fn write(&self, below: &str, text: &str) -> &Self {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn surroundings(&self, cwd: &str) -> Surroundings {
        Surroundings {
            cwd: self.path(cwd),
            user_home: Some(self.home.path().to_owned()),
            home: Some(self.path(".clawpowers")),
            ..Surroundings::default()
        }
    }

    fn see(&self, client: &str, cwd: &str) -> Catalog {
        let client = Client::named(client).unwrap();
        let roots = client.roots(&self.surroundings(cwd));
        Catalog::load(&CatalogOptions {
            roots,
            client: Some(client),
            ..CatalogOptions::default()
        })
    }

    /// The folders of the skills called `name` that a client sees, below the home.
    fn winners(&self, client: &str, cwd: &str, name: &str) -> Vec<String> {
        let catalog = self.see(client, cwd);
        let below = |entry: &Entry| {
            let folder = entry.folder().unwrap().to_owned();
            folder
                .strip_prefix(self.home.path())
                .unwrap()
                .to_string_lossy()
                .into_owned()
        };
        catalog
            .entries
            .iter()
            .filter(|entry| entry.skill.name == name)
            .map(below)
            .collect()
    }
}

/// Every place that some client reads, each with a skill of one name.
const PLACES: [&str; 21] = [
    ".agents/skills",
    ".claude/skills",
    ".codex/skills",
    ".gemini/skills",
    ".config/opencode/skills",
    ".config/goose/skills",
    ".copilot/skills",
    ".openclaw/skills",
    ".pi/agent/skills",
    "repo/skills",
    "repo/.agents/skills",
    "repo/.claude/skills",
    "repo/.codex/skills",
    "repo/.github/skills",
    "repo/sub/.agents/skills",
    "repo/sub/.claude/skills",
    "repo/sub/.gemini/skills",
    "repo/sub/.goose/skills",
    "repo/sub/.opencode/skills",
    "repo/sub/.github/skills",
    "repo/sub/.pi/skills",
];

fn everywhere() -> World {
    let world = World::new();
    for place in PLACES {
        world.skill(&format!("{place}/tea"), "tea");
    }
    world
}

fn without(world: &World, places: &[&str]) {
    for place in places {
        fs::remove_dir_all(world.path(place)).unwrap();
    }
}

#[test]
fn claude_takes_the_user_over_the_project_and_the_nearer_over_the_farther() {
    let world = everywhere();
    assert_eq!(world.winners("claude", "repo/sub", "tea"), [".claude/skills/tea"]);
    without(&world, &[".claude/skills"]);
    assert_eq!(
        world.winners("claude", "repo/sub", "tea"),
        ["repo/sub/.claude/skills/tea"]
    );
    without(&world, &["repo/sub/.claude/skills"]);
    assert_eq!(
        world.winners("claude", "repo/sub", "tea"),
        ["repo/.claude/skills/tea"]
    );
}

#[test]
fn codex_keeps_all() {
    let world = everywhere();
    let mut seen = world.winners("codex", "repo/sub", "tea");
    seen.sort();
    let all = [
        ".agents/skills/tea",
        ".codex/skills/tea",
        "repo/.agents/skills/tea",
        "repo/.codex/skills/tea",
        "repo/sub/.agents/skills/tea",
    ];
    assert_eq!(seen, all);
    assert!(world.see("codex", "repo/sub").shadowed.is_empty());
}

#[test]
fn gemini_takes_the_workspace_over_the_user_and_agents_within_a_tier() {
    let world = everywhere();
    for (winner, gone) in [
        ("repo/sub/.agents/skills/tea", "repo/sub/.agents/skills"),
        ("repo/sub/.gemini/skills/tea", "repo/sub/.gemini/skills"),
        (".agents/skills/tea", ".agents/skills"),
        (".gemini/skills/tea", ".gemini/skills"),
    ] {
        assert_eq!(world.winners("gemini", "repo/sub", "tea"), [winner]);
        without(&world, &[gone]);
    }
    assert!(world.winners("gemini", "repo/sub", "tea").is_empty());
}

#[test]
fn opencode_takes_the_last_one_it_loads() {
    let world = everywhere();
    assert_eq!(
        world.winners("opencode", "repo/sub", "tea"),
        ["repo/sub/.opencode/skills/tea"]
    );
    without(&world, &["repo/sub/.opencode/skills"]);
    assert_eq!(
        world.winners("opencode", "repo/sub", "tea"),
        [".config/opencode/skills/tea"]
    );
    without(&world, &[".config/opencode/skills"]);
    // Walking up, the repository's root is loaded after the working directory, and `.agents` after `.claude`.
    assert_eq!(
        world.winners("opencode", "repo/sub", "tea"),
        ["repo/.agents/skills/tea"]
    );
    without(
        &world,
        &[
            "repo/.agents/skills",
            "repo/.claude/skills",
            "repo/sub/.agents/skills",
            "repo/sub/.claude/skills",
        ],
    );
    assert_eq!(
        world.winners("opencode", "repo/sub", "tea"),
        [".agents/skills/tea"]
    );
}

#[test]
fn the_first_one_wins_in_goose_openclaw_copilot_and_pi() {
    let orders: [(&str, &[&str]); 4] = [
        (
            "goose",
            &[
                "repo/sub/.agents/skills",
                "repo/sub/.goose/skills",
                "repo/sub/.claude/skills",
                ".agents/skills",
                ".config/goose/skills",
                ".claude/skills",
            ],
        ),
        (
            "openclaw",
            &[
                "repo/skills",
                "repo/.agents/skills",
                ".agents/skills",
                ".openclaw/skills",
            ],
        ),
        (
            "copilot",
            &[
                "repo/sub/.github/skills",
                "repo/sub/.agents/skills",
                "repo/sub/.claude/skills",
                "repo/.github/skills",
                "repo/.agents/skills",
                "repo/.claude/skills",
                ".copilot/skills",
                ".agents/skills",
            ],
        ),
        ("pi", &[".pi/agent/skills", "repo/sub/.pi/skills"]),
    ];
    for (client, order) in orders {
        let world = everywhere();
        for place in order {
            assert_eq!(
                world.winners(client, "repo/sub", "tea"),
                [format!("{place}/tea")],
                "{client}"
            );
            without(&world, &[place]);
        }
        assert!(world.winners(client, "repo/sub", "tea").is_empty(), "{client}");
    }
}

#[test]
fn the_loser_is_listed_with_its_winner() {
    let world = everywhere();
    let shadowed = world.see("gemini", "repo/sub").shadowed;
    assert_eq!(shadowed.len(), 3);
    assert!(
        shadowed
            .iter()
            .all(|hidden| hidden.winner.ends_with("repo/sub/.agents/skills/tea/SKILL.md"))
    );
}

#[test]
fn each_walks_as_deep_as_it_does() {
    let world = World::new();
    for place in [
        ".claude/skills",
        ".agents/skills",
        ".pi/agent/skills",
        ".openclaw/skills",
    ] {
        world
            .skill(&format!("{place}/near"), "near")
            .skill(&format!("{place}/group/far"), "far")
            .skill(&format!("{place}/near/nested"), "nested")
            .skill(&format!("{place}/.hidden/secret"), "secret");
    }
    let names = |client: &str| {
        let mut names: Vec<String> = world
            .see(client, "repo")
            .entries
            .into_iter()
            .map(|entry| entry.skill.name)
            .collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(names("claude"), "near");
    assert_eq!(names("gemini"), "near");
    assert_eq!(names("copilot"), "near");
    assert_eq!(names("codex"), "far near nested");
    assert_eq!(names("goose"), "far near nested secret");
    assert_eq!(names("openclaw"), "far near");
    assert_eq!(names("pi"), "far near");
}

#[test]
fn each_drops_what_it_cannot_read() {
    let world = World::new();
    let files = [
        ("colon", "---\nname: colon\ndescription: a: b\n---\n"),
        ("quote", "---\nname: quote\ndescription: \"a\" b\n---\n"),
        ("bom", "\u{feff}---\nname: bom\ndescription: x\n---\n"),
        ("nameless", "---\ndescription: x\n---\n"),
        ("late", "\n---\nname: late\ndescription: x\n---\n"),
    ];
    for place in [".claude/skills", ".agents/skills", ".pi/agent/skills"] {
        for (name, text) in files {
            world.write(&format!("{place}/{name}/SKILL.md"), text);
        }
    }
    let dropped = |client: &str| {
        let mut rows: Vec<String> = world
            .see(client, "repo")
            .rejected
            .iter()
            .map(|row| {
                row.location
                    .parent()
                    .and_then(Path::file_name)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        rows.sort();
        rows.dedup();
        rows.join(" ")
    };
    assert_eq!(dropped("codex"), "bom late quote");
    assert_eq!(dropped("gemini"), "bom late nameless");
    assert_eq!(dropped("goose"), "colon late nameless quote");
    assert_eq!(dropped("opencode"), "late nameless quote");
    assert_eq!(dropped("pi"), "colon late quote");
    assert_eq!(dropped("openclaw"), "late");
}

#[test]
fn this_runtime_reads_all_of_it() {
    let world = everywhere();
    world.skill("repo/sub/.agents/skills/deep/er/cup", "cup").write(
        "repo/.agents/skills/mug/skill.md",
        "---\nname: mug\ndescription: x\n---\n",
    );
    let roots = default_roots(&world.surroundings("repo/sub"));
    let catalog = Catalog::load(&CatalogOptions {
        roots,
        ..CatalogOptions::default()
    });
    let winner = catalog.get("tea").unwrap().location();
    assert!(
        winner.ends_with("repo/sub/.agents/skills/tea/SKILL.md"),
        "{winner:?}"
    );
    assert!(catalog.get("cup").is_some());
    let mug = catalog.get("mug").unwrap();
    assert!(mug.diagnostics.iter().any(|d| d.rule == Rule::FileNameLowercase));
}

#[test]
fn roots_stop_at_the_repository_and_the_home_is_no_project() {
    let world = World::new();
    world.skill("outside/.agents/skills/a", "a");
    let folders = world.surroundings("repo/sub").project_folders();
    assert_eq!(folders, [world.path("repo/sub"), world.path("repo")]);
    let at_home = Surroundings {
        cwd: world.home.path().to_owned(),
        ..world.surroundings("repo")
    };
    assert!(at_home.project_folders().is_empty());
}

/// Returns the names a client sees, in the order it gives them.
fn seen(catalog: &Catalog) -> Vec<&str> {
    catalog
        .entries
        .iter()
        .map(|entry| entry.skill.name.as_str())
        .collect()
}

fn sorted(catalog: &Catalog) -> String {
    let mut names = seen(catalog);
    names.sort_unstable();
    names.join(" ")
}

/// Returns what a client refused: the last two parts of the path, and the rule.
fn refused(catalog: &Catalog) -> Vec<(String, &'static str)> {
    let row = |row: &clawpowers_loader::catalog::Rejected| {
        let parts: Vec<_> = row
            .location
            .iter()
            .rev()
            .take(2)
            .map(|part| part.to_string_lossy())
            .collect();
        let place: Vec<&str> = parts.iter().rev().map(AsRef::as_ref).collect();
        (place.join("/"), row.reason.id())
    };
    let mut rows: Vec<_> = catalog.rejected.iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn roots_are_the_documented_ones_in_their_order() {
    let world = World::new();
    let roots = |client: &str| -> Vec<String> {
        let below_home = |path: &Path| match path.strip_prefix(world.home.path()) {
            Ok(rest) => rest.to_string_lossy().into_owned(),
            Err(_) => path.to_string_lossy().into_owned(),
        };
        let surroundings = world.surroundings("repo/sub");
        let roots = Client::named(client).unwrap().roots(&surroundings);
        roots.iter().map(|root| below_home(&root.path)).collect()
    };
    assert_eq!(
        roots("claude"),
        [".claude/skills", "repo/sub/.claude/skills", "repo/.claude/skills"]
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
            ".codex/skills/.system",
            "/etc/codex/skills",
        ]
    );
    assert_eq!(
        roots("opencode"),
        [
            "repo/.opencode/skills",
            "repo/.opencode/skill",
            "repo/sub/.opencode/skills",
            "repo/sub/.opencode/skill",
            ".config/opencode/skills",
            ".config/opencode/skill",
            "repo/.agents/skills",
            "repo/.claude/skills",
            "repo/sub/.agents/skills",
            "repo/sub/.claude/skills",
            ".agents/skills",
            ".claude/skills",
        ]
    );
    assert_eq!(roots("pi"), [".pi/agent/skills", "repo/sub/.pi/skills"]);
    assert_eq!(roots("goose").last().unwrap(), ".config/agents/skills");
    assert_eq!(roots("openclaw").first().unwrap(), "repo/skills");
    assert_eq!(roots("gemini").len(), 4);
    assert_eq!(roots("copilot").len(), 8);
}

#[test]
fn the_environment_moves_the_users_roots() {
    let world = World::new();
    world
        .skill("elsewhere/claude/skills/a", "a")
        .skill("elsewhere/codex/skills/a", "a")
        .skill("elsewhere/config/opencode/skill/a", "a")
        .skill("elsewhere/config/goose/skills/a", "a")
        .skill("elsewhere/copilot/skills/a", "a")
        .skill(".claude/skills/b", "b")
        .skill(".codex/skills/b", "b");
    let surroundings = Surroundings {
        claude_config: Some(world.path("elsewhere/claude")),
        codex_home: Some(world.path("elsewhere/codex")),
        config_home: Some(world.path("elsewhere/config")),
        copilot_home: Some(world.path("elsewhere/copilot")),
        ..world.surroundings("repo")
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
    let world = World::new();
    world
        .skill("repo/sub/.agents/skills/z", "pear")
        .skill("repo/.agents/skills/a", "pear")
        .skill("repo/.agents/skills/y", "apple")
        .skill(".agents/skills/b", "cherry")
        .skill(".codex/skills/a", "banana")
        .skill(".codex/skills/.system/a", "aardvark")
        .skill(".codex/skills/.other/a", "hidden");
    let catalog = world.see("codex", "repo/sub");
    let order: Vec<_> = seen(&catalog);
    assert_eq!(order, ["apple", "pear", "pear", "banana", "cherry", "aardvark"]);
    assert_eq!(
        world.winners("codex", "repo/sub", "pear"),
        ["repo/.agents/skills/a", "repo/sub/.agents/skills/z"]
    );
}

#[test]
fn each_passes_over_the_folders_it_documents() {
    let world = World::new();
    for place in [
        ".claude/skills",
        ".agents/skills",
        ".pi/agent/skills",
        ".openclaw/skills",
    ] {
        for folder in ["plain", "node_modules", ".git", "__pycache__", ".dot"] {
            world.skill(
                &format!("{place}/{folder}"),
                &format!("in-{}", folder.trim_start_matches('.')),
            );
        }
    }
    for (client, expected) in [
        // Silent in the documents: this runtime's own list.
        ("claude", "in-dot in-plain"),
        ("copilot", "in-dot in-plain"),
        ("codex", "in-__pycache__ in-node_modules in-plain"),
        ("gemini", "in-__pycache__ in-plain"),
        (
            "opencode",
            "in-__pycache__ in-dot in-git in-node_modules in-plain",
        ),
        ("goose", "in-__pycache__ in-dot in-node_modules in-plain"),
        ("openclaw", "in-__pycache__ in-plain"),
        ("pi", "in-__pycache__ in-plain"),
    ] {
        assert_eq!(sorted(&world.see(client, "repo")), expected, "{client}");
    }
}

#[test]
fn six_levels_are_the_end_for_codex_and_openclaw() {
    let world = World::new();
    world
        .skill(".agents/skills/1/2/3/4/5/6", "six")
        .skill(".agents/skills/1/2/3/4/5/x/7", "seven");
    for client in ["codex", "openclaw"] {
        let catalog = world.see(client, "repo");
        assert_eq!(sorted(&catalog), "six", "{client}");
        assert_eq!(refused(&catalog), [("5/x".to_owned(), "scan-depth")], "{client}");
    }
    assert_eq!(sorted(&world.see("goose", "repo")), "seven six");
}

#[test]
fn folders_of_a_skill_at_the_bound_are_resources_and_no_row() {
    let world = World::new();
    world
        .skill(".claude/skills/tea", "tea")
        .write(".claude/skills/tea/scripts/a.sh", "x")
        .skill(".claude/skills/cup", "cup")
        .skill(".claude/skills/cup/inner", "inner")
        .skill(".claude/skills/group/far", "far");
    let catalog = world.see("claude", "repo");
    assert_eq!(seen(&catalog), ["cup", "tea"]);
    assert_eq!(
        refused(&catalog),
        [
            ("skills/cup".to_owned(), "scan-depth"),
            ("skills/group".to_owned(), "scan-depth")
        ]
    );
}

#[test]
fn the_root_itself_may_be_a_skill() {
    let world = World::new();
    world
        .skill(".agents/skills", "root")
        .skill(".agents/skills/child", "child");
    for client in ["gemini", "codex", "goose", "openclaw"] {
        assert_eq!(sorted(&world.see(client, "repo")), "child root", "{client}");
    }
}

#[test]
fn only_the_exact_name_counts_for_a_client() {
    let world = World::new();
    for place in [".claude/skills", ".agents/skills", ".pi/agent/skills"] {
        world.write(
            &format!("{place}/a/skill.md"),
            "---\nname: a\ndescription: x\n---\n",
        );
        world.skill(&format!("{place}/b"), "b");
        world.write(
            &format!("{place}/b/skill.md"),
            "---\nname: c\ndescription: x\n---\n",
        );
        world.write(
            &format!("{place}/d/Skill.MD"),
            "---\nname: d\ndescription: x\n---\n",
        );
        // A folder of that name is a folder like any other.
        world.write(&format!("{place}/skill.md/notes.md"), "x");
    }
    for client in clawpowers_loader::discover::CLIENTS {
        let catalog = world.see(client.name, "repo");
        assert_eq!(seen(&catalog), ["b"], "{}", client.name);
        let mut rows = refused(&catalog);
        rows.dedup();
        assert_eq!(
            rows,
            [
                ("a/skill.md".to_owned(), "file-name-lowercase"),
                ("b/skill.md".to_owned(), "file-second"),
                ("d/Skill.MD".to_owned(), "file-name-case"),
            ],
            "{}",
            client.name
        );
    }
}

#[test]
fn a_repair_costs_claude_and_openclaw_and_gemini_and_copilot_nothing() {
    // An error of the `claude` profile is one of its validator; the loader keeps the skill. See `CLIENTS`.
    let world = World::new();
    for place in [".claude/skills", ".agents/skills"] {
        world
            .write(
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
    for client in ["claude", "openclaw", "gemini", "copilot"] {
        let catalog = world.see(client, "repo");
        assert_eq!(sorted(&catalog), "Upper colon", "{client}");
        assert_eq!(
            refused(&catalog),
            [("open/SKILL.md".to_owned(), "frontmatter-unclosed")],
            "{client}"
        );
    }
}

#[test]
fn pi_takes_every_markdown_file_of_a_root() {
    let world = World::new();
    let text = |name: &str| format!("---\nname: {name}\ndescription: x\n---\n");
    world
        .write(".pi/agent/skills/one.md", &text("one"))
        .write(".pi/agent/skills/two.md", &text("two"))
        .write(".pi/agent/skills/.three.md", &text("three"))
        .write(".pi/agent/skills/README.md", "# Not a skill\n")
        .write(".pi/agent/skills/four/notes.md", &text("notes"))
        .skill(".pi/agent/skills/four", "four")
        .skill(".agents/skills/five", "five")
        .write(".agents/skills/six.md", &text("six"));
    let catalog = world.see("pi", "repo");
    assert_eq!(sorted(&catalog), "four one two");
    assert!(catalog.entries.iter().all(|entry| {
        let odd = |rule| matches!(rule, Rule::FileNameCase | Rule::FileSecond);
        !entry.diagnostics.iter().any(|found| odd(found.rule))
    }));
    assert_eq!(
        refused(&catalog),
        [("skills/README.md".to_owned(), "frontmatter-missing")]
    );
    assert_eq!(sorted(&world.see("codex", "repo")), "five");
}

#[test]
fn openclaw_refuses_what_is_larger_than_its_limit() {
    let world = World::new();
    let text = |bytes: usize| {
        let head = "---\nname: NAME\ndescription: x\n---\n";
        format!("{head}{}", "x".repeat(bytes - head.len()))
    };
    world
        .write(
            ".agents/skills/at/SKILL.md",
            &text(256_000).replacen("NAME", "atat", 1),
        )
        .write(
            ".agents/skills/over/SKILL.md",
            &text(256_001).replacen("NAME", "over", 1),
        );
    let catalog = world.see("openclaw", "repo");
    assert_eq!(sorted(&catalog), "atat");
    assert_eq!(
        refused(&catalog),
        [("over/SKILL.md".to_owned(), "file-too-large")]
    );
    assert_eq!(sorted(&world.see("codex", "repo")), "atat over");
}

#[test]
fn encodings_are_read_by_those_who_do() {
    let world = World::new();
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
            let folder = world.path(place).join(name);
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
        ("claude", "late latin"),
    ] {
        assert_eq!(sorted(&world.see(client, "repo")), expected, "{client}");
    }
}

#[test]
fn every_repair_costs_goose_and_pi_the_skill() {
    let world = World::new();
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
        ("glued", "---\nname: glued\ndescription: x\n---# Title\n"),
    ];
    for place in [".agents/skills", ".pi/agent/skills"] {
        for (name, text) in files {
            world.write(&format!("{place}/{name}/SKILL.md"), text);
        }
    }
    let reasons = |client: &str| -> String {
        let rows = refused(&world.see(client, "repo"));
        rows.iter()
            .map(|(place, rule)| format!("{} {rule}\n", place.trim_end_matches("/SKILL.md")))
            .collect()
    };
    let strict = "continued yaml-repaired-continuation\nescape yaml-repaired-escape\n\
                  indicator yaml-repaired-indicator\ntab yaml-repaired-tab\n";
    assert_eq!(reasons("goose"), strict);
    assert_eq!(reasons("pi"), strict);
    assert_eq!(
        reasons("codex"),
        "continued yaml-repaired-continuation\nescape yaml-repaired-escape\n\
         glued frontmatter-closer-glued\nlist description-not-string\nlong name-too-long\ntab yaml-repaired-tab\n"
    );
    assert_eq!(
        reasons("opencode"),
        "continued yaml-repaired-continuation\nescape yaml-repaired-escape\ntab yaml-repaired-tab\n"
    );
    assert_eq!(reasons("gemini"), "");
    assert_eq!(reasons("openclaw"), "");
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    impl World {
        fn link(&self, target: &str, link: &str) -> &Self {
            fs::create_dir_all(self.path(link).parent().unwrap()).unwrap();
            symlink(self.path(target), self.path(link)).unwrap();
            self
        }
    }

    #[test]
    fn a_linked_skill_file_is_ignored_by_codex_and_kept_in_the_skill_by_openclaw() {
        let world = World::new();
        world
            .skill("store/out", "out")
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
            let catalog = world.see(client, "repo");
            assert_eq!(sorted(&catalog), expected, "{client}");
            assert!(
                refused(&catalog)
                    .iter()
                    .all(|(_, rule)| *rule == "symlink-escape"),
                "{client}"
            );
            assert_eq!(catalog.found(), 2, "{client}");
        }
    }

    #[test]
    fn folder_links_of_the_user_lead_anywhere() {
        let world = World::new();
        world.skill("store/tea", "tea");
        for place in [".claude/skills", ".agents/skills", ".pi/agent/skills"] {
            world.link("store/tea", &format!("{place}/tea"));
        }
        for client in clawpowers_loader::discover::CLIENTS {
            assert_eq!(sorted(&world.see(client.name, "repo")), "tea", "{}", client.name);
        }
    }

    #[test]
    fn what_ships_with_codex_does_not_link_out() {
        let world = World::new();
        world
            .skill("store/tea", "tea")
            .link("store/tea", ".codex/skills/.system/tea")
            .skill(".codex/skills/.system/cup", "cup");
        let catalog = world.see("codex", "repo");
        assert_eq!(sorted(&catalog), "cup");
        assert_eq!(refused(&catalog), [(".system/tea".to_owned(), "symlink-escape")]);
    }

    #[test]
    fn links_of_a_project_stay_inside_it_whoever_looks() {
        // The clients follow such links; SECURITY.md promises that this program does not, and the row says so.
        let world = World::new();
        world.skill("store/tea", "tea");
        for place in [
            ".claude/skills",
            ".agents/skills",
            ".gemini/skills",
            ".pi/skills",
            "skills",
        ] {
            world.link("store/tea", &format!("repo/{place}/tea"));
        }
        for client in clawpowers_loader::discover::CLIENTS {
            let catalog = world.see(client.name, "repo");
            assert!(catalog.entries.is_empty(), "{}", client.name);
            assert!(!catalog.rejected.is_empty(), "{}", client.name);
            assert!(
                refused(&catalog)
                    .iter()
                    .all(|(_, rule)| *rule == "symlink-escape"),
                "{}",
                client.name
            );
        }
    }

    #[test]
    fn links_of_an_openclaw_workspace_stay_inside_the_root() {
        let world = World::new();
        world
            .skill("repo/docs/tea", "tea")
            .link("repo/docs/tea", "repo/skills/tea")
            .link("repo/docs/tea", "repo/.agents/skills/tea")
            .skill("repo/skills/cup", "cup");
        let catalog = world.see("openclaw", "repo");
        assert_eq!(sorted(&catalog), "cup");
        assert_eq!(
            refused(&catalog),
            [
                ("skills/tea".to_owned(), "symlink-escape"),
                ("skills/tea".to_owned(), "symlink-escape")
            ]
        );
        assert_eq!(sorted(&world.see("codex", "repo")), "tea");
        // A root that is itself a link may stay in the project but not leave it.
        fs::remove_dir_all(world.path("repo/skills")).unwrap();
        world.link("repo/docs", "repo/skills").skill("store/mug", "mug");
        assert_eq!(sorted(&world.see("openclaw", "repo")), "tea");
        fs::remove_file(world.path("repo/skills")).unwrap();
        world.link("store", "repo/skills");
        assert_eq!(sorted(&world.see("openclaw", "repo")), "");
    }

    #[test]
    fn a_file_reached_by_two_roots_is_no_conflict() {
        let world = World::new();
        world
            .skill(".agents/skills/tea", "tea")
            .link(".agents/skills/tea", ".claude/skills/tea")
            .link(".agents/skills/tea", ".codex/skills/tea")
            .link(".agents/skills/tea", ".gemini/skills/tea")
            .link(".agents/skills/tea", ".openclaw/skills/tea");
        for client in ["codex", "gemini", "goose", "opencode", "openclaw"] {
            let catalog = world.see(client, "repo");
            assert_eq!(seen(&catalog), ["tea"], "{client}");
            assert_eq!(catalog.duplicates.len(), 1, "{client}");
            assert!(catalog.shadowed.is_empty(), "{client}");
        }
    }
}
