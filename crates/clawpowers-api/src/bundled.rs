//! The skills that ship with the program.

use clawpowers_loader::display::display_path;
use clawpowers_loader::{Bytes, MemoryTree};
use include_dir::{Dir, include_dir};
use std::sync::{Arc, OnceLock};

static SKILLS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../skills");

/// Returns the shipped skills: a folder each, at the top of the tree.
#[must_use]
pub fn tree() -> Arc<MemoryTree> {
    static TREE: OnceLock<Arc<MemoryTree>> = OnceLock::new();
    let tree = TREE.get_or_init(|| {
        let mut files = Vec::new();
        collect(&SKILLS, &mut files);
        // The compiler took the paths from a folder, so all of them are valid.
        Arc::new(MemoryTree::new(files).unwrap_or_default())
    });
    Arc::clone(tree)
}

fn collect(dir: &Dir<'static>, files: &mut Vec<(String, Bytes)>) {
    for file in dir.files() {
        let path = display_path(file.path());
        files.push((path, Bytes::Borrowed(file.contents())));
    }
    for below in dir.dirs() {
        collect(below, files);
    }
}
