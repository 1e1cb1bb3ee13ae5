//! What is written from the table of operations: schemas, and the faces of the bindings.

mod javascript;
mod method;
mod python;
mod table;
mod typescript;

use crate::run::{Failure, root};
use std::fs;
use std::path::{Path, PathBuf};

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
    ]
}

/// Writes them where they differ.
pub(crate) fn write() -> Result<(), Failure> {
    for (path, text) in files() {
        let path = root().join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text))
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::files;
    use crate::run::root;

    #[test]
    fn generated_files_are_those_of_the_table() {
        let old: Vec<_> = files()
            .into_iter()
            .filter(|(path, text)| std::fs::read_to_string(root().join(path)).ok().as_ref() != Some(text))
            .map(|(path, _)| path)
            .collect();
        assert!(old.is_empty(), "run `cargo xtask bindings`: {old:?} differ");
    }
}
