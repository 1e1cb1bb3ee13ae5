//! Creates a skill's folder.

use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use clawpowers_loader::diag::quoted;
use clawpowers_loader::skill::{MAX_NAME_CHARS, is_name_character, normalized, suggestion};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

/// What to create.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name: lower-case letters, digits and single hyphens.
    pub name: String,
    /// The folder in which to create the skill's folder; the working directory where it is not said.
    #[serde(default)]
    pub dir: Option<String>,
    /// The description; a reminder to write one where it is not said.
    #[serde(default)]
    pub description: Option<String>,
}

/// What was created.
#[derive(Debug, Clone, Serialize)]
pub struct Response {
    /// The SKILL.md.
    pub path: String,
}

/// Creates `NAME/SKILL.md`; nothing that exists is touched.
///
/// # Errors
///
/// `invalid_input` for a name that the specification refuses, or where the file exists; `io` where it cannot be
/// written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
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
    let dir = request.dir.clone().map_or_else(PathBuf::new, PathBuf::from);
    let path = dir.join(name).join("SKILL.md");
    let full = runtime.surroundings.cwd.join(&path);
    let shown = path.to_string_lossy().into_owned();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            ApiError::new(ErrorCode::InvalidInput, format!("{} exists", quoted(&shown)))
                .hint("choose another name, or edit the file that is there")
        }
        _ => ApiError::new(
            ErrorCode::Io,
            format!("{} cannot be written: {error}", quoted(&shown)),
        )
        .hint("choose a folder that this user may write to with `--dir`"),
    };
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = fs::File::create_new(&full).map_err(failed)?;
    file.write_all(template(name, request.description.as_deref()).as_bytes())
        .map_err(failed)?;
    Ok(Response { path: shown })
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
