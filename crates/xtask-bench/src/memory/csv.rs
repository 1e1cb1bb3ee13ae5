//! CSV files, also compressed with gzip.

use crate::Failure;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// Reads a file, or the same file with `.gz` behind its name; `None` if there is neither.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Failure> {
    if path.exists() {
        return Ok(Some(String::from_utf8_lossy(&std::fs::read(path)?).into_owned()));
    }
    let mut compressed = path.as_os_str().to_owned();
    compressed.push(".gz");
    if !Path::new(&compressed).exists() {
        return Ok(None);
    }
    let output = Command::new("gzip").arg("-dc").arg(&compressed).output()?;
    Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The rows of a CSV file, each with its cells by the names of the columns.
pub(crate) fn rows(text: &str) -> Vec<HashMap<String, String>> {
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            '\r' if !quoted => {}
            ',' | '\n' if !quoted => {
                if let Some(row) = rows.last_mut() {
                    row.push(std::mem::take(&mut cell));
                }
                if c == '\n' {
                    rows.push(Vec::new());
                }
            }
            c => cell.push(c),
        }
    }
    if let Some(row) = rows.last_mut() {
        row.push(cell);
    }
    let mut rows = rows.into_iter();
    let names = rows.next().unwrap_or_default();
    rows.filter(|row| row.len() == names.len())
        .map(|row| names.iter().cloned().zip(row).collect())
        .collect()
}
