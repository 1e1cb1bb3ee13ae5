//! The part of `config.json` that operations on skills need: role profiles.
//!
//! A role profile names the skills that a role works with: `{"profile": "dev", "profiles": {"dev": {"skills":
//! ["a", "b"]}}}`. A list of objects with a `name` is read too, and so is a plain list of skills.

use super::file;
use crate::text::choices;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::quote;
use clawpowers_loader::normalize_name;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A role profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    /// Its name.
    pub(crate) name: String,
    /// The names of its skills.
    pub(crate) skills: Vec<String>,
}

impl Role {
    /// Tells whether a skill belongs to the role; names are compared as the catalog compares them.
    pub(crate) fn has(&self, skill: &str) -> bool {
        let skill = normalize_name(skill);
        self.skills.iter().any(|own| normalize_name(own) == skill)
    }
}

/// The role profiles of a home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// The name of the one in force; nothing says that there is one of this name.
    pub(crate) active: Option<String>,
    /// The skills of each.
    skills: BTreeMap<String, Vec<String>>,
}

/// Reads the role profiles of `home`; without a file there are none.
pub(crate) fn roles(home: Option<&Path>) -> Result<Roles, ApiError> {
    let Some(home) = home else {
        return Ok(Roles::default());
    };
    let Some(document) = file::read(&file::path(home))? else {
        return Ok(Roles::default());
    };
    let value = document.value;
    let active = match value.get("profile") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if name.is_empty() => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(other) => Some(other.to_string()),
    };
    let profiles: Vec<(&str, &Value)> = match value.get("profiles") {
        Some(Value::Object(map)) => map.iter().map(|(name, role)| (name.as_str(), role)).collect(),
        Some(Value::Array(list)) => {
            let named = |role| Some((Value::get(role, "name")?.as_str()?, role));
            list.iter().filter_map(named).collect()
        }
        _ => Vec::new(),
    };
    let skills = profiles
        .into_iter()
        .filter_map(|(name, role)| Some((name.to_owned(), listed(role)?)));
    Ok(Roles {
        active,
        skills: skills.collect(),
    })
}

/// Returns the skills of a profile; one without a list of skills is taken for none at all.
fn listed(role: &Value) -> Option<Vec<String>> {
    let list = role.get("skills").unwrap_or(role).as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl Roles {
    /// Returns the profile called `name`, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<Role> {
        let skills = self.skills.get(name)?.clone();
        Some(Role {
            name: name.to_owned(),
            skills,
        })
    }

    /// Says that there is no profile called `name`.
    pub(crate) fn unknown(&self, name: &str) -> ApiError {
        let known: Vec<&str> = self.skills.keys().map(String::as_str).collect();
        let hint = if known.is_empty() {
            "add it with its list of skills to `profiles` in config.json of the home".to_owned()
        } else {
            choices(name, "profiles", &known)
        };
        ApiError::new(
            ErrorCode::NotFound,
            format!("there is no profile {}", quote(name)),
        )
        .hint(hint)
    }
}
