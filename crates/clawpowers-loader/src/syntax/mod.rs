//! From bytes to frontmatter fields: encodings, delimiters, YAML, and recovery from YAML errors.

pub(crate) mod delimiter;
pub(crate) mod frontmatter;
pub(crate) mod recovery;
pub(crate) mod source;
pub(crate) mod yaml;

pub use delimiter::{Block, Closer, Opener, locate};
pub use source::{Encoding, Line, Source, lines, position};
