//! Generates schemas, the methods and types of the bindings, and the reference from the table of operations.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints which files it wrote"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a tool shows paths as the system writes them"
)]

mod database;
mod javascript;
mod method;
mod python;
mod reference;
mod rust;
mod table;
mod typescript;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Returns every generated file with its text.
fn files() -> Vec<(PathBuf, String)> {
    let table = table::table();
    let mut schema = serde_json::to_string_pretty(&table.json()).unwrap_or_default();
    schema.push('\n');
    let python = Path::new("native/pyo3/python/clawpowers");
    vec![
        ("schemas/operations.json".into(), schema),
        ("native/js/operations.js".into(), javascript::operations(&table)),
        ("native/js/index.d.ts".into(), typescript::declarations(&table)),
        (python.join("_operations.py"), python::operations(&table)),
        (python.join("types.py"), python::types(&table)),
        (
            "crates/clawpowers-api/src/operations/methods.rs".into(),
            rust::methods(&table),
        ),
        ("docs/reference.md".into(), reference::markdown(&table)),
    ]
}

/// Writes the files that differ.
fn main() -> ExitCode {
    for (path, text) in files() {
        let path = root().join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        if let Err(error) = made.and_then(|()| fs::write(&path, text)) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("wrote {}", path.display());
    }
    ExitCode::SUCCESS
}

/// Returns the folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::{files, root};

    #[test]
    fn generated_files_are_up_to_date() {
        let old: Vec<_> = files()
            .into_iter()
            .filter(|(path, text)| std::fs::read_to_string(root().join(path)).ok().as_ref() != Some(text))
            .map(|(path, _)| path)
            .collect();
        assert!(
            old.is_empty(),
            "run `cargo xtask bindings generate`: {old:?} differ"
        );
    }
}
