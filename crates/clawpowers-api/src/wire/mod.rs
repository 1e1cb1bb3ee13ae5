//! The JSON forms of requests and replies.
#![expect(
    missing_docs,
    reason = "types and fields that explain themselves have no comment"
)]

pub(crate) mod bytes;
pub(crate) mod error;
pub(crate) mod execution;
pub(crate) mod json;
pub(crate) mod memory;
pub(crate) mod named;
pub(crate) mod number;
pub(crate) mod request;
pub(crate) mod shared;
pub(crate) mod skill;

pub use bytes::StoreValue;
pub use error::{ApiError, ErrorCode, Result};
pub use execution::{Cost, Duration, Execution, Figures, Tokens};
pub use memory::{MemoryEntry, MemoryLink};
pub use named::DatabaseStatus;
pub use number::Amount;
pub use skill::*;
