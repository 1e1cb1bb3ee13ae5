//! Entries of 1.x and 2.x, and notes.

use super::record::Record;
use super::{Note, Origin};
use crate::memory::checkpoint::{Checkpoint, MAX_TASK_BYTES};
use crate::memory::entry::{Kind, MAX_TAGS};
use crate::memory::name::MAX_NAME_BYTES;
use crate::timestamp::Timestamp;
use serde_json::Value;

/// Reads a pattern of 1.x. Its `pattern_id` has the start of its description only, so both identify it.
pub(super) fn pattern(value: &Value, now: Timestamp) -> Record {
    let description = text(value, "description");
    let mut content = Content::new(description);
    content.add("Applies to", text(value, "context"));
    content.add("Solution", text(value, "solution"));
    content.add("Example", text(value, "code_example"));
    let projects = list(value, "projects_used_in");
    // One project does not mean that others cannot use it.
    content.add("Used in", &projects.join(", "));
    let name = [text(value, "pattern_id"), description];
    let mut record = Record::new(Kind::Procedural, content.0, "pattern", &name, now);
    record.title(description);
    let mut tags = list(value, "tags");
    tags.push(text(value, "category").to_owned());
    record.tags(&tags);
    record.times(text(value, "created_at"), text(value, "last_used"), now);
    record.entry.uses = value
        .get("success_count")
        .and_then(Value::as_u64)
        .unwrap_or(1)
        .max(1);
    record
}

/// Reads an episode of 2.x; equal ones are told apart by their number.
pub(super) fn episode(value: &Value, (line, number): (&str, u32), now: Timestamp) -> Record {
    let mut content = Content::new(text(value, "description"));
    content.add("Outcome", text(value, "outcome"));
    for lesson in list(value, "lessonsLearned") {
        content.add("Lesson", &lesson);
    }
    let skills = list(value, "skillsUsed");
    content.add("Skills", &skills.join(", "));
    let number = number.to_string();
    let mut record = Record::new(Kind::Episodic, content.0, "episode", &[line, &number], now);
    // Each is an event of its own, whatever its text.
    record.merges = false;
    record.tags(&list(value, "tags"));
    record.entry.session = record.name(text(value, "taskId"));
    if let [skill] = skills.as_slice() {
        record.entry.skill = record.name(skill);
    }
    record.times(text(value, "timestamp"), "", now);
    record
}

/// Reads what 2.x knew of a skill.
pub(super) fn procedure(value: &Value, origin: Origin<'_>, now: Timestamp) -> Record {
    let skill = text(value, "skillName");
    let number = |name: &str| value.get(name).and_then(Value::as_f64).unwrap_or_default();
    let (count, rate) = (number("invocationCount"), number("successRate") * 100.0);
    let seconds = number("avgContribution") / 1000.0;
    let mut content = Content(String::new());
    if !skill.is_empty() {
        let summary =
            format!("{skill}: {rate:.0}% of {count:.0} invocations succeeded, {seconds:.1} s on average");
        content = Content::new(&summary);
    }
    for context in list(value, "preferredContexts") {
        content.add("Preferred context", &context);
    }
    for mutation in value
        .get("mutations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let status = text(mutation, "status");
        content.add(&format!("Change ({status})"), text(mutation, "description"));
    }
    let unique = value.to_string();
    let name = [origin.place.unwrap_or(&unique), skill];
    let mut record = Record::new(Kind::Procedural, content.0, "procedure", &name, now);
    // The figures of two skills are not the same fact.
    record.merges = false;
    record.title(skill);
    record.entry.skill = record.name(skill);
    record.times(text(value, "lastUsed"), "", now);
    record
}

/// Reads the saved state of a task of 2.x, which is kept as it is.
pub(super) fn checkpoint(value: &Value, state: &str, now: Timestamp) -> Checkpoint {
    let goal = match value.get("goal") {
        Some(Value::String(goal)) => goal,
        Some(goal) => text(goal, "description"),
        None => "",
    };
    let (goal, _) = name(goal, MAX_TASK_BYTES);
    let (status, _) = name(text(value, "agentStatus"), MAX_TASK_BYTES);
    let saved = Timestamp::parse(text(value, "savedAt")).map_or(now, |at| at.min(now));
    Checkpoint {
        task: text(value, "taskId").to_owned(),
        state: state.to_owned(),
        status,
        goal,
        saved_at: saved,
    }
}

pub(super) fn note(note: Note, origin: Origin<'_>, now: Timestamp) -> Record {
    let place = origin.place.unwrap_or(&note.content);
    let mut record = Record::new(Kind::Semantic, String::new(), "note", &[place], now);
    // Its file is what it is imported from again.
    record.merges = false;
    record.title(&note.title);
    record.tags(&note.tags);
    if let Some(at) = note.at {
        record.entry.created_at = at.min(now);
        record.entry.used_at = record.entry.created_at;
        record.entry.updated_at = record.entry.created_at;
    }
    record.entry.content = note.content;
    record
}

/// A text with more lines for what is known.
pub(super) struct Content(pub(super) String);

impl Content {
    pub(super) fn new(text: &str) -> Self {
        Self(without_nul(text.trim()))
    }

    pub(super) fn add(&mut self, what: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        if !what.is_empty() {
            self.0.push_str(what);
            self.0.push_str(": ");
        }
        self.0.push_str(&without_nul(text));
    }
}

fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Returns the text of a field; empty if there is none.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the texts of a field that is a list; those in it that are not text are left out.
pub(super) fn list(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Returns a text as a name, in one line and not too long, and whether it had to be changed.
fn name(text: &str, limit: usize) -> (Option<String>, bool) {
    let line = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = line.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut end = line.len().min(limit);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let kept = line.get(..end).unwrap_or_default();
    let is_changed = kept != text.trim();
    (Some(kept.to_owned()).filter(|name| !name.is_empty()), is_changed)
}

impl Record {
    /// Returns a text as a name.
    pub(super) fn name(&mut self, text: &str) -> Option<String> {
        let (name, is_changed) = name(text, MAX_NAME_BYTES);
        self.mended |= is_changed;
        name
    }

    /// Sets the title; of a text of several lines, the first.
    pub(super) fn title(&mut self, text: &str) {
        let first = text.trim().lines().next().unwrap_or_default();
        self.entry.title = name(first, MAX_NAME_BYTES).0;
    }

    pub(super) fn tags(&mut self, tags: &[String]) {
        let mut found = Vec::new();
        for tag in tags.iter().flat_map(|tag| tag.split(',')) {
            let tag = self.name(tag);
            found.extend(tag.filter(|tag| !found.contains(tag)));
        }
        self.mended |= found.len() > MAX_TAGS;
        found.truncate(MAX_TAGS);
        self.entry.tags = found;
    }

    /// Sets when it was created and last used. A time that is not valid, or to come, is that of the import.
    pub(super) fn times(&mut self, created: &str, used: &str, now: Timestamp) {
        let parsed = |text: &str| Timestamp::parse(text).ok().filter(|at| *at <= now);
        let at = parsed(created);
        self.mended |= at.is_none();
        let at = at.unwrap_or(now);
        self.entry.created_at = at;
        self.entry.used_at = parsed(used).map_or(at, |used| used.max(at));
        self.entry.updated_at = self.entry.used_at;
    }
}
