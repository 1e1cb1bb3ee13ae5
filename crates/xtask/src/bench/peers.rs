//! Memory, compared with MCP servers that agents would use instead.

use crate::bindings::Workspace;
use crate::bindings::node::npm;
use crate::run::{Failure, cargo, executable, run, target_folder};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The official server, and one with a database.
const PEERS: [&str; 2] = [
    "@modelcontextprotocol/server-memory@2026.8.31",
    "mcp-memory-keeper@0.14.1",
];

/// Prints what parallel writers lose, how many queries are answered and how long a call takes.
pub(super) fn peers(work: &Path) -> Result<(), Failure> {
    let workspace = Workspace::new()?;
    let project = workspace.kept("peers")?;
    println!("installing {} with npm", PEERS.join(" and "));
    if let Err(failure) = npm(&project, &PEERS) {
        println!("memory is not compared with MCP servers: {failure}");
        return Ok(());
    }
    cargo(&["build", "--release", "--locked", "--package", "clawpowers"])?;
    let program = target_folder()?.join("release").join(executable("clawpowers"));
    let script = workspace.root.join("crates/xtask/src/bench/scripts/peers.mjs");
    fs::copy(script, project.join("peers.mjs"))?;
    fs::create_dir_all(work)?;
    let mut command = Command::new("node");
    command.arg("peers.mjs").arg(program);
    command.arg(workspace.root.join("tests/memory")).arg(work);
    run(command.current_dir(project))
}
