//! The rules of other clients: their roots, their order, how they search, and what they drop.
//!
//! Each entry states a client's documented rules as of November 2026; docs/clients.md has the sources and their dates.

use super::roots::{Environment, user};
use super::rules::{FileLinks, WalkRules};
use super::{Root, Scope};
use crate::lint::{Rule, Target};
use std::path::{Path, PathBuf};

/// What a client does with two skills of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// The one whose root comes first in [`Client::roots`] takes precedence.
    FirstWins,
    /// Both are kept.
    KeepAll,
}

#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// The name used on the command line.
    pub name: &'static str,
    /// The rules its files are checked against.
    pub target: Target,
    pub collision: Collision,
    pub walk: WalkRules,
    /// Rules for whose violation it drops a skill.
    drops: &'static [&'static [Rule]],
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

    /// Returns the other names that [`Client::named`] accepts.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        let own = self.name;
        let aliases = ALIASES.iter().filter(move |(_, name)| *name == own);
        aliases.map(|(alias, _)| *alias)
    }

    /// Returns whether the client drops a skill that violates `rule`.
    #[must_use]
    pub fn drops(&self, rule: Rule) -> bool {
        self.drops.iter().any(|rules| rules.contains(&rule))
    }

    /// Returns the client's roots, the first of highest precedence.
    #[must_use]
    pub fn roots(&self, environment: &Environment) -> Vec<Root> {
        (self.roots)(environment)
    }

    /// Returns whether the client searches `folder`, which must exist, for skills.
    #[must_use]
    pub fn looks_in(&self, folder: &Path, environment: &Environment) -> bool {
        let roots = self.roots(environment);
        roots.iter().any(|root| root.reaches(folder, self.walk.max_depth))
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
    exact_name: true,
    ..WalkRules::OWN
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

/// The rules for files that no client can read.
const UNREADABLE: &[Rule] = &[
    Rule::Utf16,
    Rule::FrontmatterNotFirst,
    Rule::FrontmatterOpener,
    Rule::FrontmatterUnclosed,
];
/// Repairs that quote a value with a colon or an indicator, which some clients make too.
const QUOTED: &[Rule] = &[Rule::YamlRepairedColon, Rule::YamlRepairedIndicator];
/// All other repairs.
const REPAIRED: &[Rule] = &[
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
/// What a client rejects if it deserializes the fields into types.
const TYPED: &[Rule] = &[
    Rule::DuplicateKey,
    Rule::NameNotString,
    Rule::DescriptionNotString,
];
const UNNAMED: &[Rule] = &[Rule::NameMissing, Rule::NameEmpty];

/// The clients whose order is documented.
pub const CLIENTS: &[Client] = &[
    // Enterprise over user over project; plugins have names of their own; nested folders are not read.
    // It does not drop a skill whose YAML is broken but reads it without its fields, as its own validator says
    // (secondsky/claude-skills#60), so no repair is among `drops`: the errors of its target are those of that validator
    // and of the upload. Its documents are silent on delimiters; without them there are no fields to show.
    Client {
        name: "claude",
        target: Target::Claude,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &[UNREADABLE],
        roots: |env| {
            let config = env.folder(&env.claude_config, ".claude");
            let mut roots: Vec<Root> = config.map(|dir| user(dir.join("skills"))).into_iter().collect();
            roots.extend(env.projects(&[".claude/skills"]));
            roots
        },
    },
    // Keeps both; a name that occurs twice cannot be called explicitly. It skips hidden folders only. The skills that
    // ship with it may not link out.
    Client {
        name: "codex",
        target: Target::Codex,
        collision: Collision::KeepAll,
        walk: WalkRules {
            file_links: FileLinks::Never,
            ..SIX_DEEP
        },
        drops: &[
            UNREADABLE,
            REPAIRED,
            TYPED,
            &[
                Rule::Bom,
                Rule::NotUtf8,
                Rule::FrontmatterCloserGlued,
                Rule::NameTooLong,
            ],
        ],
        roots: |env| {
            let mut roots = env.projects(&[".agents/skills", ".codex/skills"]);
            roots.extend(env.user(&[".agents/skills"]));
            if let Some(codex) = env.folder(&env.codex_home, ".codex") {
                roots.push(user(codex.join("skills")));
                let own = codex.join("skills/.system");
                roots.push(Root {
                    boundary: Some(own.clone()),
                    ..Root::unbounded(own, Scope::System)
                });
            }
            roots.push(Root::unbounded(PathBuf::from("/etc/codex/skills"), Scope::System));
            roots
        },
    },
    // Workspace over user; within a tier `.agents` takes precedence; only the folder itself and its children, as a glob
    // finds them.
    Client {
        name: "gemini",
        target: Target::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &["node_modules", ".git"],
            skip_hidden: true,
            ..CHILDREN
        },
        drops: &[UNREADABLE, UNNAMED, &[Rule::Bom]],
        roots: |env| {
            let mut roots = env.project(&env.cwd, &[".agents/skills", ".gemini/skills"]);
            roots.extend(env.user(&[".agents/skills", ".gemini/skills"]));
            roots
        },
    },
    // The last one loaded takes precedence: user, then project up to the worktree, then its own folders. No folder is
    // skipped.
    Client {
        name: "opencode",
        target: Target::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &[],
            ..ANY_DEPTH
        },
        drops: &[UNREADABLE, REPAIRED, TYPED, UNNAMED],
        roots: |env| {
            let mut loaded = env.user(&[".claude/skills", ".agents/skills"]);
            loaded.extend(env.projects(&[".claude/skills", ".agents/skills"]));
            if let Some(config) = env.folder(&env.config_home, ".config") {
                loaded.extend(["opencode/skill", "opencode/skills"].map(|below| user(config.join(below))));
            }
            loaded.extend(env.projects(&[".opencode/skill", ".opencode/skills"]));
            loaded.reverse();
            loaded
        },
    },
    // The first one takes precedence; only the working directory counts as project.
    Client {
        name: "goose",
        target: Target::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &[".git", ".hg", ".svn"],
            ..ANY_DEPTH
        },
        drops: &[UNREADABLE, QUOTED, REPAIRED, TYPED, UNNAMED, &[Rule::NotUtf8]],
        roots: |env| {
            let project = [".agents/skills", ".goose/skills", ".claude/skills"];
            let config = env.folder(&env.config_home, ".config");
            let mut roots = env.project(&env.cwd, &project);
            roots.extend(env.user(&[".agents/skills"]));
            roots.extend(config.map(|config| user(config.join("goose/skills"))));
            roots.extend(env.user(&[".claude/skills", ".config/agents/skills"]));
            roots
        },
    },
    // Workspace over project agents over personal agents over managed. Symlinks of a workspace's root must stay inside
    // it; a linked SKILL.md must stay inside its skill.
    Client {
        name: "openclaw",
        target: Target::OpenClaw,
        collision: Collision::FirstWins,
        walk: WalkRules {
            stop_at_skill: true,
            max_file_bytes: 256_000,
            max_folders: 200_000,
            skipped: &["node_modules"],
            file_links: FileLinks::InFolder,
            ..SIX_DEEP
        },
        drops: &[UNREADABLE],
        roots: |env| {
            let own = env.project(&env.project_root(), &["skills", ".agents/skills"]);
            let mut roots: Vec<Root> = own.into_iter().map(enclosed).collect();
            roots.extend(env.user(&[".agents/skills", ".openclaw/skills"]));
            roots
        },
    },
    // The first one found takes precedence: project from the working directory up, then the user.
    // It reports skills whose delimiters are wrong as failed (rysweet/amplihack#2811). Its documents are silent on YAML that
    // is broken inside them, so such a skill is kept, and the repair is a diagnostic.
    Client {
        name: "copilot",
        target: Target::ClawPowers,
        collision: Collision::FirstWins,
        walk: CHILDREN,
        drops: &[UNREADABLE],
        roots: |env| {
            let mut roots = env.projects(&[".github/skills", ".agents/skills", ".claude/skills"]);
            let copilot = env.folder(&env.copilot_home, ".copilot");
            roots.extend(copilot.map(|dir| user(dir.join("skills"))));
            roots.extend(env.user(&[".agents/skills"]));
            roots
        },
    },
    // The first one takes precedence: user, then project. Every Markdown file directly in a root is a skill.
    Client {
        name: "pi",
        target: Target::ClawPowers,
        collision: Collision::FirstWins,
        walk: WalkRules {
            skipped: &["node_modules"],
            skip_hidden: true,
            stop_at_skill: true,
            root_markdown: true,
            ..ANY_DEPTH
        },
        drops: &[UNREADABLE, QUOTED, REPAIRED],
        roots: |env| {
            let mut roots = env.user(&[".pi/agent/skills", ".agents/skills"]);
            roots.extend(env.project(&env.cwd, &[".pi/skills"]));
            roots.extend(env.projects(&[".agents/skills"]));
            roots
        },
    },
];

/// Keeps the symlinks of a project's root inside that root; a root that leads out of the project stays refused.
fn enclosed(root: Root) -> Root {
    let real = |path: &PathBuf| path.canonicalize().ok();
    let inside = real(&root.path)
        .zip(root.boundary.as_ref().and_then(real))
        .is_some_and(|(path, boundary)| path.starts_with(boundary));
    match inside {
        true => Root {
            boundary: Some(root.path.clone()),
            ..root
        },
        false => root,
    }
}
