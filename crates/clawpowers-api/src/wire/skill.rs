//! JSON representations of the loader's types.

use super::named;
use crate::hint::worded;
use clawpowers_loader as loader;
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{Entry, MissingRequirement, ResourceKind, Row, Scope, Severity};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A diagnostic: one violation of a rule at one place.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// The id of the rule.
    pub rule: &'static str,
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Severity>"))]
    pub severity: Severity,
    /// The path below the skill's folder of the file with the problem, if it is not the SKILL.md.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The column in code points, from 1.
    pub column: usize,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
}

/// A replacement of a range of bytes of the UTF-8 text without its byte order mark.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Edit {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte; equal to `start` for an insertion.
    pub end: usize,
    pub replacement: String,
}

impl From<loader::Edit> for Edit {
    fn from(edit: loader::Edit) -> Self {
        Self {
            start: edit.range.start,
            end: edit.range.end,
            replacement: edit.replacement,
        }
    }
}

const REPAIR: &str = "run {skill_fix paths=PATH write=true} to repair it";

impl Diagnostic {
    /// Returns the path of the file with the problem, given the path of the skill's SKILL.md.
    #[must_use]
    pub fn path(&self, skill_file: &str) -> String {
        let folder = skill_file
            .rfind('/')
            .map_or("", |at| skill_file.get(..=at).unwrap_or_default());
        match &self.file {
            Some(file) => format!("{folder}{file}"),
            None => skill_file.to_owned(),
        }
    }
}

impl From<loader::Diagnostic> for Diagnostic {
    fn from(d: loader::Diagnostic) -> Self {
        Self {
            rule: d.rule.id(),
            severity: d.severity,
            file: d.file,
            line: d.position.line,
            column: d.position.column,
            message: d.message,
            hint: match &d.hint {
                Some(hint) => Some(worded(hint)),
                None => (!d.edits.is_empty()).then(|| worded(REPAIR)),
            },
            edits: d.edits.into_iter().map(Edit::from).collect(),
        }
    }
}

#[must_use]
pub fn diagnostics(list: Vec<loader::Diagnostic>) -> Vec<Diagnostic> {
    list.into_iter().map(Diagnostic::from).collect()
}

/// Like [`diagnostics`], with hints that name the file, if its path needs no quotes in a command.
#[must_use]
pub fn diagnostics_of(path: &str, mut list: Vec<loader::Diagnostic>) -> Vec<Diagnostic> {
    if path.chars().all(|c| c.is_alphanumeric() || "/._-~:".contains(c)) && !path.starts_with(['-', '~']) {
        let argument = format!("paths={path} ");
        for diagnostic in &mut list {
            let hint = match &diagnostic.hint {
                None if !diagnostic.edits.is_empty() => REPAIR,
                hint => hint.as_deref().unwrap_or_default(),
            };
            if hint.contains("paths=PATH ") {
                diagnostic.hint = Some(hint.replace("paths=PATH ", &argument));
            }
        }
    }
    diagnostics(list)
}

/// Returns each unmet requirement as `kind name`.
#[must_use]
pub fn unmet(list: Vec<MissingRequirement>) -> Vec<String> {
    let text = |missing: MissingRequirement| format!("{} {}", missing.kind, missing.name);
    list.into_iter().map(text).collect()
}

/// Returns an unmet requirement, `kind name`, in words.
#[must_use]
pub fn requirement(unmet: &str) -> String {
    let (kind, name) = unmet.split_once(' ').unwrap_or(("skill", unmet));
    let kind = match kind {
        "bin" => "the program",
        "any_bin" => "one of the programs",
        "env" => "the environment variable",
        "os" => "the operating system",
        _ => "the skill",
    };
    format!("{kind} {}", quote(name))
}

/// Returns the diagnostics of a list, which come without hints and edits.
fn brief(mut list: Vec<loader::Diagnostic>) -> Vec<Diagnostic> {
    for diagnostic in &mut list {
        diagnostic.hint = None;
        diagnostic.edits.clear();
    }
    diagnostics(list)
}

/// A skill with its fields.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Skill {
    pub name: String,
    /// Whether the name was taken from the folder.
    pub name_from_folder: bool,
    pub description: String,
    /// Its version, verbatim.
    pub version: Option<String>,
    /// Whether the version is a semantic version.
    pub version_is_semver: bool,
    pub license: Option<String>,
    pub compatibility: Option<String>,
    /// Tools that it may use without asking.
    pub allowed_tools: Vec<String>,
    pub tags: Vec<String>,
    pub requirements: Requirements,
    pub metrics: Measures,
    pub invocation: Invocation,
    /// Every field of the frontmatter, verbatim and in order. A number that JSON would print differently is a string.
    pub frontmatter: Map<String, Value>,
}

/// What a skill measures.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measures {
    /// The metrics that it says it tracks.
    pub tracks: Vec<String>,
    /// The metrics that it says it improves.
    pub improves: Vec<String>,
}

/// Who may invoke the skill.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invocation {
    pub user: bool,
    pub model: bool,
}

impl From<loader::Invocation> for Invocation {
    fn from(loader::Invocation { user, model }: loader::Invocation) -> Self {
        Self { user, model }
    }
}

/// What a skill requires.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requirements {
    /// Programs that are all required.
    pub bins: Vec<String>,
    /// Programs of which at least one is required.
    pub any_bins: Vec<String>,
    pub env: Vec<String>,
    /// Settings of other clients; they are not checked.
    pub config: Vec<String>,
    /// Operating systems: `linux`, `macos`, `windows`.
    pub os: Vec<String>,
    /// Other skills, as `name` or `name@range`.
    pub skills: Vec<String>,
}

