//! The operations, one module each: `Request`, `Response`, `run`.
#![expect(
    missing_docs,
    reason = "types and fields that explain themselves have no comment"
)]

pub(crate) mod call;
// The generator does not format it.
#[rustfmt::skip]
pub mod methods;
pub mod checkpoint;
pub mod config;
pub mod feedback;
pub mod home;
pub mod memory;
pub mod metrics;
pub mod skill;
pub mod store;
mod table;
pub(crate) mod wording;

use std::sync::LazyLock;
#[cfg(feature = "schema")]
pub use table::Generators;
pub use table::Operation;

/// Every operation, in the order of their names.
pub static OPERATIONS: LazyLock<Vec<&'static Operation>> = LazyLock::new(|| {
    let mut operations: Vec<_> = [
        checkpoint::OPERATIONS,
        config::OPERATIONS,
        feedback::OPERATIONS,
        home::OPERATIONS,
        memory::OPERATIONS,
        metrics::OPERATIONS,
        skill::OPERATIONS,
        store::OPERATIONS,
    ]
    .concat();
    operations.sort_unstable_by_key(|operation| operation.name);
    operations
});
