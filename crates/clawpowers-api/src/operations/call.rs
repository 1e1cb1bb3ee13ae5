//! Calling an operation by name, with JSON text.

use super::OPERATIONS;
use crate::runtime::Runtime;
use crate::wire::{ApiError, ErrorCode};
use clawpowers_executor::wait::{self, GiveUp};
use clawpowers_loader::display::quote;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The start of a reply that is not an error.
const OK: &str = "{\"ok\":";

impl Runtime {
    /// Calls an operation by name with a JSON request and returns its JSON reply. Errors and panics become replies too.
    #[must_use]
    pub fn call(&self, operation: &str, request: &str) -> String {
        if let Err(error) = self.check_open() {
            return error.to_reply();
        }
        let Some(found) = OPERATIONS.iter().find(|known| known.name == operation) else {
            let names: Vec<_> = OPERATIONS.iter().map(|known| known.name).collect();
            let message = format!("there is no operation {}", quote(operation));
            let error = ApiError::new(ErrorCode::UnknownOperation, message)
                .hint("`details.operations` lists the operations")
                .details(json!({ "operations": names }));
            return error.to_reply();
        };
        guarded(operation, || (found.call)(self, request))
    }

    /// Like [`Runtime::call`], but while the operation waits for another process, it calls `give_up` every few milliseconds. If
    /// that returns true, the operation ends without an effect and returns `None`; it can be called again.
    #[must_use]
    pub fn call_interruptible(&self, operation: &str, request: &str, give_up: GiveUp) -> Option<String> {
        let (reply, gave_up) = wait::interruptible(give_up, || self.call(operation, request));
        // The operation may have succeeded although `give_up` was true.
        (!gave_up || reply.starts_with(OK)).then_some(reply)
    }
}

/// Returns the error `internal` if `work` panics, so that the host program continues.
fn guarded(operation: &str, work: impl FnOnce() -> String) -> String {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = format!("internal error in `{operation}`");
        ApiError::new(ErrorCode::Internal, message)
            .hint("please report it")
            .to_reply()
    })
}

/// Panics like an operation with a bug. The bindings call it in the builds for their tests.
#[doc(hidden)]
#[must_use]
pub fn panic_in_operation() -> String {
    guarded("test_panic", || {
        std::panic::resume_unwind(Box::new("as it was asked to"))
    })
}

/// The maximum number of UTF-16 units of a JavaScript string in V8.
const LONGEST_STRING: usize = (1 << 29) - 24;

/// Returns a reply for JavaScript. A reply that is too long for a string there becomes an error.
#[must_use]
pub fn for_javascript(reply: String) -> String {
    if reply.len() <= LONGEST_STRING || reply.encode_utf16().count() <= LONGEST_STRING {
        return reply;
    }
    let message = format!(
        "the reply has {} bytes; a JavaScript string can have {LONGEST_STRING} characters",
        reply.len()
    );
    ApiError::invalid_input(message)
        .hint("narrow the request with a pattern, a time or a limit; the command line has no such limit")
        .to_reply()
}
