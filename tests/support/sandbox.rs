//! A sandbox for each test: a working directory, a user's home, a runtime home, and an empty environment.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The folders of the system programs.
pub(crate) const PATH: &str = if cfg!(windows) {
    r"C:\windows\system32;C:\windows"
} else {
    "/usr/local/bin:/usr/bin:/bin"
};

pub(crate) struct Sandbox {
    _dir: TempDir,
    folder: PathBuf,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        // On Windows a canonical path has a prefix that not every program understands.
        let folder = match cfg!(windows) {
            true => dir.path().to_owned(),
            false => dir.path().canonicalize().unwrap(),
        };
        for name in ["work", "home", "claw"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        Self { _dir: dir, folder }
    }

    /// The working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    pub(crate) fn user_home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(crate) fn runtime_home(&self) -> PathBuf {
        self.folder.join("claw")
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.user_home())
            .env("CLAWPOWERS_DIR", self.runtime_home())
            .env("PATH", PATH)
            .current_dir(self.work())
            .stdin(Stdio::null());
        if cfg!(windows) {
            // Without it, no Windows program finds the system libraries.
            command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        }
        command
    }
}
