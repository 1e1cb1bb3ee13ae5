//! What the clients loaded from the tree, as recorded in `verdicts.json`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What all clients loaded.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Recording {
    /// The day on which the clients ran.
    pub(crate) recorded: String,
    pub(crate) clients: BTreeMap<String, Verdicts>,
}

/// What one client loaded.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Verdicts {
    pub(crate) version: String,
    pub(crate) from: Source,
    /// The client's own project folder, which holds the edge-case files.
    pub(crate) project: String,
    /// Whether the order of its listing is the same in each run.
    pub(crate) ordered: bool,
    pub(crate) skills: Vec<Verdict>,
}

/// Where the verdicts were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// The listing of the client, which may have skills that the model is not shown.
    Listing,
    /// What the model was shown.
    Prompt,
}

/// A skill that a client loaded or rejected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verdict {
    /// The folder of its `SKILL.md`, or its file, below the folder of the tree.
    pub(crate) at: String,
    /// The name by which it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// A second name that the client shows next to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// With runs of one character shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// Listed for people and not for the model.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) hidden: bool,
    /// Why the client rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Recording {
    pub(crate) fn path() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/verdicts.json")
    }

    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(Self::path()).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("verdicts.json: {error}"))
    }

    /// The text of `verdicts.json`: one line for each skill, in ASCII, so that a difference shows.
    pub(crate) fn text(&self) -> String {
        let clients: Vec<String> = self
            .clients
            .iter()
            .map(|(name, client)| client.text(name))
            .collect();
        format!(
            "{{\n  \"recorded\": {},\n  \"clients\": {{\n{}\n  }}\n}}\n",
            json(&self.recorded),
            clients.join(",\n")
        )
    }
}

impl Verdicts {
    fn text(&self, name: &str) -> String {
        let Self {
            version,
            from,
            project,
            ordered,
            skills,
        } = self;
        let skills: Vec<String> = skills
            .iter()
            .map(|skill| format!("        {}", json(skill)))
            .collect();
        format!(
            "    {}: {{\n      \"version\": {}, \"from\": {}, \"project\": {}, \"ordered\": {ordered},\n      \
             \"skills\": [\n{}\n      ]\n    }}",
            json(name),
            json(version),
            json(from),
            json(project),
            skills.join(",\n")
        )
    }
}

/// Returns a value as JSON in ASCII.
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    let mut text = String::new();
    for character in serde_json::to_string(value).unwrap().chars() {
        match character.is_ascii() {
            true => text.push(character),
            false => {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units).iter();
                text.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

/// Writes a run of at least 40 times the same character as `x{40}`.
pub(crate) fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let mut count = 1;
        while rest.next_if_eq(&character).is_some() {
            count += 1;
        }
        match count {
            40.. => short.push_str(&format!("{character}{{{count}}}")),
            _ => short.extend(std::iter::repeat_n(character, count)),
        }
    }
    short
}
