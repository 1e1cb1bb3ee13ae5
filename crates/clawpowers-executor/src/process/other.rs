//! Systems without signals and process groups.

use super::{Ended, How, Spec, StartError, how, start_error};
use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// How often a command with a timeout is looked at.
const LOOK: Duration = Duration::from_millis(2);

pub(super) fn run(spec: &Spec<'_>, mut command: Command) -> Result<Ended, StartError> {
    let started = Instant::now();
    let mut child = command.spawn().map_err(start_error)?;
    let mut timed_out = false;
    let mut status = None;
    if let Some(deadline) = spec.timeout.and_then(|timeout| started.checked_add(timeout)) {
        while status.is_none() && !timed_out {
            status = child.try_wait().map_err(StartError::Other)?;
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
        None => child.wait().map_err(StartError::Other)?,
    };
    let how = if timed_out {
        // There is no grace that it could have outstayed.
        How::TimedOut { killed: false }
    } else {
        how(status)
    };
    Ok(Ended {
        how,
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
