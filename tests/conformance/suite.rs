//! Checks that the suite is complete.

use crate::case::suites;
use clawpowers_api::{ErrorCode, OPERATIONS};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The minimum number of cases, and of cases with a command line.
const MIN_CASES: usize = 700;
const MIN_WITH_COMMAND_LINE: usize = 480;

/// The errors that need more than a request; they have separate tests.
const TESTED_ELSEWHERE: [ErrorCode; 4] = [
    ErrorCode::Internal,
    ErrorCode::Closed,
    ErrorCode::UnsupportedPlatform,
    ErrorCode::Storage,
];

#[test]
fn every_operation_and_error_code_has_cases() {
    let suites = suites();
    let mut wrong = Vec::new();
    let mut codes = BTreeSet::new();
    let (mut cases, mut on_command_line) = (0, 0);
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for suite in &suites {
        let mut names = BTreeSet::new();
        let (good, bad) = kinds.entry(suite.operation.clone()).or_default();
        for case in &suite.cases {
            let place = format!("{}: {}", suite.operation, case.name);
            cases += 1;
            on_command_line += usize::from(case.cli.is_some());
            if !names.insert(&case.name) {
                wrong.push(format!("{place}: another case has this name"));
            }
            if case.cli.is_some() == case.cli_not.is_some() {
                wrong.push(format!("{place}: exactly one of `cli` and `cli_not` is required"));
            }
            if case.request.is_some() == case.request_text.is_some() {
                wrong.push(format!(
                    "{place}: exactly one of `request` and `request_text` is required"
                ));
            }
            let reply = case.reply();
            if let Some(code) = reply.pointer("/error/code").and_then(Value::as_str) {
                codes.insert(code.to_owned());
                *bad += 1;
            } else if reply.get("ok").is_some() {
                *good += 1;
            } else {
                wrong.push(format!(
                    "{place}: there is no reply; CONFORMANCE_FILL=1 writes it"
                ));
            }
        }
    }
    for operation in OPERATIONS.iter() {
        match kinds.get(operation.name) {
            None => wrong.push(format!("{}: there are no cases", operation.name)),
            Some((0, _)) => wrong.push(format!("{}: no case is ok", operation.name)),
            Some((_, 0)) => wrong.push(format!("{}: no case is an error", operation.name)),
            Some(_) => {}
        }
    }
    for name in kinds.keys() {
        if !OPERATIONS.iter().any(|operation| operation.name == name) {
            wrong.push(format!("{name}: there is no such operation"));
        }
    }
    for code in ErrorCode::ALL
        .iter()
        .filter(|code| !TESTED_ELSEWHERE.contains(code))
    {
        if !codes.contains(code.as_str()) {
            wrong.push(format!("no case has the error `{}`", code.as_str()));
        }
    }
    println!("{cases} cases, {on_command_line} with a command line");
    if cases < MIN_CASES || on_command_line < MIN_WITH_COMMAND_LINE {
        wrong.push(format!(
            "only {cases} cases, {on_command_line} with a command line"
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
