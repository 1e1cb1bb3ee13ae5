//! The three commands of the reference validator with its very output.
//!
//! For a folder that the reference reads without one of its known defects (byte order marks, flow style, `---`
//! inside a value, anchors, tags, nested metadata, `.` and `..` as a folder's name, a location that is not escaped) the
//! output is the same byte for byte; where it fails over such a defect, the specification decides. Control characters
//! are the one other difference: `to-prompt` shows U+FFFD in their place, since a terminal would act on them. Facts
//! were taken by running `skills-ref` 0.1.1; the texts are its interface.

use crate::display::display_path;
use crate::lint::package::{folder_name, skill_file};
use crate::lint::{Diagnostics, Profile, Rule, Severity};
use crate::skill::{
    MAX_COMPATIBILITY_CHARS, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, is_name_character, normalize_name,
    python_trim, spec_fields,
};
use crate::syntax::frontmatter;
use crate::syntax::source::{Encoding, Source};
use crate::syntax::yaml::{Kind, Node};
use crate::tree::{DiskTree, MAX_SKILL_BYTES, Tree as _};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Returns the errors of a skill in the reference's words and order; none means valid.
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

/// Returns the properties of a skill as the reference prints them: JSON indented by two, ASCII only.
///
/// # Errors
///
/// Gives the reference's message where it would refuse the skill.
pub fn read_properties(path: &str) -> Result<String, String> {
    let folder = folder_of(path);
    let file =
        reference_file(&folder).ok_or_else(|| format!("SKILL.md not found in {}", shown_path(path)))?;
    let root = read(&file)?;
    let (name, description) = identity(&root)?;
    let mut fields = vec![("name", scalar(name)), ("description", scalar(description))];
    for key in ["license", "compatibility", "allowed-tools", "metadata"] {
        let Some(node) = root.get(key) else { continue };
        let empty = matches!(&node.kind, Kind::Scalar { text, .. } if text.is_empty())
            || node.entries().is_some_and(<[_]>::is_empty);
        if !(key == "metadata" && empty) {
            fields.push((key, node.clone()));
        }
    }
    let entries = fields
        .into_iter()
        .map(|(key, node)| (scalar(key.to_owned()), node))
        .collect();
    let mut out = String::new();
    write_json(
        &mut out,
        &Node {
            kind: Kind::Mapping(entries),
            start: 0,
            end: 0,
        },
        0,
    );
    Ok(out)
}

/// Returns the `<available_skills>` block of the skills as the reference prints it.
///
/// # Errors
///
/// Gives the reference's message for the first skill it would refuse.
pub fn to_prompt(paths: &[String]) -> Result<String, String> {
    let mut items = Vec::new();
    for path in paths {
        let folder = folder_of(path);
        let real = folder.canonicalize().unwrap_or(folder);
        let file =
            reference_file(&real).ok_or_else(|| format!("SKILL.md not found in {}", display_path(&real)))?;
        let (name, description) = identity(&read(&file)?)?;
        items.push(crate::present::prompt::Item {
            name,
            description,
            location: display_path(&file),
        });
    }
    Ok(crate::present::prompt::render(
        &items,
        crate::present::prompt::Format::SkillsRef,
    ))
}

/// Returns a path as the reference prints it: no `.` parts, no doubled or trailing slashes, `..` kept.
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

/// The reference knows two spellings; a link to nothing does not count.
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

fn scalar(text: String) -> Node {
    Node {
        kind: Kind::Scalar { text, plain: false },
        start: 0,
        end: 0,
    }
}

fn read(file: &Path) -> Result<Node, String> {
    let bytes = DiskTree
        .read(file, MAX_SKILL_BYTES)
        .map_err(|error| format!("{} cannot be read: {error}", display_path(file)))?;
    let source = Source::decode(&bytes);
    if source.encoding() != Encoding::Utf8 {
        return Err(format!("{} is not UTF-8", display_path(file)));
    }
    let mut diagnostics = Diagnostics::new(Profile::Spec);
    let root = frontmatter::read(&source, None, &mut diagnostics).map(|front| front.root);
    let fault = diagnostics
        .finish()
        .into_iter()
        .find(|d| d.severity == Severity::Error);
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

fn identity(root: &Node) -> Result<(String, String), String> {
    let text = |key: &str| match root.get(key) {
        None => Err(format!("Missing required field in frontmatter: {key}")),
        Some(node) => Ok(filled(node)),
    };
    let (name, description) = (text("name")?, text("description")?);
    let need = |key: &str, value: Option<String>| {
        value.ok_or_else(|| format!("Field '{key}' must be a non-empty string"))
    };
    Ok((need("name", name)?, need("description", description)?))
}

/// Returns the trimmed text of a scalar that is not blank.
fn filled(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(python_trim(text))
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        _ => None,
    }
}

fn errors(root: &Node, folder: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let mut unknown: Vec<&str> = root
        .entries()
        .unwrap_or_default()
        .iter()
        .map(|(key, _)| key.key_text())
        .filter(|key| !spec_fields().contains(key))
        .collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        errors.push(format!(
            "Unexpected fields in frontmatter: {}. Only ['{}'] are allowed.",
            unknown.join(", "),
            spec_fields().join("', '")
        ));
    }
    match root.get("name").map(filled) {
        None => errors.push("Missing required field in frontmatter: name".to_owned()),
        Some(None) => errors.push("Field 'name' must be a non-empty string".to_owned()),
        Some(Some(name)) => name_errors(&normalize_name(&name), folder, &mut errors),
    }
    match root.get("description") {
        None => errors.push("Missing required field in frontmatter: description".to_owned()),
        Some(node) if filled(node).is_none() => {
            errors.push("Field 'description' must be a non-empty string".to_owned());
        }
        Some(node) => too_long("Description", node, MAX_DESCRIPTION_CHARS, &mut errors),
    }
    if let Some(node) = root.get("compatibility") {
        match &node.kind {
            Kind::Scalar { .. } => too_long("Compatibility", node, MAX_COMPATIBILITY_CHARS, &mut errors),
            _ => errors.push("Field 'compatibility' must be a string".to_owned()),
        }
    }
    errors
}

fn too_long(what: &str, node: &Node, limit: usize, errors: &mut Vec<String>) {
    let length = node.key_text().chars().count();
    if length > limit {
        errors.push(format!("{what} exceeds {limit} character limit ({length} chars)"));
    }
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

/// Writes a tree in the reference's JSON: every scalar a string, everything beyond printable ASCII escaped.
fn write_json(out: &mut String, node: &Node, depth: usize) {
    match &node.kind {
        Kind::Scalar { text, .. } => write_string(out, text),
        Kind::Sequence(items) => {
            let items = items.iter().map(|item| (None, item)).collect::<Vec<_>>();
            write_group(out, ['[', ']'], &items, depth);
        }
        Kind::Mapping(entries) => {
            let items = entries
                .iter()
                .map(|(key, value)| (Some(key.key_text()), value))
                .collect::<Vec<_>>();
            write_group(out, ['{', '}'], &items, depth);
        }
    }
}

fn write_group(out: &mut String, [open, close]: [char; 2], items: &[(Option<&str>, &Node)], depth: usize) {
    out.push(open);
    for (index, (key, value)) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            write_string(out, key);
            out.push_str(": ");
        }
        write_json(out, value, depth + 1);
    }
    if !items.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}
