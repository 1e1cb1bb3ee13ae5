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
mod fields;
mod javascript;
mod method;
mod python;
mod reference;
mod rust;
mod table;
mod typescript;

use std::fs;
use std::io;
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
        ("docs/fields.md".into(), fields::markdown()),
    ]
}

/// Writes the files that differ.
fn main() -> ExitCode {
    for (path, text) in files() {
        let path = root().join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if let Err(error) = replace(&path, &text) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("wrote {}", path.display());
    }
    ExitCode::SUCCESS
}

/// Replaces a file, or leaves it as it is: methods.rs is part of the source of this program.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let replaced = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if replaced.is_err() {
        // The first error says why.
        let _ = fs::remove_file(&new);
    }
    replaced
}

/// Returns the folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::{files, replace, root};

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_cannot_be_written_keeps_its_text() {
        let folder = std::env::temp_dir().join(format!("clawpowers-generate-{}", std::process::id()));
        let path = folder.join("methods.rs");
        replace(&path, "old").unwrap();
        // A write to this device fails as on a full disk.
        std::os::unix::fs::symlink("/dev/full", folder.join("methods.rs.new")).unwrap();
        let error = replace(&path, "new").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        replace(&path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        std::fs::remove_dir_all(folder).unwrap();
    }

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
