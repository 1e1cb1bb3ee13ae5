//! The output of a client: stdout, stderr and its requests to the model.

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The bodies of its requests to the model.
    pub(crate) requests: Vec<Value>,
}

impl Output {
    /// Returns an error with the end of what the client wrote on stderr.
    pub(crate) fn explain(&self, error: &str) -> String {
        let lines: Vec<&str> = self.stderr.trim().lines().collect();
        let end = lines.get(lines.len().saturating_sub(5)..).unwrap_or_default();
        [&[error], end].concat().join("\n")
    }
}
