//! The skills that ship with the program.

use clawpowers_loader::package::Package;
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::sync::Arc;

static SKILLS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../skills");

/// Returns the shipped skills in the order of their names.
#[must_use]
pub fn packages() -> Vec<Arc<Package>> {
    let mut packages: Vec<Arc<Package>> = SKILLS
        .dirs()
        .map(|dir| {
            let mut files = Vec::new();
            collect(dir, dir, &mut files);
            files.sort();
            Arc::new(Package {
                folder: dir.path().to_string_lossy().into_owned(),
                files,
            })
        })
        .collect();
    packages.sort_by(|a, b| a.folder.cmp(&b.folder));
    packages
}

fn collect(top: &Dir<'static>, dir: &Dir<'static>, files: &mut Vec<(String, Cow<'static, [u8]>)>) {
    for file in dir.files() {
        let path = file
            .path()
            .strip_prefix(top.path())
            .unwrap_or_else(|_| file.path());
        files.push((
            path.to_string_lossy().replace('\\', "/"),
            Cow::Borrowed(file.contents()),
        ));
    }
    for below in dir.dirs() {
        collect(top, below, files);
    }
}
