//! Values of any bytes and exact amounts in JSON.

use crate::error::{ApiError, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A value in a reply: text where it is UTF-8, else base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "StoreValue"))]
pub struct ValueOut {
    /// The value, `null` where it is not UTF-8.
    pub value: Option<String>,
    /// The bytes in base64 where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_base64: Option<String>,
}

impl ValueOut {
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

/// A number as it was written, so that nothing is lost on the way; a request may write it as a number or as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount(pub String);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["number", "string"] })
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Ok(Amount(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
        Ok(Amount(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Amount, E> {
        Ok(Amount(number.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, ValueOut, bytes_of};

    #[test]
    fn every_byte_comes_back() {
        for bytes in [
            b"".to_vec(),
            b"text\n".to_vec(),
            vec![0, 255, 10],
            (0..=255).collect(),
        ] {
            let out = ValueOut::new(bytes.clone());
            assert_eq!(out.bytes(), bytes);
            let back = bytes_of(out.value.as_deref(), out.value_base64.as_deref()).unwrap();
            assert_eq!(back, Some(bytes));
        }
        assert!(bytes_of(Some(""), Some("")).is_err());
        assert!(bytes_of(None, Some("*")).is_err());
    }

    #[test]
    fn amounts_keep_their_spelling() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).map(|amount| amount.0);
        assert_eq!(read("12.50").unwrap(), "12.5");
        assert_eq!(read("\"12.50\"").unwrap(), "12.50");
        assert_eq!(read("1e3").unwrap(), "1000");
        assert_eq!(read("-1").unwrap(), "-1");
        assert!(read("true").is_err());
    }
}
