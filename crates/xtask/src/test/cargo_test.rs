//! `cargo test`, with its output passed on line by line, and the failed tests extracted from it.

use crate::run::Failure;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

/// How many failed tests the summary names.
const NAMED: usize = 20;

/// Runs the test targets that the arguments select, and continues after a failure.
pub(super) fn cargo_test(words: &[&str]) -> Result<(), Failure> {
    run(words, |_| (), |_| (), io::stdout(), io::stderr())
}

/// Compiles the targets that `compiled` selects, then runs the lists of them in parallel, so that tests that wait leave no core
/// idle. The output of the last list is passed on line by line, that of the others when they end.
///
/// `prepare` gets each command, and `see` each line that the tests print.
pub(super) fn cargo_test_at_once(
    compiled: &[&str],
    lists: &[&[&str]],
    prepare: impl Fn(&mut Command) + Sync,
    see: impl Fn(&str) + Sync,
) -> Result<(), Failure> {
    let words = [&["--no-run"], compiled].concat();
    run(&words, &prepare, |_| (), io::stdout(), io::stderr())?;
    let Some((last, others)) = lists.split_last() else {
        return Ok(());
    };
    let (prepare, see) = (&prepare, &see);
    let kept = |words: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let result = run(words, prepare, see, &mut out, &mut err);
        io::stderr().write_all(&err)?;
        io::stdout().write_all(&out)?;
        result
    };
    let failures: Vec<String> = thread::scope(|scope| {
        let others: Vec<_> = others
            .iter()
            .map(|words| scope.spawn(move || kept(words)))
            .collect();
        let last = run(last, prepare, see, io::stdout(), io::stderr());
        let panicked = |_| Err(Failure::new("a run of tests panicked"));
        let others = others
            .into_iter()
            .map(|other| other.join().unwrap_or_else(panicked));
        let failed = |result: Result<(), Failure>| Some(result.err()?.to_string());
        others.chain([last]).filter_map(failed).collect()
    });
    if failures.is_empty() {
        return Ok(());
    }
    Err(Failure::new(failures.join("\n")))
}

fn run(
    words: &[&str],
    prepare: impl FnOnce(&mut Command),
    mut see: impl FnMut(&str),
    out: impl Write,
    err: impl Write + Send,
) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "--locked", "--no-fail-fast"])
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let shown = format!("{command:?}");
    prepare(&mut command);
    let mut child = command.spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let pick = |line: &str| {
        see(line);
        failed_test(line)
    };
    let (tests, targets) = thread::scope(|scope| {
        let talk = scope.spawn(|| stderr.map_or(Ok(Vec::new()), |from| tee(from, err, failed_target)));
        let tests = stdout.map_or(Ok(Vec::new()), |from| tee(from, out, pick));
        let unread = |_| Err(io::Error::other("the output of cargo was not read to the end"));
        (tests, talk.join().unwrap_or_else(unread))
    });
    let (tests, targets) = (tests?, targets?);
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    if tests.is_empty() && targets.is_empty() {
        return Err(Failure::new(format!("{shown} failed before a test: {status}")));
    }
    let mut lines: Vec<String> = tests
        .iter()
        .take(NAMED)
        .map(|name| format!("test {name}"))
        .collect();
    if let Some(more) = tests.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {more} more tests"));
    }
    lines.extend(targets.iter().map(|target| format!("rerun: cargo test {target}")));
    Err(Failure::new(lines.join("\n")))
}

/// Passes lines on and collects what `pick` extracts from them.
fn tee(
    from: impl Read,
    mut to: impl Write,
    mut pick: impl FnMut(&str) -> Option<String>,
) -> io::Result<Vec<String>> {
    let mut picked = Vec::new();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        picked.extend(pick(String::from_utf8_lossy(&line).trim()));
        line.clear();
    }
    to.flush()?;
    Ok(picked)
}

/// `test NAME ... FAILED`, as libtest and the harness of the process tests print it.
fn failed_test(line: &str) -> Option<String> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
    Some(name.to_owned())
}

/// A line of the list of failed targets that cargo prints at the end: the arguments that select one.
fn failed_target(line: &str) -> Option<String> {
    let words = line.strip_prefix('`')?.strip_suffix('`')?;
    words.starts_with("-p ").then(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{failed_target, failed_test, tee};

    #[test]
    fn what_failed_is_picked_out_and_every_line_passed_on() {
        let text =
            "running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest result: FAILED. 1 passed\nno end";
        let mut out = Vec::new();
        assert_eq!(tee(text.as_bytes(), &mut out, failed_test).unwrap(), ["a::c"]);
        assert_eq!(String::from_utf8(out).unwrap(), text);
        let text = "error: test failed, to rerun pass `-p x --lib`\nerror: 2 targets failed:\n    `-p x --lib`\n    `-p x --doc`\n";
        let targets = tee(text.as_bytes(), Vec::new(), failed_target).unwrap();
        assert_eq!(targets, ["-p x --lib", "-p x --doc"]);
    }
}
