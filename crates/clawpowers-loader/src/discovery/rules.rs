//! How a client searches its roots.

/// Folders that never contain skills of their own.
const SKIPPED: &[&str] = &[
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

/// Which symlinks to a SKILL.md are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileLinks {
    /// Any within the root's boundary.
    Any,
    /// Those that stay inside the skill's own folder.
    InFolder,
    Never,
}

/// Which Markdown files are skills, besides SKILL.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markdown {
    No,
    /// Those directly in the root.
    Root,
    /// Those at any depth.
    Everywhere,
}

/// How a client searches its roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkRules {
    /// How many levels under the root are read.
    pub max_depth: usize,
    /// How many folders of one root are read.
    pub max_folders: usize,
    /// How many entries of one root are read.
    pub max_entries: usize,
    /// How large a SKILL.md may be.
    pub max_file_bytes: u64,
    /// Names of folders that are skipped.
    pub skipped: &'static [&'static str],
    /// Whether folders whose name starts with a dot are skipped.
    pub skip_hidden: bool,
    /// A folder in a root that the client keeps for itself, in any case.
    pub reserved: Option<&'static str>,
    /// Whether only the exact name `SKILL.md` is recognized.
    pub exact_name: bool,
    /// Whether the folders inside a skill are skipped.
    pub stop_at_skill: bool,
    /// Whether symlinks to folders are followed.
    pub folder_links: bool,
    /// Which symlinks to a SKILL.md are followed.
    pub file_links: FileLinks,
    pub markdown: Markdown,
    /// Whether symlinks may lead out of the root's boundary; the skills behind them get a warning.
    pub follows_out: bool,
    /// Whether files and folders that are nearly skills are reported.
    pub reports_near_misses: bool,
}

impl WalkRules {
    /// ClawPowers' own rules: everything, within limits that real collections do not reach.
    pub const OWN: Self = Self {
        max_depth: 16,
        max_folders: 200_000,
        max_entries: 2_000_000,
        max_file_bytes: crate::tree::MAX_SKILL_BYTES,
        skipped: SKIPPED,
        skip_hidden: false,
        reserved: None,
        exact_name: false,
        stop_at_skill: false,
        folder_links: true,
        file_links: FileLinks::Any,
        markdown: Markdown::No,
        follows_out: false,
        reports_near_misses: false,
    };
}

impl Default for WalkRules {
    /// Returns [`WalkRules::OWN`].
    fn default() -> Self {
        Self::OWN
    }
}
