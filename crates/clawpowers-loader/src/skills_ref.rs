//! The three commands of the reference validator with exactly its output.
//!
//! The output is the same byte for byte unless a known defect of the reference validator is involved (byte order marks,
//! flow style, `---` inside a value, anchors, tags, nested metadata, `.` and `..` as a folder's name, a location that
//! is not escaped); then it follows the specification. The only other difference is control characters, for which
//! `to-prompt` shows U+FFFD, because a terminal would interpret them. Checked by running `skills-ref` 0.1.1.

use crate::display::display_path;
use crate::fields::{MAX_COMPATIBILITY_CHARS, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, fields_of};
use crate::lint::package::{folder_name, skill_file};
use crate::lint::{Diagnostics, Rule, Severity, Target};
use crate::present::prompt::{Format, Item, render};
use crate::skill::{is_name_character, normalize_name, python_trim};
use crate::syntax::frontmatter;
use crate::syntax::source::{Encoding, Source};
use crate::syntax::yaml::{Kind, Node};
use crate::tree::{DiskTree, MAX_SKILL_BYTES, Tree as _};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Returns the errors of a skill in the words and the order of the reference validator; a valid skill has none.
#[must_use]
pub fn validate(path: &str) -> Vec<String> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return vec![format!("Not a directory: {}", shown_path(path))];
    }
    let Some(file) = reference_file(&folder) else {
        return vec!["Missing required file: SKILL.md".to_owned()];
    };
    match read(&file) {
        Err(message) => vec![message],
        Ok(root) => errors(&root, &folder_name(&DiskTree, &file).unwrap_or_default()),
    }
}

/// Returns the properties of a skill as the reference validator prints them: JSON indented by two, only ASCII.
///
/// # Errors
///
/// Returns the message of the reference validator if it rejects the skill.
pub fn read_properties(path: &str) -> Result<String, String> {
    let folder = folder_of(path);
    let file =
        reference_file(&folder).ok_or_else(|| format!("SKILL.md not found in {}", shown_path(path)))?;
    let root = read(&file)?;
    let (name, description) = identity(&root)?;
    let mut fields = Map::new();
    fields.insert("name".to_owned(), name.into());
    fields.insert("description".to_owned(), description.into());
    for key in ["license", "compatibility", "allowed-tools", "metadata"] {
        let Some(node) = root.get(key) else { continue };
        let empty = matches!(&node.kind, Kind::Scalar { text, .. } if text.is_empty())
            || node.entries().is_some_and(<[_]>::is_empty);
        if !(key == "metadata" && empty) {
            fields.insert(key.to_owned(), json(node));
        }
    }
    Ok(escape_non_ascii(&format!("{:#}", Value::Object(fields))))
}

/// Returns the `<available_skills>` block of the skills as the reference validator prints it.
///
/// # Errors
///
/// Returns the message of the reference validator for the first skill that it rejects.
pub fn to_prompt(paths: &[String]) -> Result<String, String> {
    let mut items = Vec::new();
    for path in paths {
        let folder = folder_of(path);
        let real = folder.canonicalize().unwrap_or(folder);
        let file =
            reference_file(&real).ok_or_else(|| format!("SKILL.md not found in {}", display_path(&real)))?;
        let (name, description) = identity(&read(&file)?)?;
        items.push(Item {
            name,
            description,
            location: display_path(&file),
        });
    }
    Ok(render(&items, Format::SkillsRef))
}

/// Returns a path as the reference validator prints it: no `.` parts, no doubled or trailing slashes, `..` kept.
#[must_use]
pub fn shown_path(path: &str) -> String {
    let path = if is_skill_file(path) {
        Path::new(path)
            .parent()
            .map_or(path, |p| p.to_str().unwrap_or(path))
    } else {
        path
    };
    let root = match path.len() - path.trim_start_matches('/').len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    match (root, parts.as_slice()) {
        ("", []) => ".".to_owned(),
        _ => format!("{root}{}", parts.join("/")),
    }
}

fn is_skill_file(path: &str) -> bool {
    let path = Path::new(path);
    path.is_file()
        && path
            .file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("skill.md"))
}

fn folder_of(path: &str) -> PathBuf {
    PathBuf::from(shown_path(path))
}

/// Finds the SKILL.md; the reference validator knows two spellings and ignores broken links.
fn reference_file(folder: &Path) -> Option<PathBuf> {
    let file = skill_file(&DiskTree, folder)?;
    let known = |file: &PathBuf| {
        file.exists()
            && file
                .file_name()
                .is_some_and(|n| n == "SKILL.md" || n == "skill.md")
    };
    known(&file)
        .then_some(file)
        .or_else(|| Some(folder.join("skill.md")).filter(known))
}

