//! ClawPowers for Python: a class that takes and returns JSON text.
//!
//! The API for Python is in `python/clawpowers`.

use clawpowers_api::{Language, Runtime, fork};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a waiting operation checks for signals.
const SIGNALS: Duration = Duration::from_millis(50);

thread_local! {
    static CHECKED: Cell<Option<Instant>> = const { Cell::new(None) };
    /// The exception that a signal handler raised while an operation waited.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// A runtime of `clawpowers-api`.
#[pyclass(frozen, module = "clawpowers._clawpowers")]
#[derive(Debug)]
struct Core {
    runtime: Arc<Runtime>,
}

#[pymethods]
impl Core {
    /// Opens a runtime, or raises a `ValueError` whose text is the reply `{"error": …}`.
    #[new]
    fn new(py: Python<'_>, options_json: &Bound<'_, PyString>) -> PyResult<Self> {
        Language::Python.set_hint_language();
        let runtime = Runtime::from_json(&text(options_json)?).map_err(PyValueError::new_err)?;
        let runtime = Arc::new(runtime);
        py.detach(|| fork::register(&runtime));
        Ok(Self { runtime })
    }

    /// Calls an operation with a request and returns its reply. Other Python threads can run in the meantime.
    fn call(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, PyString>,
        request_json: &Bound<'_, PyString>,
    ) -> PyResult<String> {
        let (operation, request) = (text(operation)?, text(request_json)?);
        #[cfg(feature = "test-panic")]
        if operation == "test_panic" {
            return Ok(py.detach(clawpowers_api::panic_in_operation));
        }
        loop {
            let call = || fork::call(&self.runtime, &operation, &request, give_up);
            if let Some(reply) = py.detach(call) {
                return Ok(reply);
            }
            // Without an exception, another thread was about to fork, or this process was forked.
            if let Some(error) = RAISED.take() {
                return Err(error);
            }
        }
    }

    /// Closes the runtime. Later calls return the error `closed`.
    fn close(&self, py: Python<'_>) {
        py.detach(|| fork::close(&self.runtime));
    }
}

/// Returns whether a waiting operation must give up, because of a fork or because a signal handler raised an exception.
fn give_up() -> bool {
    if fork::pending() {
        return true;
    }
    if CHECKED.get().is_some_and(|last| last.elapsed() < SIGNALS) {
        return false;
    }
    let checked = Python::try_attach(|py| py.check_signals());
    CHECKED.set(Some(Instant::now()));
    checked.is_some_and(|checked| checked.map_err(|error| RAISED.set(Some(error))).is_err())
}

/// Returns the text of a string. A lone surrogate becomes its JSON escape, which `clawpowers-api` rejects.
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

/// Waits until no other thread runs an operation, and blocks new operations.
#[pyfunction]
fn before_fork(py: Python<'_>) {
    py.detach(fork::before);
}

/// The extension module of the package.
#[pymodule]
mod _clawpowers {
    #[pymodule_export]
    use super::{Core, before_fork};
    use pyo3::prelude::*;

    /// Lets operations continue in the parent.
    #[pyfunction]
    fn after_fork_in_parent() {
        clawpowers_api::fork::after_in_parent();
    }

    /// Lets operations start in the child.
    #[pyfunction]
    fn after_fork_in_child() {
        clawpowers_api::fork::after_in_child();
    }

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
