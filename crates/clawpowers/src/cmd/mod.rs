//! The commands, one file each: arguments first, then `run`.

pub(crate) mod analyze;
pub(crate) mod checkpoint;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod home;
pub(crate) mod legacy;
pub(crate) mod memory;
pub(crate) mod metrics;
pub(crate) mod run;
pub(crate) mod skill;
pub(crate) mod store;
