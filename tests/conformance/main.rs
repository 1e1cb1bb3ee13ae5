//! Runs the conformance cases through the runtime and through the program.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot continue has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test shows paths as the system writes them"
)]

mod case;
mod case_folders;
mod compare;
mod executions;
#[path = "../support/sandbox.rs"]
mod sandbox;
mod suite;

use case::{Bytes, Case, Suite, suites};
use case_folders::CaseFolders;
use clawpowers_api::{ErrorCode, Runtime};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;

/// Runs every case and prints the numbers of cases and failures.
fn run_all(runner: &str, run: impl Fn(&Suite, &Case) -> Option<Result<(), String>>) {
    let (mut cases, mut missed, mut failures) = (0, 0, Vec::new());
    for suite in suites() {
        for case in &suite.cases {
            match run(&suite, case) {
                None => missed += 1,
                Some(done) => {
                    cases += 1;
                    failures.extend(
                        done.err()
                            .map(|why| format!("{}: {}: {why}", suite.operation, case.name)),
                    );
                }
            }
        }
    }
    println!("runner       cases  failed  not expressible");
    println!("{runner:<12} {cases:>5}  {:>6}  {missed:>15}", failures.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Returns the reply of the runtime to a case.
fn answered(suite: &Suite, case: &Case) -> Value {
    let folders = CaseFolders::new(case);
    let runtime = folders.runtime();
    folders.set_up(&runtime, case);
    let operation = case.call.as_deref().unwrap_or(&suite.operation);
    folders.reply(&runtime.call(operation, &folders.request_text(case)))
}

#[test]
fn the_runtime_replies_as_in_the_cases() {
    if std::env::var_os("CONFORMANCE_FILL").is_some() {
        return case::fill(answered);
    }
    run_all("runtime", |suite, case| {
        Some(compare::matches(&case.reply(), &answered(suite, case)))
    });
}

#[test]
fn the_program_replies_as_in_the_cases() {
    if std::env::var_os("CONFORMANCE_FILL").is_some() {
        return;
    }
    run_all("program", |suite, case| {
        let words = case.cli.as_ref()?;
        let folders = CaseFolders::new(case);
        let runtime = folders.runtime();
        folders.set_up(&runtime, case);
        runtime.close();
        let words: Option<Vec<_>> = words.iter().map(|word| folders.word(word)).collect();
        let mut command = folders.program();
        command
            .arg("--json")
            .args(words?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // A program that does not read its input may have ended already.
        let _ = input.write_all(&case.stdin.as_ref().map(Bytes::bytes).unwrap_or_default());
        drop(input);
        let output = child.wait_with_output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        if !out.is_empty() && !err.is_empty() {
            return Some(Err(format!("it also wrote to stderr: {err}")));
        }
        let reply = folders.reply(&format!("{out}{err}"));
        if reply.get("error").is_some() == err.is_empty() {
            return Some(Err("errors, and only errors, must go to stderr".to_owned()));
        }
        let expected = case
            .cli_reply
            .clone()
            .map_or_else(|| case.reply(), |reply| case::expanded(&reply));
        let code = exit_code(&suite.operation, &reply);
        let done = compare::matches(&expected, &reply);
        Some(done.and_then(|()| match output.status.code() {
            found if found == Some(code) => Ok(()),
            found => Err(format!("it exited with {found:?} instead of {code}")),
        }))
    });
}

/// Returns the exit code for a reply, as listed in COMPATIBILITY.md.
fn exit_code(operation: &str, reply: &Value) -> i32 {
    if let Some(code) = reply.pointer("/error/code") {
        return match code.as_str().unwrap_or_default() {
            "not_found" => 1,
            "invalid_request" | "unknown_operation" => 2,
            "invalid_input" | "invalid_config" => 3,
            "internal" => 70,
            _ => 4,
        };
    }
    let field = |name: &str| reply.get("ok").and_then(|ok| ok.get(name));
    let number = |name: &str| field(name).and_then(Value::as_u64).unwrap_or_default();
    let says_no = |name: &str| field(name) == Some(&Value::Bool(false));
    let cut = || {
        reply.to_string().matches(r#""fate":"#).count()
            != reply.to_string().matches(r#""fate":"whole""#).count()
    };
    let no = match operation {
        "store_exists" => says_no("exists"),
        "store_cas" => says_no("swapped"),
        "doctor" => says_no("healthy"),
        "skill_search" => field("hits").and_then(Value::as_array).is_some_and(Vec::is_empty),
        "skill_validate" => number("errors") > 0,
        "metrics_import" => {
            let used = number("taken") + number("known") + number("deleted");
            let reasons = field("reasons").and_then(Value::as_object);
            let unused = reasons.is_some_and(|reasons| reasons.keys().any(|reason| reason != "mended"));
            return if used == 0 && unused { 3 } else { 0 };
        }
        "memory_import" => {
            let names = ["created", "merged", "updated", "known", "checkpoints"];
            let used: u64 = names.into_iter().map(number).sum();
            let reasons = field("reasons").and_then(Value::as_object);
            let changed = ["mended", "hidden", "link"];
            let unused =
                reasons.is_some_and(|reasons| reasons.keys().any(|one| !changed.contains(&one.as_str())));
            return if used == 0 && unused { 3 } else { 0 };
        }
        // A folder named in the request must contain data of 1.x.
        "import" => {
            let executions = |name: &str| {
                let executions = field("executions").and_then(|executions| executions.get(name));
                executions.and_then(Value::as_u64).unwrap_or_default()
            };
            let used = number("keys") + number("known_keys") + executions("taken") + executions("known");
            let named = field("from").and_then(Value::as_str) != Some("$HOME");
            let offered = field("memory") != Some(&json!([]));
            return if used == 0 && named && !offered { 3 } else { 0 };
        }
        "skill_fix" if number("failed") > 0 => return 4,
        "skill_fix" => number("changed") > number("written") || number("broken") > 0,
        "skill_budget" => cut(),
        "skill_why" => reply.pointer("/ok/clients/0/status") != Some(&"visible".into()),
        _ => false,
    };
    i32::from(no)
}

#[test]
fn a_closed_runtime_returns_closed() {
    let expected = json!({"error": {
        "code": ErrorCode::Closed.as_str(), "message": "the runtime is closed", "hint": "open another one",
    }});
    for suite in suites() {
        let Some(case) = suite.cases.first() else { continue };
        let folders = CaseFolders::new(case);
        let runtime = folders.runtime();
        runtime.close();
        let reply = folders.reply(&runtime.call(&suite.operation, &folders.request_text(case)));
        assert_eq!(reply, expected, "{}", suite.operation);
    }
}

#[test]
fn a_damaged_database_is_a_storage_error() {
    for (operation, request) in [
        ("store_get", json!({"key": "a"})),
        ("store_set", json!({"key": "a", "value": "1"})),
        ("store_list", json!({})),
        ("metrics_record", json!({"skill": "a", "outcome": "success"})),
        ("metrics_summary", json!({})),
        ("analyze", json!({})),
        ("status", json!({})),
        ("init", json!({})),
    ] {
        let folders = CaseFolders::empty();
        std::fs::create_dir_all(folders.home()).unwrap();
        std::fs::write(
            folders.home().join("clawpowers.db"),
            "not a database ".repeat(1000),
        )
        .unwrap();
        let runtime: Runtime = folders.runtime();
        let reply = folders.reply(&runtime.call(operation, &request.to_string()));
        let code = reply.pointer("/error/code").and_then(Value::as_str);
        let kind = reply.pointer("/error/details/kind").and_then(Value::as_str);
        assert_eq!(
            (code, kind),
            (Some("storage"), Some("corrupt")),
            "{operation}: {reply}"
        );
        assert!(reply.pointer("/error/hint").is_some(), "{operation}: {reply}");
    }
}
