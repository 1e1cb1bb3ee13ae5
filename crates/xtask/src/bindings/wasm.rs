//! The WASM module and its JavaScript, in `native/wasm/pkg`.

use crate::run::{Failure, cargo_with, run, target_folder};
use std::path::Path;
use std::process::Command;

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

/// Builds the module; `features` are those of its crate.
pub(super) fn build(features: &[&str]) -> Result<(), Failure> {
    let features = features.join(",");
    let words = [
        "build",
        "--profile",
        "wasm",
        "--package",
        "clawpowers-wasm",
        "--target",
        TARGET,
        "--features",
        &features,
    ];
    cargo_with(&words, |command| {
        command.env("SQLITE_WASM_RS_FLAGS", SQLITE.join(" "));
    })?;
    let target = target_folder()?;
    let module = target.join(TARGET).join("wasm").join("clawpowers_wasm.wasm");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../native/wasm/pkg");
    let mut bindgen = Command::new("cargo");
    bindgen.args(["run", "--quiet", "--package", "xtask-wasm", "--"]);
    run(bindgen.arg(module).arg(&folder))?;
    println!("{}", folder.display());
    Ok(())
}
