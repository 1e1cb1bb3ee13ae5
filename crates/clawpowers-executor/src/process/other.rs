//! Systems without signals and process groups.

use super::{CommandSpec, Exit, ExitReason, SpawnError, exit_reason, spawn_error};
use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// The pause between two checks of a command with a timeout.
const POLL: Duration = Duration::from_millis(2);

pub(super) fn run(spec: &CommandSpec<'_>, mut command: Command) -> Result<Exit, SpawnError> {
    let started = Instant::now();
    let mut child = command.spawn().map_err(spawn_error)?;
    let deadline = spec.timeout.and_then(|timeout| started.checked_add(timeout));
    let mut timed_out = false;
    let status = loop {
        let Some(deadline) = deadline.filter(|_| !timed_out) else {
            break child.wait();
        };
        match child.try_wait().transpose() {
            Some(status) => break status,
            // It fails only if the command has just ended.
            None if deadline <= Instant::now() => timed_out = child.kill().is_ok(),
            None => std::thread::sleep(POLL),
        }
    };
    let status = status.map_err(SpawnError::Other)?;
    let reason = match timed_out {
        // There is no grace period.
        true => ExitReason::TimedOut { killed: false },
        false => exit_reason(status),
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
