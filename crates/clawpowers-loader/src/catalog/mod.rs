//! Every skill that is found, which of equal names wins, and what a skill's folder holds.

pub(crate) mod digest;
pub(crate) mod load;
mod precedence;
pub(crate) mod readiness;
pub(crate) mod resources;

pub use digest::digest;
pub use load::{Catalog, CatalogOptions, Entry, Hidden, Origin, Rejected, Row};
pub use readiness::{Machine, Missing, missing};
pub use resources::{
    MAX_RESOURCE_DEPTH, MAX_RESOURCES, Resource, ResourceKind, Resources, Unlisted, Why, resolve, resources,
};
