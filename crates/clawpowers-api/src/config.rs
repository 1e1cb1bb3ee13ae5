//! The part of `config.json` that operations on skills need: role profiles.
//!
//! A role profile names the skills that a role works with: `{"profile": "dev", "profiles": {"dev": {"skills":
//! ["a", "b"]}}}`. A list of objects with a `name` is read too, and so is a plain list of skills.

use crate::error::{ApiError, ErrorCode};
use clawpowers_loader::diag::quoted;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The role profiles of a home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// The one that is active by default.
    pub(crate) active: Option<String>,
    /// The skills of each.
    pub(crate) skills: BTreeMap<String, Vec<String>>,
}

/// Reads the role profiles of `home`; without a file there are none.
pub(crate) fn roles(home: Option<&Path>) -> Result<Roles, ApiError> {
    let Some(file) = home.map(|home| home.join("config.json")) else {
        return Ok(Roles::default());
    };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Roles::default()),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", quoted(&file.to_string_lossy()));
            return Err(ApiError::new(ErrorCode::Io, message)
                .hint("make it a readable text file, or name another home with `--home`"));
        }
    };
    let shown = quoted(&file.to_string_lossy());
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        ApiError::new(ErrorCode::InvalidConfig, format!("{shown} is not JSON: {error}"))
            .hint("mend the file at the named line and column; it was left as it is")
            .details(serde_json::json!({ "line": error.line(), "column": error.column() }))
    })?;
    let active = value.get("profile").and_then(Value::as_str).map(str::to_owned);
    let mut skills = BTreeMap::new();
    match value.get("profiles") {
        Some(Value::Object(map)) => {
            skills.extend(map.iter().map(|(name, role)| (name.clone(), listed(role))))
        }
        Some(Value::Array(list)) => skills.extend(
            list.iter()
                .filter_map(|role| Some((role.get("name")?.as_str()?.to_owned(), listed(role)))),
        ),
        _ => {}
    }
    Ok(Roles { active, skills })
}

fn listed(role: &Value) -> Vec<String> {
    let list = role.get("skills").unwrap_or(role).as_array();
    list.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

impl Roles {
    /// Returns the skills of the profile called `name`.
    pub(crate) fn get(&self, name: &str) -> Result<&[String], ApiError> {
        self.skills.get(name).map(Vec::as_slice).ok_or_else(|| {
            let known: Vec<&str> = self.skills.keys().map(String::as_str).collect();
            let hint = if known.is_empty() {
                "add it to `profiles` in config.json of the home".to_owned()
            } else {
                format!("the profiles are {}", known.join(", "))
            };
            ApiError::new(
                ErrorCode::NotFound,
                format!("there is no profile {}", quoted(name)),
            )
            .hint(hint)
        })
    }
}
