//! Keys of the store, such as the hypotheses of the skill `systematic-debugging`.

use super::formats::Content;
use super::record::Record;
use super::{Importer, reason};
use crate::error::Result;
use crate::memory::entry::Kind;
use crate::store::Pattern;
use std::collections::BTreeMap;

/// The keys of one error start with this, followed by its signature, a colon and the name of a field.
pub(super) const HYPOTHESIS: &str = "debug:hypothesis:";
/// The fields of a hypothesis that become lines of the text, with their labels.
const FIELDS: [(&str, &str); 6] = [
    ("error_msg", ""),
    ("root_cause", "Root cause"),
    ("fix_summary", "Fix"),
    ("winning", "Hypothesis"),
    ("hypotheses_tried", "Hypotheses tried"),
    ("time_to_resolution", "Time to resolution"),
];

pub(super) fn import(importer: &mut Importer<'_>, pattern: &Pattern) -> Result<()> {
    let mut groups: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut unusable = Vec::new();
    importer.memory.db.store().each(pattern, |entry| {
        let (group, field) = split(&entry.key);
        match String::from_utf8(entry.value) {
            Ok(value) => {
                let fields = groups.entry(group.to_owned()).or_default();
                fields.insert(field.to_owned(), value);
            }
            Err(_) => unusable.push(entry.key),
        }
        true
    })?;
    for key in unusable {
        importer.skip(&key, 0, reason::BINARY, "the value is not text");
    }
    for (group, fields) in groups {
        let record = record(importer, &group, fields);
        importer.entry(record, &group, 0)?;
    }
    Ok(())
}

/// Returns what the keys of one entry have in common, and the rest of a key.
fn split(key: &str) -> (&str, &str) {
    let fields = key
        .strip_prefix(HYPOTHESIS)
        .and_then(|rest| rest.rsplit_once(':'));
    match fields {
        Some((_, field)) => (key.get(..key.len() - field.len() - 1).unwrap_or(key), field),
        None => (key, ""),
    }
}

fn record(importer: &Importer<'_>, group: &str, mut fields: BTreeMap<String, String>) -> Record {
    let now = importer.writer.now;
    let is_hypothesis = group.starts_with(HYPOTHESIS);
    let project = fields.remove("project").unwrap_or_default();
    let time = fields.remove("timestamp");
    let mut content = Content(String::new());
    content.add("", &fields.remove("").unwrap_or_default());
    let mut title = group.to_owned();
    for (field, label) in FIELDS {
        let Some(value) = fields.remove(field) else {
            continue;
        };
        if field == "error_msg" {
            title.clone_from(&value);
        }
        content.add(label, &value);
    }
    for (field, value) in &fields {
        content.add(field, value);
    }
    let kind = if is_hypothesis {
        Kind::Episodic
    } else {
        Kind::Semantic
    };
    let name = [importer.writer.home(), group];
    let mut record = Record::new(kind, content.0, "key", &name, now);
    record.title(&title);
    record.entry.project = record.name(&project);
    if is_hypothesis {
        record.tags(&["debug".to_owned()]);
    }
    if let Some(time) = time {
        record.times(&time, "", now);
    }
    record
}
