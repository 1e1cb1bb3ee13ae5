//! Cells of pages and the values in them, as the format of SQLite files defines them.

pub(super) use crate::db::frames::u32_at;
use rusqlite::types::Value;

/// No row that ClawPowers writes is longer: it fits the longest value and its key.
const MAX_PAYLOAD: u64 = 17 * 1024 * 1024;

/// Reads `N` bytes at an offset.
pub(super) fn bytes<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub(super) fn u16_at(page: &[u8], at: usize) -> Option<u16> {
    bytes(page, at).map(u16::from_be_bytes)
}

/// Reads a number of one to nine bytes; returns it and the offset of its end.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for index in 0..9 {
        let byte = *bytes.get(at + index)?;
        if index == 8 {
            return Some((number << 8 | u64::from(byte), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, at + index + 1));
        }
    }
    None
}

/// A payload, which may continue in overflow pages.
pub(super) struct Payload<'a> {
    pub(super) length: usize,
    /// The part in the cell.
    pub(super) local: &'a [u8],
    /// The first overflow page.
    pub(super) overflow: Option<u32>,
}

/// Reads the payload of a cell; `is_table` tells a leaf of a table from a page of an index.
pub(super) fn payload(
    page: &[u8],
    length: u64,
    at: usize,
    usable: usize,
    is_table: bool,
) -> Option<Payload<'_>> {
    if length > MAX_PAYLOAD {
        return None;
    }
    let length = usize::try_from(length).ok()?;
    let most = if is_table {
        usable - 35
    } else {
        (usable - 12) * 64 / 255 - 23
    };
    let (mut local, mut overflow) = (length, None);
    if length > most {
        let least = (usable - 12) * 32 / 255 - 23;
        let spread = least + (length - least) % (usable - 4);
        local = if spread <= most { spread } else { least };
        overflow = Some(u32_at(page, at + local)?);
    }
    Some(Payload {
        length,
        local: page.get(at..at + local)?,
        overflow,
    })
}

/// Reads the values of a row. Text that is not UTF-8 gets replacement characters, so that the row is not lost with it.
pub(super) fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let (header, mut at) = varint(payload, 0)?;
    let header = usize::try_from(header).ok()?;
    let mut body = header;
    let mut values = Vec::new();
    while at < header {
        let (kind, next) = varint(payload, at)?;
        at = next;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            kind => usize::try_from((kind - 12) / 2).ok()?,
        };
        let stored = payload.get(body..body.checked_add(length)?)?;
        body += length;
        values.push(match kind {
            0 => Value::Null,
            7 => Value::Real(f64::from_be_bytes(bytes(stored, 0)?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 => Value::Integer(integer(stored)),
            kind if kind % 2 == 0 => Value::Blob(stored.to_vec()),
            _ => Value::Text(String::from_utf8_lossy(stored).into_owned()),
        });
    }
    // The header ends with its last number, and the row with its last value.
    (at == header && body == payload.len()).then_some(values)
}

fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |number, byte| number << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Value, integer, values, varint};

    #[test]
    fn numbers_of_every_length() {
        assert_eq!(varint(&[0x7f], 0), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00], 0), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9], 0), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x81], 0), None);
        assert_eq!(integer(&[0xff]), -1);
        assert_eq!(integer(&[0x80, 0, 0]), -8_388_608);
        assert_eq!(integer(&i64::MIN.to_be_bytes()), i64::MIN);
    }

    #[test]
    fn a_row_is_read_and_a_cut_one_is_not() {
        let row = [5, 0, 1, 9, 17, 0xfe, b'h', b'i'];
        let expected = vec![
            Value::Null,
            Value::Integer(-2),
            Value::Integer(1),
            Value::Text("hi".into()),
        ];
        assert_eq!(values(&row), Some(expected));
        for end in 0..row.len() {
            assert_eq!(values(row.get(..end).unwrap()), None, "{end}");
        }
        assert_eq!(values(&[2, 10]), None, "a type that no release writes");
    }
}
