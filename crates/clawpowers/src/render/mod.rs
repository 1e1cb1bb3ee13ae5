//! Replies as text for people.

pub(crate) mod analyze;
pub(crate) mod budget;
pub(crate) mod diagnostics;
pub(crate) mod doctor;
mod facts;
mod format;
pub(crate) mod home;
pub(crate) mod html;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod memory;
pub(crate) mod metrics;
pub(crate) mod prompt;
pub(crate) mod sarif;
pub(crate) mod show;
mod state;
mod table;
pub(crate) mod usage;
pub(crate) mod why;
mod wrap;

/// Warns that config.json sets a role profile that it does not define.
pub(crate) fn unknown_profile(name: Option<&String>) -> String {
    let Some(name) = name else {
        return String::new();
    };
    format!(
        "warning: config.json sets the profile {}, but `profiles` does not define it\n\
         hint: define the profile in `profiles`, or remove `profile` from config.json\n",
        clawpowers_api::quote(name)
    )
}
