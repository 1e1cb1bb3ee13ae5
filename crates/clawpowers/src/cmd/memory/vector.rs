//! Vectors in files.

use clap::Args;
use clawpowers_api::{ApiError, ErrorCode, display_path, quote};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

/// More than 4096 numbers need.
const MAX_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct VectorArgs {
    /// The file with the vector that a model computed, a JSON array of at most 4096 numbers; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    vector: Option<PathBuf>,
    /// The name of the model that computed the vector.
    #[arg(long, value_name = "NAME")]
    vector_model: Option<String>,
}

impl VectorArgs {
    /// Returns whether the vector is read from stdin.
    pub(super) fn is_stdin(&self) -> bool {
        self.vector.as_ref().is_some_and(|file| file.as_os_str() == "-")
    }

    /// Reads the numbers, and returns them with the name of the model.
    pub(super) fn read(self) -> Result<(Option<Vec<f64>>, Option<String>), ApiError> {
        let is_stdin = self.is_stdin();
        let numbers = self.vector.map(|file| {
            let mut bytes = Vec::new();
            let (read, source) = if is_stdin {
                let read = io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes);
                (read, "stdin".to_owned())
            } else {
                let open = File::open(&file);
                let read = open.and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
                (read, quote(&display_path(&file)))
            };
            read.map_err(|error| {
                ApiError::new(ErrorCode::Io, format!("{source} cannot be read: {error}"))
                    .hint("use a readable file")
            })?;
            numbers(&bytes, &source)
        });
        Ok((numbers.transpose()?, self.vector_model))
    }
}

fn numbers(bytes: &[u8], source: &str) -> Result<Vec<f64>, ApiError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(
            ApiError::invalid_input(format!("{source} has more than {MAX_BYTES} bytes"))
                .hint("write a JSON array of at most 4096 numbers"),
        );
    }
    let numbers: Vec<f64> = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!(
            "{source} is not a JSON array of numbers: see line {}, column {}",
            error.line(),
            error.column()
        );
        ApiError::invalid_input(message).hint("write the numbers of one vector, such as [0.25, -1.5]")
    })?;
    // In a request to update, an empty vector removes the one that the entry has.
    if numbers.is_empty() {
        return Err(
            ApiError::invalid_input("the vector is empty").hint("give the numbers that a model computed")
        );
    }
    Ok(numbers)
}
