//! The bindings: built, and tested as their users have them.

mod node;
pub(crate) mod python;
mod readme;
mod together;
mod wasm;

pub(crate) use node::npm;

use crate::run::{Failure, cargo, output, root, run, target_folder};
use crate::tools::need;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where things are.
pub(crate) struct Place {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// What may be thrown away.
    scratch: PathBuf,
    /// What every example prints.
    pub(crate) example: String,
}

impl Place {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self {
            root: root().canonicalize()?,
            scratch: target_folder()?.join("bindings"),
            example: String::new(),
        })
    }

    /// Returns an empty folder.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Returns a folder that is kept from one time to the next.
    pub(crate) fn kept(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.scratch.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// Writes what is generated and builds the three packages, or does the parts that are named.
pub(crate) fn build(parts: &[&str]) -> Result<(), Failure> {
    let place = Place::new()?;
    let all = ["generate", "node", "python", "wasm"];
    for part in if parts.is_empty() { &all[..] } else { parts } {
        match *part {
            "generate" => crate::generate::write()?,
            "node" => node::build(&place, "")?,
            "python" => python::build("")?,
            "wasm" => wasm::build(&place, "")?,
            // What the package's own script calls.
            "wasm-module" => wasm::module(&place)?,
            other => {
                let parts = all.join(", ");
                return Err(Failure::usage(&format!(
                    "there is no part {other}; the parts are {parts}"
                )));
            }
        }
    }
    Ok(())
}

/// Makes sure of every program that the tests need, before the first of them runs.
pub(crate) fn programs() -> Result<(), Failure> {
    let all = [
        ("node", "nodejs"),
        ("npm", "npm"),
        ("python3", "python3-venv"),
        ("clang", "clang"),
        ("chromium", "chromium"),
    ];
    all.iter()
        .try_for_each(|(program, package)| need(program, package).map(|_| ()))
}

/// Tests the three packages.
pub(crate) fn test() -> Result<(), Failure> {
    let mut place = Place::new()?;
    let example = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "clawpowers-api",
        "--example",
        "analysis",
    ];
    place.example = output(Command::new("cargo").args(example))?;
    node::test(&place)?;
    python(&place)?;
    wasm::test(&place)?;
    cargo(&["build", "--quiet", "--locked", "--package", "clawpowers"])?;
    let program = target_folder()?
        .join("debug")
        .join(format!("clawpowers{}", std::env::consts::EXE_SUFFIX));
    together::test(
        &place.root,
        &program,
        &python::interpreter()?,
        &place.scratch("together")?.join("home"),
    )
}

/// Tests Python's package, and installs it as a user does it.
fn python(place: &Place) -> Result<(), Failure> {
    python::build("test-panic")?;
    python::test()?;
    let venv = place.scratch("python")?;
    python::environment(&[], &venv)?;
    let python = venv.join("bin/python");
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    run(install.arg(place.root.join("native/pyo3")))?;
    let mut example = Command::new(&python);
    let found = output(example.arg(place.root.join("examples/python/main.py")))?;
    same("Python", &place.example, &found)?;
    for file in ["README.md", "native/pyo3/README.md"] {
        readme::programs(place, file, "python", "import clawpowers", &python, &venv)?;
    }
    Ok(())
}

/// Has a command keep what it throws away in memory where there is a place for it: thousands of homes are written, and none
/// of them has to last.
pub(crate) fn in_memory(command: &mut Command) -> &mut Command {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        command.env("TMPDIR", memory);
    }
    command
}

/// Fails where an example of a language prints something else than the one in Rust.
pub(crate) fn same(language: &str, expected: &str, found: &str) -> Result<(), Failure> {
    if expected == found {
        println!("example: {language} prints what Rust prints");
        return Ok(());
    }
    Err(Failure::new(format!(
        "the example in {language} prints\n{found}\nand the one in Rust\n{expected}"
    )))
}
