//! Long dialogues with questions, from the LoCoMo collection: a JSON file for each.

use super::index::{Entries, Entry, Score};
use crate::Failure;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// How many turns before a turn are its context, as in the product.
const CONTEXT: usize = 2;

/// Searches with each question for the turns, and for the sessions, that hold its answer.
pub(crate) fn measure(folder: &Path) -> Result<(), Failure> {
    let [mut plain, mut turns, mut plain_sessions, mut sessions] = [Score::default(); 4];
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    for file in &files {
        let talk: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut whole: Vec<Entry> = Vec::new();
        let mut places: HashMap<String, (i64, i64)> = HashMap::new();
        for number in 1.. {
            let Some(session) = talk.get(format!("session_{number}")).and_then(Value::as_array) else {
                break;
            };
            let mut text = String::new();
            let mut before: Vec<String> = Vec::new();
            for turn in session {
                let field = |name: &str| turn.get(name).and_then(Value::as_str).unwrap_or_default();
                let body = format!(
                    "{}: {} {}",
                    field("speaker"),
                    field("text"),
                    field("blip_caption")
                );
                text.push_str(&body);
                text.push('\n');
                entries.push(Entry {
                    body: body.clone(),
                    context: before.join(" "),
                    ..Entry::default()
                });
                before.push(body);
                if before.len() > CONTEXT {
                    before.remove(0);
                }
                places.insert(
                    field("dia_id").to_owned(),
                    (entries.len() as i64, whole.len() as i64 + 1),
                );
            }
            whole.push(Entry {
                body: text,
                ..Entry::default()
            });
        }
        let mut by_turn = Entries::new(entries)?;
        let mut by_session = Entries::new(whole)?;
        for question in talk.get("qa").and_then(Value::as_array).into_iter().flatten() {
            let text = question
                .get("question")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let evidence = question
                .get("evidence")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let evidence = evidence
                .filter_map(Value::as_str)
                .flat_map(|ids| ids.split([';', ' ', ',']));
            let (mut right, mut right_sessions): (Vec<i64>, Vec<i64>) =
                evidence.filter_map(|id| places.get(id.trim())).copied().unzip();
            right.sort_unstable();
            right.dedup();
            right_sessions.sort_unstable();
            right_sessions.dedup();
            if right.is_empty() {
                continue;
            }
            // Questions of category 5 have no answer in the dialogue.
            if question.get("category").and_then(Value::as_u64) != Some(5) {
                plain.add(&by_turn.plain(text, 20)?, &right);
                turns.add(&by_turn.search(text, 20)?, &right);
            }
            plain_sessions.add(&by_session.plain(text, 20)?, &right_sessions);
            sessions.add(&by_session.search(text, 20)?, &right_sessions);
        }
    }
    plain.print("turns of dialogues, plain FTS5");
    turns.print("  this search");
    plain_sessions.print("sessions of dialogues, plain FTS5");
    sessions.print("  this search");
    Ok(())
}
