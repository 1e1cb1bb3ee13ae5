//! Which requirements of a skill the machine and the catalog do not meet.

use crate::catalog::Catalog;
use crate::skill::{HostInfo, MissingRequirement, Requirements};

/// Returns the requirements that are not met on `machine` with the skills of `catalog`.
///
/// Settings (`config`) belong to another client's configuration and are not checked.
#[must_use]
pub fn missing_requirements(
    requirements: &Requirements,
    machine: &HostInfo,
    catalog: &Catalog,
) -> Vec<MissingRequirement> {
    let mut found = requirements.missing_on(machine);
    let mut add = |name: &str| {
        found.push(MissingRequirement {
            kind: "skill",
            name: name.to_owned(),
        });
    };
    for wanted in &requirements.skills {
        let entry = catalog.get(&wanted.name);
        match &wanted.range {
            None if entry.is_none() => add(&wanted.name),
            None => {}
            Some(range) => {
                let version = entry.and_then(|entry| entry.skill.version.as_ref()?.semver.as_ref());
                if !version.is_some_and(|version| range.matches(version)) {
                    add(&format!("{}@{range}", wanted.name));
                }
            }
        }
    }
    found
}
