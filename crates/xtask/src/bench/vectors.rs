//! Searches by vectors among 100,000 entries, compared with searches by words alone.

use super::{Measured, command, interleave_into, print_row};
use crate::run::{Failure, cargo, executable, run, target_folder};
use std::fs;
use std::path::Path;

/// How many queries are searched for, and how often each.
const QUERIES: usize = 10;
const RUNS_A_QUERY: usize = 5;

/// Prints the recall, and the time of a search with and without a vector.
pub(super) fn vectors(helper: &Path, work: &Path) -> Result<(), Failure> {
    cargo(&["build", "--release", "--locked", "--package", "clawpowers"])?;
    let program = target_folder()?.join("release").join(executable("clawpowers"));
    fs::create_dir_all(work)?;
    run(command(helper, &["memory-vectors"]).arg(work))?;
    let mut measured = [const { Measured::new() }; 3];
    for query in 0..QUERIES {
        let words = ["memory", "search", "wpa wqb"];
        let ours = |words: &[&str]| {
            let mut command = command(&program, words);
            command.env("CLAWPOWERS_DIR", work.join("home"));
            command
        };
        let with_vector = |words: &[&str]| {
            let mut command = ours(words);
            command.arg("--vector").arg(work.join(format!("{query}.json")));
            command.args(["--vector-model", "measured"]);
            command
        };
        let mut by_words = ours(&words);
        let (mut both, mut alone) = (with_vector(&words), with_vector(&["memory", "search"]));
        interleave_into(
            &mut [&mut by_words, &mut both, &mut alone],
            &mut measured,
            RUNS_A_QUERY,
        )?;
    }
    let [by_words, both, alone] = &measured;
    print_row("memory search, two words", by_words, None);
    print_row("memory search, words and a vector", both, Some(by_words));
    print_row("memory search, a vector alone", alone, Some(by_words));
    Ok(())
}
