//! Work on every core, or one piece after the other in a browser, whose modules have no threads.

#[cfg(not(target_family = "wasm"))]
use rayon::prelude::*;

/// Runs `work` where the tasks that it starts find the other cores awake.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn scope(work: impl FnOnce() + Send) {
    rayon::scope(|_| work());
}

#[cfg(not(target_family = "wasm"))]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

/// Maps items, in their order.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn map<'t, T: Sync, U: Send>(items: &'t [T], work: impl Fn(&'t T) -> U + Sync + Send) -> Vec<U> {
    items.par_iter().map(work).collect()
}

#[cfg(not(target_family = "wasm"))]
pub(crate) fn for_each_mut<T: Send>(items: &mut [T], work: impl Fn(usize, &mut T) + Sync + Send) {
    items
        .par_iter_mut()
        .enumerate()
        .for_each(|(index, item)| work(index, item));
}

#[cfg(not(target_family = "wasm"))]
pub(crate) fn drop_all<T: Send>(items: Vec<T>) {
    items.into_par_iter().for_each(drop);
}

#[cfg(target_family = "wasm")]
pub(crate) fn scope(work: impl FnOnce() + Send) {
    work();
}

#[cfg(target_family = "wasm")]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    (a(), b())
}

#[cfg(target_family = "wasm")]
pub(crate) fn map<'t, T: Sync, U: Send>(items: &'t [T], work: impl Fn(&'t T) -> U + Sync + Send) -> Vec<U> {
    items.iter().map(work).collect()
}

#[cfg(target_family = "wasm")]
pub(crate) fn for_each_mut<T: Send>(items: &mut [T], work: impl Fn(usize, &mut T) + Sync + Send) {
    for (index, item) in items.iter_mut().enumerate() {
        work(index, item);
    }
}

#[cfg(target_family = "wasm")]
pub(crate) fn drop_all<T: Send>(items: Vec<T>) {
    drop(items);
}
