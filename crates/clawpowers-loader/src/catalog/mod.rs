//! The catalog of skills: precedence, requirements, and the files of each skill.

mod digest;
mod entry;
mod load;
mod lookalikes;
mod precedence;
mod readiness;
pub(crate) mod resources;
#[cfg(not(target_family = "wasm"))]
mod survey;
#[cfg(target_family = "wasm")]
#[path = "survey_in_memory.rs"]
mod survey;

pub use digest::digest;
pub use entry::{Catalog, Entry, Rejected, Row, Shadowed};
pub use load::CatalogOptions;
pub use lookalikes::{Lookalike, lookalikes};
pub use readiness::missing_requirements;
pub use resources::{
    MAX_RESOURCE_DEPTH, MAX_RESOURCES, Resource, ResourceKind, Resources, Unlisted, UnlistedReason,
    list_resources, resolve_resource,
};
pub use survey::Survey;
