//! Creates a skill's folder.

use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    CLIENTS, DiskTree, MAX_NAME_CHARS, ParseOptions, Severity, Target, WalkRules, default_roots, is_device,
    parse, skill_file, suggest_name, template,
};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name: lower-case letters, digits and single hyphens.
    pub name: String,
    /// The folder to create the skill in. Default: the nearest skills folder in the project that a client reads, else
    /// `.agents/skills`, or `.claude/skills` if `.claude` is the only client folder.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub dir: Option<String>,
    /// The description (default: a reminder to write one).
    pub description: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The new SKILL.md, relative to the working directory if it is inside it.
    pub path: String,
    /// The clients that read this folder.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub clients: Vec<&'static str>,
    /// Whether `skill_list` finds it without `roots`.
    pub listed: bool,
}

/// Creates `NAME/SKILL.md`. Nothing that exists is changed.
///
/// # Errors
///
/// `invalid_input` for a name or a description that the specification does not allow, and if the file exists; `io` if it
/// cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`skill_new`")?;
    let name = &request.name;
    let valid = suggest_name(name);
    if *name != valid && !is_device(name) {
        let message = format!(
            "a name must have 1 to {MAX_NAME_CHARS} lower-case letters, digits and single hyphens, found {}",
            quote(name)
        );
        return Err(ApiError::invalid_input(message).hint(format!("try {}", quote(&valid))));
    }
    if is_device(name) {
        let message = format!("the name {} is reserved for a device on Windows", quote(name));
        let hint = format!("choose another name, such as {}", quote(&valid));
        return Err(ApiError::invalid_input(message).hint(hint));
    }
    if let Some(dir) = &request.dir {
        runtime.folder(dir, "pass the folder in which to create the skill's folder")?;
    }
    let text = template(name, request.description.as_deref());
    let options = ParseOptions {
        target: Target::Spec,
        folder: Some(name.clone()),
    };
    let mut diagnostics = parse(text.as_bytes(), &options).diagnostics.into_iter();
    if let Some(error) = diagnostics.find(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(ApiError::invalid_input(error.message)
            .hint("say in one or two sentences what the skill does and when to use it"));
    }
    let cwd = &runtime.environment.cwd;
    let parent = match &request.dir {
        Some(dir) => PathBuf::from(dir),
        None => {
            let folder = runtime.environment.new_skill_folder();
            folder.strip_prefix(cwd).map(Path::to_owned).unwrap_or(folder)
        }
    };
    let folder = parent.join(name);
    let path = folder.join("SKILL.md");
    let folder = cwd.join(folder);
    if let Some(file) = skill_file(&DiskTree, &folder) {
        let file = path.with_file_name(file.file_name().unwrap_or_default());
        let message = format!("{} exists", quote(&display_path(&file)));
        return Err(ApiError::invalid_input(message).hint("choose another name, or edit that file"));
    }
    write(&folder, &text).map_err(|error| {
        let message = format!("{} cannot be written: {error}", quote(&display_path(&path)));
        ApiError::io(message).hint(match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                "free some disk space; nothing was written"
            }
            _ => "choose a folder that you can write to with {--dir}",
        })
    })?;
    let parent = cwd.join(parent);
    let readers = CLIENTS
        .iter()
        .filter(|client| client.looks_in(&parent, &runtime.environment));
    let roots = default_roots(&runtime.environment);
    let depth = WalkRules::default().max_depth;
    Ok(Response {
        path: display_path(&path),
        clients: readers.map(|client| client.name).collect(),
        listed: roots.iter().any(|root| root.reaches(&parent, depth)),
    })
}

/// Writes the SKILL.md of a new folder. If that fails, everything that was created is removed.
fn write(folder: &Path, text: &str) -> io::Result<()> {
    let mut created = Vec::new();
    let written = write_below(folder, text, &mut created);
    if written.is_err() {
        // A folder that cannot be removed, or that others have used meanwhile, is not worth a second error.
        for path in created.iter().rev() {
            let _ = fs::remove_dir(path);
        }
    }
    written
}

fn write_below<'a>(folder: &'a Path, text: &str, created: &mut Vec<&'a Path>) -> io::Result<()> {
    let is_missing = |path: &&Path| path.symlink_metadata().is_err();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => created.push(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let path = folder.join("SKILL.md");
    let mut file = fs::File::create_new(&path)?;
    // On a full disk, the sync may be the first call to fail.
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        let _ = fs::remove_file(&path);
    })
}
