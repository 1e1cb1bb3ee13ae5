//! What other clients would see: their roots, their order, their way of walking, and what they drop.
//!
//! Each entry states a client's documented rule as of November 2026; docs/clients.md names the sources and their dates.

use super::roots::{Environment, user};
use super::rules::{FileLinks, SKIPPED, WalkRules};
use super::{Root, Scope};
use crate::lint::{Profile, Rule};
use std::path::{Path, PathBuf};

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
    roots: fn(&Environment) -> Vec<Root>,
}

impl Client {
    /// Returns the client called `name`, in any case, or by the name of its program or product.
    ///
    /// # Examples
    ///
    /// ```
    /// use clawpowers_loader::Client;
    ///
    /// for name in ["claude", "Claude", "claude-code", "Claude Code"] {
    ///     assert_eq!(Client::named(name).map(|client| client.name), Some("claude"));
    /// }
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase().replace([' ', '_'], "-");
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let name = alias.map_or(name.as_str(), |(_, name)| name);
        CLIENTS.iter().find(|client| client.name == name)
    }

    /// Returns the other names that [`Client::named`] knows for it.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        let own = self.name;
        ALIASES
            .iter()
            .filter(move |(_, name)| *name == own)
            .map(|(alias, _)| *alias)
    }

    /// Returns the client's roots, the first of highest precedence.
    #[must_use]
    pub fn roots(&self, surroundings: &Environment) -> Vec<Root> {
        (self.roots)(surroundings)
    }

    /// Tells whether the client looks for skills in `folder`, which exists.
    #[must_use]
    pub fn looks_in(&self, folder: &Path, surroundings: &Environment) -> bool {
        self.roots(surroundings)
            .iter()
            .any(|root| root.reaches(folder, self.walk.max_depth))
    }
}

/// Other names of the clients: their programs, packages and products.
const ALIASES: [(&str, &str); 10] = [
    ("claude-code", "claude"),
    ("codex-cli", "codex"),
    ("openai-codex", "codex"),
    ("gemini-cli", "gemini"),
    ("open-code", "opencode"),
    ("open-claw", "openclaw"),
    ("github-copilot", "copilot"),
    ("copilot-cli", "copilot"),
    ("github-copilot-cli", "copilot"),
    ("pi-coding-agent", "pi"),
];

const CHILDREN: WalkRules = WalkRules {
    max_depth: 1,
    max_folders: 200_000,
    max_entries: 2_000_000,
    max_file_bytes: crate::tree::MAX_SKILL_BYTES,
    skipped: SKIPPED,
    skip_hidden: false,
    exact_name: true,
    stop_at_skill: false,
    folder_links: true,
    file_links: FileLinks::Any,
    root_markdown: false,
};
const SIX_DEEP: WalkRules = WalkRules {
    max_depth: 6,
    max_folders: 2000,
    max_entries: 20_000,
    skipped: &[],
    skip_hidden: true,
    ..CHILDREN
};
const ANY_DEPTH: WalkRules = WalkRules {
    max_depth: 16,
    ..CHILDREN
};

