//! Waiting for another process, for as long as the timeout and the host allow.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

/// How long an operation waits for another process.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A question that a wait asks its host before each pause: `true` ends the wait as the timeout would.
pub type GiveUp = fn() -> bool;

/// What a long operation does for its host between two of its transactions.
#[derive(Debug, Clone, Copy)]
pub struct GiveWay {
    /// Whether the host waits for it.
    pub wanted: fn() -> bool,
    /// Called while no connection is open; returns when the operation may go on.
    pub pass: fn(),
}

thread_local! {
    /// When this thread began to wait.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
    static GIVE_UP: Cell<Option<GiveUp>> = const { Cell::new(None) };
    static GAVE_UP: Cell<bool> = const { Cell::new(false) };
    static GIVE_WAY: Cell<Option<GiveWay>> = const { Cell::new(None) };
}

/// As [`pause`], and `false` too where the wait that began with 0 tries has lasted for as long as the timeout.
pub(crate) fn until_timeout(tries: i32) -> bool {
    if tries == 0 {
        SINCE.set(Some(Instant::now()));
    }
    if SINCE.get().is_some_and(|since| since.elapsed() > TIMEOUT) {
        return false;
    }
    pause(tries)
}

/// Sleeps for a moment before another try; `false` where the host ends the wait. `tries` counts from 0.
pub(crate) fn pause(tries: i32) -> bool {
    if GIVE_UP.get().is_some_and(|give_up| give_up()) {
        GAVE_UP.set(true);
        return false;
    }
    // Writers hold the file for about a millisecond. Equal pauses would let the same processes meet again and again, so
    // each takes its own.
    let spread = u64::from(std::process::id()).wrapping_mul(2_654_435_761) >> (tries % 16);
    let longest = 1_u64 << tries.clamp(0, 4);
    thread::sleep(Duration::from_micros(300 + spread % (longest * 1000)));
    true
}

/// Runs `work` so that its waits on this thread ask `give_up`; tells besides whether one of them was ended by it.
pub fn interruptible<T>(give_up: GiveUp, work: impl FnOnce() -> T) -> (T, bool) {
    /// Puts back what was asked before, whether `work` returns or panics.
    struct Before(Option<GiveUp>, bool);
    impl Drop for Before {
        fn drop(&mut self) {
            GIVE_UP.set(self.0);
            GAVE_UP.set(self.1);
        }
    }
    let before = Before(GIVE_UP.replace(Some(give_up)), GAVE_UP.replace(false));
    let answer = work();
    let gave_up = GAVE_UP.get();
    drop(before);
    (answer, gave_up)
}

/// Runs `work` so that long operations on this thread give way to its host.
pub fn giving_way<T>(way: GiveWay, work: impl FnOnce() -> T) -> T {
    /// Puts back what was there before, whether `work` returns or panics.
    struct Before(Option<GiveWay>);
    impl Drop for Before {
        fn drop(&mut self) {
            GIVE_WAY.set(self.0);
        }
    }
    let _before = Before(GIVE_WAY.replace(Some(way)));
    work()
}

/// Returns what lets the host pass, if it waits for that.
pub(crate) fn way_wanted() -> Option<fn()> {
    let way = GIVE_WAY.get()?;
    (way.wanted)().then_some(way.pass)
}

/// Lets the host pass if it waits for that; to be called while no connection is open.
pub fn give_way() {
    if let Some(pass) = way_wanted() {
        pass();
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
