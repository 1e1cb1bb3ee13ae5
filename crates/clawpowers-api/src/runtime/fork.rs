//! Forks of a process that has runtimes open: no operation runs while a child is made.
//!
//! A child has one thread. A lock that another thread held when it was made is never released there, and SQLite counts
//! in the child on locks of files that only its parent holds. So whoever forks calls [`before`], which waits until every
//! thread has left its operation and closes the connections of all runtimes, and then [`after_in_parent`] and
//! [`after_in_child`]. Operations go through [`call`]; those that wait for another process are ended by [`pending`] and
//! begun again; an import steps outside between two of its transactions.

use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::FileLock;
use clawpowers_executor::wait::{GiveUp, GiveWay, giving_way};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

static GATE: Mutex<Gate> = Mutex::new(Gate {
    inside: 0,
    live: Vec::new(),
});
static CHANGED: Condvar = Condvar::new();
/// How many threads are about to fork; changed only while the gate is held.
static FORKING: AtomicUsize = AtomicUsize::new(0);
static GENERATION: AtomicU64 = AtomicU64::new(0);

struct Gate {
    /// How many threads are inside of operations.
    inside: usize,
    live: Vec<Weak<Runtime>>,
}

thread_local! {
    /// How many operations this thread is inside of: a signal handler may call one while another one waits.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Whether this is the thread of a child that was made inside of an operation.
    static ORPHANED: Cell<bool> = const { Cell::new(false) };
    /// The gate, held across the fork: no other thread can be in the middle of changing it.
    static HELD: RefCell<Option<MutexGuard<'static, Gate>>> = const { RefCell::new(None) };
}

/// A thread that is inside of an operation, until this is dropped.
struct Inside(());

impl Inside {
    /// Goes inside, after a fork that is under way.
    ///
    /// # Errors
    ///
    /// `storage`, of the kind `busy`, in a signal handler that ran while an operation waited and has made this process by a
    /// fork: the connection of that operation is still open here.
    fn enter() -> Result<Self, ApiError> {
        if ORPHANED.get() {
            let message = "this process was forked by a signal handler while an operation waited";
            return Err(ApiError::new(ErrorCode::Storage, message)
                .hint("return from the signal handler first")
                .details(json!({ "kind": "busy" })));
        }
        if DEPTH.get() == 0 {
            let mut gate = gate();
            while pending() {
                gate = CHANGED.wait(gate).unwrap_or_else(PoisonError::into_inner);
            }
            gate.inside += 1;
        }
        DEPTH.set(DEPTH.get() + 1);
        Ok(Self(()))
    }
}

/// What an import of several transactions does between two of them.
const WAY: GiveWay = GiveWay {
    wanted: is_forking,
    pass: step_outside,
};

/// Tells whether a thread is about to fork and waits for this one.
fn is_forking() -> bool {
    // One that a signal handler called cannot let the other one, which waits for the handler, leave.
    DEPTH.get() <= 1 && FORKING.load(Ordering::Acquire) > 0
}

/// Leaves the operation of this thread, which has no connection open, until no thread is about to fork.
fn step_outside() {
    let mut gate = gate();
    gate.inside -= 1;
    CHANGED.notify_all();
    while FORKING.load(Ordering::Acquire) > 0 {
        gate = CHANGED.wait(gate).unwrap_or_else(PoisonError::into_inner);
    }
    gate.inside += 1;
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            ORPHANED.set(false);
            gate().inside -= 1;
            if pending() {
                CHANGED.notify_all();
            }
        }
    }
}

/// As [`Runtime::call_interruptible`], while no thread forks. `give_up` asks [`pending`] among other things; where it was
/// that, the operation is called again.
pub fn call(runtime: &Runtime, operation: &str, request: &str, give_up: GiveUp) -> Option<String> {
    let answer = || {
        let inside = Inside::enter()?;
        let call = || giving_way(WAY, || runtime.call_interruptible(operation, request, give_up));
        // These start no threads.
        let alone = operation.starts_with("store_") || operation.starts_with("metrics_");
        let reply = match generation() {
            0 => call(),
            _ if alone => call(),
            generation => threads(generation)?.install(call),
        };
        if ORPHANED.get() {
            // Its connection is the parent's.
            runtime.release();
        }
        drop(inside);
        Ok(reply)
    };
    answer().unwrap_or_else(|error: ApiError| Some(error.to_reply()))
}

