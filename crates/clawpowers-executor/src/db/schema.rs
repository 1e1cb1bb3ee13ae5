//! The tables, as a list of migrations that only grows.
//!
//! docs/reference.md has the tables with their columns, generated from this file: the comments above a table and after
//! a column.

use rusqlite::Connection;

/// The `application_id` of our files: `CLAW`.
pub(crate) const APPLICATION_ID: i32 = 0x434c_4157;

/// The version of the schema that this release writes; it is the file's `user_version`.
pub const VERSION: i32 = MIGRATIONS.len() as i32;

/// The migration at index `n` is from version `n` to `n + 1`. One that was released is never changed.
pub const MIGRATIONS: &[&str] = &[
    "
-- `home`, 16 hexadecimal digits that identify the home, and `created`.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The store. A list of keys is read from the index on the key, without values.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL,
    updated_at INTEGER NOT NULL          -- microseconds since 1970, as all times
) STRICT;

-- One row for each skill: the statistics of its executions, updated in the same transactions.
CREATE TABLE skill (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    success INTEGER NOT NULL DEFAULT 0,
    failure INTEGER NOT NULL DEFAULT 0,
    partial INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,
    timed INTEGER NOT NULL DEFAULT 0,    -- executions with a duration
    duration INTEGER NOT NULL DEFAULT 0, -- microseconds
    priced INTEGER NOT NULL DEFAULT 0,   -- executions with a cost
    cost INTEGER NOT NULL DEFAULT 0,     -- billionths of a US dollar
    metered INTEGER NOT NULL DEFAULT 0,  -- executions with tokens
    tokens_in INTEGER NOT NULL DEFAULT 0,
    tokens_out INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER,
    last_at INTEGER
) STRICT;

-- A histogram of durations: exact below 64 µs, then 32 buckets for each doubling.
CREATE TABLE duration_bucket (
    skill INTEGER NOT NULL REFERENCES skill (id),
    bucket INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (skill, bucket)
) STRICT, WITHOUT ROWID;

-- The executions.
CREATE TABLE execution (
    id INTEGER PRIMARY KEY,
    skill INTEGER NOT NULL REFERENCES skill (id),
    outcome INTEGER NOT NULL,            -- 0 success, 1 failure, 2 partial, 3 skipped, 4 open
    at INTEGER NOT NULL,
    duration INTEGER,
    cost INTEGER,
    tokens_in INTEGER,
    tokens_out INTEGER,
    session TEXT,
    agent TEXT,
    model TEXT,
    tier TEXT,
    project TEXT,
    skill_version TEXT,
    skill_digest TEXT,
    source TEXT,                         -- run or import; null for what was recorded
    uid TEXT,                            -- of the home it came from; null for our own
    notes TEXT,
    extra TEXT                           -- a JSON object of imported fields that are not ours
) STRICT;
CREATE INDEX execution_at ON execution (at);
CREATE INDEX execution_skill_at ON execution (skill, at);
CREATE INDEX execution_session ON execution (session) WHERE session IS NOT NULL;
CREATE INDEX execution_open ON execution (id) WHERE outcome = 4;

-- Hashes of the lines and files that were imported.
CREATE TABLE imported (
    hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
",
    "
-- How many executions ended on each day in UTC, counted from 1970: for reports over time.
CREATE TABLE day (
    skill INTEGER NOT NULL REFERENCES skill (id),
    day INTEGER NOT NULL,
    success INTEGER NOT NULL,
    failure INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    PRIMARY KEY (skill, day)
) STRICT, WITHOUT ROWID;
INSERT INTO day
    SELECT skill, (at - (at % 86400000000 + 86400000000) % 86400000000) / 86400000000, sum(outcome = 0),
        sum(outcome = 1), sum(outcome = 2), sum(outcome = 3)
    FROM execution WHERE outcome < 4 GROUP BY 1, 2;

-- How far the analysis of a skill got: up to which execution, and its state. It may be deleted at any time.
CREATE TABLE analysis (
    skill INTEGER PRIMARY KEY REFERENCES skill (id),
    at INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;
",
    "
-- Deleted executions: what identifies them, so that an import elsewhere deletes them too. Their ids are not used again.
CREATE TABLE deleted (
    id INTEGER PRIMARY KEY,
    skill TEXT NOT NULL,
    at INTEGER NOT NULL,
    uid TEXT,                            -- its name in every home; null for a line of 1.x, which has a digest
    digest BLOB,
    pending INTEGER NOT NULL             -- 1 while the line of 1.x may still be imported, and is to be left out then
) STRICT;
CREATE INDEX deleted_digest ON deleted (digest) WHERE digest IS NOT NULL;
CREATE INDEX deleted_pending ON deleted (digest) WHERE pending = 1;
",
    "
-- Imports of more than one transaction. The rows of an import are ignored until it has ended.
CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    ended_at INTEGER                     -- null while it runs, and where it was stopped
) STRICT;

-- The executions of the import that has not ended, as ranges of their ids. The next import deletes them.
CREATE TABLE staged (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- the import that wrote the hash; null if it was a single transaction
ALTER TABLE imported ADD COLUMN import INTEGER;
",
    "
-- The keys of the import that has not ended. Once it has ended, they count as entries and are moved to `entry` in batches.
-- All rows belong to one import.
CREATE TABLE staged_entry (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    import INTEGER NOT NULL,
    keep INTEGER NOT NULL                -- 1 where an entry of the same key keeps its value
) STRICT;
",
    "
INSERT INTO entry (key, value, updated_at)
    SELECT key, value, updated_at FROM staged_entry
    WHERE EXISTS (SELECT 1 FROM import WHERE id = staged_entry.import AND ended_at IS NOT NULL)
        AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key))
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;
DELETE FROM staged_entry
    WHERE EXISTS (SELECT 1 FROM import WHERE id = staged_entry.import AND ended_at IS NOT NULL);

