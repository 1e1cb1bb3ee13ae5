//! Creates a skill's folder.

use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use clawpowers_loader::diag::quoted;
use clawpowers_loader::inspect::skill_file;
use clawpowers_loader::skill::{MAX_NAME_CHARS, is_name_character, normalized, suggestion};
use clawpowers_loader::{ParseOptions, Profile, Severity, parse};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What to create.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name: lower-case letters, digits and single hyphens.
    pub name: String,
    /// The folder in which to create the skill's folder; the working directory where it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub dir: Option<String>,
    /// The description; a reminder to write one where it is not said.
    #[serde(default)]
    pub description: Option<String>,
}

/// What was created.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The SKILL.md.
    pub path: String,
}

/// Creates `NAME/SKILL.md`; nothing that exists is touched.
///
/// # Errors
///
/// `invalid_input` for a name or a description that the specification refuses, or where the file exists; `io` where it
/// cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("`skill_new`")?;
    let name = &request.name;
    let good = !name.is_empty()
        && *name == normalized(name)
        && *name == name.to_lowercase()
        && name.chars().all(is_name_character)
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--");
    if !good {
        let message = format!(
            "the name {} is not made of lower-case letters, digits and single hyphens, at most {MAX_NAME_CHARS}",
            quoted(name)
        );
        return Err(ApiError::new(ErrorCode::InvalidInput, message)
            .hint(format!("try {}", quoted(&suggestion(name)))));
    }
    if request.dir.as_deref() == Some("") {
        // An unset shell variable must not mean the working directory.
        return Err(
            ApiError::new(ErrorCode::InvalidInput, "the path of the folder is empty")
                .hint("name the folder in which to create the skill's folder"),
        );
    }
    let text = template(name, request.description.as_deref());
    let options = ParseOptions {
        profile: Profile::Spec,
        folder: Some(name.clone()),
    };
    let findings = parse(text.as_bytes(), &options).diagnostics;
    if let Some(fault) = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        return Err(ApiError::new(ErrorCode::InvalidInput, fault.message.clone())
            .hint("say in one or two sentences what the skill does and when to use it"));
    }
    let folder = PathBuf::from(request.dir.as_deref().unwrap_or_default()).join(name);
    let path = folder.join("SKILL.md");
    let folder = runtime.surroundings.cwd.join(folder);
    if let Some(file) = skill_file(&folder) {
        let file = path.with_file_name(file.file_name().unwrap_or_default());
        let message = format!("{} exists", quoted(&file.to_string_lossy()));
        return Err(ApiError::new(ErrorCode::InvalidInput, message)
            .hint("choose another name, or edit the file that is there"));
    }
    write(&folder, &text).map_err(|error| {
        let message = format!("{} cannot be written: {error}", quoted(&path.to_string_lossy()));
        ApiError::new(ErrorCode::Io, message).hint("choose a folder that this user may write to with `--dir`")
    })?;
    Ok(Response {
        path: path.to_string_lossy().into_owned(),
    })
}

/// Writes the SKILL.md of a new folder, whole or not at all.
fn write(folder: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = folder.join("SKILL.md");
    fs::File::create_new(&file)?
        .write_all(text.as_bytes())
        .inspect_err(|_| {
            // What cannot be taken away either is not worth a second error.
            let _ = fs::remove_file(&file);
        })
}

fn template(name: &str, description: Option<&str>) -> String {
    let description =
        description.unwrap_or("Say in one or two sentences what this skill does and when to use it.");
    let quoted = serde_json::Value::from(description.split_whitespace().collect::<Vec<_>>().join(" "));
    format!(
        "---\nname: {name}\ndescription: {quoted}\n---\n\n# {name}\n\n## When to use\n\n- Name the situation.\n\n## Steps\n\n1. \
         Say what to do first.\n\n## Done when\n\n- Name what can be checked.\n"
    )
}
