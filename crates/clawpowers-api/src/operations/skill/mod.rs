//! Operations on skills.

pub mod budget;
pub mod fix;
pub mod list;
pub mod new;
pub mod parse;
pub mod prompt;
pub mod read;
pub mod read_properties;
pub mod reference_validate;
pub mod search;
pub mod show;
pub mod to_prompt;
pub mod validate;
pub mod why;
