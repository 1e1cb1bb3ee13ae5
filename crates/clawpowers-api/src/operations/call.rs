//! How every other language calls an operation: by name, JSON text to JSON text.

use super::OPERATIONS;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::wait::{self, GiveUp};
use clawpowers_loader::display::quote;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How every reply begins that is no error.
const OK: &str = "{\"ok\":";

impl Runtime {
    /// Calls an operation by name with a JSON request and returns its JSON reply; never fails, never panics.
    #[must_use]
    pub fn call(&self, operation: &str, request: &str) -> String {
        if let Err(error) = self.check_open() {
            return error.to_reply();
        }
        #[cfg(feature = "test-panic")]
        if operation == "test_panic" {
            return guarded(operation, || {
                std::panic::resume_unwind(Box::new("as it was asked to"))
            });
        }
        let Some(found) = OPERATIONS.iter().find(|known| known.name == operation) else {
            let names: Vec<_> = OPERATIONS.iter().map(|known| known.name).collect();
            let message = format!("there is no operation {}", quote(operation));
            let error = ApiError::new(ErrorCode::UnknownOperation, message)
                .hint("the operations are in details")
                .details(json!({ "operations": names }));
            return error.to_reply();
        };
        guarded(operation, || (found.call)(self, request))
    }

    /// As [`Runtime::call`], but while the operation waits for another process it asks `give_up` every few milliseconds;
    /// `None` where it was ended so, before it had done what it was asked. It may be called again with the same request.
    #[must_use]
    pub fn call_interruptible(&self, operation: &str, request: &str, give_up: GiveUp) -> Option<String> {
        let (reply, gave_up) = wait::interruptible(give_up, || self.call(operation, request));
        // One that did without what it waited for has an answer all the same.
        (!gave_up || reply.starts_with(OK)).then_some(reply)
    }
}

/// Answers `internal` where `work` panics, so that the program that called lives on.
fn guarded(operation: &str, work: impl FnOnce() -> String) -> String {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = format!("the operation `{operation}` failed in a way it should not");
        ApiError::new(ErrorCode::Internal, message)
            .hint("please report it")
            .to_reply()
    })
}

/// How many UTF-16 units a string of JavaScript has at most in V8.
const LONGEST_STRING: usize = (1 << 29) - 24;

/// Returns a reply for JavaScript: an error in the place of one that no string there could hold.
#[must_use]
pub fn for_javascript(reply: String) -> String {
    if reply.len() <= LONGEST_STRING || reply.encode_utf16().count() <= LONGEST_STRING {
        return reply;
    }
    let message = format!(
        "the reply has {} bytes; a JavaScript string can have {LONGEST_STRING} characters",
        reply.len()
    );
    ApiError::new(ErrorCode::InvalidInput, message)
        .hint("narrow the request with a pattern, a time or a limit; the command line has no such limit")
        .to_reply()
}
