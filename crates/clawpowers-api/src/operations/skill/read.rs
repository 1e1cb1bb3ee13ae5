//! Reads a skill's text or one of its files.

use crate::catalog_query::catalog_query;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::prompt::escape_xml;
use clawpowers_loader::{
    Entry, MAX_RESOURCE_BYTES, MAX_SKILL_BYTES, ReadError, list_resources, resolve_resource,
};
use serde::Serialize;

/// How many of a skill's files a hint names.
const HINTED: usize = 20;

catalog_query! {
    /// What to read.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// The skill's name, its folder's name, or the path of its folder or SKILL.md.
        pub name: String,
        /// The path of a file inside its folder (default: its SKILL.md).
        #[serde(default)]
        pub resource: Option<String>,
        /// Wrap the body in `<skill_content>`, with the folder and the list of files, for a model.
        #[serde(default)]
        pub wrap: bool,
    }
}

/// What was read.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Its location.
    pub location: String,
    /// The text.
    pub text: String,
}

/// Reads text; a file outside the skill's folder is refused.
///
/// # Errors
///
/// `not_found` where there is no such skill or file, `invalid_input` for a path that leaves the folder or a file that
/// is not text, `io` where it cannot be read; else as `skill_list`.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let selected = runtime.select(&request.shared())?;
    let entry = selected.entry(runtime, &request.name)?;
    let file = Files {
        runtime,
        entry: &entry,
    };
    let (location, bytes) = match &request.resource {
        Some(resource) => file.resource(resource)?,
        None => (display_path(&entry.location()), file.skill()?),
    };
    let text = match request.resource {
        None => clawpowers_loader::syntax::Source::decode(&bytes)
            .text()
            .to_owned(),
        Some(_) => String::from_utf8(bytes).map_err(|_| {
            ApiError::new(
                ErrorCode::InvalidInput,
                format!("{} is not text", quote(&location)),
            )
            .hint("open the file itself")
        })?,
    };
    if !request.wrap || request.resource.is_some() {
        return Ok(Response { location, text });
    }
    let options = clawpowers_loader::ParseOptions {
        folder: Some(entry.skill.name.clone()),
        ..Default::default()
    };
    let body = clawpowers_loader::parse(text.as_bytes(), &options)
        .skill
        .map(|skill| skill.body)
        .unwrap_or_default();
    let text = wrapped(&entry.skill.name, &body, &file.folder(), &file.list());
    Ok(Response { location, text })
}

struct Files<'a> {
    runtime: &'a Runtime,
    entry: &'a Entry,
}

impl Files<'_> {
    fn skill(&self) -> Result<Vec<u8>, ApiError> {
        let Entry { tree, file, .. } = self.entry;
        tree.read(file, MAX_SKILL_BYTES).map_err(|error| {
            ApiError::new(
                ErrorCode::Io,
                format!("{} cannot be read: {error}", quote(&display_path(file))),
            )
            .hint("{skill_validate} says what is wrong with the file")
        })
    }

    fn resource(&self, resource: &str) -> Result<(String, Vec<u8>), ApiError> {
        let absent = || {
            let list = self.list();
            let shown = list.get(..HINTED).unwrap_or(&list).join(", ");
            let hint = match list.len() {
                0 => "it has no other files".to_owned(),
                n if n > HINTED => format!("its files are {shown} and {} more", n - HINTED),
                _ => format!("its files are {shown}"),
            };
            ApiError::new(
                ErrorCode::NotFound,
                format!("the skill has no file {}", quote(resource)),
            )
            .hint(hint)
        };
        let leaves = || {
            let message = format!("the path {} leaves the skill's folder", quote(resource));
            ApiError::new(ErrorCode::InvalidInput, message).hint("name a file below the skill's folder")
        };
        let Entry { tree, file, .. } = self.entry;
        let path = resolve_resource(&**tree, file.parent().unwrap_or(file), resource).ok_or_else(leaves)?;
        if tree.metadata(&path).is_err() || tree.is_folder(&path) {
            return Err(absent());
        }
        let location = self.entry.location();
        let location = display_path(&location.parent().unwrap_or(&location).join(resource));
        let bytes = tree.read(&path, MAX_RESOURCE_BYTES).map_err(|error| {
            ApiError::new(
                ErrorCode::Io,
                format!("{} cannot be read: {error}", quote(&location)),
            )
            .hint(match error {
                ReadError::TooLarge { .. } => "open the file itself",
                _ => "name a regular file that this user may read",
            })
        })?;
        Ok((location, bytes))
    }

    /// Returns the folder as a model finds it.
    fn folder(&self) -> String {
        let file = self.runtime.absolute_location(self.entry);
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or_else(|| ".".to_owned(), display_path)
    }

    fn list(&self) -> Vec<String> {
        let found = list_resources(&*self.entry.tree, &self.entry.file).unwrap_or_default();
        found.files.into_iter().map(|file| file.path).collect()
    }
}

/// The activation block of the specification's client guide; the body is the skill's own words and stays as it is,
/// but for a closing tag of the block itself.
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
