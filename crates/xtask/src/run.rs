//! Running other programs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a task failed.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    pub(crate) fn usage(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            code: 2,
        }
    }

    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            code: 1,
        }
    }

    pub(crate) const fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// The packages with Rust tests. The bindings are tested from their languages, and the generator of the browser's
/// JavaScript has no tests; all of them together take a minute to build.
///
/// Whatever the tests need is compiled with this selection: cargo compiles dependencies once more for another one that uses other
/// features of them.
pub(crate) const TESTED: &[&str] = &[
    "--workspace",
    "--exclude=clawpowers-ffi",
    "--exclude=clawpowers-pyo3",
    "--exclude=clawpowers-wasm",
    "--exclude=xtask-wasm",
];

/// Runs cargo in the workspace and waits for it.
pub(crate) fn cargo(words: &[&str]) -> Result<(), Failure> {
    cargo_with(words, |_| ())
}

/// Runs cargo with a prepared command.
pub(crate) fn cargo_with(words: &[&str], prepare: impl FnOnce(&mut Command)) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command.args(words);
    prepare(&mut command);
    run(&mut command)
}

/// Runs a command and waits for it.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = format!("{command:?}");
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{shown} failed: {status}")))
    }
}

/// Builds the release program, statically linked on Linux, and returns its path.
pub(crate) fn dist() -> Result<PathBuf, Failure> {
    let version = Command::new("rustc").arg("-vV").output()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or_else(|| Failure::new("rustc does not name its host"))?;
    // With an explicit target, the flags do not apply to build scripts and macros, which cannot be static.
    let words = [
        "build",
        "--profile",
        "dist",
        "--package",
        "clawpowers",
        "--target",
        host,
    ];
    cargo_with(&words, |command| {
        if host.contains("linux") {
            command.env(
                "RUSTFLAGS",
                "-C target-feature=+crt-static -C relocation-model=static",
            );
        }
    })?;
    Ok(target_folder()?
        .join(host)
        .join("dist")
        .join(executable("clawpowers")))
}

/// Returns the file name of a program.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the target folder of cargo.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2);
    target
        .map(Path::to_owned)
        .ok_or_else(|| Failure::new("the target folder is unknown"))
}

/// Runs a command and returns what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    String::from_utf8(output_bytes(command)?).map_err(|error| Failure::new(error.to_string()))
}

/// Runs a command and returns the bytes that it writes.
pub(crate) fn output_bytes(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let shown = format!("{command:?}");
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(Failure::new(format!("{shown} failed: {}", done.status)))
    }
}
