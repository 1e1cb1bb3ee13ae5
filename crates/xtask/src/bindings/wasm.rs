//! The WASM module and its JavaScript, in `native/wasm/pkg`.

use super::Workspace;
use super::node::{TYPESCRIPT, compile, npm, tests};
use super::readme::programs;
use crate::run::{Failure, cargo_with, output_bytes, run, target_folder};
use crate::tools::find;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The maximum size of the module in bytes. Memory with its full-text search takes about 180,000 of them.
const LARGEST: usize = 1_500_000;
const TARGET: &str = "wasm32-unknown-unknown";
/// Features of SQLite that are not used and therefore omitted.
const SQLITE: [&str; 20] = [
    "-USQLITE_ENABLE_RTREE",
    "-USQLITE_ENABLE_SESSION",
    "-USQLITE_ENABLE_PREUPDATE_HOOK",
    "-USQLITE_ENABLE_BYTECODE_VTAB",
    "-USQLITE_ENABLE_DBPAGE_VTAB",
    "-USQLITE_ENABLE_DBSTAT_VTAB",
    "-USQLITE_ENABLE_STMTVTAB",
    "-USQLITE_ENABLE_OFFSET_SQL_FUNC",
    "-USQLITE_ENABLE_UNLOCK_NOTIFY",
    "-USQLITE_ENABLE_API_ARMOR",
    "-USQLITE_ENABLE_COLUMN_METADATA",
    "-DSQLITE_OMIT_AUTHORIZATION",
    "-DSQLITE_OMIT_COMPLETE",
    "-DSQLITE_OMIT_PROGRESS_CALLBACK",
    "-DSQLITE_OMIT_EXPLAIN",
    "-USQLITE_ENABLE_MATH_FUNCTIONS",
    "-DSQLITE_OMIT_JSON",
    "-DSQLITE_OMIT_COMPILEOPTION_DIAGS",
    "-DSQLITE_OMIT_TRACE",
    "-DSQLITE_UNTESTABLE",
];

/// Builds the package in its folder.
pub(crate) fn build(workspace: &Workspace, features: &str) -> Result<(), Failure> {
    let mut command = Command::new("node");
    command
        .arg("build.mjs")
        .current_dir(workspace.root.join("native/wasm"));
    run(command.env("CLAWPOWERS_FEATURES", features))
}

/// Builds the module and its JavaScript, with the features that the environment names.
pub(crate) fn module(workspace: &Workspace) -> Result<(), Failure> {
    let features = std::env::var("CLAWPOWERS_FEATURES").unwrap_or_default();
    let words = [
        "build",
        "--locked",
        "--profile",
        "wasm",
        "--package",
        "clawpowers-wasm",
        "--target",
        TARGET,
    ];
    cargo_with(&[&words[..], &["--features", &features]].concat(), |command| {
        command.env("SQLITE_WASM_RS_FLAGS", SQLITE.join(" "));
    })?;
    let module = target_folder()?.join(TARGET).join("wasm/clawpowers_wasm.wasm");
    let package = workspace.root.join("native/wasm/pkg");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    let mut bindgen = Command::new("cargo");
    bindgen.args(["run", "--locked", "--package", "xtask-wasm", "--"]);
    run(bindgen.arg(module).arg(package))
}

/// Runs the package's own tests in Node; it must be built with `test-panic`.
pub(crate) fn tests_of_package(workspace: &Workspace) -> Result<(), Failure> {
    tests(&workspace.root.join("native/wasm"))
}

pub(crate) fn conformance(workspace: &Workspace) -> Result<(), Failure> {
    run(Command::new("node").arg(workspace.root.join("tests/conformance/wasm.mjs")))
}

pub(crate) fn browser(workspace: &Workspace) -> Result<(), Failure> {
    let script = workspace.root.join("tests/browser/conformance.mjs");
    run(Command::new("node").arg(script).arg(chromium()?))
}

pub(crate) fn page(workspace: &Workspace) -> Result<(), Failure> {
    let mut page = Command::new("node");
    page.arg(workspace.root.join("tests/browser/page.mjs"))
        .arg(chromium()?);
    run(page.arg(workspace.kept("pictures")?))
}

pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let package = workspace.root.join("native/wasm");
    npm(
        &workspace.scratch("wasm")?,
        &[&package.to_string_lossy(), TYPESCRIPT],
    )
}

pub(crate) fn types(workspace: &Workspace) -> Result<(), Failure> {
    compile(workspace, &workspace.kept("wasm")?, "page.ts")
}

pub(crate) fn documentation(workspace: &Workspace) -> Result<(), Failure> {
    let project = workspace.kept("wasm")?;
    ["README.md", "native/wasm/README.md"]
        .iter()
        .try_for_each(|file| {
            programs(
                workspace,
                file,
                "js",
                "from \"clawpowers-wasm\"",
                Path::new("node"),
                &project,
            )
        })
}

fn chromium() -> Result<PathBuf, Failure> {
    find("chromium").ok_or_else(|| Failure::new("`chromium` is missing"))
}

/// Checks the size of the module.
pub(crate) fn size(workspace: &Workspace) -> Result<(), Failure> {
    let module = workspace.root.join("native/wasm/pkg/clawpowers_bg.wasm");
    let zipped = output_bytes(Command::new("gzip").args(["-9", "--stdout"]).arg(module))?.len();
    println!(
        "wasm: {:.3} MB gzipped, of {:.3} MB at most",
        zipped as f64 / 1e6,
        LARGEST as f64 / 1e6
    );
    if zipped < LARGEST {
        Ok(())
    } else {
        Err(Failure::new("the module is too large"))
    }
}
