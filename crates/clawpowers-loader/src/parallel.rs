//! Work on all cores, or in sequence in a browser, where modules have no threads.

#[cfg(not(target_family = "wasm"))]
mod imp {
    pub(crate) use rayon::join;
    use rayon::prelude::*;

    pub(crate) fn scope(work: impl FnOnce() + Send) {
        rayon::scope(|_| work());
    }

    pub(crate) fn map<'t, T: Sync, U: Send>(
        items: &'t [T],
        work: impl Fn(&'t T) -> U + Sync + Send,
    ) -> Vec<U> {
        items.par_iter().map(work).collect()
    }
}

#[cfg(target_family = "wasm")]
mod imp {
    pub(crate) fn join<A, B>(a: impl FnOnce() -> A, b: impl FnOnce() -> B) -> (A, B) {
        (a(), b())
    }

    pub(crate) fn scope(work: impl FnOnce()) {
        work();
    }

    pub(crate) fn map<'t, T, U>(items: &'t [T], work: impl Fn(&'t T) -> U) -> Vec<U> {
        items.iter().map(work).collect()
    }
}

pub(crate) use imp::*;
