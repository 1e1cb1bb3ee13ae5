//! What texts have in common that differ only in their values.

use crate::mask::each_masked_word;
use sha2::{Digest as _, Sha256};

/// The first 128 bits of SHA-256 of the masked words of a text.
///
/// Case, accents, punctuation and white space do not matter, nor which values there are and how long a list of them is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Computes the fingerprint of a masked text, or returns `None` if it has no word: then texts have nothing in common.
    #[must_use]
    pub fn of(masked: &str) -> Option<Self> {
        let mut hash = Sha256::new();
        let mut has_word = false;
        each_masked_word(masked, |word| {
            has_word |= word.is_some();
            hash.update(word.unwrap_or("<").as_bytes());
            hash.update(b" ");
        });
        let bytes = hash.finalize();
        let (first, _) = bytes.split_first_chunk::<16>()?;
        has_word.then_some(Self(*first))
    }
}
