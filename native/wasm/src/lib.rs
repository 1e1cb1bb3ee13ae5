//! ClawPowers for browsers and JavaScript hosts without a native build: a class that takes and returns JSON text.

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
        Language::JavaScript.set_hint_language();
        let runtime = Runtime::in_memory_from_json(options).map_err(thrown)?;
        Ok(Self { runtime })
    }

    /// Opens a runtime whose database the browser stores under `name`, in a Dedicated Worker only.
    ///
    /// # Errors
    /// The same as `open`.
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
        #[cfg(feature = "test-panic")]
        if operation == "test_panic" {
            return clawpowers_api::panic_in_operation();
        }
        for_javascript(self.runtime.call(operation, request))
    }

    /// Closes the runtime. Later calls return the error `closed`.
    pub fn close(&self) {
        self.runtime.close();
    }

    /// Returns the database as the bytes of a file.
    ///
    /// # Errors
    /// The same as `open`.
    #[wasm_bindgen(js_name = exportDatabase)]
    pub fn export_database(&self) -> Result<Vec<u8>, JsError> {
        let bytes = self.runtime.export_database();
        bytes.map_err(|error| thrown(error.to_reply()))
    }

    /// Replaces the database with the one in `bytes`.
    ///
    /// # Errors
    /// The same as `open`.
    #[wasm_bindgen(js_name = importDatabase)]
    pub fn import_database(&self, bytes: Vec<u8>) -> Result<(), JsError> {
        let imported = self.runtime.import_database(bytes);
        imported.map_err(|error| thrown(error.to_reply()))
    }

    /// Replaces the documents with those of a JSON list.
    ///
    /// # Errors
    /// The same as `open`.
    #[wasm_bindgen(js_name = setDocuments)]
    pub fn set_documents(&self, documents: &str) -> Result<(), JsError> {
        self.runtime.set_documents_from_json(documents).map_err(thrown)
    }
}

/// Returns the message of the last panic, once. The panic ended in a trap, after which its runtime is unusable.
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
    reason = "`map_err` passes the error by value"
)]
fn thrown(reply: String) -> JsError {
    JsError::new(&reply)
}
