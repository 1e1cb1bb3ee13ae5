//! `config.json` of the runtime home: reading it, finding a setting, changing one in the text.

pub(crate) mod edit;
pub(crate) mod file;
pub(crate) mod key;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod weights;
