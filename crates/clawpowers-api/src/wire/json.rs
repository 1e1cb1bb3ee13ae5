//! JSON text that is safe to print: characters that a terminal acts on are escaped.

use clawpowers_loader::display::{has_unsafe, unsafe_characters};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// Serializes a reply. C1 controls and hidden characters are written as `\u` escapes, which does not change
/// the value.
#[must_use]
pub fn to_json<T: Serialize>(value: &T) -> String {
    let mut out = Vec::with_capacity(1024);
    match write_json(value, &mut out) {
        // It is always UTF-8.
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        Err(error) => {
            format!(r#"{{"error":{{"code":"internal","message":"the reply cannot be written: {error}"}}}}"#)
        }
    }
}

fn write_json<T: Serialize>(value: &T, out: impl Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Safe(CompactFormatter));
    Ok(value.serialize(&mut serializer)?)
}

/// Writes the reply that every language gets: `{"ok": …}` or `{"error": …}`.
#[must_use]
pub fn reply<T: Serialize, E: Serialize>(result: &Result<T, E>) -> String {
    to_json(&Reply::from(result))
}

/// Writes what [`reply`] returns, without keeping it in memory.
///
/// # Errors
///
/// Those of `out`.
pub fn write_reply<T: Serialize, E: Serialize>(result: &Result<T, E>, out: impl Write) -> io::Result<()> {
    write_json(&Reply::from(result), out)
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<'a, T, E> {
    Ok(&'a T),
    Error(&'a E),
}

impl<'a, T, E> From<&'a Result<T, E>> for Reply<'a, T, E> {
    fn from(result: &'a Result<T, E>) -> Self {
        match result {
            Ok(response) => Self::Ok(response),
            Err(error) => Self::Error(error),
        }
    }
}

struct Safe(CompactFormatter);

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if !has_unsafe(fragment) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut at = 0;
        for (offset, c) in unsafe_characters(fragment) {
            let plain = fragment.get(at..offset).unwrap_or_default();
            writer.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            at = offset + c.len_utf8();
        }
        writer.write_all(fragment.get(at..).unwrap_or_default().as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn control_characters_in_replies_are_escaped() {
        let text = "a\u{1b}[31m\u{9b}b\u{202e}c\u{e0041}\u{7f}é😀";
        let json = to_json(&text);
        assert_eq!(json, r#""a\u001b[31m\u009bb\u202ec\udb40\udc41\u007fé😀""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
