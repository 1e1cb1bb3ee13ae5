//! Whether stdout was open when the program started.
//!
//! Rust's runtime replaces a closed stream with `/dev/null` before `main`, so that output is lost without an error.

use std::io;

#[cfg(unix)]
static IS_CLOSED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Runs before that, when the standard library must not be used yet.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn detect_closed() {
    if rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err() {
        IS_CLOSED.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Returns an error if stdout was closed.
pub(crate) fn check() -> io::Result<()> {
    #[cfg(unix)]
    if IS_CLOSED.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(rustix::io::Errno::BADF.into());
    }
    Ok(())
}
