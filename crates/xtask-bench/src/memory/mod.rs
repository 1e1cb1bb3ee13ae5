//! How well search finds entries and how well fingerprints group them, beside a plain FTS5 table.

mod csv;
mod gitbugs;
mod index;
mod locomo;
mod loghub;
mod own;
mod vectors;

use crate::Failure;
use std::path::Path;
pub(crate) use vectors::vectors;

/// Measures the committed set, and the sets that are in `CLAWPOWERS_MEMORY_SET`: `hadoop_bugs.csv`, `SeaMonkey_bugs.csv`
/// and their pairs (GitBugs), and the folders `loghub` and `locomo`.
pub(crate) fn memory() -> Result<(), Failure> {
    let own = own::measure()?;
    println!(
        "own set: hit@1 {:.3}, of plain FTS5 {:.3}; pair precision {:.4}, of proposed duplicates {:.3}\n",
        own.ours.first(),
        own.plain.first(),
        own.precision,
        own.proposed
    );
    let Some(folder) = std::env::var_os("CLAWPOWERS_MEMORY_SET") else {
        println!("CLAWPOWERS_MEMORY_SET is not set: public sets are not measured");
        return Ok(());
    };
    let folder = Path::new(&folder);
    for project in ["hadoop", "SeaMonkey"] {
        gitbugs::measure(folder, project)?;
    }
    let (logs, dialogues) = (folder.join("loghub"), folder.join("locomo"));
    if logs.exists() {
        loghub::measure(&logs)?;
    }
    if dialogues.exists() {
        locomo::measure(&dialogues)?;
    }
    Ok(())
}
