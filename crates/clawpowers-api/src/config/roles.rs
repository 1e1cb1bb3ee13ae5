//! Role profiles in `config.json`.
//!
//! A role profile names the skills that a role works with: `{"profile": "dev", "profiles": {"dev": {"skills":
//! ["a", "b"]}}}`. A list of objects with a `name` is read too, and so is a plain list of skills.

use super::file;
use crate::text::unknown_name;
use crate::wire::{ApiError, ErrorCode, Result};
use clawpowers_loader::normalize_name;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) skills: Vec<String>,
}

impl Role {
    /// Returns whether a skill belongs to the role; names are compared as the catalog compares them.
    pub(crate) fn has(&self, skill: &str) -> bool {
        let skill = normalize_name(skill);
        self.skills.iter().any(|own| normalize_name(own) == skill)
    }
}

/// The role profiles of a home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// The name of the active one, which need not exist.
    pub(crate) active: Option<String>,
    skills: BTreeMap<String, Vec<String>>,
}

/// Reads the role profiles of `home`; without a file there are none.
pub(crate) fn roles(home: Option<&Path>) -> Result<Roles> {
    let document = home.map(|home| file::read(&file::path(home))).transpose()?;
    let Some(document) = document.flatten() else {
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

/// Returns the skills of a profile; `None` without a list of skills.
fn listed(role: &Value) -> Option<Vec<String>> {
    let list = role.get("skills").unwrap_or(role).as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl Roles {
    pub(crate) fn get(&self, name: &str) -> Option<Role> {
        let skills = self.skills.get(name)?.clone();
        Some(Role {
            name: name.to_owned(),
            skills,
        })
    }

    /// Returns the error for a profile that does not exist.
    pub(crate) fn unknown(&self, name: &str) -> ApiError {
        let known: Vec<&str> = self.skills.keys().map(String::as_str).collect();
        let mut error = unknown_name("role profile", name, &known);
        error.code = ErrorCode::NotFound;
        if known.is_empty() {
            return error.hint("define it with {config_set key=profiles.NAME.skills value=LIST}");
        }
        error
    }
}
