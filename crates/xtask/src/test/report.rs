//! The output while the parts run, and the summary.

use crate::run::Failure;
use std::time::{Duration, Instant};

const ALONE: &str = "to run this part alone";

/// How a step ended.
enum Outcome {
    Passed,
    Failed(Failure),
    /// The step that it needs, which did not pass.
    NotRun(&'static str),
}

struct Row {
    part: &'static str,
    step: &'static str,
    time: Duration,
    outcome: Outcome,
}

/// The steps so far.
pub(super) struct Report {
    started: Instant,
    total: usize,
    rows: Vec<Row>,
}

impl Report {
    pub(super) fn new(total: usize) -> Self {
        Self {
            started: Instant::now(),
            total,
            rows: Vec::new(),
        }
    }

    pub(super) fn passed(&self, part: &str, step: &str) -> bool {
        self.rows
            .iter()
            .any(|row| row.part == part && row.step == step && matches!(row.outcome, Outcome::Passed))
    }

    pub(super) fn begin(&self, part: &str, about: &str) {
        let number = self.rows.len() + 1;
        println!("\n[{number}/{}] {part}: {about}", self.total);
    }

    pub(super) fn end(
        &mut self,
        part: &'static str,
        step: &'static str,
        time: Duration,
        result: Result<(), Failure>,
    ) {
        let number = self.rows.len() + 1;
        let outcome = match result {
            Ok(()) => {
                println!("[{number}/{}] {part}: {step} passed, {}", self.total, spell(time));
                Outcome::Passed
            }
            Err(failure) => {
                println!(
                    "[{number}/{}] {part}: {step} FAILED, {}: {failure}",
                    self.total,
                    spell(time)
                );
                Outcome::Failed(failure)
            }
        };
        self.rows.push(Row {
            part,
            step,
            time,
            outcome,
        });
    }

    pub(super) fn not_run(&mut self, part: &'static str, step: &'static str, needs: &'static str) {
        self.rows.push(Row {
            part,
            step,
            time: Duration::ZERO,
            outcome: Outcome::NotRun(needs),
        });
    }

    /// Prints the summary and fails if a step did not pass.
    pub(super) fn finish(self) -> Result<(), Failure> {
        println!("\nsummary, {}", spell(self.started.elapsed()));
        let [mut passed, mut failed, mut not_run] = [0; 3];
        for row in &self.rows {
            let name = format!("{}: {}", row.part, row.step);
            match &row.outcome {
                Outcome::Passed => {
                    passed += 1;
                    println!("  passed   {name:<36} {}", spell(row.time));
                }
                Outcome::Failed(failure) => {
                    failed += 1;
                    println!("  FAILED   {name:<36} {}", spell(row.time));
                    for line in failure.to_string().lines() {
                        println!("           {line}");
                    }
                    println!("           {ALONE}: cargo xtask test {}", row.part);
                }
                Outcome::NotRun(needs) => {
                    not_run += 1;
                    println!("  not run  {name:<36} needs `{needs}`");
                }
            }
        }
        println!("steps: {passed} passed, {failed} failed, {not_run} not run");
        if failed == 0 {
            return Ok(());
        }
        Err(Failure::new("some tests failed; the summary above names them"))
    }
}

/// Extracts the failures, as [`Report::finish`] prints them, from the output of a run.
pub(super) fn failures(output: &str) -> String {
    let summary = output.rfind("\nsummary, ").and_then(|start| output.get(start..));
    let indented = summary
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("           "));
    indented
        .filter(|line| !line.starts_with(ALONE))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns a time in minutes and seconds.
fn spell(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, 0..10) => format!("{:.1} s", time.as_secs_f64()),
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::failures;

    #[test]
    fn what_failed_is_picked_out_of_an_output() {
        let output = "           not this\n\nsummary, 2 s\n  passed   windows: machine   1 s\n  FAILED   windows: tests   1 s\n           \
                      test a::b\n           rerun: cargo test\n           to run this part alone: cargo xtask test windows\n";
        assert_eq!(failures(output), "test a::b\nrerun: cargo test");
        assert_eq!(failures("no summary"), "");
    }
}
