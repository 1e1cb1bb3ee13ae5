//! How a client walks its roots.

/// Folders that hold no skills of anybody's own.
pub(super) const SKIPPED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".jj",
    "node_modules",
    "__pycache__",
    ".venv",
    ".tox",
    ".mypy_cache",
    ".pytest_cache",
    ".cache",
    ".Trash",
];

/// Which SKILL.md that is a link counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileLinks {
    /// Any within the root's boundary.
    Any,
    /// One that stays inside the skill's own folder.
    InFolder,
    /// None.
    Never,
}

/// How a reader walks its roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkRules {
    /// How many levels below the root are looked at.
    pub max_depth: usize,
    /// How many folders of one root are looked at.
    pub max_folders: usize,
    /// How many entries of one root are looked at.
    pub max_entries: usize,
    /// How large a SKILL.md may be.
    pub max_file_bytes: u64,
    /// Folders that are passed over wherever they are.
    pub skipped: &'static [&'static str],
    /// Whether folders that start with a dot are passed over.
    pub skip_hidden: bool,
    /// Whether only the exact name `SKILL.md` counts.
    pub exact_name: bool,
    /// Whether a folder that holds a skill is not looked into further.
    pub stop_at_skill: bool,
    /// Whether a link to a folder is followed.
    pub folder_links: bool,
    /// Which SKILL.md that is a link counts.
    pub file_links: FileLinks,
    /// Whether every `*.md` of the root itself is a skill.
    pub root_markdown: bool,
}

impl WalkRules {
    /// This runtime's rules: everything, within bounds that real collections do not reach.
    pub const OWN: Self = Self {
        max_depth: 16,
        max_folders: 200_000,
        max_entries: 2_000_000,
        max_file_bytes: crate::tree::MAX_SKILL_BYTES,
        skipped: SKIPPED,
        skip_hidden: false,
        exact_name: false,
        stop_at_skill: false,
        folder_links: true,
        file_links: FileLinks::Any,
        root_markdown: false,
    };
}

impl Default for WalkRules {
    /// Returns [`WalkRules::OWN`].
    fn default() -> Self {
        Self::OWN
    }
}
