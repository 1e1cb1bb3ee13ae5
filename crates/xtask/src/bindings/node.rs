//! The package for Node: built, tested, installed as users do, and compiled with TypeScript.

use super::readme::{example_command, programs};
use super::{Workspace, in_memory, same_example, shell};
use crate::run::{Failure, run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The versions of TypeScript and its types.
pub(crate) const TYPESCRIPT: &str = "typescript@7";

/// Builds the package in its folder.
pub(crate) fn build(workspace: &Workspace, features: &str) -> Result<(), Failure> {
    let mut command = Command::new("node");
    command
        .arg("build.mjs")
        .current_dir(workspace.root.join("native/ffi"));
    run(command.env("CLAWPOWERS_FEATURES", features))
}

/// Runs the package's own tests; it must be built with `test-panic`.
pub(crate) fn tests_of_package(workspace: &Workspace) -> Result<(), Failure> {
    tests(&workspace.root.join("native/ffi"))
}

pub(crate) fn conformance(workspace: &Workspace) -> Result<(), Failure> {
    let cases = workspace.root.join("tests/conformance/node.mjs");
    run(in_memory(Command::new("node").arg(cases)))
}

/// Installs the package as users do, and TypeScript.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let package = workspace.root.join("native/ffi");
    npm(
        &workspace.scratch("node")?,
        &[&package.to_string_lossy(), TYPESCRIPT],
    )
}

pub(crate) fn example(workspace: &Workspace) -> Result<(), Failure> {
    let once = example_command(workspace, "node", true)?;
    run(&mut shell(workspace, &once, None)?)?;
    same_example(workspace, "node", None)
}

pub(crate) fn documentation(workspace: &Workspace) -> Result<(), Failure> {
    let project = workspace.kept("node")?;
    ["README.md", "native/ffi/README.md"].iter().try_for_each(|file| {
        programs(
            workspace,
            file,
            "js",
            "from \"clawpowers\"",
            Path::new("node"),
            &project,
        )
    })
}

/// Runs the tests of a package.
pub(crate) fn tests(package: &Path) -> Result<(), Failure> {
    let mut command = Command::new("npm");
    run(command.args(["test", "--silent"]).current_dir(package))
}

/// Installs packages into a project, which may be empty.
pub(crate) fn npm(project: &Path, packages: &[&str]) -> Result<(), Failure> {
    let own = project.join("package.json");
    if !own.exists() {
        fs::write(own, "{ \"private\": true }\n")?;
    }
    let mut command = Command::new("npm");
    command.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
        "--foreground-scripts",
    ]);
    run(command.args(packages).current_dir(project))
}

/// Compiles a program that uses the API as people do, and one that makes the requests of the conformance cases.
pub(crate) fn types(workspace: &Workspace) -> Result<(), Failure> {
    let project = workspace.kept("node")?;
    let mut calls = Command::new("node");
    calls.arg(workspace.root.join("tests/types/calls.mjs"));
    run(calls.arg(project.join("calls.ts")))?;
    compile(workspace, &project, "every.ts")
}

/// Compiles a program of the tests as strictly as TypeScript can, in a project that has it.
pub(crate) fn compile(workspace: &Workspace, project: &Path, name: &str) -> Result<(), Failure> {
    for file in [name, "tsconfig.json"] {
        fs::copy(workspace.root.join("tests/types").join(file), project.join(file))?;
    }
    let mut compiler = Command::new("node");
    compiler.args(["node_modules/typescript/bin/tsc", "-p", "."]);
    run(compiler.current_dir(project))?;
    println!("types: TypeScript accepts {name}");
    Ok(())
}
