//! Starting processes under Wine; the multi-process tests use this file, too.

use std::io;
use std::process::{Child, Command};

pub(crate) trait Start {
    /// Starts the command.
    fn start(&mut self) -> Child;
}

impl Start for Command {
    fn start(&mut self) -> Child {
        started(|| self.spawn())
    }
}

/// Starts a process, and tries again if Wine fails: in Wine 8, one of thousands of processes does not start, with an internal
/// error.
pub(crate) fn started<T>(mut start: impl FnMut() -> io::Result<T>) -> T {
    for _ in 0..3 {
        match start() {
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(1359) => {}
            done => return done.unwrap(),
        }
    }
    start().unwrap()
}
