//! Values of any bytes in JSON.

use crate::wire::error::{ApiError, ErrorCode};
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
    /// Takes bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self {
                value: Some(text),
                value_base64: None,
            },
            Err(error) => Self {
                value: None,
                value_base64: Some(STANDARD.encode(error.as_bytes())),
            },
        }
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

/// Returns the bytes of a request's value, which has to be there: one that was forgotten must not be taken for an empty one.
pub(crate) fn needed_bytes(
    name: &str,
    value: Option<&str>,
    base64: Option<&str>,
) -> Result<Vec<u8>, ApiError> {
    bytes_of(value, base64)?.ok_or_else(|| {
        let message = format!("the request is not valid: it needs either `{name}` or `{name}_base64`");
        ApiError::new(ErrorCode::InvalidRequest, message).hint("an empty text is a value as well")
    })
}

/// Returns bytes as the two fields of a request: text, or base64 if they are not UTF-8.
pub(crate) fn as_fields(bytes: Option<&[u8]>) -> (Option<String>, Option<String>) {
    bytes.map_or((None, None), |bytes| {
        let value = StoreValue::new(bytes.to_vec());
        (value.value, value.value_base64)
    })
}

/// Returns the bytes of a request's value, which comes as text or as base64; `None` where there is neither.
pub(crate) fn bytes_of(value: Option<&str>, base64: Option<&str>) -> Result<Option<Vec<u8>>, ApiError> {
    let invalid = |message: &str, hint: &str| Err(ApiError::new(ErrorCode::InvalidInput, message).hint(hint));
    match (value, base64) {
        (Some(_), Some(_)) => invalid("there is both a value and a value in base64", "give one of them"),
        (Some(text), None) => Ok(Some(text.as_bytes().to_vec())),
        (None, Some(text)) => match STANDARD.decode(text) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => invalid(
                &format!(
                    "the value in base64 is not valid: {}",
                    error.to_string().to_lowercase().trim_end_matches('.')
                ),
                "use the standard alphabet with padding",
            ),
        },
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
