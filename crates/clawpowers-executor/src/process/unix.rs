//! Unix: signals, process groups, and the end of a child.
//!
//! One thread does everything. It sleeps on the pipe that the signal handlers write to; SIGCHLD is one of them, so the end of
//! the child wakes it too. The same thread sends every signal and reaps the child last. Until then it checks for its end
//! with `WNOWAIT`, which leaves a zombie. A zombie's pid, and the id of its group, are not used again, so no signal can reach
//! another process.

use super::{CommandSpec, Exit, ExitReason, SpawnError, exit_reason, spawn_error};
use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, kill_process_group, waitid};
use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::iterator::exfiltrator::origin::Origin;
use std::io::{self, IsTerminal};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// The signals that are forwarded.
const FORWARDED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// The longest sleep. Every end of a child is a signal, except in a caller that was started with SIGCHLD blocked.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The first and the longest pause between two checks of a group after a timeout.
const POLL: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

type Signals = SignalDelivery<UnixStream, WithOrigin>;

/// The state of a timeout.
enum Stage {
    Running,
    Asked,
    Killed,
}

pub(super) fn run(spec: &CommandSpec<'_>, mut command: Command) -> Result<Exit, SpawnError> {
    let terminal = io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal();
    let leads_group = !terminal;
    // Before the start, so that at no time can a signal end this process and leave the child.
    let mut signals = listen(leads_group).map_err(SpawnError::Other)?;
    if leads_group {
        command.process_group(0);
    }
    // There is no child yet to which the terminal could have sent these as well.
    let missed: Vec<Origin> = signals.pending().collect();
    let started = Instant::now();
    let mut child = command.spawn().map_err(spawn_error)?;
    let target = Target {
        pid: Pid::from_child(&child),
        leads_group,
    };
    for origin in &missed {
        target.forward_signal(origin);
    }
    // A signal of the terminal may have arrived just before there was a child. A child that got it and is alive has a
    // handler for it, which would run twice; without a handler a second signal changes nothing.
    for origin in signals.pending() {
        if !(target.has_got(&origin) && target.catches(origin.signal)) {
            target.forward_signal(&origin);
        }
    }
    let mut stage = Stage::Running;
    let mut next_stage = spec.timeout.and_then(|timeout| started.checked_add(timeout));
    loop {
        for origin in signals.pending() {
            if !target.has_got(&origin) {
                target.forward_signal(&origin);
            }
        }
        if target.has_ended().map_err(SpawnError::Other)? {
            break;
        }
        let now = Instant::now();
        if next_stage.is_none_or(|at| at > now) {
            sleep(&signals, next_stage);
            continue;
        }
        (stage, next_stage) = match stage {
            Stage::Running => {
                target.send(Signal::TERM);
                // A stopped process gets the signal only when it continues.
                target.send(Signal::CONT);
                (Stage::Asked, now.checked_add(spec.grace))
            }
            Stage::Asked | Stage::Killed => {
                target.send(Signal::KILL);
                (Stage::Killed, None)
            }
        };
    }
    let duration = started.elapsed();
    if matches!(stage, Stage::Asked) {
        end_group(&target, &mut signals, next_stage);
    }
    let status = child.wait().map_err(SpawnError::Other)?;
    let reason = match stage {
        Stage::Running => exit_reason(status),
        Stage::Asked => ExitReason::TimedOut { killed: false },
        Stage::Killed => ExitReason::TimedOut {
            killed: status.signal() == Some(Signal::KILL.as_raw()),
        },
    };
    Ok(Exit { reason, duration })
}

pub(super) fn is_no_program(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error())
}

pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Waits for the rest of a group until the grace period ends, then kills it. Its leader is still a zombie.
fn end_group(target: &Target, signals: &mut Signals, until: Option<Instant>) {
    let (mut pause, longest) = POLL;
    while target.leads_group && has_members(target.pid) {
        let now = Instant::now();
        if until.is_some_and(|until| until <= now) {
            target.send(Signal::KILL);
            return;
        }
        let next = now.checked_add(pause);
        sleep(signals, until.into_iter().chain(next).min());
        pause = pause.saturating_mul(2).min(longest);
        for origin in signals.pending() {
            target.forward_signal(&origin);
        }
    }
}

/// The child, from its start until it is reaped.
struct Target {
    pid: Pid,
    leads_group: bool,
}

impl Target {
    fn send(&self, signal: Signal) {
        // It fails only for a child that changed its user; nothing can be done then.
        let _ = if self.leads_group {
            kill_process_group(self.pid, signal)
        } else {
            kill_process(self.pid, signal)
        };
    }

    /// Whether the terminal sent this signal to the child as well.
    ///
    /// Not for SIGHUP: the system sends it only to the leader of the session, which this process may be.
    fn has_got(&self, origin: &Origin) -> bool {
        !self.leads_group && origin.process.is_none() && matches!(origin.signal, SIGINT | SIGQUIT)
    }

    /// Whether the child has a handler for a signal; `false` if that is unknown.
    fn catches(&self, signal: i32) -> bool {
        let process = self.pid.as_raw_nonzero().to_string();
        contains(signals_of(&process, "SigCgt:"), signal)
    }