/// As [`Runtime::close`], while no thread forks.
pub fn close(runtime: &Runtime) {
    // Where it cannot go inside, the connections of this process are not its own to close.
    if let Ok(_inside) = Inside::enter() {
        runtime.close();
    }
}

/// Makes a runtime known, so that its connections are closed before a fork.
pub fn register(runtime: &Arc<Runtime>) {
    let mut gate = gate();
    gate.live.retain(|runtime| runtime.strong_count() > 0);
    gate.live.push(Arc::downgrade(runtime));
}

/// Tells whether an operation that waits has to give up: a thread is about to fork, or this is a child that was made
/// inside of it.
#[must_use]
pub fn pending() -> bool {
    is_forking() || ORPHANED.get()
}

/// Returns how many forks led from the first process to this one.
fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// Waits until every other thread has left its operation, and keeps all out until [`after_in_parent`] or
/// [`after_in_child`] on this thread.
pub fn before() {
    let mut gate = gate();
    FORKING.fetch_add(1, Ordering::AcqRel);
    // A signal handler that forks does so inside of the operation that let it run.
    let own = usize::from(DEPTH.get() > 0);
    while gate.inside > own {
        gate = CHANGED.wait(gate).unwrap_or_else(PoisonError::into_inner);
    }
    for runtime in gate.live.iter().filter_map(Weak::upgrade) {
        runtime.release();
    }
    HELD.set(Some(gate));
}

/// Lets operations go on in the process that forked.
pub fn after_in_parent() {
    if let Some(gate) = HELD.take() {
        FORKING.fetch_sub(1, Ordering::AcqRel);
        drop(gate);
        CHANGED.notify_all();
    }
}

/// Lets operations begin in the child.
pub fn after_in_child() {
    if let Some(gate) = HELD.take() {
        // Threads that were about to fork as well are not in this process.
        FORKING.store(0, Ordering::Release);
        GENERATION.fetch_add(1, Ordering::AcqRel);
        ORPHANED.set(DEPTH.get() > 0);
        FileLock::leave_to_parent();
        drop(gate);
    }
}

/// Returns the threads of a process that was forked: it has none of those that its parent shares, and who waits for them
/// waits for ever.
fn threads(generation: u64) -> Result<Arc<ThreadPool>, ApiError> {
    static POOL: Mutex<Option<(u64, Arc<ThreadPool>)>> = Mutex::new(None);
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, threads)) = &*pool
        && *of == generation
    {
        return Ok(Arc::clone(threads));
    }
    let threads = ThreadPoolBuilder::new().build().map_err(|error| {
        ApiError::new(ErrorCode::Internal, format!("cannot start a thread: {error}"))
            .hint("raise the thread limit of this process")
    })?;
    let threads = Arc::new(threads);
    // Those of the parent are not here to be ended.
    std::mem::forget(pool.replace((generation, Arc::clone(&threads))));
    Ok(threads)
}

fn gate() -> MutexGuard<'static, Gate> {
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Inside, after_in_child, after_in_parent, before, generation, pending, register};
    use crate::{Options, Runtime};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    // One test, because the gate is the process's.
    #[test]
    fn nobody_is_inside_while_a_thread_forks() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Arc::new(Runtime::open(Options {
            home: Some(folder.path().join("home")),
            ..Options::default()
        }));
        register(&runtime);
        let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            while turns.load(Ordering::SeqCst) < 100 {
                let entered = Inside::enter().unwrap();
                inside.fetch_add(1, Ordering::SeqCst);
                let reply = runtime.call("store_exists", r#"{"key": "a"}"#);
                assert!(reply.starts_with("{\"ok\""), "{reply}");
                inside.fetch_sub(1, Ordering::SeqCst);
                drop(entered);
            }
        };
        let fork = || {
            while turns.fetch_add(1, Ordering::SeqCst) < 100 {
                before();
                assert!(pending());
                assert_eq!(inside.load(Ordering::SeqCst), 0);
                after_in_parent();
            }
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(work);
            }
            for _ in 0..2 {
                scope.spawn(fork);
            }
        });

        // A signal handler that forks inside of an operation keeps nobody waiting, and has to leave in the child first.
        let outer = Inside::enter().unwrap();
        let inner = Inside::enter().unwrap();
        before();
        assert!(!pending());
        after_in_child();
        assert_eq!(generation(), 1);
        assert!(pending());
        assert!(Inside::enter().is_err());
        drop((inner, outer));
        assert!(!pending());
        drop(Inside::enter().unwrap());
    }
}
