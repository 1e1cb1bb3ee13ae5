//! Where skills are looked for when nobody says where.

use super::{Root, Scope};
use std::path::{Path, PathBuf};

/// The skill folders of a project, by the clients that use them, in the order of precedence.
const PROJECT_FOLDERS: [&str; 11] = [
    ".clawpowers/skills",
    ".agents/skills",
    CLAUDE_FOLDER,
    ".codex/skills",
    ".gemini/skills",
    ".opencode/skills",
    ".github/skills",
    ".goose/skills",
    ".cursor/skills",
    ".pi/skills",
    ".agent/skills",
];

/// The skills folder that most clients read.
pub const COMMON_FOLDER: &str = ".agents/skills";

/// The skills folder of Claude Code, which does not look into the common one.
const CLAUDE_FOLDER: &str = ".claude/skills";

/// The skill folders of a user below the home folder, in the order of precedence.
const USER_FOLDERS: [&str; 10] = [
    ".agents/skills",
    ".claude/skills",
    ".codex/skills",
    ".gemini/skills",
    ".config/opencode/skills",
    ".config/goose/skills",
    ".config/agents/skills",
    ".copilot/skills",
    ".openclaw/skills",
    ".cursor/skills",
];

/// What a search for roots depends on; filled in by the program, so that nothing here reads the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The working directory, absolute.
    pub cwd: PathBuf,
    /// The user's home folder.
    pub user_home: Option<PathBuf>,
    /// The runtime home.
    pub home: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`.
    pub claude_config: Option<PathBuf>,
    /// `CODEX_HOME`.
    pub codex_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `COPILOT_HOME`.
    pub copilot_home: Option<PathBuf>,
}

impl Environment {
    /// Returns the folders from the working directory up to the one that holds `.git`; without one, the working
    /// directory alone. The user's home folder is not a project.
    #[must_use]
    pub fn project_folders(&self) -> Vec<PathBuf> {
        let up = |path: &Path| path.ancestors().map(Path::to_owned).collect::<Vec<_>>();
        let mut folders = up(&self.cwd);
        match folders.iter().position(|folder| folder.join(".git").exists()) {
            Some(root) => folders.truncate(root + 1),
            None => folders.truncate(1),
        }
        folders.retain(|folder| !self.is_home(folder));
        folders
    }

    fn is_home(&self, folder: &Path) -> bool {
        self.user_home.as_ref().is_some_and(|home| {
            // By its real path too: a working directory is often known by that, a home folder by a link.
            let real = |path: &Path| path.canonicalize().ok();
            folder == home || real(home).is_some_and(|home| real(folder) == Some(home))
        })
    }

    /// Returns the folder that holds `.git`, else the working directory.
    #[must_use]
    pub fn project_root(&self) -> PathBuf {
        self.project_folders().pop().unwrap_or_else(|| self.cwd.clone())
    }

    /// Returns the skills folder in which to create a skill: the first one that exists, from the working directory up to
    /// the project's root; where there is none, `.agents/skills` of that root, or `.claude/skills` where Claude Code, which
    /// does not look into the former, is the only client with a folder. In the user's home folder, the user's.
    ///
    /// The folders that clients read come before the one that only this runtime reads.
    #[must_use]
    pub fn new_skill_folder(&self) -> PathBuf {
        let first = |base: &Path, folders: &[&str]| {
            let mut paths = folders.iter().map(|below| base.join(below));
            paths.find(|path| path.is_dir())
        };
        if self.is_home(&self.cwd) {
            return first(&self.cwd, &USER_FOLDERS).unwrap_or_else(|| self.cwd.join(COMMON_FOLDER));
        }
        let [own, clients @ ..] = &PROJECT_FOLDERS;
        let folders = self.project_folders();
        let of_clients = folders.iter().find_map(|base| first(base, clients));
        of_clients
            .or_else(|| folders.iter().find_map(|base| first(base, &[own])))
            .or_else(|| {
                let base = folders.iter().find(|base| is_of_claude_alone(base))?;
                Some(base.join(CLAUDE_FOLDER))
            })
            .unwrap_or_else(|| self.project_root().join(COMMON_FOLDER))
    }

    /// Makes the roots `below` one project folder, if it is one; their links stay inside the project.
    pub(super) fn project(&self, folder: &Path, below: &[&str]) -> Vec<Root> {
        if self.is_home(folder) {
            return Vec::new();
        }
        let root = |below| Root {
            path: folder.join(below),
            scope: Scope::Project,
            boundary: Some(self.project_root()),
        };
        below.iter().map(root).collect()
    }

    /// Makes the roots `below` every project folder, the working directory's first.
    pub(super) fn projects(&self, below: &[&str]) -> Vec<Root> {
        let folders = self.project_folders();
        let boundary = folders.last().cloned();
        let paths = folders
            .iter()
            .flat_map(|folder| below.iter().map(|below| folder.join(below)));
        let root = |path| Root {
            path,
            scope: Scope::Project,
            boundary: boundary.clone(),
        };
        paths.map(root).collect()
    }
}

/// Tells whether Claude Code is the only client that has a folder in this one; nearly every project has `.github`.
fn is_of_claude_alone(base: &Path) -> bool {
    let clients = PROJECT_FOLDERS
        .iter()
        .filter_map(|below| Path::new(below).parent());
    let has = |folder: &Path| base.join(folder).is_dir();
    let [own, claude, github] = [".clawpowers", ".claude", ".github"].map(Path::new);
    has(claude)
        && !clients
            .into_iter()
            .any(|folder| ![own, claude, github].contains(&folder) && has(folder))
}

/// Makes a root of the user's own.
pub(super) const fn user(path: PathBuf) -> Root {
    Root {
        path,
        scope: Scope::User,
        boundary: None,
    }
}

/// Returns this runtime's roots, the first of highest precedence: the project from the working directory up, the
/// user, the runtime home. Those that do not exist are among them.
#[must_use]
pub fn default_roots(surroundings: &Environment) -> Vec<Root> {
    let mut roots = surroundings.projects(&PROJECT_FOLDERS);
    if let Some(home) = &surroundings.user_home {
        roots.extend(USER_FOLDERS.iter().map(|below| user(home.join(below))));
    }
    if let Some(home) = &surroundings.home {
        roots.push(Root {
            path: home.join("skills"),
            scope: Scope::Home,
            boundary: None,
        });
    }
    roots
}