-- A view of the keys that count. Usually it reads only `entry`; from the end of an import until all its keys have been
-- moved, it reads `staged_entry`, too.
CREATE VIEW visible_entry (key, value, updated_at) AS SELECT key, value, updated_at FROM entry;
",
    // Versions below 7 do not know the triggers of `SHOW_STAGED`, so nothing may be left of their imports.
    "
INSERT INTO entry (key, value, updated_at)
    SELECT key, value, updated_at FROM staged_entry
    WHERE EXISTS (SELECT 1 FROM import WHERE id = staged_entry.import AND ended_at IS NOT NULL)
        AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key))
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;
DELETE FROM staged_entry
    WHERE EXISTS (SELECT 1 FROM import WHERE id = staged_entry.import AND ended_at IS NOT NULL);
DROP VIEW visible_entry;
CREATE VIEW visible_entry (key, value, updated_at) AS SELECT key, value, updated_at FROM entry;
",
    "
-- The destinations that executions are sent to, and how far each has read.
CREATE TABLE destination (
    name TEXT PRIMARY KEY,
    execution INTEGER NOT NULL,          -- it has read the executions up to this id
    change INTEGER NOT NULL              -- and the changes up to this number
) STRICT, WITHOUT ROWID;

-- Executions that ended or were deleted after a destination had read them.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    execution INTEGER NOT NULL,
    deleted INTEGER NOT NULL             -- 1 if it was deleted
) STRICT;

-- the W3C trace context that it ran in
ALTER TABLE execution ADD COLUMN traceparent TEXT;
",
];

/// Creates the tables of [`Memory`](crate::memory::Memory). The first write of an entry or a checkpoint runs it, so that homes
/// without them do not parse its statements whenever they are opened.
pub const MEMORY: &str = "
-- What agents remember. The first entry or checkpoint creates the tables of memory. Statements that change an entry run with `PRAGMA secure_delete`, so that no byte of a forgotten text
-- stays in the file.
CREATE TABLE memory (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT,                            -- of the home it came from; null for our own
    kind INTEGER NOT NULL,               -- 0 working, 1 episodic, 2 semantic, 3 procedural
    importance REAL NOT NULL,
    project TEXT,
    session TEXT,
    skill TEXT,
    tool TEXT,
    fingerprint BLOB NOT NULL,           -- of the masked text
    merges INTEGER NOT NULL,             -- 1 while an equal entry is merged with it
    uses INTEGER NOT NULL,               -- how often it was created
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    used INTEGER NOT NULL,               -- when it was last created
    expires INTEGER,
    revision INTEGER NOT NULL,
    source INTEGER NOT NULL,             -- 0 user, 1 agent, 2 hook, 3 import
    confirmed INTEGER NOT NULL,
    superseded INTEGER,                  -- by this entry
    previous INTEGER,                    -- the entry before it in the session
    title TEXT NOT NULL,
    tags TEXT NOT NULL,                  -- separated by commas
    body TEXT NOT NULL,
    context TEXT NOT NULL,               -- the ends of the entries before it in the session
    masked TEXT NOT NULL,                -- the body with its values replaced
    pairs TEXT NOT NULL,                 -- pairs of characters of scripts without spaces
    variants TEXT NOT NULL,              -- the values of the examples that the body does not have
    examples TEXT                        -- a JSON array of merged contents that differ
) STRICT;
CREATE INDEX memory_fingerprint ON memory (fingerprint);
CREATE INDEX memory_session ON memory (session, id) WHERE session IS NOT NULL;
CREATE INDEX memory_previous ON memory (previous) WHERE previous IS NOT NULL;
CREATE UNIQUE INDEX memory_uid ON memory (uid) WHERE uid IS NOT NULL;

-- The tags of entries, in lower case.
CREATE TABLE memory_tag (
    tag TEXT NOT NULL,
    memory INTEGER NOT NULL,
    PRIMARY KEY (tag, memory)
) STRICT, WITHOUT ROWID;

-- How entries are related.
CREATE TABLE memory_link (
    origin INTEGER NOT NULL,
    target INTEGER NOT NULL,
    relation INTEGER NOT NULL,           -- 0 supersedes, 1 caused_by, 2 resolves, 3 contradicts
    PRIMARY KEY (origin, target, relation)
) STRICT, WITHOUT ROWID;
CREATE INDEX memory_link_target ON memory_link (target);

