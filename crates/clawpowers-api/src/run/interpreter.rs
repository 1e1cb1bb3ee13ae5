//! Finding the program that starts a command or a script on each system.

use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// The maximum number of bytes of a script's first line that are read.
const MAX_SHEBANG_BYTES: u64 = 512;

/// Returns the path of a program that the system does not find by its name: Windows only looks for `NAME.exe`, while `npm`
/// and many others are batch files.
pub(super) fn on_path(program: &OsStr) -> Option<PathBuf> {
    if !cfg!(windows) {
        return None;
    }
    Runtime::host().find_program(program.to_str()?)
}

/// Returns the program that runs a script, and its first arguments: the script itself, else the interpreter of its `#!` line
/// or of its extension. Scripts of skills often are not executable or have no `#!` line.
pub(super) fn start_of(path: &Path) -> Result<(OsString, Vec<OsString>)> {
    let script = path.as_os_str().to_owned();
    let named = shebang(path);
    let known = match path.extension().and_then(OsStr::to_str) {
        Some("sh") => Some("sh"),
        Some("bash") => Some("bash"),
        Some("py") => Some("python3"),
        Some("js" | "mjs" | "cjs") => Some("node"),
        _ => None,
    };
    if is_executable(path) && (named.is_some() || known.is_none()) {
        return Ok((script, Vec::new()));
    }
    let Some((program, words)) = named.or_else(|| Some((known?.to_owned(), Vec::new()))) else {
        let script = quote(&display_path(path));
        let message = format!("the script {script} is not executable and has no `#!` line");
        return Err(ApiError::invalid_input(message)
            .hint("make it executable with `chmod +x`, or start it with a line such as `#!/bin/sh`"));
    };
    let (program, mut words) = if cfg!(windows) && !Path::new(&program).is_absolute() {
        let (program, words) = by_name(&program, &words, |name| Runtime::host().has_program(name));
        (on_path(&program).map_or(program, PathBuf::into_os_string), words)
    } else {
        (program.into(), words)
    };
    words.push(script);
    Ok((program, words))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    let is = |known: &str| {
        path.extension()
            .is_some_and(|own| own.eq_ignore_ascii_case(known))
    };
    ["com", "exe", "bat", "cmd"].into_iter().any(is)
}

/// Returns the interpreter of a script's first line and its argument, split as the kernel does.
fn shebang(path: &Path) -> Option<(String, Vec<OsString>)> {
    let mut line = Vec::new();
    let file = fs::File::open(path).ok()?;
    BufReader::new(file.take(MAX_SHEBANG_BYTES))
        .read_until(b'\n', &mut line)
        .ok()?;
    let line = String::from_utf8(line).ok()?;
    let line = line.strip_prefix("#!")?.trim();
    let (program, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let argument = Some(rest.trim())
        .filter(|rest| !rest.is_empty())
        .map(OsString::from);
    (!program.is_empty()).then(|| (program.to_owned(), argument.into_iter().collect()))
}

/// Returns the name and the arguments of an interpreter for a system without `/bin/sh` and `/usr/bin/env`, such as Windows.
fn by_name(program: &str, words: &[OsString], has: impl Fn(&str) -> bool) -> (OsString, Vec<OsString>) {
    let mut name = program.rsplit(['/', '\\']).next().unwrap_or(program).to_owned();
    let mut words = words.to_vec();
    if name == "env" {
        let line = words
            .iter()
            .filter_map(|word| word.to_str())
            .collect::<Vec<_>>()
            .join(" ");
        let mut rest = line.split_whitespace().filter(|word| *word != "-S");
        if let Some(first) = rest.next() {
            name = first.to_owned();
            words = rest.map(OsString::from).collect();
        }
    }
    // The name that the installer for Windows uses.
    if name == "python3" && !has(&name) && has("python") {
        name = "python".to_owned();
    }
    (name.into(), words)
}

#[cfg(test)]
mod tests {
    use super::by_name;

    #[test]
    fn interpreters_by_name() {
        for (program, words, started) in [
            ("/bin/sh", &[][..], &["sh"][..]),
            ("/bin/sh", &["-e"], &["sh", "-e"]),
            ("/usr/bin/env", &["node"], &["node"]),
            ("/usr/bin/env", &["-S node --test"], &["node", "--test"]),
            ("/usr/bin/env", &["python3"], &["python"]),
            ("python3", &[], &["python"]),
            ("python3.12", &[], &["python3.12"]),
            (r"C:\tools\x.exe", &[], &["x.exe"]),
            ("env", &[], &["env"]),
        ] {
            let words: Vec<_> = words.iter().map(Into::into).collect();
            let (name, rest) = by_name(program, &words, |name| name == "python");
            let all: Vec<_> = std::iter::once(name).chain(rest).collect();
            assert_eq!(all, started, "{program}");
        }
        let (name, _) = by_name("python3", &[], |_| true);
        assert_eq!(name, "python3");
    }
}
