//! The commands, one file each: arguments on top, `run` below.

pub(crate) mod doctor;
pub(crate) mod home;
pub(crate) mod metrics;
pub(crate) mod skill;
pub(crate) mod store;