-- The vectors of entries, which models outside computed.
CREATE TABLE memory_vector (
    memory INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,               -- the place of its bits: counted from 0 for each model, without gaps
    model TEXT NOT NULL,
    data BLOB NOT NULL                   -- 32-bit floats, the least significant byte first
) STRICT;
CREATE UNIQUE INDEX memory_vector_slot ON memory_vector (model, slot);

-- The bits of vectors, those of 512 slots in a row: the signs of a rotated vector.
CREATE TABLE memory_vector_block (
    model TEXT NOT NULL,
    block INTEGER NOT NULL,
    bits BLOB NOT NULL,
    UNIQUE (model, block)
) STRICT;

-- The index of the words of entries.
CREATE VIRTUAL TABLE memory_text USING fts5 (title, body, context, masked, tags, pairs, variants,
    content = 'memory', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2');
INSERT INTO memory_text (memory_text, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER memory_inserted AFTER INSERT ON memory BEGIN
    INSERT INTO memory_text (rowid, title, body, context, masked, tags, pairs, variants)
    VALUES (NEW.id, NEW.title, NEW.body, NEW.context, NEW.masked, NEW.tags, NEW.pairs, NEW.variants);
END;
CREATE TRIGGER memory_deleted AFTER DELETE ON memory BEGIN
    INSERT INTO memory_text (memory_text, rowid, title, body, context, masked, tags, pairs, variants)
    VALUES ('delete', OLD.id, OLD.title, OLD.body, OLD.context, OLD.masked, OLD.tags, OLD.pairs, OLD.variants);
END;
CREATE TRIGGER memory_updated AFTER UPDATE OF title, body, context, masked, tags, pairs, variants ON memory BEGIN
    INSERT INTO memory_text (memory_text, rowid, title, body, context, masked, tags, pairs, variants)
    VALUES ('delete', OLD.id, OLD.title, OLD.body, OLD.context, OLD.masked, OLD.tags, OLD.pairs, OLD.variants);
    INSERT INTO memory_text (rowid, title, body, context, masked, tags, pairs, variants)
    VALUES (NEW.id, NEW.title, NEW.body, NEW.context, NEW.masked, NEW.tags, NEW.pairs, NEW.variants);
END;

-- The states of tasks that can be resumed.
CREATE TABLE checkpoint (
    task TEXT PRIMARY KEY,
    state TEXT NOT NULL,                 -- any text, usually JSON
    status TEXT,
    goal TEXT,
    saved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A table of [`MEMORY`].
pub(crate) const MEMORY_TABLE: &str = "memory";

/// The condition that the import of a row of `staged_entry` has ended.
macro_rules! has_ended {
    () => {
        "EXISTS (SELECT 1 FROM import WHERE id = staged_entry.import AND ended_at IS NOT NULL)"
    };
}

/// Deletes the staged value of a key if its import has ended.
pub(crate) const UNSTAGE: &str = concat!("DELETE FROM staged_entry WHERE key = ? AND ", has_ended!());

/// Makes the keys of an import that has ended visible while they are moved to `entry`. The triggers delete the staged value
/// of a key that is set meanwhile. Every process prepares its statements again, and so sees the change at once.
pub(crate) const SHOW_STAGED: &str = concat!(
    "DROP VIEW visible_entry;
     CREATE VIEW visible_entry (key, value, updated_at) AS
         SELECT key, value, updated_at FROM entry WHERE NOT EXISTS (
             SELECT 1 FROM staged_entry WHERE staged_entry.key = entry.key AND keep = 0 AND ",
    has_ended!(),
    ")
         UNION ALL
         SELECT key, value, updated_at FROM staged_entry WHERE ",
    has_ended!(),
    " AND (keep = 0 OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.key = staged_entry.key));
     CREATE TRIGGER entry_inserted AFTER INSERT ON entry BEGIN
         DELETE FROM staged_entry WHERE key = NEW.key AND ",
    has_ended!(),
    ";
     END;
     CREATE TRIGGER entry_updated AFTER UPDATE ON entry BEGIN
         DELETE FROM staged_entry WHERE key = NEW.key AND ",
    has_ended!(),
    ";
     END"
);

/// A trigger of [`SHOW_STAGED`].
pub(crate) const STAGED_TRIGGER: &str = "entry_inserted";

/// Undoes [`SHOW_STAGED`] when all keys were moved.
pub(crate) const HIDE_STAGED: &str =
    "DROP TRIGGER entry_inserted; DROP TRIGGER entry_updated; DROP VIEW visible_entry;
CREATE VIEW visible_entry (key, value, updated_at) AS SELECT key, value, updated_at FROM entry";

/// Creates a database in memory with the schema of a version.
pub(crate) fn in_memory(version: usize) -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    for migration in MIGRATIONS.iter().take(version) {
        connection.execute_batch(migration)?;
    }
    Ok(connection)
}
