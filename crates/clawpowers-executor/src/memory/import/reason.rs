//! Why something was not imported, or not as it was: stable codes.

/// A file that is not text.
pub const BINARY: &str = "binary";
/// It was changed both here and where it comes from; this home's was kept.
pub const CONFLICT: &str = "conflict";
/// No text.
pub const EMPTY: &str = "empty";
/// Not a file, a line or a value of a known format.
pub const FORMAT: &str = "format";
/// A hidden file or folder.
pub const HIDDEN: &str = "hidden";
/// A value that an entry cannot have.
pub const INVALID: &str = "invalid";
/// A link or relation that cannot be created; the entries were imported without it.
pub const LINK: &str = "link";
/// Imported, but a part of it had to be changed.
pub const MENDED: &str = "mended";
/// Not JSON.
pub const NOT_JSON: &str = "not-json";
/// A symlink that leads out of the folder, or to a folder.
pub const SYMLINK: &str = "symlink";
/// Above a limit.
pub const TOO_LONG: &str = "too-long";
/// Not a file, or one that cannot be read.
pub const UNREADABLE: &str = "unreadable";
/// A vector of another dimension than those of its model here; its entry was imported.
pub const VECTOR: &str = "vector";
