//! Building the bindings, and testing them as users install them.

pub(crate) mod cross_language;
pub(crate) mod node;
pub(crate) mod python;
mod readme;
pub(crate) mod wasm;

use crate::run::{Failure, TESTED, cargo, executable, output, root, target_folder};
use crate::tools::{Install, Needed, prepare};
use readme::example_command;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of the project.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// In the target folder; may be deleted.
    scratch: PathBuf,
}

impl Workspace {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self {
            root: root().canonicalize()?,
            scratch: target_folder()?.join("bindings"),
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

    /// Returns a folder that is kept between runs.
    pub(crate) fn kept(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.scratch.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// Writes the generated files and builds the three packages, or only the named parts.
pub(crate) fn build(parts: &[&str]) -> Result<(), Failure> {
    let all = ["generate", "node", "python", "wasm"];
    for part in if parts.is_empty() { &all[..] } else { parts } {
        let needed: &[Needed] = match *part {
            "node" => &[Needed::NODE, Needed::NPM],
            "python" => &[Needed::PYTHON],
            "wasm" => &[Needed::NODE, Needed::CLANG, Needed::WASM_TARGET],
            "wasm-module" => &[Needed::CLANG, Needed::WASM_TARGET],
            _ => &[],
        };
        prepare(needed, Install::Allowed)?;
        let workspace = Workspace::new()?;
        match *part {
            "generate" => generate(&workspace)?,
            "node" => node::build(&workspace, "")?,
            "python" => python::build("")?,
            "wasm" => wasm::build(&workspace, "")?,
            // The package's own script calls this.
            "wasm-module" => wasm::module(&workspace)?,
            other => {
                let parts = all.join(", ");
                return Err(Failure::usage(&format!(
                    "unknown part `{other}`\nhint: the parts are {parts}"
                )));
            }
        }
    }
    Ok(())
}

/// Runs the generator. Its output is part of its own source: methods that no longer match their operations are emptied
/// first, and come back if it fails again.
fn generate(workspace: &Workspace) -> Result<(), Failure> {
    let run = || cargo(&["run", "--package", "xtask-generate"]);
    let again = |_| {
        let methods = workspace
            .root
            .join("crates/clawpowers-api/src/operations/methods.rs");
        let kept = methods.with_extension("rs.kept");
        fs::rename(&methods, &kept)?;
        let emptied = fs::write(&methods, "//! Empty.\n").map_err(Failure::from);
        match emptied.and_then(|()| run()) {
            Ok(()) => fs::remove_file(&kept)?,
            Err(failure) => {
                fs::rename(&kept, &methods)?;
                return Err(failure);
            }
        }
        Ok(())
    };
    run().or_else(again)
}

/// Lets a command create its temporary files in memory if possible: the tests write thousands of homes and delete them.
pub(crate) fn in_memory(command: &mut Command) -> &mut Command {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        command.env("TMPDIR", memory);
    }
    command
}

/// Runs a command of a document as a reader does, in the root; programs in `folder` come before others.
fn shell(workspace: &Workspace, command: &str, folder: Option<&Path>) -> Result<Command, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = folder
        .map(Path::to_owned)
        .into_iter()
        .chain(env::split_paths(&path));
    let path = env::join_paths(folders).map_err(|error| Failure::new(error.to_string()))?;
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .env("PATH", path)
        .current_dir(&workspace.root);
    Ok(shell)
}

/// Fails if the command of an example prints something different from the one in Rust.
fn same_example(workspace: &Workspace, folder: &str, programs: Option<&Path>) -> Result<(), Failure> {
    let expected = output(Command::new(rust_example(workspace)?).current_dir(&workspace.root))?;
    let command = example_command(workspace, folder, false)?;
    let found = output(&mut shell(workspace, &command, programs)?)?;
    if expected == found {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the example in {folder} prints\n{found}\nand the one in Rust\n{expected}"
    )))
}

/// Compiles the example in Rust and returns its path. Its own command would select other features than the tests do, and
/// compile the libraries once more.
fn rust_example(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let command = example_command(workspace, "rust", false)?;
    let name = command
        .strip_prefix("cargo run --locked --package clawpowers-api --example ")
        .ok_or_else(|| Failure::new(format!("`{command}` does not run the example of clawpowers-api")))?;
    cargo(&[&["build", "--locked", "--example", name], TESTED].concat())?;
    Ok(target_folder()?.join("debug/examples").join(executable(name)))
}