/// What no client can read.
const UNREADABLE: [Rule; 4] = [
    Rule::Utf16,
    Rule::FrontmatterNotFirst,
    Rule::FrontmatterOpener,
    Rule::FrontmatterUnclosed,
];
/// Repairs beyond the quoting of a value with a colon or an indicator.
const BEYOND_COLON: [Rule; 9] = [
    Rule::YamlRepairedControl,
    Rule::YamlRepairedTab,
    Rule::YamlRepairedSeparator,
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

const NO_REPAIR: [Rule; 11] = joined(
    BEYOND_COLON,
    [Rule::YamlRepairedColon, Rule::YamlRepairedIndicator],
);
/// What a reader that maps the fields to types of its own, each of them once, stops at.
const TYPED: [Rule; 3] = [
    Rule::DuplicateKey,
    Rule::NameNotString,
    Rule::DescriptionNotString,
];
const NAMED: [Rule; 5] = joined(TYPED, [Rule::NameMissing, Rule::NameEmpty]);
const STRICT_YAML: [Rule; 15] = joined(UNREADABLE, NO_REPAIR);
const COLON_REPAIR: [Rule; 13] = joined(UNREADABLE, BEYOND_COLON);

/// The clients whose order is documented.
pub const CLIENTS: &[Client] = &[
    // Enterprise over user over project; plugins have names of their own; nested folders are not looked into.
    // It does not drop a skill whose YAML is broken but reads it without its fields, as its own validator says
    // (secondsky/claude-skills#60), so no repair is among `drops`: the errors of its profile are those of that validator
    // and of the upload. Its documents are silent on fences; without them there are no fields to show.
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
            roots.extend(s.projects(&[".claude/skills"]));
            roots
        },
    },
    // Keeps both; a name that stands twice cannot be called explicitly. Shadowed folders are the only ones it passes
    // over. The skills that ship with it may not link out.
    Client {
        name: "codex",
        profile: Profile::Codex,
        collision: Collision::KeepAll,
        walk: WalkRules {
            file_links: FileLinks::Never,
            ..SIX_DEEP
        },
        drops: &joined::<16, 4, 20>(
            joined::<13, 3, 16>(COLON_REPAIR, TYPED),
            [
                Rule::Bom,
                Rule::NotUtf8,
                Rule::FrontmatterCloserGlued,
                Rule::NameTooLong,
            ],
        ),
        roots: |s| {
            let mut roots = s.projects(&[".agents/skills", ".codex/skills"]);
            let codex = s
                .codex_home
                .clone()
                .or_else(|| Some(s.user_home.as_ref()?.join(".codex")));
            roots.extend(s.user_home.as_ref().map(|home| user(home.join(".agents/skills"))));
            if let Some(codex) = codex {
                roots.push(user(codex.join("skills")));
                let own = codex.join("skills/.system");
                roots.push(Root {
                    boundary: Some(own.clone()),
                    ..system(own)
                });
            }
            roots.push(system(PathBuf::from("/etc/codex/skills")));
            roots
        },
    },
    // Workspace over user; within a tier `.agents` wins; only the folder itself and its children, as a glob finds them.
    Client {
        name: "gemini",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &["node_modules", ".git"],
            skip_hidden: true,
            ..CHILDREN
        },
        drops: &joined::<4, 3, 7>(UNREADABLE, [Rule::Bom, Rule::NameMissing, Rule::NameEmpty]),
        roots: |s| {
            let mut roots = s.project(&s.cwd, &[".agents/skills", ".gemini/skills"]);
            roots.extend(below_home(s, &[".agents/skills", ".gemini/skills"]));
            roots
        },
    },
    // The last one loaded wins: user, then project up to the worktree, then its own folders. No folder is passed over.
    Client {
        name: "opencode",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &[],
            ..ANY_DEPTH
        },
        drops: &joined::<13, 5, 18>(COLON_REPAIR, NAMED),
        roots: |s| {
            let mut loaded = below_home(s, &[".claude/skills", ".agents/skills"]);
            loaded.extend(s.projects(&[".claude/skills", ".agents/skills"]));
            if let Some(config) = config_home(s) {
                loaded.extend(["opencode/skill", "opencode/skills"].map(|below| user(config.join(below))));
            }
            loaded.extend(s.projects(&[".opencode/skill", ".opencode/skills"]));
            loaded.reverse();
            loaded
        },
    },
    // The first one wins; only the working directory counts as project.
    Client {
        name: "goose",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &[".git", ".hg", ".svn"],
            ..ANY_DEPTH
        },
        drops: &joined::<16, 5, 21>(joined::<15, 1, 16>(STRICT_YAML, [Rule::NotUtf8]), NAMED),
        roots: |s| {
            let project = [".agents/skills", ".goose/skills", ".claude/skills"];
            let mut roots = s.project(&s.cwd, &project);
            roots.extend(below_home(s, &[".agents/skills"]));
            roots.extend(config_home(s).map(|config| user(config.join("goose/skills"))));
            roots.extend(below_home(s, &[".claude/skills", ".config/agents/skills"]));
            roots
        },
    },
    // Workspace over project agents over personal agents over managed. Links of a workspace's root stay inside it; a
    // linked SKILL.md stays inside its skill.
    Client {
        name: "openclaw",
        profile: Profile::OpenClaw,
        collision: Collision::FirstWins,
        walk: WalkRules {
            stop_at_skill: true,
            max_file_bytes: 256_000,
            max_folders: 200_000,
            skipped: &["node_modules"],
            file_links: FileLinks::InFolder,
            ..SIX_DEEP
        },
        drops: &UNREADABLE,
        roots: |s| {
            let root = s.project_root();
            let own = s.project(&root, &["skills", ".agents/skills"]);
            let mut roots: Vec<Root> = own.into_iter().map(enclosed).collect();
            roots.extend(below_home(s, &[".agents/skills", ".openclaw/skills"]));
            roots
        },
    },
    // The first one found wins: project from the working directory up, then the user.
    // It reports skills whose fences are wrong as failed (rysweet/amplihack#2811). Its documents are silent on YAML that
    // is broken inside them, so such a skill is kept, and the repair is a finding.
    Client {
        name: "copilot",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &UNREADABLE,
        roots: |s| {
            let mut roots = s.projects(&[".github/skills", ".agents/skills", ".claude/skills"]);
            let copilot = s
                .copilot_home
                .clone()
                .or_else(|| Some(s.user_home.as_ref()?.join(".copilot")));
            roots.extend(copilot.map(|dir| user(dir.join("skills"))));
            roots.extend(below_home(s, &[".agents/skills"]));
            roots
        },
    },
    // The first one wins: user, then project. Every Markdown file of a root itself is a skill.
    Client {
        name: "pi",
        profile: Profile::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &["node_modules"],
            skip_hidden: true,
            stop_at_skill: true,
            root_markdown: true,
            ..ANY_DEPTH
        },
        drops: &STRICT_YAML,
        roots: |s| {
            let mut roots = below_home(s, &[".pi/agent/skills", ".agents/skills"]);
            roots.extend(s.project(&s.cwd, &[".pi/skills"]));
            roots.extend(s.projects(&[".agents/skills"]));
            roots
        },
    },
];

fn below_home(s: &Environment, below: &[&str]) -> Vec<Root> {
    let Some(home) = &s.user_home else {
        return Vec::new();
    };
    below.iter().map(|below| user(home.join(below))).collect()
}

/// Keeps the links of a project's root inside that root; a root that leads out of the project stays refused.
fn enclosed(root: Root) -> Root {
    let real = |path: &PathBuf| path.canonicalize().ok();
    let inside = real(&root.path)
        .zip(root.boundary.as_ref().and_then(real))
        .is_some_and(|(path, boundary)| path.starts_with(boundary));
    let boundary = if inside {
        Some(root.path.clone())
    } else {
        root.boundary
    };
    Root { boundary, ..root }
}

fn config_home(s: &Environment) -> Option<PathBuf> {
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
