//! What other clients would see: their roots, their order, their way of walking, and what they drop.
//!
//! Each entry states a client's documented rule as of November 2026; ARCHITECTURE.md names the sources' dates.

use super::roots::{Surroundings, user};
use super::walk::WalkRules;
use super::{Root, Scope};
use crate::diag::{Profile, Rule};
use std::path::PathBuf;

/// What a client does with two skills of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// The one of the root that comes first in [`Client::roots`] wins.
    FirstWins,
    /// Both are kept.
    KeepAll,
}

/// A client's rules.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// The name used on the command line.
    pub name: &'static str,
    /// The rules its files are judged by.
    pub profile: Profile,
    /// What it does with equal names.
    pub collision: Collision,
    /// How it walks.
    pub walk: WalkRules,
    /// Findings for which it drops a skill.
    pub drops: &'static [Rule],
    roots: fn(&Surroundings) -> Vec<Root>,
}

impl Client {
    /// Returns the client called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.name == name)
    }

    /// Returns the client's roots, the first of highest precedence.
    #[must_use]
    pub fn roots(&self, surroundings: &Surroundings) -> Vec<Root> {
        (self.roots)(surroundings)
    }
}

const CHILDREN: WalkRules = WalkRules {
    max_depth: 1,
    max_folders: 200_000,
    max_entries: 2_000_000,
    max_file_bytes: crate::read::MAX_SKILL_BYTES,
    skip_hidden: false,
    exact_name: true,
    stop_at_skill: false,
    folder_links: true,
    file_links: true,
};
const SIX_DEEP: WalkRules = WalkRules {
    max_depth: 6,
    max_folders: 2000,
    max_entries: 20_000,
    skip_hidden: true,
    ..CHILDREN
};
const ANY_DEPTH: WalkRules = WalkRules {
    max_depth: 16,
    ..CHILDREN
};

/// What no client can read.
const UNREADABLE: [Rule; 3] = [
    Rule::FrontmatterNotFirst,
    Rule::FrontmatterOpener,
    Rule::FrontmatterUnclosed,
];
/// Rungs beyond the quoting of a value with a colon or an indicator.
const BEYOND_COLON: [Rule; 8] = [
    Rule::YamlRepairedControl,
    Rule::YamlRepairedTab,
    Rule::YamlRepairedQuote,
    Rule::YamlRepairedEscape,
    Rule::YamlRepairedBracket,
    Rule::YamlRepairedContinuation,
    Rule::YamlRepairedIndent,
    Rule::YamlRepairedComment,
];

const fn joined<const A: usize, const B: usize, const N: usize>(a: [Rule; A], b: [Rule; B]) -> [Rule; N] {
    let mut out = [Rule::FileMissing; N];
    let mut at = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated while compiling, where iterators are not to be had"
    )]
    while at < N {
        out[at] = if at < A { a[at] } else { b[at - A] };
        at += 1;
    }
    out
}

const NO_REPAIR: [Rule; 10] = joined(
    BEYOND_COLON,
    [Rule::YamlRepairedColon, Rule::YamlRepairedIndicator],
);
const STRICT_YAML: [Rule; 13] = joined(UNREADABLE, NO_REPAIR);
const COLON_REPAIR: [Rule; 11] = joined(UNREADABLE, BEYOND_COLON);

