//! What identifies executions, lines and files, and the table of what was imported.

use super::execution::{Execution, Outcome};
use super::fields::{FIELDS, FIRST_FIELDS, FieldValue};
use crate::db::Tx;
use crate::error::Result;
use crate::timestamp::Timestamp;
use sha2::{Digest as _, Sha256};

/// The start of a SHA-256.
pub(crate) type Hash = [u8; 16];

/// The hashes of a file and of its content.
pub(crate) type FileHash = [u8; 32];

/// Returns the uid of an execution: if it came from another home, its uid there; otherwise the id of this home and the
/// id of the execution.
pub(super) fn uid(execution: &Execution, home: &str) -> Option<String> {
    let imported = execution.fields.source.as_deref() == Some("import");
    match &execution.uid {
        Some(uid) => Some(uid.clone()),
        // A record from a 1.x metrics file has none, and is exported unchanged.
        None if imported => None,
        None => Some(format!("{home}-{}", execution.id)),
    }
}

/// Hashed before the uid of an execution, so that its hash differs from that of its deletion.
pub(super) const EXECUTION: &str = "uid";
/// Hashed before the uid of a deleted execution.
pub(super) const DELETION: &str = "deleted";

/// Returns the hash by which an [`EXECUTION`] with a uid, or its [`DELETION`], is known.
pub(super) fn identity(what: &str, uid: &str, at: Timestamp, skill: &str) -> Hash {
    let at = at.micros().to_le_bytes();
    hash(&[what.as_bytes(), uid.as_bytes(), &at, skill.as_bytes()])
}

/// Returns a hash of parts. Each is hashed with its length, so that no two lists of parts have the same hash.
pub(crate) fn hash(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().first_chunk().copied().unwrap_or_default()
}

/// Returns the hash of the content of a record from a 1.x metrics file, which identifies it because it has no uid.
pub(super) fn record_hash(execution: &Execution) -> Hash {
    let text = |value: &Option<FieldValue<'_>>| match value {
        None => String::new(),
        Some(FieldValue::Number(number)) => number.to_string(),
        Some(FieldValue::Text(text)) => (*text).to_owned(),
    };
    let values = execution.fields.values();
    let (first, later) = values.split_at(FIRST_FIELDS);
    let mut parts = vec![
        execution.skill.clone(),
        execution.at.micros().to_string(),
        execution.outcome.map_or("open", Outcome::as_str).to_owned(),
    ];
    for numbers in [true, false] {
        let fields = FIELDS.iter().zip(first);
        let wanted = fields.filter(|(field, _)| field.is_number() == numbers && field.column != "source");
        parts.extend(wanted.map(|(_, value)| text(value)));
    }
    parts.push(execution.extra.clone().unwrap_or_default());
    // A field that is newer than 3.0 must not change the hashes of records without it.
    for (field, value) in FIELDS.iter().skip(FIRST_FIELDS).zip(later) {
        if value.is_some() {
            parts.extend([field.key.to_owned(), text(value)]);
        }
    }
    let parts: Vec<_> = parts.iter().map(String::as_bytes).collect();
    hash(&parts)
}

/// The condition that a row of `imported` belongs to an import that has ended.
pub(crate) const IS_KNOWN: &str = "(import IS NULL OR EXISTS
    (SELECT 1 FROM import AS other WHERE other.id = imported.import AND ended_at IS NOT NULL))";

/// Adds a hash to the table of what was imported; returns whether it was new.
pub(super) fn remember(tx: &Tx<'_>, hash: &Hash) -> Result<bool> {
    let sql = format!(
        "INSERT INTO imported (hash) VALUES (?1) ON CONFLICT (hash) DO UPDATE SET import = NULL WHERE NOT {IS_KNOWN}"
    );
    Ok(tx.execute(&sql, [hash.as_slice()])? > 0)
}

#[cfg(test)]
mod tests {
    use super::{hash, record_hash};
    use crate::ledger::{Execution, ExecutionFields, Outcome};
    use crate::timestamp::Timestamp;

    /// Other homes have tombstones with these hashes.
    #[test]
    fn the_hash_of_a_record_never_changes() {
        let text = |text: &str| Some(text.to_owned());
        let execution = Execution {
            id: 7,
            skill: "s".to_owned(),
            outcome: Some(Outcome::Partial),
            at: Timestamp::from_micros(5),
            fields: ExecutionFields {
                duration: Some(1),
                cost: None,
                tokens_in: Some(2),
                tokens_out: Some(3),
                notes: text("n"),
                session: text("a"),
                agent: text("b"),
                model: text("c"),
                project: text("d"),
                skill_version: text("e"),
                skill_digest: text("f"),
                source: text("import"),
                ..ExecutionFields::default()
            },
            uid: None,
            extra: text("{}"),
        };
        let parts = [
            "s", "5", "partial", "1", "", "2", "3", "n", "a", "b", "c", "", "d", "e", "f", "{}",
        ];
        assert_eq!(record_hash(&execution), hash(&parts.map(str::as_bytes)));
    }
}
