//! Reads a skill's text or one of its files.

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::prompt::escape_xml;
use clawpowers_loader::syntax::Source;
use clawpowers_loader::{
    Entry, MAX_RESOURCE_BYTES, MAX_SKILL_BYTES, ParseOptions, ReadError, list_resources, parse,
    resolve_resource,
};
use serde::Serialize;

/// The maximum number of files that a hint names.
const HINTED: usize = 20;

catalog_query! {
    pub struct Request {
        /// The skill's name, its folder's name, or the path of its folder or SKILL.md.
        pub name: String,
        /// The path of a file inside its folder (default: its SKILL.md).
        pub resource: Option<String>,
        /// Wrap the body in `<skill_content>`, with the folder and the list of files, for a model.
        #[serde(default)]
        pub wrap: bool,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub location: String,
    pub text: String,
}

/// Reads text; a file outside the skill's folder is rejected.
///
/// # Errors
///
/// `not_found` if there is no such skill or file, `invalid_input` for a path that leaves the folder and for a file that
/// is not text, `io` if it cannot be read; otherwise the same as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let selected = runtime.select(&request.shared())?;
    let entry = selected.entry(runtime, &request.name)?;
    let Entry { tree, file, .. } = &entry;
    if let Some(resource) = &request.resource {
        return read_resource(&entry, resource);
    }
    let bytes = tree.read(file, MAX_SKILL_BYTES).map_err(|error| {
        ApiError::io(format!("{} cannot be read: {error}", quote(&display_path(file))))
            .hint("{skill_validate} says what is wrong with the file")
    })?;
    let location = display_path(&entry.location());
    let text = Source::decode(&bytes).text().to_owned();
    if !request.wrap {
        return Ok(Response { location, text });
    }
    let options = ParseOptions {
        folder: Some(entry.skill.name.clone()),
        ..ParseOptions::default()
    };
    let skill = parse(text.as_bytes(), &options).skill;
    let body = skill.map(|skill| skill.body).unwrap_or_default();
    let file = runtime.absolute_location(&entry);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| ".".to_owned(), display_path);
    let text = wrapped(&entry.skill.name, &body, &folder, &resources(&entry));
    Ok(Response { location, text })
}

/// Returns the paths of the skill's files.
fn resources(entry: &Entry) -> Vec<String> {
    let found = list_resources(&*entry.tree, &entry.file).unwrap_or_default();
    found.files.into_iter().map(|file| file.path).collect()
}

fn read_resource(entry: &Entry, resource: &str) -> Result<Response> {
    let Entry { tree, file, .. } = entry;
    let path = resolve_resource(&**tree, file.parent().unwrap_or(file), resource).ok_or_else(|| {
        ApiError::invalid_input(format!("the path {} leaves the skill's folder", quote(resource)))
            .hint("use a path inside the skill's folder")
    })?;
    if tree.metadata(&path).is_err() || tree.is_folder(&path) {
        let list = resources(entry);
        let shown = list.get(..HINTED).unwrap_or(&list).join(", ");
        let hint = match list.len() {
            0 => "it has no other files".to_owned(),
            n if n > HINTED => format!("its files are {shown} and {} more", n - HINTED),
            _ => format!("its files are {shown}"),
        };
        return Err(ApiError::not_found(format!("the skill has no file {}", quote(resource))).hint(hint));
    }
    let location = entry.location();
    let location = display_path(&location.parent().unwrap_or(&location).join(resource));
    let bytes = tree.read(&path, MAX_RESOURCE_BYTES).map_err(|error| {
        ApiError::io(format!("{} cannot be read: {error}", quote(&location))).hint(match error {
            ReadError::TooLarge { .. } => "read the file directly, at its path",
            _ => "use a regular file that this user may read",
        })
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        ApiError::invalid_input(format!("{} is not text", quote(&location)))
            .hint("read the file directly, at its path")
    })?;
    Ok(Response { location, text })
}

/// Returns the activation block of the specification's client guide. The body stays as it is, except for a closing tag of
/// the block.
fn wrapped(name: &str, body: &str, folder: &str, files: &[String]) -> String {
    let body = body.trim().replace("</skill_content", "&lt;/skill_content");
    let mut out = format!("<skill_content name=\"{}\">\n{body}\n\n", escape_xml(name));
    out.push_str(&format!("Skill directory: {}\n", escape_xml(folder)));
    out.push_str("Relative paths in this skill are relative to the skill directory.\n");
    if !files.is_empty() {
        out.push_str("<skill_resources>\n");
        for file in files {
            out.push_str(&format!("  <file>{}</file>\n", escape_xml(file)));
        }
        out.push_str("</skill_resources>\n");
    }
    out.push_str("</skill_content>\n");
    out
}
