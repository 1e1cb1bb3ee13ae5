//! ClawPowers for Node: a class that takes and returns JSON text.
//!
//! The API for JavaScript is in `native/js`.

use clawpowers_api::{Language, Runtime, for_javascript};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::sync::Arc;

/// An open runtime.
#[napi]
#[derive(Debug)]
pub struct Core {
    runtime: Arc<Runtime>,
}

#[napi]
impl Core {
    /// Opens a runtime with options in JSON.
    ///
    /// # Errors
    ///
    /// Throws an error whose message is the reply `{"error": …}`.
    #[napi(factory, catch_unwind)]
    pub fn open(options: String) -> Result<Self> {
        Language::JavaScript.set_hint_language();
        let runtime = Runtime::from_json(&options).map_err(Error::from_reason)?;
        Ok(Self {
            runtime: Arc::new(runtime),
        })
    }

    /// Calls an operation with a request in JSON and returns the reply in JSON.
    #[napi(catch_unwind)]
    pub fn call(&self, operation: String, request: String) -> String {
        call(&self.runtime, &operation, &request)
    }

    /// Calls an operation on another thread.
    #[napi(catch_unwind)]
    pub fn call_async(&self, operation: String, request: String) -> AsyncTask<Call> {
        AsyncTask::new(Call {
            runtime: Arc::clone(&self.runtime),
            operation,
            request,
        })
    }

    /// Closes the runtime. Later calls return the error `closed`.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.runtime.close();
    }
}

/// A call that runs on another thread.
#[derive(Debug)]
pub struct Call {
    runtime: Arc<Runtime>,
    operation: String,
    request: String,
}

#[napi]
impl Task for Call {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        Ok(call(&self.runtime, &self.operation, &self.request))
    }

    fn resolve(&mut self, _: Env, reply: String) -> Result<String> {
        Ok(reply)
    }
}

fn call(runtime: &Runtime, operation: &str, request: &str) -> String {
    #[cfg(feature = "test-panic")]
    if operation == "test_panic" {
        return clawpowers_api::panic_in_operation();
    }
    for_javascript(runtime.call(operation, request))
}
