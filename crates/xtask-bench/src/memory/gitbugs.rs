//! Bug reports and their duplicates, from the GitBugs collection: `PROJECT_bugs.csv` and `PROJECT_bugs-combined.csv`.

use super::csv::{read, rows};
use super::index::{Entries, Entry, Score};
use crate::Failure;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Searches with each report that has duplicates for one of them among all others.
pub(crate) fn measure(folder: &Path, project: &str) -> Result<(), Failure> {
    let file = |name: &str| read(&folder.join(format!("{project}_bugs{name}.csv")));
    let (Some(reports), Some(pairs)) = (file("")?, file("-combined")?) else {
        println!("bug reports of {project}: not there");
        return Ok(());
    };
    let reports = rows(&reports);
    let cell = |row: &HashMap<String, String>, name: &str| row.get(name).cloned().unwrap_or_default();
    let mut ids: HashMap<String, i64> = HashMap::new();
    for (index, row) in reports.iter().enumerate() {
        ids.insert(cell(row, "Issue id"), index as i64 + 1);
    }
    let entry = |row: &HashMap<String, String>| Entry {
        title: cell(row, "Summary"),
        body: cell(row, "Description"),
        ..Entry::default()
    };
    let mut index = Entries::new(reports.iter().map(entry))?;
    let (mut plain, mut ours) = (Score::default(), Score::default());
    // Reports and their duplicates, in both directions.
    let mut duplicates: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for pair in rows(&pairs) {
        let place = |name: &str| ids.get(&cell(&pair, name)).copied();
        if let (Some(from), Some(to)) = (place("Issue id"), place("Duplicate id"))
            && from != to
        {
            duplicates.entry(from).or_default().push(to);
            duplicates.entry(to).or_default().push(from);
        }
    }
    for (from, mut right) in duplicates {
        right.sort_unstable();
        right.dedup();
        let Some(report) = reports.get(from as usize - 1) else {
            continue;
        };
        let others = |hits: Vec<i64>| hits.into_iter().filter(|hit| *hit != from).collect::<Vec<_>>();
        plain.add(&others(index.plain(&cell(report, "Summary"), 51)?), &right);
        let text = format!("{}\n{}", cell(report, "Summary"), cell(report, "Description"));
        ours.add(&others(index.search(&text, 51)?), &right);
    }
    plain.print(&format!("bug reports of {project}, plain FTS5"));
    ours.print("  this search");
    Ok(())
}
