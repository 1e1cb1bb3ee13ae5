//! The skills that ship with the program.

use clawpowers_loader::display::display_path;
use clawpowers_loader::{Bytes, Documents, Package};
use include_dir::{Dir, include_dir};
use std::sync::{Arc, OnceLock};

static SKILLS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../skills");

/// Returns the shipped skills in the order of their names.
#[must_use]
pub fn packages() -> Vec<Arc<Package>> {
    static PACKAGES: OnceLock<Vec<Arc<Package>>> = OnceLock::new();
    PACKAGES.get_or_init(unpacked).clone()
}

fn unpacked() -> Vec<Arc<Package>> {
    let mut files = Vec::new();
    collect(&SKILLS, &mut files);
    // The compiler took the paths from a folder, so that they are such as documents may have.
    let documents = Arc::new(Documents::new(files).unwrap_or_default());
    let mut folders: Vec<String> = SKILLS.dirs().map(|dir| display_path(dir.path())).collect();
    folders.sort();
    let package = |folder: &String| Arc::new(Package::bundled(Arc::clone(&documents), folder));
    folders.iter().map(package).collect()
}

fn collect(dir: &Dir<'static>, files: &mut Vec<(String, Bytes)>) {
    for file in dir.files() {
        let path = display_path(file.path());
        files.push((path, Bytes::Static(file.contents())));
    }
    for below in dir.dirs() {
        collect(below, files);
    }
}
