//! Systems without signals and process groups.

use super::{CommandSpec, Exit, ExitReason, SpawnError, exit_reason, spawn_error};
use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// The pause between two checks of a command with a timeout.
const LOOK: Duration = Duration::from_millis(2);

pub(super) fn run(spec: &CommandSpec<'_>, mut command: Command) -> Result<Exit, SpawnError> {
    let started = Instant::now();
    let mut child = command.spawn().map_err(spawn_error)?;
    let mut timed_out = false;
    let mut status = None;
    if let Some(deadline) = spec.timeout.and_then(|timeout| started.checked_add(timeout)) {
        while status.is_none() && !timed_out {
            status = child.try_wait().map_err(SpawnError::Other)?;
            if status.is_none() && deadline <= Instant::now() {
                // It fails only where the command has just ended, and then the wait below returns at once.
                timed_out = child.kill().is_ok();
            } else if status.is_none() {
                std::thread::sleep(LOOK);
            }
        }
    }
    let status = match status {
        Some(status) => status,
        None => child.wait().map_err(SpawnError::Other)?,
    };
    let reason = if timed_out {
        // There is no grace that it could have outstayed.
        ExitReason::TimedOut { killed: false }
    } else {
        exit_reason(status)
    };
    Ok(Exit {
        reason,
        duration: started.elapsed(),
    })
}

pub(super) fn is_no_program(error: &io::Error) -> bool {
    // ERROR_BAD_EXE_FORMAT
    cfg!(windows) && error.raw_os_error() == Some(193)
}

pub(super) fn signal(_: ExitStatus) -> Option<i32> {
    None
}
