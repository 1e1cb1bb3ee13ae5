//! Runs a command and streams it through.
//!
//! The command has the caller's own standard input, output and error; not a byte of them is read or kept here. While
//! it runs, signals to the caller are forwarded to it, so that whoever ends the caller ends the command, and the
//! caller lives on to record how it ended.
//!
//! # Process groups
//!
//! Where none of the three streams is a terminal, the command leads a process group of its own: signals and timeouts
//! go to the whole group, so what the command has started ends with it. Where one is a terminal, the command stays in
//! the caller's group, since a terminal may be read by its foreground group alone; what the terminal sends on Ctrl-C,
//! Ctrl-\ and Ctrl-Z reaches the command by itself and is not sent again, and a timeout goes to the command only.
//!
//! # Limits
//!
//! - SIGKILL and SIGSTOP cannot be forwarded: a caller that is killed leaves the command behind.
//! - After the first [`run`], SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 no longer end the caller, not even
//!   when no command runs: nothing may end it between the end of a command and the record of it. SIGTSTP no longer
//!   stops it where the command led a group. A caller that goes on for long afterwards listens for them itself.
//! - Where there is a terminal, a process that sends a signal to the caller's whole group sends it to the command
//!   twice: it cannot be told from one to the caller alone.
//! - In a caller with several threads, a signal in the very moment in which the first [`run`] installs the handlers may
//!   be lost: they are installed with signals blocked, and only those of the calling thread can be.
//! - The time of a timeout goes on while the caller is stopped.
//! - A signal that the caller was started to ignore stays ignored, in the command too (`nohup`). This can be seen on
//!   Linux only; elsewhere it is forwarded.
//! - With streams that are no terminal, a command that opens the terminal by its path is in the background there.
//! - The caller must not wait for children that it did not start: the command would be among them.
//! - Off Unix there are no signals and no groups: a timeout ends the command at once, and the command alone.

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
    /// From just before its start to its end, on a clock that nobody sets.
    pub duration: Duration,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// By itself, with this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was asked to end because its time was over, whatever its exit code then was.
    TimedOut {
        /// Whether it did not end in the grace it had and was killed. What it had started itself does not count.
        killed: bool,
    },
}

impl Exit {
    /// Returns the exit code that a caller passes on: the command's own; 128 and the number for a signal; 124 for a
    /// timeout, 137 where it had to be killed.
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
    /// It is there but is no program: a folder, a file without the right to be executed, or one of no known format.
    #[error("not an executable program")]
    NotExecutable,
    /// The system refused something else: the working directory, an argument with a NUL, another process.
    #[error("the program cannot be run: {0}")]
    Other(#[source] io::Error),
}

/// Runs a command, waits for its end, and says how it ended.
///
/// Signals that come in meanwhile (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2) do not end the caller but are
/// forwarded. One that comes before the command has started is forwarded as soon as it has. Where the command leads a
/// group, what is left of the group after a timeout has the same grace as the command; then it is killed. What a
/// command leaves behind that ended by itself or by a signal is left alone.
///
/// The caller's thread waits; it takes no processor time meanwhile. Several threads may run commands at once: each
/// command then gets every signal.
///
/// # Errors
///
/// Fails where the program is missing or is none, where its working directory cannot be entered, and where the system
/// starts no more processes. Fails with [`SpawnError::Other`] too where the caller itself took the command's exit
/// status away, since nothing is known of its end then.
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
        // The system answers the same for the program and for the working directory. The dot is found only in a folder
        // that may be entered.
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

/// Returns how a command ended that was not stopped by its timeout.
fn exit_reason(status: ExitStatus) -> ExitReason {
    match (status.code(), system::signal(status)) {
        (Some(code), _) => ExitReason::Code(code),
        (None, Some(signal)) => ExitReason::Signal(signal),
        // Only a stopped process has neither, and nobody asks for those.
        (None, None) => ExitReason::Code(i32::from(u8::MAX)),
    }
}
