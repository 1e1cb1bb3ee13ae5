//! Waits for other processes until a timeout, or until the host cancels the wait.

use std::cell::Cell;
use std::thread::{self, LocalKey};
use std::time::{Duration, Instant};

/// How long an operation waits for another process.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Called before each pause of a wait: `true` ends the wait as the timeout would.
pub type GiveUp = fn() -> bool;

/// Lets a long operation yield to its host between two transactions.
#[derive(Debug, Clone, Copy)]
pub struct Yield {
    /// Whether the host waits.
    pub requested: fn() -> bool,
    /// Called while no connection is open; returns when the operation may continue.
    pub run: fn(),
}

thread_local! {
    /// When this thread began to wait.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
    static GIVE_UP: Cell<Option<GiveUp>> = const { Cell::new(None) };
    static GAVE_UP: Cell<bool> = const { Cell::new(false) };
    static YIELD: Cell<Option<Yield>> = const { Cell::new(None) };
}

/// Like [`pause`], but also `false` once the timeout has passed since the call with 0 tries.
pub(crate) fn until_timeout(tries: i32) -> bool {
    if tries == 0 {
        SINCE.set(Some(Instant::now()));
    }
    if SINCE.get().is_some_and(|since| since.elapsed() > TIMEOUT) {
        return false;
    }
    pause(tries)
}

/// Sleeps for a moment before the next try; `false` if the host ends the wait. `tries` counts from 0.
pub(crate) fn pause(tries: i32) -> bool {
    if GIVE_UP.get().is_some_and(|give_up| give_up()) {
        GAVE_UP.set(true);
        return false;
    }
    // A write takes about a millisecond. With equal pauses the same processes would collide again and again, so the pauses
    // depend on the process.
    let spread = u64::from(std::process::id()).wrapping_mul(2_654_435_761) >> (tries % 16);
    let longest = 1_u64 << tries.clamp(0, 4);
    thread::sleep(Duration::from_micros(300 + spread % (longest * 1000)));
    true
}

/// Runs `work`, whose waits on this thread call `give_up`. Also returns whether that ended one of them.
pub fn interruptible<T>(give_up: GiveUp, work: impl FnOnce() -> T) -> (T, bool) {
    let _give_up = Scoped::set(&GIVE_UP, Some(give_up));
    let _gave_up = Scoped::set(&GAVE_UP, false);
    let answer = work();
    (answer, GAVE_UP.get())
}

/// Runs `work`, whose long operations on this thread yield to its host.
pub fn yielding<T>(to_host: Yield, work: impl FnOnce() -> T) -> T {
    let _yield = Scoped::set(&YIELD, Some(to_host));
    work()
}

/// Sets a variable of this thread back to its previous value when this is dropped, even by a panic.
struct Scoped<T: Copy + 'static>(&'static LocalKey<Cell<T>>, T);

impl<T: Copy> Scoped<T> {
    fn set(variable: &'static LocalKey<Cell<T>>, value: T) -> Self {
        Self(variable, variable.replace(value))
    }
}

impl<T: Copy> Drop for Scoped<T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Returns [`Yield::run`] if the host waits.
pub(crate) fn yield_requested() -> Option<fn()> {
    let to_host = YIELD.get()?;
    (to_host.requested)().then_some(to_host.run)
}

/// Yields to the host if it waits. Called while no connection is open.
pub fn yield_to_host() {
    if let Some(run) = yield_requested() {
        run();
    }
}

#[cfg(test)]
mod tests {
    use super::{interruptible, pause, until_timeout};

    #[test]
    fn a_wait_ends_where_the_host_says_so() {
        assert!(until_timeout(0));
        assert_eq!(interruptible(|| true, || pause(0)), (false, true));
        assert_eq!(interruptible(|| false, || until_timeout(0)), (true, false));
        let nested = || (interruptible(|| false, || pause(0)), pause(0));
        assert_eq!(interruptible(|| true, nested), (((true, false), false), true));
        assert!(pause(0));
    }
}
