//! `cargo xtask test`: prints what each part does and how long it took, and continues after a failure.

mod background;
mod cargo_test;
mod report;
mod steps;
mod windows;

use crate::bindings::Workspace;
use crate::run::Failure;
use crate::tools::{Install, Needed, prepare};
use background::Background;
use report::Report;
use std::time::Instant;
use steps::{PARTS, Part};

/// Runs the named parts, or all that belong to a whole run.
pub(crate) fn test(words: &[&str]) -> Result<(), Failure> {
    let mut install = Install::Allowed;
    let mut names = Vec::new();
    for word in words {
        match *word {
            "--no-install" => install = Install::Forbidden,
            "--list" => {
                for part in PARTS {
                    println!("{:<16}{}", part.name, part.about);
                }
                return Ok(());
            }
            name => names.push(name),
        }
    }
    let mut parts = chosen(&names)?;
    if std::env::var_os("CLAWPOWERS_CORPUS").is_none() {
        println!("CLAWPOWERS_CORPUS is not set: the tests on a collection of real skill files are skipped");
    }
    if names.is_empty() {
        // If the needs of an optional part cannot be installed, the other parts still run.
        parts.retain(|part| !part.optional || is_possible(part, install));
    }
    let mut needed: Vec<Needed> = parts.iter().flat_map(|part| part.needed).copied().collect();
    needed.sort();
    needed.dedup();
    prepare(&needed, install)?;
    let workspace = Workspace::new()?;
    let in_background = |part: &&Part| part.in_background && names.is_empty();
    let (background, in_foreground): (Vec<&Part>, Vec<&Part>) =
        parts.iter().copied().partition(in_background);
    let total = in_foreground.iter().map(|part| part.steps.len()).sum::<usize>() + background.len();
    let mut report = Report::new(total);
    let mut started = Vec::new();
    for (number, part) in in_foreground.iter().enumerate() {
        if number == 1 {
            started = background.iter().map(|part| Background::start(part)).collect();
        }
        for step in part.steps {
            let missing = step.needs.iter().find(|name| !report.passed(part.name, name));
            if let Some(missing) = missing {
                report.not_run(part.name, step.name, missing);
                continue;
            }
            report.begin(part.name, step.about);
            let start = Instant::now();
            let result = (step.run)(&workspace);
            report.end(part.name, step.name, start.elapsed(), result);
        }
    }
    for part in started {
        let name = part.name;
        report.begin(name, part.about);
        let (time, result) = part.finish();
        report.end(name, "all steps", time, result);
    }
    report.finish()
}

fn is_possible(part: &Part, install: Install) -> bool {
    let prepared = prepare(part.needed, install);
    if prepared.is_err() {
        println!(
            "skipped: {}, {}; `cargo xtask test {}` shows what is missing",
            part.name, part.about, part.name
        );
    }
    prepared.is_ok()
}

/// Returns the named parts, in the order of the table.
fn chosen(names: &[&str]) -> Result<Vec<&'static Part>, Failure> {
    const BINDINGS: [&str; 4] = ["node", "python", "wasm", "cross-language"];
    for name in names {
        if *name != "bindings" && !PARTS.iter().any(|part| part.name == *name) {
            let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
            return Err(Failure::usage(&format!(
                "unknown part `{name}`\nhint: the parts are {}, and bindings for {}",
                known.join(", "),
                BINDINGS.join(", ")
            )));
        }
    }
    let wanted = |part: &Part| {
        names.contains(&part.name) || names.contains(&"bindings") && BINDINGS.contains(&part.name)
    };
    Ok(PARTS
        .iter()
        .filter(|part| {
            if names.is_empty() {
                part.in_whole_run
            } else {
                wanted(part)
            }
        })
        .collect())
}
