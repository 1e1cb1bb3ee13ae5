//! Loads the bundled skills, records executions of two of them, and prints the analysis.
#![expect(clippy::print_stdout, reason = "the example prints its results")]

use clawpowers_api::operations::metrics;
use clawpowers_api::{Options, Runtime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let rt = Runtime::open(Options {
        home: Some(folder.path().join("home")),
        cwd: Some(folder.path().to_owned()),
        user_home: Some(folder.path().to_owned()),
    });
    let skills = rt.skills().list()?.skills;
    let names: Vec<_> = skills.iter().map(|skill| skill.name.as_str()).collect();
    println!("{} skills: {}", names.len(), names.join(", "));

    for run in 0..60 {
        let at = format!("2026-01-{:02}T{:02}:00:00Z", 1 + run / 24, run % 24);
        let slip = run % 10 == 9;
        let worse = run >= 30 && run % 3 != 0;
        for (skill, failed) in [("systematic-debugging", slip), ("deep-debugger", slip || worse)] {
            let request = metrics::record::Request {
                skill: skill.to_owned(),
                outcome: if failed { "failure" } else { "success" }.to_owned(),
                at: Some(at.clone()),
                ..Default::default()
            };
            rt.metrics().record(request)?;
        }
    }

    let analysis = rt.feedback().analyze()?;
    let percent = |share: f64| format!("{:.0}%", share * 100.0);
    for one in &analysis.skills {
        let (low, high) = (percent(one.analysis.rate.low), percent(one.analysis.rate.high));
        println!(
            "{}: {} of {}, {low} to {high}",
            one.skill, one.analysis.rate.success, one.analysis.rate.total
        );
    }
    for recommendation in &analysis.recommendations {
        println!("{}: {}", recommendation.skill, recommendation.text);
    }
    Ok(())
}
