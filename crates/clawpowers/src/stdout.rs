//! Whether stdout was open when the program was started.
//!
//! Rust's runtime opens `/dev/null` in the place of a closed stream before `main` is called, and what is printed then is lost
//! without an error.

use std::io;

#[cfg(unix)]
static IS_CLOSED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Runs before the runtime does that; it calls the system and nothing of the standard library.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look() {
    if rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err() {
        IS_CLOSED.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Refuses to write to a stdout that was closed.
pub(crate) fn check() -> io::Result<()> {
    #[cfg(unix)]
    if IS_CLOSED.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(rustix::io::Errno::BADF.into());
    }
    Ok(())
}
