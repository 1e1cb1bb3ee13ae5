//! Finds whether failures cluster in a group of executions, and what changed when a rate did.

use crate::compare::compare;
use std::collections::BTreeMap;

/// The p-value below which failures cluster in a group.
const CLUSTERED: f64 = 0.01;

/// A group of executions and how many of them failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Cluster {
    pub name: String,
    pub failures: u64,
    pub total: u64,
}

/// Returns the group whose executions fail more often than all others. `executions` yields, for each execution, its group
/// (if any) and whether it failed.
#[must_use]
pub fn cluster<'a>(executions: impl IntoIterator<Item = (Option<&'a str>, bool)>) -> Option<Cluster> {
    let mut groups: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut all = (0, 0);
    for (group, failed) in executions {
        let failed = u64::from(failed);
        all = (all.0 + failed, all.1 + 1);
        if let Some(name) = group {
            let counts = groups.entry(name).or_default();
            *counts = (counts.0 + failed, counts.1 + 1);
        }
    }
    // With more groups it is more likely that one differs by chance.
    let limit = CLUSTERED / groups.len().max(1) as f64;
    let differs = |(failures, total): (u64, u64)| {
        let rest = (all.0 - failures, all.1 - total);
        compare(rest, (failures, total)).filter(|found| found.difference > 0.0 && found.p_value < limit)
    };
    let found = groups
        .into_iter()
        .filter_map(|(name, counts)| Some((differs(counts)?.p_value, name, counts)));
    let (_, name, (failures, total)) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Cluster {
        name: name.to_owned(),
        failures,
        total,
    })
}

/// Returns the first value that differs from those before it, unless these occur again: then both are in use.
#[must_use]
pub fn first_new<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut values = values.into_iter().peekable();
    let first = *values.peek()?;
    let new = values.find(|one| *one != first)?;
    values.all(|one| one != first).then_some(new)
}
