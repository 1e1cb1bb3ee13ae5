//! Runs a command with inherited stdio.
//!
//! The command has the caller's standard input, output and error; nothing of them is read or copied here. While it runs,
//! signals to the caller are forwarded to it, so that a signal that would terminate the caller terminates the command instead, and
//! the caller can record its outcome.
//!
//! # Process groups
//!
//! If none of the three streams is a terminal, the command leads its own process group: signals and timeouts go to the
//! whole group, so what the command has started ends with it. If one is a terminal, the command stays in the caller's
//! group, since only the foreground group can read from a terminal. The signals of Ctrl-C, Ctrl-\ and Ctrl-Z then reach the
//! command directly and are not sent again, and a timeout goes to the command only.
//!
//! # Limits
//!
//! - SIGKILL and SIGSTOP cannot be forwarded: a caller that is killed leaves the command behind.
//! - After the first [`run`], SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 no longer end the caller, not even
//!   when no command runs: nothing may end it between the end of a command and the record of it. SIGTSTP no longer
//!   stops it if the command led a group. A caller that runs for long afterwards must handle them itself.
//! - With a terminal, a signal that a process sends to the caller's whole group reaches the command twice: it cannot be
//!   distinguished from one to the caller alone.
//! - In a caller with several threads, a signal at the moment when the first [`run`] installs the handlers may be lost:
//!   signals are blocked meanwhile, but only for the calling thread.
//! - A timeout keeps running while the caller is stopped.
//! - A signal that the caller was started to ignore stays ignored, in the command too (`nohup`). This can be seen on
//!   Linux only; elsewhere it is forwarded.
//! - If no stream is a terminal, a command that opens the terminal by its path is in the background there.
//! - The caller must not wait for all of its children: the command would be among them.
//! - Outside Unix there are no signals and no groups: a timeout kills the command at once, and only the command.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as system;
#[cfg(unix)]
use unix as system;

/// How a command is run.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec<'a> {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub program: &'a OsStr,
    /// Its arguments, without the program's own name. No shell reads them.
    pub args: &'a [OsString],
    /// Its working directory; without one, the caller's.
    pub cwd: Option<&'a Path>,
    /// Variables that are added to the inherited environment or replace inherited ones.
    pub env: &'a [(OsString, OsString)],
    /// How long it may run. It is then asked to end with SIGTERM.
    pub timeout: Option<Duration>,
    /// How long it has after that SIGTERM before it is killed with SIGKILL.
    pub grace: Duration,
}

/// How a command ended, and how long it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// How it ended.
    pub reason: ExitReason,
    /// From just before its start to its end, on a monotonic clock.
    pub duration: Duration,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// By itself, with this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was asked to end because of the timeout; its exit code does not matter then.
    TimedOut {
        /// Whether it did not end within the grace period and was killed. Processes that it started do not count.
        killed: bool,
    },
}

impl Exit {
    /// Returns the exit code that a caller passes on: the command's own; 128 and the number for a signal; 124 for a
    /// timeout, 137 if it had to be killed.
    ///
    /// A code above 255, which only systems other than Unix have, becomes 255.
    ///
    /// # Examples
    ///
    /// ```
    /// use clawpowers_executor::process::{Exit, ExitReason};
    /// use std::time::Duration;
    ///
    /// let code = |reason| Exit { reason, duration: Duration::ZERO }.exit_code();
    /// assert_eq!(code(ExitReason::Code(3)), 3);
    /// assert_eq!(code(ExitReason::Signal(15)), 143);
    /// assert_eq!(code(ExitReason::TimedOut { killed: false }), 124);
    /// assert_eq!(code(ExitReason::TimedOut { killed: true }), 137);
    /// ```
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let code = match self.reason {
            ExitReason::Code(code) => code,
            ExitReason::Signal(signal) => signal.saturating_add(128),
            ExitReason::TimedOut { killed: false } => 124,
            ExitReason::TimedOut { killed: true } => 137,
        };
        u8::try_from(code).unwrap_or(u8::MAX)
    }
}

/// Why a command was not run.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// There is no such program.
    #[error("no such program")]
    NotFound,
    /// It exists but is not executable: a folder, a file without execute permission, or of an unknown format.
    #[error("not an executable program")]
    NotExecutable,
    /// Something else failed: the working directory, an argument with a NUL, the limit of processes.
    #[error("the program cannot be run: {0}")]
    Other(#[source] io::Error),
}

/// Runs a command, waits for its end, and returns how it ended.
///
/// Signals that arrive meanwhile (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2) do not end the caller but are
/// forwarded. One that arrives before the command has started is forwarded as soon as it has. If the command leads a group,
/// the rest of the group after a timeout has the same grace period as the command; then it is killed. Processes that remain
/// after a command that ended by itself or by a signal keep running.
///
/// The calling thread sleeps meanwhile. Several threads may run commands at the same time: each command then gets every
/// signal.
///
/// # Errors
///
/// [`SpawnError`] if the program is missing or not executable, its working directory cannot be entered, or the system can
/// start no more processes. [`SpawnError::Other`] also if the caller itself reaped the command, so that it
/// is unknown how it ended.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use clawpowers_executor::process::{ExitReason, CommandSpec, run};
/// use std::ffi::OsStr;
/// use std::time::Duration;
///
/// let spec = CommandSpec {
///     program: OsStr::new("sh"),
///     args: &["-c".into(), "exit $CODE".into()],
///     cwd: None,
///     env: &[("CODE".into(), "3".into())],
///     timeout: Some(Duration::from_secs(60)),
///     grace: Duration::from_secs(5),
/// };
/// let ended = run(&spec)?;
/// assert_eq!(ended.reason, ExitReason::Code(3));
/// assert_eq!(ended.exit_code(), 3);
/// # }
/// # Ok::<(), clawpowers_executor::process::SpawnError>(())
/// ```
pub fn run(spec: &CommandSpec<'_>) -> Result<Exit, SpawnError> {
    let mut command = Command::new(spec.program);
    command
        .args(spec.args)
        .envs(spec.env.iter().map(|(key, value)| (key, value)));
    if let Some(cwd) = spec.cwd {
        // The error for a missing program and a missing working directory is the same, so the directory is checked first. The
        // dot is found only in a folder that may be entered.
        std::fs::metadata(cwd.join(".")).map_err(SpawnError::Other)?;
        command.current_dir(cwd);
    }
    system::run(spec, command)
}

/// Returns why a program did not start.
fn spawn_error(error: io::Error) -> SpawnError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SpawnError::NotFound,
        io::ErrorKind::PermissionDenied => SpawnError::NotExecutable,
        _ if system::is_no_program(&error) => SpawnError::NotExecutable,
        _ => SpawnError::Other(error),
    }
}

/// Returns how a command that was not stopped by its timeout ended.
fn exit_reason(status: ExitStatus) -> ExitReason {
    match (status.code(), system::signal(status)) {
        (Some(code), _) => ExitReason::Code(code),
        (None, Some(signal)) => ExitReason::Signal(signal),
        // Only a stopped process has neither, and we do not wait for those.
        (None, None) => ExitReason::Code(i32::from(u8::MAX)),
    }
}
