//! The WASM module and its JavaScript, in `native/wasm/pkg`.

use super::Place;
use super::node::{TYPESCRIPT, compile, npm, tests};
use super::readme::programs;
use crate::run::{Failure, cargo_with, output_bytes, run, target_folder};
use crate::tools::{need, target};
use std::fs;
use std::path::Path;
use std::process::Command;

/// How many bytes a page may have to load.
const LARGEST: usize = 1_200_000;
const TARGET: &str = "wasm32-unknown-unknown";
/// What of SQLite a page does not load: nothing here asks for any of it.
const SQLITE: [&str; 16] = [
    "-USQLITE_ENABLE_FTS5",
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
];

/// Builds the package in its folder.
pub(crate) fn build(place: &Place, features: &str) -> Result<(), Failure> {
    need("node", "nodejs")?;
    let mut command = Command::new("node");
    command
        .arg("build.mjs")
        .current_dir(place.root.join("native/wasm"));
    run(command.env("CLAWPOWERS_FEATURES", features))
}

/// Builds the module and its JavaScript, with the features that the environment names.
pub(crate) fn module(place: &Place) -> Result<(), Failure> {
    target(TARGET)?;
    need("clang", "clang")?;
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
    let package = place.root.join("native/wasm/pkg");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    let mut bindgen = Command::new("cargo");
    bindgen.args(["run", "--quiet", "--locked", "--package", "xtask-wasm", "--"]);
    run(bindgen.arg(module).arg(package))
}

/// Tests it in Node and in a browser with the operation that panics in it, and then builds it as it is shipped.
pub(crate) fn test(place: &Place) -> Result<(), Failure> {
    build(place, "test-panic")?;
    tests(&place.root.join("native/wasm"))?;
    run(Command::new("node").arg(place.root.join("tests/conformance/wasm.mjs")))?;
    let chromium = need("chromium", "chromium")?;
    let browser = place.root.join("tests/browser");
    run(Command::new("node")
        .arg(browser.join("conformance.mjs"))
        .arg(&chromium))?;
    build(place, "")?;
    let mut page = Command::new("node");
    page.arg(browser.join("page.mjs")).arg(&chromium);
    run(page.arg(place.kept("pictures")?))?;
    size(place)?;
    let project = place.scratch("wasm")?;
    npm(
        &project,
        &[&place.root.join("native/wasm").to_string_lossy(), TYPESCRIPT],
    )?;
    compile(place, &project, "page.ts")?;
    for file in ["README.md", "native/wasm/README.md"] {
        programs(
            place,
            file,
            "js",
            "from \"clawpowers-wasm\"",
            Path::new("node"),
            &project,
        )?;
    }
    Ok(())
}

/// Holds the module to its size.
fn size(place: &Place) -> Result<(), Failure> {
    let module = place.root.join("native/wasm/pkg/clawpowers_bg.wasm");
    let zipped = output_bytes(Command::new("gzip").args(["-9", "--stdout"]).arg(module))?.len();
    println!(
        "wasm: {:.2} MB gzipped, of {:.1} MB at most",
        zipped as f64 / 1e6,
        LARGEST as f64 / 1e6
    );
    if zipped < LARGEST {
        Ok(())
    } else {
        Err(Failure::new("the module is too large"))
    }
}