/// The clients whose order is documented.
pub const CLIENTS: &[Client] = &[
    // Enterprise over user over project; plugins have names of their own; nested folders are not looked into.
    Client {
        name: "claude",
        profile: Profile::Claude,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &UNREADABLE,
        roots: |s| {
            let config = s
                .claude_config
                .clone()
                .or_else(|| Some(s.user_home.as_ref()?.join(".claude")));
            let mut roots: Vec<Root> = config.map(|dir| user(dir.join("skills"))).into_iter().collect();
            roots.extend(
                s.project_folders()
                    .iter()
                    .map(|folder| s.project(folder, ".claude/skills")),
            );
            roots
        },
    },
    // Keeps both; a name that stands twice cannot be called explicitly.
    Client {
        name: "codex",
        profile: Profile::Codex,
        collision: Collision::KeepAll,
        walk: WalkRules {
            file_links: false,
            ..SIX_DEEP
        },
        drops: &joined::<11, 4, 15>(
            COLON_REPAIR,
            [Rule::Bom, Rule::NotUtf8, Rule::Utf16, Rule::NameTooLong],
        ),
        roots: |s| {
            let mut roots = Vec::new();
            for folder in s.project_folders() {
                roots.extend([".agents/skills", ".codex/skills"].map(|below| s.project(&folder, below)));
            }
            let codex = s
                .codex_home
                .clone()
                .or_else(|| Some(s.user_home.as_ref()?.join(".codex")));
            roots.extend(s.user_home.as_ref().map(|home| user(home.join(".agents/skills"))));
            if let Some(codex) = codex {
                roots.push(user(codex.join("skills")));
                roots.push(system(codex.join("skills/.system")));
            }
            roots.push(system(PathBuf::from("/etc/codex/skills")));
            roots
        },
    },
    // Workspace over user; within a tier `.agents` wins; only the folder itself and its children.
    Client {
        name: "gemini",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &joined::<3, 3, 6>(UNREADABLE, [Rule::Bom, Rule::NameMissing, Rule::NameEmpty]),
        roots: |s| {
            let mut roots = vec![
                s.project(&s.cwd, ".agents/skills"),
                s.project(&s.cwd, ".gemini/skills"),
            ];
            roots.extend(below_home(s, &[".agents/skills", ".gemini/skills"]));
            roots
        },
    },
    // The last one loaded wins: user, then project up to the worktree, then its own folders.
    Client {
        name: "opencode",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: ANY_DEPTH,
        drops: &joined::<11, 2, 13>(COLON_REPAIR, [Rule::NameMissing, Rule::NameEmpty]),
        roots: |s| {
            let mut loaded = below_home(s, &[".claude/skills", ".agents/skills"]);
            for folder in s.project_folders() {
                loaded.extend([".claude/skills", ".agents/skills"].map(|below| s.project(&folder, below)));
            }
            if let Some(config) = config_home(s) {
                loaded.extend(["opencode/skill", "opencode/skills"].map(|below| user(config.join(below))));
            }
            for folder in s.project_folders() {
                loaded.extend([".opencode/skill", ".opencode/skills"].map(|below| s.project(&folder, below)));
            }
            loaded.reverse();
            loaded
        },
    },
    // The first one wins; only the working directory counts as project.
    Client {
        name: "goose",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: ANY_DEPTH,
        drops: &joined::<13, 2, 15>(STRICT_YAML, [Rule::NameMissing, Rule::NameEmpty]),
        roots: |s| {
            let project = [".agents/skills", ".goose/skills", ".claude/skills"];
            let mut roots: Vec<Root> = project.iter().map(|below| s.project(&s.cwd, below)).collect();
            roots.extend(below_home(s, &[".agents/skills"]));
            roots.extend(config_home(s).map(|config| user(config.join("goose/skills"))));
            roots.extend(below_home(s, &[".claude/skills", ".config/agents/skills"]));
            roots
        },
    },
    // Workspace over project agents over personal agents over managed.
    Client {
        name: "openclaw",
        profile: Profile::OpenClaw,
        collision: Collision::FirstWins,
        walk: WalkRules {
            stop_at_skill: true,
            max_file_bytes: 256_000,
            max_folders: 200_000,
            ..SIX_DEEP
        },
        drops: &UNREADABLE,
        roots: |s| {
            let root = s.project_root();
            let mut roots = vec![s.project(&root, "skills"), s.project(&root, ".agents/skills")];
            roots.extend(below_home(s, &[".agents/skills", ".openclaw/skills"]));
            roots
        },
    },
    // The first one found wins: project from the working directory up, then the user.
    Client {
        name: "copilot",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &UNREADABLE,
        roots: |s| {
            let mut roots = Vec::new();
            for folder in s.project_folders() {
                let below = [".github/skills", ".agents/skills", ".claude/skills"];
                roots.extend(below.map(|below| s.project(&folder, below)));
            }
            let copilot = s
                .copilot_home
                .clone()
                .or_else(|| Some(s.user_home.as_ref()?.join(".copilot")));
            roots.extend(copilot.map(|dir| user(dir.join("skills"))));
            roots.extend(below_home(s, &[".agents/skills"]));
            roots
        },
    },
    // The first one wins: user, then project.
    Client {
        name: "pi",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skip_hidden: true,
            stop_at_skill: true,
            ..ANY_DEPTH
        },
        drops: &STRICT_YAML,
        roots: |s| {
            let mut roots = below_home(s, &[".pi/agent/skills"]);
            roots.push(s.project(&s.cwd, ".pi/skills"));
            roots
        },
    },
];

fn below_home(s: &Surroundings, below: &[&str]) -> Vec<Root> {
    let Some(home) = &s.user_home else {
        return Vec::new();
    };
    below.iter().map(|below| user(home.join(below))).collect()
}

fn config_home(s: &Surroundings) -> Option<PathBuf> {
    s.config_home
        .clone()
        .or_else(|| Some(s.user_home.as_ref()?.join(".config")))
}

fn system(path: PathBuf) -> Root {
    Root {
        path,
        scope: Scope::System,
        boundary: None,
    }
}
