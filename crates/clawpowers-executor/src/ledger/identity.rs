//! What identifies executions, lines and files, and the table of what was imported.

use super::execution::{Execution, Outcome};
use crate::db::Tx;
use crate::error::Result;
use crate::timestamp::Timestamp;
use sha2::{Digest as _, Sha256};

/// The start of a SHA-256.
pub(crate) type Hash = [u8; 16];

/// What a file and its content are remembered by.
pub(crate) type FileHash = [u8; 32];

/// Returns the uid of an execution: its own where it came from another home, else this home's name and its id.
pub(super) fn uid(execution: &Execution, home: &str) -> Option<String> {
    let imported = execution.details.source.as_deref() == Some("import");
    match &execution.uid {
        Some(uid) => Some(uid.clone()),
        // A line of 1.x has none, and goes out as it came in.
        None if imported => None,
        None => Some(format!("{home}-{}", execution.id)),
    }
}

/// Returns what an execution with a uid is remembered by.
pub(super) fn identity(uid: &str, at: Timestamp, skill: &str) -> Hash {
    hash(&[
        b"uid",
        uid.as_bytes(),
        &at.micros().to_le_bytes(),
        skill.as_bytes(),
    ])
}

/// Returns a hash of parts, each with its length so that no two lists of parts are the same.
pub(crate) fn hash(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut short = Hash::default();
    for (to, from) in short.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    short
}

/// Returns what identifies a line of 1.x, which has no uid: what it says.
pub(super) fn digest(execution: &Execution) -> Hash {
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let details = &execution.details;
    let parts = [
        execution.skill.clone(),
        execution.at.micros().to_string(),
        execution.outcome.map_or("open", Outcome::as_str).to_owned(),
        number(execution.duration),
        number(execution.cost),
        number(execution.tokens_in),
        number(execution.tokens_out),
        text(&execution.notes),
        text(&details.session),
        text(&details.agent),
        text(&details.model),
        text(&details.tier),
        text(&details.project),
        text(&details.skill_version),
        text(&details.skill_digest),
        text(&execution.extra),
    ];
    hash(&parts.each_ref().map(String::as_bytes))
}

/// Returns what the deletion of an execution is remembered by.
pub(super) fn deletion_identity(uid: &[u8], at: Timestamp, skill: &str) -> Hash {
    hash(&[b"deleted", uid, &at.micros().to_le_bytes(), skill.as_bytes()])
}

/// The condition that a row of `imported` is of an import that has ended.
pub(crate) const IS_KNOWN: &str = "(import IS NULL OR EXISTS
    (SELECT 1 FROM import AS other WHERE other.id = imported.import AND ended_at IS NOT NULL))";

/// Remembers something as imported; tells whether it was new.
pub(super) fn remember(tx: &Tx<'_>, hash: &Hash) -> Result<bool> {
    let changed = tx.run(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "INSERT INTO imported (hash) VALUES (?1) ON CONFLICT (hash) DO UPDATE SET import = NULL WHERE NOT {IS_KNOWN}"
        ))?;
        statement.execute([hash.as_slice()])
    })?;
    Ok(changed > 0)
}
