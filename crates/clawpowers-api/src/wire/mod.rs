//! The JSON forms of what crosses the border to other languages.

pub(crate) mod bytes;
pub(crate) mod error;
pub(crate) mod execution;
pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod request;
pub(crate) mod skill;

pub use bytes::ValueOut;
pub use execution::{CostOut, DurationOut, ExecutionOut, FiguresOut, TokensOut};
pub use number::Amount;
pub use skill::*;
