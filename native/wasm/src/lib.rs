//! ClawPowers in a browser, or in any JavaScript host without a native build: JSON text in, JSON text out.

use clawpowers_api::{Language, Runtime, for_javascript};
use std::cell::RefCell;
use std::sync::Once;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A runtime without a disk.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    runtime: Runtime,
}

#[wasm_bindgen]
impl Core {
    /// Opens a runtime in memory; `options` is `{"documents": [{"path": …, "text": …}]}`.
    ///
    /// # Errors
    ///
    /// Throws an error whose message is the reply `{"error": …}`.
    pub fn open(options: &str) -> Result<Core, JsError> {
        remember_panics();
        Language::JavaScript.speak();
        let runtime = Runtime::in_memory_from_json(options).map_err(thrown)?;
        Ok(Self { runtime })
    }

    /// Opens a runtime whose database the browser keeps under `name`, in a Dedicated Worker only.
    ///
    /// # Errors
    ///
    /// As `open`.
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    #[wasm_bindgen(js_name = openPersistent)]
    pub async fn open_persistent(name: String, options: String) -> Result<Core, JsError> {
        let core = Self::open(&options)?;
        core.runtime.keep_in_browser(&name).await.map_err(thrown)?;
        Ok(core)
    }

    /// Calls an operation and returns its reply.
    #[must_use]
    pub fn call(&self, operation: &str, request: &str) -> String {
        for_javascript(self.runtime.call(operation, request))
    }

    /// Closes the runtime; every call after that answers `closed`.
    pub fn close(&self) {
        self.runtime.close();
    }

    /// Returns the database as the bytes of a file.
    ///
    /// # Errors
    ///
    /// As `open`.
    #[wasm_bindgen(js_name = exportDatabase)]
    pub fn export_database(&self) -> Result<Vec<u8>, JsError> {
        self.runtime
            .export_database()
            .map_err(|error| thrown(error.to_reply()))
    }

    /// Puts the database in `bytes` in the place of this one.
    ///
    /// # Errors
    ///
    /// As `open`.
    #[wasm_bindgen(js_name = importDatabase)]
    pub fn import_database(&self, bytes: Vec<u8>) -> Result<(), JsError> {
        self.runtime
            .import_database(bytes)
            .map_err(|error| thrown(error.to_reply()))
    }

    /// Puts other documents, a JSON list, in the place of those that the runtime sees.
    ///
    /// # Errors
    ///
    /// As `open`.
    #[wasm_bindgen(js_name = setDocuments)]
    pub fn set_documents(&self, documents: &str) -> Result<(), JsError> {
        self.runtime.set_documents_from_json(documents).map_err(thrown)
    }
}

/// Returns the words of the last panic, once; it ended in a trap and left its runtime unusable.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.take()
}

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn remember_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            LAST_PANIC.with_borrow_mut(|last| *last = Some(panic.to_string()));
        }));
    });
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands where a function of a value is wanted"
)]
fn thrown(reply: String) -> JsError {
    JsError::new(&reply)
}
