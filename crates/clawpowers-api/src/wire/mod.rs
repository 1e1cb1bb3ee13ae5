//! The JSON forms of what crosses the border to other languages.

pub(crate) mod bytes;
pub(crate) mod error;
pub(crate) mod execution;
pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod request;
pub(crate) mod shared;
pub(crate) mod skill;
pub(crate) mod words;

pub use bytes::StoreValue;
pub use execution::{Cost, Duration, Execution, Figures, Tokens};
pub use number::Amount;
pub use skill::*;
pub use words::DatabaseStatus;