fn read(file: &Path) -> Result<Node, String> {
    let bytes = DiskTree
        .read(file, MAX_SKILL_BYTES)
        .map_err(|error| format!("{} cannot be read: {error}", display_path(file)))?;
    let source = Source::decode(&bytes);
    if source.encoding() != Encoding::Utf8 {
        return Err(format!("{} is not UTF-8", display_path(file)));
    }
    let mut diagnostics = Diagnostics::new(Target::Spec);
    let root = frontmatter::read(&source, None, &mut diagnostics).map(|front| front.root);
    let mut diagnostics = diagnostics.finish().into_iter();
    let fault = diagnostics.find(|d| d.severity == Severity::Error);
    let invalid =
        |message: &str, line: usize| format!("Invalid YAML in frontmatter: {message} (line {line})");
    match (root, fault) {
        (Ok(root), None) => Ok(root),
        (_, Some(fault)) => Err(match fault.rule {
            Rule::FileEmpty
            | Rule::FrontmatterMissing
            | Rule::FrontmatterNotFirst
            | Rule::FrontmatterOpener => "SKILL.md must start with YAML frontmatter (---)".to_owned(),
            Rule::FrontmatterUnclosed => "SKILL.md frontmatter not properly closed with ---".to_owned(),
            Rule::FrontmatterEmpty | Rule::FrontmatterNotMapping => {
                "SKILL.md frontmatter must be a YAML mapping".to_owned()
            }
            _ => invalid(&fault.message, fault.position.line),
        }),
        (Err(rule), None) => Err(invalid(rule.summary(), 1)),
    }
}

/// Returns the name and the description.
fn identity(root: &Node) -> Result<(String, String), String> {
    // A missing field is reported before an empty one.
    for key in ["name", "description"] {
        root.get(key).ok_or_else(|| missing(key))?;
    }
    let text = |key| required(root, key).map(str::to_owned);
    Ok((text("name")?, text("description")?))
}

/// Returns the trimmed text of a required field.
fn required<'a>(root: &'a Node, key: &str) -> Result<&'a str, String> {
    match &root.get(key).ok_or_else(|| missing(key))?.kind {
        Kind::Scalar { text, .. } if !python_trim(text).is_empty() => Ok(python_trim(text)),
        _ => Err(format!("Field '{key}' must be a non-empty string")),
    }
}

fn missing(key: &str) -> String {
    format!("Missing required field in frontmatter: {key}")
}

fn errors(root: &Node, folder: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let fields = root.entries().unwrap_or_default().iter();
    let fields = fields.map(|(key, _)| key.key_text());
    let known = fields_of(Target::Spec);
    let mut unknown: Vec<&str> = fields.filter(|key| known.field(key).is_none()).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        let mut known: Vec<&str> = known.rows.iter().map(|field| field.name).collect();
        known.sort_unstable();
        errors.push(format!(
            "Unexpected fields in frontmatter: {}. Only ['{}'] are allowed.",
            unknown.join(", "),
            known.join("', '")
        ));
    }
    match required(root, "name") {
        Ok(name) => name_errors(&normalize_name(name), folder, &mut errors),
        Err(error) => errors.push(error),
    }
    let too_long = |what: &str, key: &str, limit: usize| {
        let length = root.get(key)?.key_text().chars().count();
        (length > limit).then(|| format!("{what} exceeds {limit} character limit ({length} chars)"))
    };
    match required(root, "description") {
        Ok(_) => errors.extend(too_long("Description", "description", MAX_DESCRIPTION_CHARS)),
        Err(error) => errors.push(error),
    }
    match root.get("compatibility").map(|node| &node.kind) {
        None | Some(Kind::Scalar { .. }) => {
            errors.extend(too_long(
                "Compatibility",
                "compatibility",
                MAX_COMPATIBILITY_CHARS,
            ));
        }
        Some(_) => errors.push("Field 'compatibility' must be a string".to_owned()),
    }
    errors
}

fn name_errors(name: &str, folder: &str, errors: &mut Vec<String>) {
    let length = name.chars().count();
    if length > MAX_NAME_CHARS {
        errors.push(format!(
            "Skill name '{name}' exceeds {MAX_NAME_CHARS} character limit ({length} chars)"
        ));
    }
    if name.to_lowercase() != name {
        errors.push(format!("Skill name '{name}' must be lowercase"));
    }
    if name.starts_with('-') || name.ends_with('-') {
        errors.push("Skill name cannot start or end with a hyphen".to_owned());
    }
    if name.contains("--") {
        errors.push("Skill name cannot contain consecutive hyphens".to_owned());
    }
    if !name.chars().all(is_name_character) {
        errors.push(format!(
            "Skill name '{name}' contains invalid characters. Only letters, digits, and hyphens are allowed."
        ));
    }
    if unicode_normalization::UnicodeNormalization::nfkc(folder).collect::<String>() != name {
        errors.push(format!(
            "Directory name '{folder}' must match skill name '{name}'"
        ));
    }
}

/// Returns a tree as the reference validator parses it: every scalar is a string.
fn json(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar { text, .. } => text.as_str().into(),
        Kind::Sequence(items) => items.iter().map(json).collect(),
        Kind::Mapping(entries) => {
            let entry = |(key, value): &(Node, Node)| (key.key_text().to_owned(), json(value));
            entries.iter().map(entry).collect()
        }
    }
}

/// Escapes everything but printable ASCII and the newlines between the lines of `json`.
fn escape_non_ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~' | '\n') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
