//! The package for Node: built, tested, installed as a user does it, and read by the compiler of TypeScript.

use super::readme::programs;
use super::{Place, in_memory, same};
use crate::run::{Failure, output, run};
use crate::tools::need;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What judges the types.
pub(crate) const TYPESCRIPT: &str = "typescript@7";

/// Builds the package in its folder.
pub(crate) fn build(place: &Place, features: &str) -> Result<(), Failure> {
    need("node", "nodejs")?;
    let mut command = Command::new("node");
    command
        .arg("build.mjs")
        .current_dir(place.root.join("native/ffi"));
    run(command.env("CLAWPOWERS_FEATURES", features))
}

/// Tests it with the operation that panics in it, and then as it is shipped.
pub(crate) fn test(place: &Place) -> Result<(), Failure> {
    build(place, "test-panic")?;
    tests(&place.root.join("native/ffi"))?;
    let cases = place.root.join("tests/conformance/node.mjs");
    run(in_memory(Command::new("node").arg(cases)))?;
    let project = place.scratch("node")?;
    npm(
        &project,
        &[&place.root.join("native/ffi").to_string_lossy(), TYPESCRIPT],
    )?;
    let example = project.join("index.mjs");
    fs::copy(place.root.join("examples/node/index.mjs"), &example)?;
    same(
        "Node",
        &place.example,
        &output(Command::new("node").arg(&example))?,
    )?;
    for file in ["README.md", "native/ffi/README.md"] {
        programs(
            place,
            file,
            "js",
            "from \"clawpowers\"",
            Path::new("node"),
            &project,
        )?;
    }
    types(place, &project)
}

/// Runs the tests of a package.
pub(crate) fn tests(package: &Path) -> Result<(), Failure> {
    let mut command = Command::new(need("npm", "npm")?);
    run(command.args(["test", "--silent"]).current_dir(package))
}

/// Installs packages into a project, which may be empty.
pub(crate) fn npm(project: &Path, packages: &[&str]) -> Result<(), Failure> {
    need("npm", "npm")?;
    let own = project.join("package.json");
    if !own.exists() {
        fs::write(own, "{ \"private\": true }\n")?;
    }
    let mut command = Command::new("npm");
    command.args(["install", "--no-audit", "--no-fund", "--loglevel", "error"]);
    run(command.args(packages).current_dir(project))
}

/// Looks whether a program uses every function, and compiles it.
fn types(place: &Place, project: &Path) -> Result<(), Failure> {
    let program = fs::read_to_string(place.root.join("tests/types/every.ts"))?;
    let methods = fs::read_to_string(place.root.join("native/js/operations.js"))?;
    let methods = methods
        .lines()
        .filter(|line| line.contains("{ return "))
        .filter_map(|line| line.trim_start().split_once('('));
    let unused: Vec<_> = methods
        .map(|(name, _)| name)
        .filter(|name| !program.contains(&format!(".{name}(")))
        .collect();
    if !unused.is_empty() {
        let unused = unused.join(", ");
        return Err(Failure::new(format!(
            "tests/types/every.ts does not use {unused}"
        )));
    }
    compile(place, project, "every.ts")
}

/// Compiles a program of the tests as strictly as TypeScript can, in a project that has it.
pub(crate) fn compile(place: &Place, project: &Path, name: &str) -> Result<(), Failure> {
    for file in [name, "tsconfig.json"] {
        fs::copy(place.root.join("tests/types").join(file), project.join(file))?;
    }
    let mut compiler = Command::new("node");
    compiler.args(["node_modules/typescript/bin/tsc", "-p", "."]);
    run(compiler.current_dir(project))?;
    println!("types: TypeScript takes {name}");
    Ok(())
}
