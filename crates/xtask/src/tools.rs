//! Programs that tests and bindings need besides cargo.

use crate::run::{Failure, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns where a program is; Debian's package of it is installed where it is missing and may be.
pub(crate) fn need(program: &str, package: &str) -> Result<PathBuf, Failure> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    if find("apt-get").is_some() {
        println!("{program} is missing: installing Debian's package {package}");
        // Whoever may not install is told below; a list of packages that cannot be renewed may do as it is.
        let _ = run(Command::new("apt-get")
            .args(["update", "-qq"])
            .stdout(Stdio::null()));
        let mut install = Command::new("apt-get");
        install.args(["install", "-qq", "--yes", "--no-install-recommends", package]);
        let _ = run(install
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()));
    }
    find(program).ok_or_else(|| {
        let message =
            format!("`{program}` is missing\nhint: install it; Debian has it in the package `{package}`");
        Failure::new(message)
    })
}

/// Makes sure that the compiler can build for a target.
pub(crate) fn target(name: &str) -> Result<(), Failure> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", name])
        .output()?;
    let folder = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    if asked.status.success() && Path::new(&folder).is_dir() {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", name]))
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