    fn forward_signal(&self, origin: &Origin) {
        if origin.signal == SIGCHLD {
            return;
        }
        if let Some(signal) = Signal::from_named_raw(origin.signal) {
            self.send(signal);
        }
        if origin.signal == SIGTSTP {
            // The handler replaced the default action, which would have stopped this process. It continues with a SIGCONT,
            // which is forwarded as well.
            let _ = kill_process(getpid(), Signal::STOP);
        }
    }

    /// Whether the child has ended. It is not reaped.
    fn has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(self.pid), options) {
            Ok(status) => Ok(status.is_some()),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Installs the handlers.
fn listen(leads_group: bool) -> io::Result<Signals> {
    let ignored = signals_of("self", "SigIgn:");
    let mut wanted = FORWARDED.to_vec();
    // A terminal stops the caller's group, so a child in another group must be stopped from here. Where no shell controls
    // the caller's group, the system does not stop it, since nothing would continue it.
    if leads_group && is_job() {
        wanted.extend([SIGTSTP, SIGCONT]);
    }
    // With a handler an ignored signal would be forwarded, and the child would start with its default action.
    wanted.retain(|signal| !contains(ignored, *signal));
    // Even if ignored: the system would then discard the exit status of a child.
    wanted.push(SIGCHLD);
    let (read, write) = UnixStream::pair()?;
    // signal-hook installs a handler a moment before it sets what the handler does, and a signal in between is lost. Blocked
    // signals arrive when all is in place.
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let signals = SignalDelivery::with_pipe(read, write, WithOrigin::default(), wanted);
    // Also before the start of the child, which inherits blocked signals.
    before.thread_set_mask()?;
    signals
}

/// Returns a set of signals of a process, with SIGHUP (1) as the lowest bit; empty if it is unknown.
fn signals_of(process: &str, set: &str) -> u64 {
    // The system call needs unsafe code, and only Linux has this file.
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(set));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

fn contains(signals: u64, signal: i32) -> bool {
    u32::try_from(signal - 1).is_ok_and(|bit| signals & (1_u64 << bit) != 0)
}

/// Sleeps until a signal arrives or until a time, whichever is first; may wake earlier.
fn sleep(signals: &Signals, until: Option<Instant>) {
    let time = until.map_or(LONGEST_SLEEP, |until| {
        until.saturating_duration_since(Instant::now()).min(LONGEST_SLEEP)
    });
    let time = Timespec::try_from(time).ok();
    let mut pipe = [PollFd::new(signals.get_read(), PollFlags::IN)];
    match poll(&mut pipe, time.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        // Out of memory in the kernel is no reason to leave the child.
        Err(_) => thread::sleep(POLL.1),
    }
}

/// Whether a process of this group besides its leader, which is a zombie, is alive. `true` if that is unknown.
#[cfg(target_os = "linux")]
fn has_members(leader: Pid) -> bool {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return true;
    };
    entries.flatten().any(|entry| {
        // Few entries besides processes have such a file.
        let stat = Stat::of(&entry.path());
        stat.is_some_and(|stat| stat.alive && stat.group == leader.as_raw_nonzero().get())
    })
}

/// Whether a process of this group is alive. Where the system counts the leader, which is a zombie, this is `true` to the end of
/// the grace period.
#[cfg(not(target_os = "linux"))]
fn has_members(leader: Pid) -> bool {
    rustix::process::test_kill_process_group(leader).is_ok()
}

/// Whether a shell has put this process into another group than that of the session.
#[cfg(target_os = "linux")]
fn is_job() -> bool {
    // Not by the system calls: they give 0 for a session outside the container, and rustix takes no 0.
    Stat::of("/proc/self".as_ref()).is_some_and(|stat| stat.group != stat.session)
}

#[cfg(not(target_os = "linux"))]
fn is_job() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// The state of a process in `/proc`.
#[cfg(target_os = "linux")]
#[derive(Debug, PartialEq)]
struct Stat {
    alive: bool,
    group: i32,
    session: i32,
}

#[cfg(target_os = "linux")]
impl Stat {
    fn of(folder: &std::path::Path) -> Option<Self> {
        let line = std::fs::read(folder.join("stat")).ok()?;
        Self::read(&String::from_utf8_lossy(&line))
    }

    fn read(line: &str) -> Option<Self> {
        // The name before may hold anything, parentheses too.
        let (_, rest) = line.rsplit_once(')')?;
        let mut words = rest.split_whitespace();
        Some(Self {
            alive: !matches!(words.next()?, "Z" | "X"),
            group: words.nth(1)?.parse().ok()?,
            session: words.next()?.parse().ok()?,
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::Stat;

    #[test]
    fn proc_stat_is_parsed_with_any_process_name() {
        let stat = |alive| {
            Some(Stat {
                alive,
                group: 7,
                session: 6,
            })
        };
        assert_eq!(Stat::read("9 (sleep) S 1 7 6 0 -1"), stat(true));
        assert_eq!(Stat::read("9 (a) Z 1 2 3) R 1 7 6 0 -1"), stat(true));
        assert_eq!(Stat::read("9 (sleep) Z 1 7 6 0 -1"), stat(false));
        assert_eq!(Stat::read("cpu 1 2 3"), None);
        assert_eq!(Stat::read(""), None);
    }
}
