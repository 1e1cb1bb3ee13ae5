//! Runs with bytes on stdin and stdout.

use crate::harness::{Sandbox, spawn, wait};
use serde_json::Value;
use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

/// The exit code and output of a process, with stdout as bytes.
#[derive(Debug)]
pub(crate) struct Piped {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Piped {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }
}

impl Sandbox {
    /// The program in the working directory, without arguments.
    pub(crate) fn program(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_clawpowers"))
    }

    /// Runs the program with bytes on stdin.
    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> Piped {
        fed(self.program().args(args), input)
    }

    /// Runs the program, which must succeed without messages, except for the warning of an unknown skill.
    pub(crate) fn good(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert!(ran.code == 0 && is_quiet(args, &ran.err), "{args:?}: {ran:?}");
        ran.out
    }

    /// Runs the program with `--json`, which must succeed, and returns the value of `ok`.
    pub(crate) fn ok(&self, args: &[&str]) -> Value {
        let (code, mut reply) = self.json(args);
        assert_eq!(code, 0, "{args:?}: {reply}");
        reply["ok"].take()
    }

    /// Starts the same command many times in parallel and waits for all; each must succeed.
    pub(crate) fn concurrently(&self, commands: impl IntoIterator<Item = Vec<String>>) -> Vec<Piped> {
        let start = |args: Vec<String>| {
            let mut command = self.program();
            command.args(&args).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = spawn(&mut command);
            let streams = (drain(child.stdout.take()), drain(child.stderr.take()));
            (args, child, streams)
        };
        let started: Vec<_> = commands.into_iter().map(start).collect();
        let end = |(args, mut child, (out, err)): (Vec<String>, Child, (Drain, Drain))| {
            let code = wait(&mut child);
            let out = out.join().unwrap();
            let err = String::from_utf8(err.join().unwrap()).unwrap();
            let words: Vec<&str> = args.iter().map(String::as_str).collect();
            assert!(code == 0 && is_quiet(&words, &err), "{args:?}: {code} {err}");
            Piped { code, out, err }
        };
        started.into_iter().map(end).collect()
    }
}

/// Returns whether stderr is empty, except for the warning of an unknown skill.
fn is_quiet(args: &[&str], err: &str) -> bool {
    let records = matches!(args, ["metrics", "record" | "start", ..]);
    err.is_empty() || records && err.starts_with("warning: there is no skill `") && err.lines().count() == 2
}

/// Runs a command with bytes on stdin.
pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Piped {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = spawn(command);
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A command that rejects its arguments closes the pipe without reading.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let code = wait(&mut child);
    writer.join().unwrap();
    Piped {
        code,
        out: out.join().unwrap(),
        err: String::from_utf8(err.join().unwrap()).unwrap(),
    }
}

type Drain = JoinHandle<Vec<u8>>;

fn drain(stream: Option<impl Read + Send + 'static>) -> Drain {
    let mut stream = stream.unwrap();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    })
}
