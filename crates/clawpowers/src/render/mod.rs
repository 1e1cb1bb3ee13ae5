//! Replies as text for people.

pub(crate) mod analyze;
pub(crate) mod budget;
pub(crate) mod doctor;
pub(crate) mod findings;
pub(crate) mod home;
pub(crate) mod html;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod prompt;
pub(crate) mod sarif;
pub(crate) mod show;
mod state;
mod table;
pub(crate) mod usage;
mod wrap;

/// Warns that config.json puts a role profile in force that it does not describe.
pub(crate) fn unknown_profile(name: Option<&String>) -> String {
    let Some(name) = name else {
        return String::new();
    };
    format!(
        "warning: config.json of the home puts the profile {} in force, but `profiles` has no list of skills for it\n\
         hint: add the list to `profiles`, or take `profile` out of config.json\n",
        clawpowers_api::quote(name)
    )
}
