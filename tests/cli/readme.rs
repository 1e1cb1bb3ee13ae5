//! The sessions of README.md and docs/tour.md, run on a terminal.

use crate::harness::{Sandbox, finish};
use std::fmt::Write as _;
use std::fs;

const README: &str = include_str!("../../README.md");
const TOUR: &str = include_str!("../../docs/tour.md");
/// A line that is printed before the output of each command.
const MARK: &str = "@@@";

/// A command and the lines that it prints; a line `…` matches any lines.
struct Step {
    command: String,
    expected: Vec<String>,
}

/// Returns the steps of the session: a block of `sh` is one command without output, in a block of `console` each line
/// after `$ ` is one.
fn steps(session: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut language = None;
    for line in session.lines() {
        match (language, line.strip_prefix("```")) {
            (None, Some("sh")) => {
                language = Some("sh");
                steps.push(Step {
                    command: String::new(),
                    expected: Vec::new(),
                });
            }
            (None, Some(other)) => language = Some(other),
            (Some(_), Some(_)) => language = None,
            (Some("sh"), None) => writeln!(steps.last_mut().unwrap().command, "{line}").unwrap(),
            (Some("console"), None) => match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step {
                    command: command.to_owned(),
                    expected: Vec::new(),
                }),
                None => steps.last_mut().unwrap().expected.push(line.to_owned()),
            },
            _ => {}
        }
    }
    steps
}

fn matches(expected: &[String], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=lines.len()).any(|skipped| matches(rest, &lines[skipped..]))
        }
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, lines)| line.trim_end() == first.trim_end() && matches(rest, lines)),
    }
}

#[test]
#[cfg_attr(windows, ignore = "there is no pseudo terminal")]
fn the_session_of_the_readme_works() {
    let (_, rest) = README.split_once("## Quick start").unwrap();
    let (session, _) = rest.split_once("## Install").unwrap();
    type_session("README.md", &steps(session), 7);
}

#[test]
#[cfg_attr(windows, ignore = "there is no pseudo terminal")]
fn the_session_of_the_tour_works() {
    type_session("docs/tour.md", &steps(TOUR), 16);
}

/// Returns the folder in which the sessions were recorded.
fn reader() -> &'static str {
    let (_, rest) = TOUR.split_once("<location>").unwrap();
    rest.split_once("/shop/").unwrap().0
}

/// Runs the steps, and compares their output with the file.
#[expect(clippy::print_stdout, reason = "a test that is skipped says why")]
fn type_session(file: &str, steps: &[Step], least: usize) {
    assert!(
        steps.len() >= least,
        "{file}: only {} commands were found",
        steps.len()
    );
    // A folder with a path of the same length, because the cost of a prompt depends on it.
    let random = reader().len() - "/tmp/".len();
    let short = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(random)
        .tempdir_in("/tmp");
    let Ok(short) = short else {
        println!("left out: no folder can be made in /tmp");
        return;
    };
    let typed_in = short.path().to_str().unwrap();
    let mut session = String::from("stty cols 98\n");
    for step in steps {
        writeln!(session, "echo '{MARK}'\n{}", step.command.trim_end()).unwrap();
    }
    fs::write(short.path().join(".session"), session).unwrap();
    let sandbox = Sandbox::new();
    let Some(probe) = sandbox.on_terminal(&["--version"], &[]) else {
        println!("left out: there is no `script` of util-linux");
        return;
    };
    assert!(probe.starts_with("clawpowers "), "{probe}");
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_clawpowers"))
        .parent()
        .unwrap();
    let mut command = sandbox.command("script");
    command
        .args(["-qec", "sh .session", "/dev/null"])
        .current_dir(short.path())
        .env(
            "PATH",
            format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()),
        )
        .env("HOME", short.path())
        .env_remove("CLAWPOWERS_DIR")
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    let ran = finish(&mut command);
    let out = ran.out.replace("\r\n", "\n").replace(typed_in, reader());
    let found: Vec<&str> = out.split(&format!("{MARK}\n")).skip(1).collect();
    assert_eq!(found.len(), steps.len(), "{out}");
    let mut wrong = String::new();
    for (step, found) in steps.iter().zip(found) {
        let lines: Vec<&str> = found.lines().collect();
        if !matches(&step.expected, &lines) {
            let expected = step.expected.join("\n");
            writeln!(
                wrong,
                "$ {}\nshown in {file}:\n{expected}\nprinted:\n{found}",
                step.command
            )
            .unwrap();
        }
    }
    assert_eq!(wrong, "");
}
