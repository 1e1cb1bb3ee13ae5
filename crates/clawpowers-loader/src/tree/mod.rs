//! Where files are: on disk or in memory.

pub(crate) mod disk;
pub(crate) mod memory;
pub(crate) mod package;
pub(crate) mod read;