impl From<&loader::Requirements> for Requirements {
    fn from(r: &loader::Requirements) -> Self {
        let skill = |s: &loader::SkillRequirement| match &s.range {
            Some(range) => format!("{}@{range}", s.name),
            None => s.name.clone(),
        };
        Self {
            bins: r.bins.clone(),
            any_bins: r.any_bins.clone(),
            env: r.env.clone(),
            config: r.config.clone(),
            os: r.os.clone(),
            skills: r.skills.iter().map(skill).collect(),
        }
    }
}

impl From<&loader::Skill> for Skill {
    fn from(skill: &loader::Skill) -> Self {
        Self {
            name: skill.name.clone(),
            name_from_folder: skill.name_from_folder,
            description: skill.description.clone(),
            version: skill.version.as_ref().map(|v| v.text.clone()),
            version_is_semver: skill.version.as_ref().is_some_and(|v| v.semver.is_some()),
            license: skill.license.clone(),
            compatibility: skill.compatibility.clone(),
            allowed_tools: skill.allowed_tools.clone(),
            tags: skill.tags.clone(),
            requirements: Requirements::from(&skill.requirements),
            metrics: Measures {
                tracks: skill.metrics.tracks.clone(),
                improves: skill.metrics.improves.clone(),
            },
            invocation: Invocation::from(skill.invocation),
            frontmatter: skill.frontmatter.clone(),
        }
    }
}

/// A visible skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillRow {
    /// The name by which the skill is called.
    pub name: String,
    /// The name in its frontmatter, if the client shows it next to the folder's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub description: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// The scope of the root it was found in.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Scope>"))]
    pub scope: Scope,
    /// The root that it was found in; empty for bundled skills.
    pub root: String,
    /// Its version, verbatim.
    pub version: Option<String>,
    pub invocation: Invocation,
    /// Whether it belongs to the active role profile; absent if no profile is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The diagnostics of its frontmatter, without `hint` and `edits`.
    pub diagnostics: Vec<Diagnostic>,
}

impl Row for SkillRow {
    fn new(entry: Entry) -> Self {
        let location = match entry.scope {
            Scope::Bundled => text(entry.location().into_owned()),
            _ => text(entry.file),
        };
        let skill = entry.skill;
        Self {
            name: skill.name,
            label: entry.label,
            description: skill.description,
            location,
            scope: entry.scope,
            root: text(entry.root),
            version: skill.version.map(|version| version.text),
            invocation: Invocation::from(skill.invocation),
            active: None,
            diagnostics: brief(entry.diagnostics),
        }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn label_mut(&mut self) -> Option<&mut Option<String>> {
        Some(&mut self.label)
    }

    fn shown_description_mut(&mut self) -> Option<&mut String> {
        self.invocation.model.then_some(&mut self.description)
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn root(&self) -> &Path {
        Path::new(&self.root)
    }

    fn location(&self) -> Cow<'_, Path> {
        Path::new(&self.location).into()
    }
}

/// A shadowed skill, or a second path to the same skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hidden {
    pub name: String,
    /// The location of its SKILL.md.
    pub location: String,
    /// The location of the SKILL.md that is used instead.
    pub winner: String,
    /// Whether the client may load this one instead: which one it loads varies; absent if it always loads the other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undetermined: bool,
}

impl From<loader::Shadowed> for Hidden {
    fn from(hidden: loader::Shadowed) -> Self {
        Self {
            name: hidden.name,
            location: text(hidden.location),
            winner: text(hidden.winner),
            undetermined: hidden.undetermined,
        }
    }
}

/// Converts a path. There may be thousands, so a path that is Unicode is not copied.
fn text(path: PathBuf) -> String {
    if cfg!(windows) {
        return display_path(&path);
    }
    let lossy = |path: OsString| display_path(path.as_ref());
    path.into_os_string().into_string().unwrap_or_else(lossy)
}

/// A file that looks like a skill but did not load.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejected {
    pub location: String,
    /// The id of the rule that it breaks.
    pub reason: &'static str,
    /// Its diagnostics, without `hint` and `edits`.
    pub diagnostics: Vec<Diagnostic>,
}

impl From<loader::Rejected> for Rejected {
    fn from(rejected: loader::Rejected) -> Self {
        Self {
            location: text(rejected.location),
            reason: rejected.reason.id(),
            diagnostics: brief(rejected.diagnostics),
        }
    }
}

/// A file of a skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resource {
    /// The path inside the skill's folder, with `/` between the parts.
    pub path: String,
    /// Its kind, by the folder it is in.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<ResourceKind>"))]
    pub kind: ResourceKind,
    /// Size in bytes.
    pub size: u64,
    pub executable: bool,
}

impl From<&loader::Resource> for Resource {
    fn from(file: &loader::Resource) -> Self {
        Self {
            path: file.path.clone(),
            kind: file.kind,
            size: file.size,
            executable: file.executable,
        }
    }
}

/// The structure of a body: headings, code blocks, links.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outline {
    pub headings: Vec<Heading>,
    pub code_blocks: Vec<CodeBlock>,
    /// Targets of links and images.
    pub links: Vec<String>,
}

/// A heading.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Text without markup.
    pub text: String,
}

/// A code block.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeBlock {
    /// The first word after the opening fence.
    pub language: Option<String>,
    pub lines: usize,
}

impl From<loader::Outline> for Outline {
    fn from(outline: loader::Outline) -> Self {
        let heading = |loader::Heading { level, text, .. }| Heading { level, text };
        let code_block = |loader::CodeBlock { language, lines, .. }| CodeBlock { language, lines };
        Self {
            headings: outline.headings.into_iter().map(heading).collect(),
            code_blocks: outline.code_blocks.into_iter().map(code_block).collect(),
            links: outline.links.into_iter().map(|l| l.target).collect(),
        }
    }
}
