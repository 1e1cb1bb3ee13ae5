//! The states of tasks that can be resumed.

use super::Memory;
use super::name::check_visible;
use crate::db::Tx;
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use rusqlite::Row;

/// The longest name of a task, in bytes.
pub const MAX_TASK_BYTES: usize = 1024;
/// The longest state of a task, in bytes.
pub const MAX_STATE_BYTES: usize = 16 * 1024 * 1024;

/// The saved state of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The task.
    pub task: String,
    /// Any text, usually JSON.
    pub state: String,
    /// What the task is doing, such as `executing`.
    pub status: Option<String>,
    /// What the task is for.
    pub goal: Option<String>,
    /// When it was saved.
    pub saved_at: Timestamp,
}

impl Memory<'_> {
    /// Saves the state of a task; it replaces the one before.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a task without a name, or a state above [`MAX_STATE_BYTES`].
    pub fn save_checkpoint(
        &mut self,
        task: &str,
        state: &str,
        status: Option<&str>,
        goal: Option<&str>,
    ) -> Result<Checkpoint> {
        let checkpoint = Checkpoint {
            task: task.to_owned(),
            state: state.to_owned(),
            status: status.map(str::to_owned),
            goal: goal.map(str::to_owned),
            saved_at: Timestamp::now(),
        };
        checkpoint.check()?;
        self.db.write(|tx| {
            tx.create_memory()?;
            checkpoint.put(tx)
        })?;
        Ok(checkpoint)
    }

    /// Returns the state of a task; `None` if none was saved.
    pub fn checkpoint(&mut self, task: &str) -> Result<Option<Checkpoint>> {
        let sql = "SELECT task, state, status, goal, saved FROM checkpoint WHERE task = ?";
        self.read(|tx| tx.query_optional(sql, [task], read), || Ok(None))
    }

    /// Returns the states of all tasks, the last saved first.
    pub fn checkpoints(&mut self) -> Result<Vec<Checkpoint>> {
        let sql = "SELECT task, state, status, goal, saved FROM checkpoint ORDER BY saved DESC, task";
        self.read(|tx| tx.query_all(sql, (), read), || Ok(Vec::new()))
    }

    /// Deletes the state of a task; returns whether there was one.
    pub fn remove_checkpoint(&mut self, task: &str) -> Result<bool> {
        let sql = "DELETE FROM checkpoint WHERE task = ?";
        self.db
            .write_on_full_disk(|tx| Ok(tx.has_memory()? && tx.execute(sql, [task])? > 0))
    }
}

impl Checkpoint {
    /// Replaces the state that the task has.
    pub(super) fn put(&self, tx: &Tx<'_>) -> Result<()> {
        let sql =
            "INSERT OR REPLACE INTO checkpoint (task, state, status, goal, saved) VALUES (?, ?, ?, ?, ?)";
        let saved = self.saved_at.micros();
        tx.execute(sql, (&self.task, &self.state, &self.status, &self.goal, saved))
            .map(|_| ())
    }

    pub(super) fn check(&self) -> Result<()> {
        let refused = |message: String, hint: &str| Err(Error::invalid(message, hint));
        let (task, bytes) = (quoted(&self.task), self.state.len());
        if self.task.trim().is_empty() {
            return refused(
                "the task is empty".to_owned(),
                "name the task, such as `fix-login`",
            );
        }
        for (what, text) in [
            ("task", Some(&self.task)),
            ("status", self.status.as_ref()),
            ("goal", self.goal.as_ref()),
        ] {
            let Some(text) = text else { continue };
            if text.len() > MAX_TASK_BYTES {
                let message = format!("the {what} has {} bytes, more than {MAX_TASK_BYTES}", text.len());
                return refused(message, "put long text into the state");
            }
            if text.chars().any(char::is_control) {
                let message = format!("the {what} `{}` contains control characters", text.escape_debug());
                return refused(message, "put text of several lines into the state");
            }
            check_visible(what, text)?;
        }
        if bytes > MAX_STATE_BYTES {
            let message =
                format!("the state of the task {task} has {bytes} bytes, more than {MAX_STATE_BYTES}");
            return refused(message, "keep it in a file and save its path");
        }
        if self.state.contains('\0') {
            let message = format!("the state of the task {task} contains a NUL character");
            return refused(message, "states are text, such as JSON");
        }
        Ok(())
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Checkpoint> {
    Ok(Checkpoint {
        task: row.get(0)?,
        state: row.get(1)?,
        status: row.get(2)?,
        goal: row.get(3)?,
        saved_at: Timestamp::from_micros(row.get(4)?),
    })
}
