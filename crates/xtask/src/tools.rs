//! Programs that the tests and bindings need in addition to cargo.

use crate::run::{Failure, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program or a target of the compiler that must be installed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Needed {
    /// The program, or the target of the compiler.
    name: &'static str,
    /// The Debian package of a program; `None` for a target, which rustup installs.
    package: Option<&'static str>,
    /// Arguments with which a suitable program exits successfully, and a description of it.
    probe: &'static [&'static str],
    wanted: &'static str,
}

impl Needed {
    pub(crate) const NODE: Self = Self::program(
        "node",
        "nodejs",
        &[
            "-e",
            "process.exit(process.versions.node.split('.')[0] < 20 ? 1 : 0)",
        ],
        "Node 20 or newer",
    );
    pub(crate) const NPM: Self = Self::program("npm", "npm", &["--version"], "npm");
    pub(crate) const PYTHON: Self = Self::program(
        "python3",
        "python3-venv",
        &[
            "-c",
            "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))",
        ],
        "Python 3.10 or newer with venv",
    );
    pub(crate) const CLANG: Self = Self::program("clang", "clang", &["--version"], "clang");
    pub(crate) const CHROMIUM: Self = Self::program("chromium", "chromium", &["--version"], "Chromium");
    pub(crate) const WINE: Self = Self::program("wine", "wine", &["--version"], "Wine");
    pub(crate) const MINGW: Self = Self::program(
        "x86_64-w64-mingw32-gcc",
        "gcc-mingw-w64-x86-64",
        &["--version"],
        "the compiler for Windows",
    );
    pub(crate) const WASM_TARGET: Self = Self::target("wasm32-unknown-unknown");
    pub(crate) const WINDOWS_TARGET: Self = Self::target("x86_64-pc-windows-gnu");

    const fn program(
        name: &'static str,
        package: &'static str,
        probe: &'static [&'static str],
        wanted: &'static str,
    ) -> Self {
        Self {
            name,
            package: Some(package),
            probe,
            wanted,
        }
    }

    const fn target(name: &'static str) -> Self {
        Self {
            name,
            package: None,
            probe: &[],
            wanted: "the Rust target",
        }
    }

    fn is_installed(self) -> bool {
        if self.package.is_none() {
            return has_target(self.name);
        }
        let probed = Command::new(self.name)
            .args(self.probe)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        probed.is_ok_and(|status| status.success())
    }

    /// How to install it.
    fn hint(self) -> String {
        match self.package {
            Some(package) => format!(
                "`{}`: {}; Debian's package is `{package}`",
                self.name, self.wanted
            ),
            None => format!("`{}`: run `rustup target add {}`", self.name, self.name),
        }
    }
}

/// Whether a task may install what is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Install {
    Allowed,
    Forbidden,
}

/// Checks that everything is installed, and installs what is missing if that is allowed.
pub(crate) fn prepare(needed: &[Needed], install: Install) -> Result<(), Failure> {
    let missing = || -> Vec<Needed> {
        let all = needed.iter().copied();
        all.filter(|one| !one.is_installed()).collect()
    };
    let found = missing();
    if found.is_empty() {
        return Ok(());
    }
    if install == Install::Allowed {
        add(&found);
    }
    let left = missing();
    if left.is_empty() {
        return Ok(());
    }
    let hints: Vec<String> = left
        .into_iter()
        .map(|one| format!("hint: {}", one.hint()))
        .collect();
    Err(Failure::new(format!(
        "programs are missing\n{}\nhint: `cargo xtask test rust` needs only Rust",
        hints.join("\n")
    )))
}

/// Installs what it can; the caller checks again.
fn add(missing: &[Needed]) {
    // Python may lack venv, which is a package of its own; any other program on the `PATH` would take precedence over a
    // newly installed one.
    let helps = |one: &&Needed| find(one.name).is_none() || **one == Needed::PYTHON;
    let packages: Vec<&str> = missing
        .iter()
        .filter(helps)
        .filter_map(|one| one.package)
        .collect();
    if !packages.is_empty() && find("apt-get").is_some() {
        println!(
            "installing Debian's packages with apt-get: {}",
            packages.join(", ")
        );
        // If the list cannot be updated, the old one may be good enough.
        let _ = run(Command::new("apt-get")
            .args(["update", "-qq"])
            .stdout(Stdio::null()));
        let mut install = Command::new("apt-get");
        install
            .args(["install", "-qq", "--yes", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive");
        let _ = run(install.stdout(Stdio::null()));
    }
    for target in missing.iter().filter(|one| one.package.is_none()) {
        println!("installing the Rust target {} with rustup", target.name);
        let _ = run(Command::new("rustup").args(["target", "add", target.name]));
    }
}

/// Returns the path of a program.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn has_target(name: &str) -> bool {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", name])
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|asked| {
        let folder = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
        asked.status.success() && Path::new(&folder).is_dir()
    })
}
