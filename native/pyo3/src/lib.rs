//! ClawPowers for Python: one class that takes JSON text to the facade and brings JSON text back.
//!
//! Everything that makes it feel like Python is in `python/clawpowers`.

use clawpowers_api::{Language, Runtime, fork};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often an operation that waits looks for signals.
const SIGNALS: Duration = Duration::from_millis(50);

thread_local! {
    static LOOKED: Cell<Option<Instant>> = const { Cell::new(None) };
    /// What a signal handler raised while an operation waited.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// A runtime of the facade.
#[pyclass(frozen, module = "clawpowers._clawpowers")]
#[derive(Debug)]
struct Core {
    runtime: Arc<Runtime>,
}

#[pymethods]
impl Core {
    /// Opens a runtime; a `ValueError` has the whole reply `{"error": …}` as its text.
    #[new]
    fn new(py: Python<'_>, options_json: &Bound<'_, PyString>) -> PyResult<Self> {
        Language::Python.speak();
        let runtime = Runtime::from_json(&text(options_json)?).map_err(PyValueError::new_err)?;
        let runtime = Arc::new(runtime);
        py.detach(|| fork::register(&runtime));
        Ok(Self { runtime })
    }

    /// Calls an operation with a request and returns its reply; other threads of Python go on meanwhile.
    fn call(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, PyString>,
        request_json: &Bound<'_, PyString>,
    ) -> PyResult<String> {
        let (operation, request) = (text(operation)?, text(request_json)?);
        loop {
            let answer = || fork::call(&self.runtime, &operation, &request, give_up);
            if let Some(reply) = py.detach(answer) {
                return Ok(reply);
            }
            // Else another thread was about to fork, or this process was forked meanwhile.
            if let Some(error) = RAISED.take() {
                return Err(error);
            }
        }
    }

    /// Closes the runtime; every call after that answers `closed`.
    fn close(&self, py: Python<'_>) {
        py.detach(|| fork::close(&self.runtime));
    }
}

/// Tells an operation that waits whether it has to end: for a fork, or for what a signal handler raised.
fn give_up() -> bool {
    if fork::pending() {
        return true;
    }
    if LOOKED.get().is_some_and(|last| last.elapsed() < SIGNALS) {
        return false;
    }
    let looked = Python::try_attach(|py| py.check_signals());
    LOOKED.set(Some(Instant::now()));
    looked.is_some_and(|looked| looked.map_err(|error| RAISED.set(Some(error))).is_err())
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

/// Waits until every other thread has left its operation and keeps them out.
#[pyfunction]
fn before_fork(py: Python<'_>) {
    py.detach(fork::before);
}

/// The part of ClawPowers for Python that is written in Rust.
#[pymodule]
mod _clawpowers {
    #[pymodule_export]
    use super::{Core, before_fork};
    use pyo3::prelude::*;

    /// Lets operations go on in the process that forked.
    #[pyfunction]
    fn after_fork_in_parent() {
        clawpowers_api::fork::after_in_parent();
    }

    /// Lets operations begin in the child.
    #[pyfunction]
    fn after_fork_in_child() {
        clawpowers_api::fork::after_in_child();
    }

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "it is Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
