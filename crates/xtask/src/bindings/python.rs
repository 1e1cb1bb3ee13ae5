//! The package for Python, installed as users do, in a virtual environment in the target folder.

use super::readme::programs as run_programs;
use super::{Workspace, in_memory, same_example};
use crate::run::{Failure, root, run, target_folder};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools that build and check the package, with pinned versions.
const TOOLS: [&str; 3] = ["jsonschema==4.26.0", "maturin==1.16.0", "mypy==2.4.1"];

fn package() -> PathBuf {
    root().join("native/pyo3")
}

fn venv() -> Result<PathBuf, Failure> {
    Ok(target_folder()?.join("bindings/venv"))
}

/// Returns the folder of the environment's programs.
fn programs() -> Result<PathBuf, Failure> {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    Ok(venv()?.join(folder))
}

/// Returns the Python into which [`build`] has installed the package.
pub(crate) fn interpreter() -> Result<PathBuf, Failure> {
    Ok(programs()?.join(format!("python{}", env::consts::EXE_SUFFIX)))
}

/// Builds the package with features of its crate, which may be none, and installs it into the environment.
pub(crate) fn build(features: &str) -> Result<(), Failure> {
    tools()?;
    let target = target_folder()?;
    let mut command = python()?;
    // The build tools are already in the environment, and cargo detects changes.
    command
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        .args(["--force-reinstall", "--no-deps", "--no-build-isolation"])
        .arg(package())
        .env("CARGO_TARGET_DIR", &target)
        // The variables of the outer cargo must not affect the wheel.
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("MATURIN_PEP517_ARGS");
    if !features.is_empty() {
        command.env("MATURIN_PEP517_ARGS", format!("--features {features}"));
    }
    run(&mut command)
}

/// Creates a virtual environment in a folder.
pub(crate) fn environment(options: &[&str], folder: &Path) -> Result<(), Failure> {
    run(Command::new("python3")
        .args(["-m", "venv"])
        .args(options)
        .arg(folder))
}

/// Creates the environment if it is missing or has other versions of the tools.
fn tools() -> Result<(), Failure> {
    let venv = venv()?;
    let stamp = venv.join("tools");
    let wanted = TOOLS.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    environment(&["--clear"], &venv)?;
    run(python()?
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        .args(TOOLS))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// Runs the package's own tests; it must be built with `test-panic`.
pub(crate) fn tests() -> Result<(), Failure> {
    run(python()?
        .args(["-m", "unittest", "discover", "--start-directory"])
        .arg(package().join("tests"))
        .env("CLAWPOWERS_TEST_PANIC", "1"))
}

/// Checks the types of the package, of its tests, and of a program that makes the requests of the conformance cases.
pub(crate) fn types() -> Result<(), Failure> {
    let tests = package().join("tests");
    let calls = venv()?.join("calls.py");
    run(python()?.arg(root().join("tests/types/calls.py")).arg(&calls))?;
    let mut sources: Vec<PathBuf> = vec![package().join("python/clawpowers"), calls];
    for entry in fs::read_dir(&tests)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            sources.push(path);
        }
    }
    sources.sort();
    // Checked with the rules of the oldest supported Python.
    run(python()?
        .args([
            "-m",
            "mypy",
            "--strict",
            "--python-version",
            "3.10",
            "--cache-dir",
        ])
        .arg(venv()?.join("mypy"))
        .args(sources))?;
    // mypy treats a list of literals as a union, but at runtime it is another object; so stubtest rejects these names.
    let types = fs::read_to_string(package().join("python/clawpowers/types.py"))?;
    let literals: String = types
        .lines()
        .filter_map(|line| line.split_once(": TypeAlias = Literal["))
        .map(|(name, _)| format!("clawpowers.types.{name}\n"))
        .collect();
    let allowed = venv()?.join("stubtest-allowlist");
    fs::write(&allowed, literals)?;
    run(python()?
        .args(["-m", "mypy.stubtest", "clawpowers", "--allowlist"])
        .arg(allowed)
        .current_dir(&tests))
}

pub(crate) fn schema() -> Result<(), Failure> {
    run(python()?.arg(root().join("tests/conformance/schema.py")))
}

pub(crate) fn conformance() -> Result<(), Failure> {
    run(in_memory(
        python()?.arg(root().join("tests/conformance/python.py")),
    ))
}

/// Installs the package as a user does.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let venv = workspace.scratch("python")?;
    environment(&[], &venv)?;
    let mut install = Command::new(users_python(&venv));
    install.args(["-m", "pip", "install", "--disable-pip-version-check"]);
    run(install.arg(package()))
}

pub(crate) fn example(workspace: &Workspace) -> Result<(), Failure> {
    let venv = workspace.kept("python")?;
    same_example(workspace, "python", Some(&venv.join("bin")))
}

pub(crate) fn documentation(workspace: &Workspace) -> Result<(), Failure> {
    let venv = workspace.kept("python")?;
    let python = users_python(&venv);
    ["README.md", "native/pyo3/README.md"]
        .iter()
        .try_for_each(|file| run_programs(workspace, file, "python", "import clawpowers", &python, &venv))
}

fn users_python(venv: &Path) -> PathBuf {
    venv.join("bin/python")
}

/// Returns the environment's Python, with the environment's programs in front of the others.
fn python() -> Result<Command, Failure> {
    let mut command = Command::new(interpreter()?);
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [programs()?].into_iter().chain(env::split_paths(&path));
    let path: OsString = env::join_paths(folders).map_err(|error| Failure::new(error.to_string()))?;
    command
        .env("PATH", path)
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONHOME");
    Ok(command)
}
