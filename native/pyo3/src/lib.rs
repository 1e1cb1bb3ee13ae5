//! ClawPowers for Python: one class that takes JSON text to the facade and brings JSON text back.
//!
//! Everything that makes it feel like Python is in `python/clawpowers`.

use clawpowers_api::Runtime;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::borrow::Cow;
use std::sync::OnceLock;

/// A runtime of the facade.
#[pyclass(frozen, module = "clawpowers._clawpowers")]
#[derive(Debug)]
struct Core {
    runtime: Runtime,
    threads: Threads,
}

/// Whose threads an operation uses that works in parallel.
#[derive(Debug)]
enum Threads {
    /// Those that all of the process share.
    Shared,
    /// Its own, made when they are needed: a fork leaves the shared ones behind, and who waits for them waits forever.
    Own(OnceLock<Option<ThreadPool>>),
}

#[pymethods]
impl Core {
    /// Opens a runtime; a `ValueError` has the whole reply `{"error": …}` as its text.
    #[new]
    #[pyo3(signature = (options_json, *, forked = false))]
    fn new(options_json: &Bound<'_, PyString>, forked: bool) -> PyResult<Self> {
        let runtime = Runtime::from_json(&text(options_json)?).map_err(PyValueError::new_err)?;
        let threads = if forked {
            Threads::Own(OnceLock::new())
        } else {
            Threads::Shared
        };
        Ok(Self { runtime, threads })
    }

    /// Calls an operation with a request and returns its reply; other threads of Python go on meanwhile.
    fn call(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, PyString>,
        request_json: &Bound<'_, PyString>,
    ) -> PyResult<String> {
        let (operation, request) = (text(operation)?, text(request_json)?);
        let answer = || self.runtime.call(&operation, &request);
        py.detach(|| match &self.threads {
            Threads::Own(pool) if !operation.starts_with("store_") => pool
                .get_or_init(|| ThreadPoolBuilder::new().build().ok())
                .as_ref()
                .map(|pool| pool.install(answer))
                .ok_or_else(|| PyRuntimeError::new_err("no threads can be started")),
            _ => Ok(answer()),
        })
    }

    /// Lets go of the database until the next call.
    fn release(&self, py: Python<'_>) {
        py.detach(|| self.runtime.release());
    }

    /// Closes the runtime; every call after that answers `closed`.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.runtime.close());
    }
}

/// Returns the text of a string; half of a surrogate pair becomes its JSON escape, which the facade judges.
fn text<'a>(string: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match string.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => {
            let bytes = string.call_method1("encode", ("utf-8", "backslashreplace"))?;
            let bytes: Vec<u8> = bytes.extract()?;
            Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
        }
    }
}

/// The part of ClawPowers for Python that is written in Rust.
#[pymodule]
mod _clawpowers {
    #[pymodule_export]
    use super::Core;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "it is Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
