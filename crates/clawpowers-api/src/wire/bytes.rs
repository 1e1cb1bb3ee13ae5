//! Values that may not be UTF-8, in JSON.

use crate::wire::error::{ApiError, ErrorCode, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// A value in a reply: text if it is UTF-8, else base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreValue {
    /// The value, `null` if it is not UTF-8.
    pub value: Option<String>,
    /// The bytes in base64 if they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_base64: Option<String>,
}

impl StoreValue {
    /// Creates the value from bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let (value, value_base64) = match String::from_utf8(bytes) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
        Self { value, value_base64 }
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.value, &self.value_base64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(text)) => STANDARD.decode(text).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }
}

/// Like [`bytes_of`], but the value is required: a missing one must not be mistaken for an empty one.
pub(crate) fn needed_bytes(name: &str, value: Option<&str>, base64: Option<&str>) -> Result<Vec<u8>> {
    bytes_of(value, base64)?.ok_or_else(|| {
        let message = format!("the request is not valid: it needs either `{name}` or `{name}_base64`");
        ApiError::new(ErrorCode::InvalidRequest, message).hint("pass `\"\"` for an empty value")
    })
}

/// Returns bytes as the two fields of a request: text, or base64 if they are not UTF-8.
pub(crate) fn as_fields(bytes: Option<&[u8]>) -> (Option<String>, Option<String>) {
    bytes.map_or((None, None), |bytes| {
        let value = StoreValue::new(bytes.to_vec());
        (value.value, value.value_base64)
    })
}

/// Returns the bytes of a value in a request, which is text or base64; `None` if both are missing.
pub(crate) fn bytes_of(value: Option<&str>, base64: Option<&str>) -> Result<Option<Vec<u8>>> {
    match (value, base64) {
        (Some(_), Some(_)) => Err(
            ApiError::invalid_input("there is both a value and a value in base64")
                .hint("pass only one of them"),
        ),
        (Some(text), None) => Ok(Some(text.as_bytes().to_vec())),
        (None, Some(text)) => STANDARD.decode(text).map(Some).map_err(|error| {
            let why = error.to_string().to_lowercase();
            let message = format!("the value in base64 is not valid: {}", why.trim_end_matches('.'));
            ApiError::invalid_input(message).hint("use the standard alphabet with padding")
        }),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::{StoreValue, bytes_of};

    #[test]
    fn every_byte_comes_back() {
        for bytes in [
            b"".to_vec(),
            b"text\n".to_vec(),
            vec![0, 255, 10],
            (0..=255).collect(),
        ] {
            let out = StoreValue::new(bytes.clone());
            assert_eq!(out.bytes(), bytes);
            let back = bytes_of(out.value.as_deref(), out.value_base64.as_deref()).unwrap();
            assert_eq!(back, Some(bytes));
        }
        assert!(bytes_of(Some(""), Some("")).is_err());
        assert!(bytes_of(None, Some("*")).is_err());
    }
}
