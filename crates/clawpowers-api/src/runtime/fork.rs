//! Forks of a process with open runtimes: no operation runs during a fork.
//!
//! A child has one thread. A lock that another thread held during the fork is never released there, and SQLite in the child
//! relies on file locks that only the parent holds. So before a fork, [`before`] waits until every thread has left its
//! operation and closes the connections of all runtimes; after it, [`after_in_parent`] and [`after_in_child`] are called.
//! Operations go through [`call`]. Those that wait for another process give up if [`pending`] and start again; an import
//! leaves its operation between two transactions.

use crate::runtime::Runtime;
use crate::wire::{ApiError, ErrorCode, Result};
use clawpowers_executor::FileLock;
use clawpowers_executor::wait::{GiveUp, Yield, yielding};
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
/// The number of threads that are about to fork; changed only while the gate is held.
static FORKING: AtomicUsize = AtomicUsize::new(0);
static GENERATION: AtomicU64 = AtomicU64::new(0);

struct Gate {
    /// The number of threads in operations.
    inside: usize,
    live: Vec<Weak<Runtime>>,
}

thread_local! {
    /// The number of operations that this thread is in: a signal handler may call one while another one waits.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Whether this is the thread of a child that was forked in an operation.
    static ORPHANED: Cell<bool> = const { Cell::new(false) };
    /// The gate, held across the fork, so that no other thread is changing it.
    static HELD: RefCell<Option<MutexGuard<'static, Gate>>> = const { RefCell::new(None) };
}

/// A guard: this thread is in an operation until it is dropped.
struct Inside(());

impl Inside {
    /// Enters an operation, after waiting for a fork to finish.
    ///
    /// # Errors
    ///
    /// `storage` of the kind `busy` if a signal handler forked this process while an operation waited: the connection of that
    /// operation is still open here.
    fn enter() -> Result<Self> {
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

/// Lets an import leave its operation between two transactions.
const TO_FORKS: Yield = Yield {
    requested: is_forking,
    run: step_outside,
};

/// Returns whether a thread is about to fork and waits for this thread.
fn is_forking() -> bool {
    // An operation in a signal handler cannot let the interrupted operation leave, which waits for the handler.
    DEPTH.get() <= 1 && FORKING.load(Ordering::Acquire) > 0
}

/// Leaves the operation of this thread until no thread is about to fork. It must not have an open connection.
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

/// Like [`Runtime::call_interruptible`], while no thread forks. `give_up` must return true if [`pending`] does; the caller then
/// calls the operation again.
pub fn call(runtime: &Runtime, operation: &str, request: &str, give_up: GiveUp) -> Option<String> {
    let answer = || {
        let inside = Inside::enter()?;
        let call = || {
            yielding(TO_FORKS, || {
                runtime.call_interruptible(operation, request, give_up)
            })
        };
        // These operations start no threads.
        let alone = operation.starts_with("store_") || operation.starts_with("metrics_");
        let reply = match generation() {
            0 => call(),
            _ if alone => call(),
            generation => threads(generation)?.install(call),
        };
        if ORPHANED.get() {
            // The connection belongs to the parent.
            runtime.release();
        }
        drop(inside);
        Ok(reply)
    };
    answer().unwrap_or_else(|error: ApiError| Some(error.to_reply()))
}

/// Like [`Runtime::close`], while no thread forks.
pub fn close(runtime: &Runtime) {
    // Otherwise the connections belong to the parent.
    if let Ok(_inside) = Inside::enter() {
        runtime.close();
    }
}

/// Registers a runtime, so that its connections are closed before a fork.
pub fn register(runtime: &Arc<Runtime>) {
    let mut gate = gate();
    gate.live.retain(|runtime| runtime.strong_count() > 0);
    gate.live.push(Arc::downgrade(runtime));
}

/// Returns whether a waiting operation must give up, because a thread is about to fork or because this is a child that was
/// forked in it.
#[must_use]
pub fn pending() -> bool {
    is_forking() || ORPHANED.get()
}

/// Returns the number of forks between the first process and this one.
fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// Waits until every other thread has left its operation. None can enter one until this thread calls [`after_in_parent`] or
/// [`after_in_child`].
pub fn before() {
    let mut gate = gate();
    FORKING.fetch_add(1, Ordering::AcqRel);
    // A signal handler that forks runs in an operation of this thread.
    let own = usize::from(DEPTH.get() > 0);
    while gate.inside > own {
        gate = CHANGED.wait(gate).unwrap_or_else(PoisonError::into_inner);
    }
    for runtime in gate.live.iter().filter_map(Weak::upgrade) {
        runtime.release();
    }
    HELD.set(Some(gate));
}

/// Lets operations continue in the parent.
pub fn after_in_parent() {
    if let Some(gate) = HELD.take() {
        FORKING.fetch_sub(1, Ordering::AcqRel);
        drop(gate);
        CHANGED.notify_all();
    }
}

/// Lets operations start in the child.
pub fn after_in_child() {
    if let Some(gate) = HELD.take() {
        // Other threads that were about to fork do not exist in the child.
        FORKING.store(0, Ordering::Release);
        GENERATION.fetch_add(1, Ordering::AcqRel);
        ORPHANED.set(DEPTH.get() > 0);
        FileLock::leave_to_parent();
        drop(gate);
    }
}

/// Returns the thread pool of a forked process. The threads of the parent's global pool do not exist here, and waiting for
/// them would never end.
fn threads(generation: u64) -> Result<Arc<ThreadPool>> {
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
    // The pool of the parent has no threads here that could be joined.
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
    fn no_operation_runs_during_a_fork() {
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
