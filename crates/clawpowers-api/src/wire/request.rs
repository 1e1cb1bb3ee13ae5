//! Requests as JSON text.

use crate::wire::error::{ApiError, ErrorCode, Result};
use crate::wire::number::BEYOND;
use serde::de::DeserializeOwned;

/// The messages of the deserializer for half of a surrogate pair: alone, or before other text.
const HALF_PAIR: &str = "lone leading surrogate in hex escape";
const HALF_PAIR_AND_MORE: &str = "unexpected end of hex escape";

/// Reads a request, or options, from JSON text.
pub(crate) fn read_request<Request: DeserializeOwned>(text: &str) -> Result<Request> {
    // The deserializer would accept a list of the fields' values too.
    let object = text.trim_start().starts_with('{');
    let parsed = if object {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        Err("it is not an object".to_owned())
    };
    parsed.map_err(|why| {
        if let Some((_, place)) = why
            .split_once(HALF_PAIR)
            .or_else(|| why.split_once(HALF_PAIR_AND_MORE))
        {
            let message = format!("the request is not valid: unpaired surrogate{place}");
            return ApiError::new(ErrorCode::InvalidRequest, message).hint(
                "text and paths in a request must be UTF-8; rename the file or folder, or pass a folder above it",
            );
        }
        let hint = match why.starts_with(BEYOND) {
            true => "pass larger values as strings",
            false => "docs/reference.md lists the fields of each operation",
        };
        ApiError::new(
            ErrorCode::InvalidRequest,
            format!("the request is not valid: {why}"),
        )
        .hint(hint)
    })
}
