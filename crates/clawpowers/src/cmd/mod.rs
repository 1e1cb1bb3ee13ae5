//! The commands, one file each: arguments on top, `run` below.

pub(crate) mod doctor;
pub(crate) mod skill;
