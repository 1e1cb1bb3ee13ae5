//! The README's session, typed from its first line on a terminal: every command says what the README shows.

use crate::harness::{World, finish};
use std::fmt::Write as _;
use std::fs;

const README: &str = include_str!("../../README.md");
const START: &str = "## What it looks like";
const END: &str = "## Commands";
/// Is printed before the output of each command.
const MARK: &str = "@@@";

/// A command and the lines that it prints; a line of `…` stands for any lines.
struct Step {
    command: String,
    expected: Vec<String>,
}

/// Returns the steps of the session: a block of `sh` is one command without output, in a block of `console` each line
/// after `$ ` is one.
fn steps() -> Vec<Step> {
    let (_, rest) = README.split_once(START).unwrap();
    let (session, _) = rest.split_once(END).unwrap();
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

/// Returns the folder that the README's reader is in.
fn reader_in_readme() -> &'static str {
    let (_, rest) = README.split_once("<location>").unwrap();
    rest.split_once("/shop/").unwrap().0
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
fn the_session_can_be_typed_from_its_first_line() {
    let steps = steps();
    assert!(steps.len() > 15, "only {} commands were found", steps.len());
    // A folder with a path of the same length, because what a prompt costs depends on it.
    let random = reader_in_readme().len() - "/tmp/".len();
    let short = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(random)
        .tempdir_in("/tmp");
    let Ok(short) = short else {
        println!("left out: no folder can be made in /tmp");
        return;
    };
    let reader = short.path().to_str().unwrap();
    let mut session = String::from("stty cols 98\n");
    for step in &steps {
        writeln!(session, "echo '{MARK}'\n{}", step.command.trim_end()).unwrap();
    }
    fs::write(short.path().join(".session"), session).unwrap();
    let world = World::new();
    let Some(probe) = world.on_terminal(&["--version"], &[]) else {
        println!("left out: there is no `script` of util-linux");
        return;
    };
    assert!(probe.starts_with("clawpowers "), "{probe}");
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_clawpowers"))
        .parent()
        .unwrap();
    let mut command = world.command("script");
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
    let out = ran.out.replace("\r\n", "\n").replace(reader, reader_in_readme());
    let found: Vec<&str> = out.split(&format!("{MARK}\n")).skip(1).collect();
    assert_eq!(found.len(), steps.len(), "{out}");
    let mut wrong = String::new();
    for (step, found) in steps.iter().zip(found) {
        let lines: Vec<&str> = found.lines().collect();
        if !matches(&step.expected, &lines) {
            let expected = step.expected.join("\n");
            writeln!(
                wrong,
                "$ {}\nshown in README:\n{expected}\nprinted:\n{found}",
                step.command
            )
            .unwrap();
        }
    }
    assert_eq!(wrong, "");
}
