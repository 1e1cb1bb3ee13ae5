//! The bindings, compared with libraries that people would use instead.

use super::listing::{listed, unpack};
use crate::bindings::node::npm;
use crate::bindings::{Workspace, python};
use crate::run::{Failure, run};
use std::fs;
use std::path::Path;
use std::process::Command;

const PEERS: [&str; 3] = ["better-sqlite3@12", "sql.js@1", "js-yaml@4"];

/// Prints how often each language reads, writes and parses per second, compared with another library on the same file.
pub(super) fn bindings(corpus: Option<&Path>, work: &Path) -> Result<(), Failure> {
    let workspace = Workspace::new()?;
    let scripts = workspace.root.join("crates/xtask/src/bench/scripts");
    let project = workspace.kept("bench")?;
    let ours = ["native/ffi", "native/wasm"]
        .map(|folder| workspace.root.join(folder).to_string_lossy().into_owned());
    npm(
        &project,
        &[&PEERS[..], &ours.each_ref().map(String::as_str)[..]].concat(),
    )?;
    for name in ["rates.mjs", "node.mjs", "wasm.mjs"] {
        fs::copy(scripts.join(name), project.join(name))?;
    }
    python::build("")?;
    let mut reference = Command::new(python::interpreter()?);
    run(reference.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "skills-ref==0.1.1",
    ]))?;

    fs::create_dir_all(work)?;
    let skills = work.join("skills");
    let list = match corpus {
        Some(corpus) => {
            unpack(corpus, &skills)?;
            Some(listed(&skills)?.1)
        }
        None => None,
    };
    for (program, script, home) in [
        (Path::new("node"), project.join("node.mjs"), Some("node")),
        (&python::interpreter()?, scripts.join("python.py"), Some("python")),
        (Path::new("node"), project.join("wasm.mjs"), None),
    ] {
        let mut command = Command::new(program);
        command.arg(script);
        command.args(home.map(|home| work.join(home)));
        run(command.args(&list))?;
    }
    Ok(())
}
