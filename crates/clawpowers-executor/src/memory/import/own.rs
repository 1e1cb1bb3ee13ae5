//! Lines of an export of another home.

use super::record::{Record, key};
use crate::error::{Error, Result};
use crate::memory::checkpoint::Checkpoint;
use crate::memory::entry::{Entry, Example, Kind, MAX_EXAMPLES, Source};
use crate::memory::export::{CheckpointLine, EntryLine};
use crate::memory::name::MAX_NAME_BYTES;
use crate::memory::vector::ModelVector;
use crate::timestamp::Timestamp;
use serde_json::Value;

/// Reads an entry.
pub(super) fn entry(value: Value) -> Result<Record> {
    let line: EntryLine = serde_json::from_value(value).map_err(wrong)?;
    if line.uid.is_empty() || line.uid.len() > MAX_NAME_BYTES {
        return Err(Error::invalid("its `uid` is empty or too long", ""));
    }
    let created_at = Timestamp::parse(&line.created_at)?;
    let vector = line
        .vector
        .map(|one| ModelVector::new(&one.model, &one.numbers))
        .transpose()?;
    let examples: Result<Vec<_>> = line
        .examples
        .into_iter()
        .take(MAX_EXAMPLES)
        .map(|example| {
            Ok(Example {
                content: example.content,
                at: Timestamp::parse(&example.at)?.micros(),
                session: example.session,
            })
        })
        .collect();
    let entry = Entry {
        id: 0,
        kind: Kind::parse(&line.kind)?,
        title: line.title,
        content: line.content,
        tags: line.tags,
        importance: line.importance,
        project: line.project,
        session: line.session,
        skill: line.skill,
        tool: line.tool,
        source: Source::parse(&line.source)?,
        confirmed: line.confirmed,
        created_at,
        updated_at: Timestamp::parse(&line.updated_at)?,
        used_at: Timestamp::parse(&line.used_at)?.min(Timestamp::now()),
        uses: line.uses.clamp(1, i64::MAX.unsigned_abs()),
        examples: examples?,
        expires_at: line.expires_at.as_deref().map(Timestamp::parse).transpose()?,
        revision: line.revision.max(1),
        superseded_by: None,
        vector_model: None,
        uid: line.uid,
    };
    Ok(Record {
        key: key(&entry.uid, Some(created_at)),
        entry,
        from_home: true,
        merges: line.merges,
        superseded: line.superseded_by.is_some(),
        links: line.links,
        vector,
        mended: false,
        row: None,
    })
}

/// Reads the state of a task.
pub(super) fn checkpoint(value: Value) -> Result<Checkpoint> {
    let CheckpointLine { checkpoint } = serde_json::from_value(value).map_err(wrong)?;
    Ok(Checkpoint {
        // A time in the future would never be stale.
        saved_at: Timestamp::parse(&checkpoint.saved_at)?.min(Timestamp::now()),
        task: checkpoint.task,
        state: checkpoint.state,
        status: checkpoint.status,
        goal: checkpoint.goal,
    })
}

fn wrong(error: serde_json::Error) -> Error {
    Error::invalid(error.to_string(), "")
}
