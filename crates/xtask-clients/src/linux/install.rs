//! Installs clients from npm into the cache folder, each version in a folder of its own.

use super::clients::Client;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Node that runs the clients in JavaScript; some need a newer one than a system has.
const NODE: &str = "node-linux-{arch}";
const NODE_VERSION: &str = "24.22.3";

/// The name of this processor in npm's packages.
fn for_this_machine(text: &str) -> String {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    text.replace("{arch}", arch)
}

/// Installs a client and Node where they are missing, and returns the client's folder.
pub(crate) fn install(cache: &Path, client: &Client, version: &str) -> Result<PathBuf, String> {
    package(&cache.join("node"), NODE, NODE_VERSION)?;
    let folder = cache.join(format!("{}-{version}", client.name));
    package(&folder, client.package, version)?;
    Ok(folder)
}

/// Installs one package, without the scripts that it would run.
fn package(folder: &Path, name: &str, version: &str) -> Result<(), String> {
    let name = for_this_machine(name);
    let done = folder.join(format!("installed-{version}"));
    if done.exists() {
        return Ok(());
    }
    println!("installing {name}@{version}");
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.to_string_lossy()))?;
    let output = Command::new("npm")
        .args([
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--prefix",
        ])
        .arg(folder)
        .arg(format!("{name}@{version}"))
        .output()
        .map_err(|error| format!("`npm` does not start: {error}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = error
            .lines()
            .filter(|line| !line.contains("warn"))
            .take(3)
            .collect();
        return Err(format!(
            "npm cannot install `{name}@{version}`: {}",
            lines.join("; ")
        ));
    }
    fs::write(&done, "").map_err(|error| format!("{}: {error}", done.to_string_lossy()))
}

/// Returns the program of an installed client.
pub(crate) fn program(client: &Client, installed: &Path) -> Result<PathBuf, String> {
    let path = for_this_machine(client.program);
    find(installed.join("node_modules"), &path).ok_or_else(|| format!("the package has no `{path}`"))
}

/// Returns Node's program, beside the folders of the clients.
pub(crate) fn node(installed: &Path) -> Result<PathBuf, String> {
    let folder = installed
        .parent()
        .unwrap_or(installed)
        .join("node/node_modules")
        .join(for_this_machine(NODE));
    let node = folder.join("bin/node");
    node.exists()
        .then_some(node)
        .ok_or_else(|| "Node is not installed".to_owned())
}

/// Follows a path in which `*` is any one folder.
fn find(folder: PathBuf, path: &str) -> Option<PathBuf> {
    let Some((part, rest)) = path.split_once('/') else {
        let file = folder.join(path);
        return file.exists().then_some(file);
    };
    if part != "*" {
        return find(folder.join(part), rest);
    }
    let entries = fs::read_dir(folder).ok()?;
    entries.flatten().find_map(|entry| find(entry.path(), rest))
}
