//! The documented rules of each client: which of two skills with the same name takes precedence, which folders are
//! searched, which skills are rejected.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

#[cfg(unix)]
mod links;
mod openclaw;
mod reading;
mod reports;
mod rules;

use clawpowers_loader::{
    CLIENTS, Catalog, CatalogOptions, Client, Entry, Environment, Rule, Scope, default_roots,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A user's home with a repository in it, and a working directory inside the repository.
struct UserHome {
    home: tempfile::TempDir,
}

impl UserHome {
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

    fn surroundings(&self, cwd: &str) -> Environment {
        Environment {
            cwd: self.path(cwd),
            user_home: Some(self.home.path().to_owned()),
            home: Some(self.path(".clawpowers")),
            ..Environment::default()
        }
    }

    /// The first root of each client for the user's own skills, below the home.
    fn own_places(&self) -> BTreeSet<String> {
        let environment = self.surroundings("repo");
        let first = |client: &Client| {
            let roots = client.roots(&environment).into_iter();
            let mut own = roots.filter(|root| root.scope == Scope::User && !root.kind.is_commands());
            let place = own.next().unwrap().path;
            place
                .strip_prefix(self.home.path())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/")
        };
        CLIENTS.iter().map(first).collect()
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

    /// The folders of the skills called `name` that a client loads, relative to the home.
    fn winners(&self, client: &str, cwd: &str, name: &str) -> Vec<String> {
        let catalog = self.see(client, cwd);
        let below = |entry: &Entry| {
            let folder = entry.file.parent().unwrap().to_owned();
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

/// The folders that some client searches; `everywhere` writes a skill of the same name to each.
const PLACES: [&str; 23] = [
    ".agents/skills",
    ".claude/skills",
    ".codex/skills",
    ".gemini/skills",
    ".config/opencode/skills",
    ".config/goose/skills",
    ".copilot/skills",
    ".openclaw/skills",
    ".openclaw/workspace/skills",
    ".openclaw/workspace/.agents/skills",
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

fn everywhere() -> UserHome {
    let user = UserHome::new();
    for place in PLACES {
        user.skill(&format!("{place}/tea"), "tea");
    }
    user
}

fn without(user: &UserHome, places: &[&str]) {
    for place in places {
        fs::remove_dir_all(user.path(place)).unwrap();
    }
}

#[test]
fn claude_prefers_user_skills_then_nearer_folders() {
    let user = everywhere();
    assert_eq!(user.winners("claude", "repo/sub", "tea"), [".claude/skills/tea"]);
    without(&user, &[".claude/skills"]);
    assert_eq!(
        user.winners("claude", "repo/sub", "tea"),
        ["repo/sub/.claude/skills/tea"]
    );
    without(&user, &["repo/sub/.claude/skills"]);
    assert_eq!(
        user.winners("claude", "repo/sub", "tea"),
        ["repo/.claude/skills/tea"]
    );
}

#[test]
fn codex_keeps_all() {
    let user = everywhere();
    let mut seen = user.winners("codex", "repo/sub", "tea");
    seen.sort();
    let all = [
        ".agents/skills/tea",
        ".codex/skills/tea",
        "repo/.agents/skills/tea",
        "repo/.codex/skills/tea",
        "repo/sub/.agents/skills/tea",
    ];
    assert_eq!(seen, all);
    assert!(user.see("codex", "repo/sub").shadowed.is_empty());
}

#[test]
fn gemini_prefers_the_workspace_and_agents_folders() {
    let user = everywhere();
    for (winner, gone) in [
        ("repo/sub/.agents/skills/tea", "repo/sub/.agents/skills"),
        ("repo/sub/.gemini/skills/tea", "repo/sub/.gemini/skills"),
        (".agents/skills/tea", ".agents/skills"),
        (".gemini/skills/tea", ".gemini/skills"),
    ] {
        assert_eq!(user.winners("gemini", "repo/sub", "tea"), [winner]);
        without(&user, &[gone]);
    }
    assert!(user.winners("gemini", "repo/sub", "tea").is_empty());
}

#[test]
fn opencode_may_load_any_skill_with_the_same_name() {
    let user = everywhere();
    assert_eq!(
        user.winners("opencode", "repo/sub", "tea"),
        ["repo/sub/.opencode/skills/tea"]
    );
    let shadowed = user.see("opencode", "repo/sub").shadowed;
    assert!(!shadowed.is_empty() && shadowed.iter().all(|one| one.undetermined));
    without(&user, &["repo/sub/.opencode/skills"]);
    assert_eq!(
        user.winners("opencode", "repo/sub", "tea"),
        [".config/opencode/skills/tea"]
    );
    without(&user, &[".config/opencode/skills"]);
    assert_eq!(
        user.winners("opencode", "repo/sub", "tea"),
        ["repo/sub/.agents/skills/tea"]
    );
    without(
        &user,
        &[
            "repo/.agents/skills",
            "repo/.claude/skills",
            "repo/sub/.agents/skills",
            "repo/sub/.claude/skills",
        ],
    );
    assert_eq!(
        user.winners("opencode", "repo/sub", "tea"),
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
                ".openclaw/workspace/skills",
                ".openclaw/workspace/.agents/skills",
                ".agents/skills",
                ".openclaw/skills",
            ],
        ),
        (
            "copilot",
            &[
                "repo/sub/.github/skills",
                "repo/.github/skills",
                "repo/sub/.agents/skills",
                "repo/.agents/skills",
                "repo/sub/.claude/skills",
                "repo/.claude/skills",
                ".copilot/skills",
                ".agents/skills",
            ],
        ),
        (
            "pi",
            &[
                "repo/sub/.pi/skills",
                "repo/sub/.agents/skills",
                "repo/.agents/skills",
                ".pi/agent/skills",
                ".agents/skills",
            ],
        ),
    ];
    for (client, order) in orders {
        let user = everywhere();
        for place in order {
            assert_eq!(
                user.winners(client, "repo/sub", "tea"),
                [format!("{place}/tea")],
                "{client}"
            );
            without(&user, &[place]);
        }
        assert!(user.winners(client, "repo/sub", "tea").is_empty(), "{client}");
    }
}

#[test]
fn a_shadowed_skill_names_the_one_that_shadows_it() {
    let user = everywhere();
    let shadowed = user.see("gemini", "repo/sub").shadowed;
    assert_eq!(shadowed.len(), 3);
    assert!(
        shadowed
            .iter()
            .all(|hidden| hidden.winner.ends_with("repo/sub/.agents/skills/tea/SKILL.md"))
    );
}

#[test]
fn each_client_has_its_own_depth_limit() {
    let user = UserHome::new();
    for place in [
        ".claude/skills",
        ".agents/skills",
        ".pi/agent/skills",
        ".openclaw/skills",
    ] {
        user.skill(&format!("{place}/near"), "near")
            .skill(&format!("{place}/group/far"), "far")
            .skill(&format!("{place}/near/nested"), "nested")
            .skill(&format!("{place}/.hidden/secret"), "secret");
    }
    let names = |client: &str| {
        let mut names: Vec<String> = user
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
    assert_eq!(names("copilot"), "far near");
    assert_eq!(names("codex"), "far near nested");
    assert_eq!(names("goose"), "far near nested secret");
    assert_eq!(names("openclaw"), "far near");
    assert_eq!(names("pi"), "far near");
}

#[test]
fn each_client_rejects_files_it_cannot_read() {
    let user = UserHome::new();
    let files = [
        ("colon", "---\nname: colon\ndescription: a: b\n---\n"),
        ("quote", "---\nname: quote\ndescription: \"a\" b\n---\n"),
        ("bom", "\u{feff}---\nname: bom\ndescription: x\n---\n"),
        ("nameless", "---\ndescription: x\n---\n"),
        ("late", "\n---\nname: late\ndescription: x\n---\n"),
    ];
    for place in [".claude/skills", ".agents/skills", ".pi/agent/skills"] {
        for (name, text) in files {
            user.write(&format!("{place}/{name}/SKILL.md"), text);
        }
    }
    let dropped = |client: &str| {
        let mut rows: Vec<String> = user
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
fn clawpowers_loads_every_skill() {
    let user = everywhere();
    user.skill("repo/sub/.agents/skills/deep/er/cup", "cup").write(
        "repo/.agents/skills/mug/skill.md",
        "---\nname: mug\ndescription: x\n---\n",
    );
    let roots = default_roots(&user.surroundings("repo/sub"));
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
fn roots_stop_at_the_repository_and_the_home_folder_is_not_a_project() {
    let user = UserHome::new();
    user.skill("outside/.agents/skills/a", "a");
    let folders = user.surroundings("repo/sub").project_folders();
    assert_eq!(folders, [user.path("repo/sub"), user.path("repo")]);
    let at_home = Environment {
        cwd: user.home.path().to_owned(),
        ..user.surroundings("repo")
    };
    assert!(at_home.project_folders().is_empty());
}

/// Returns the names of the skills that a client loads, in its order.
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

/// Returns what a client rejected: the last two parts of the path, and the rule.
fn rejected_rows(catalog: &Catalog) -> Vec<(String, &'static str)> {
    let row = |row: &clawpowers_loader::Rejected| {
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
