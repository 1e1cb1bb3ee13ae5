//! Chooses entries for a prompt.

use super::block::{Block, CLOSE, OPEN, block};
use super::search::Hit;
use crate::config::weights::weights;
use crate::operations::checkpoint::list::Checkpoint;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_executor::memory::Filter;
use clawpowers_loader::token_estimate;
use clawpowers_text::{COMPARED, Weights, mask, pick};
use serde::{Deserialize, Serialize};

/// The default length in tokens.
const DEFAULT_BUDGET: usize = 1000;
/// A token is estimated as so many characters.
const CHARACTERS: usize = 4;
/// How many hits are considered.
const CONSIDERED: usize = 50;
/// How many words a reason names.
const SHOWN_WORDS: usize = 8;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What the agent is about to do, as plain text (default: the most important entries are chosen).
    pub goal: Option<String>,
    /// The maximum length of the text, in estimated tokens: a quarter of its characters (default: 1,000).
    #[serde(default, deserialize_with = "crate::wire::number::count")]
    pub budget: Option<usize>,
    /// Choose only entries of this project, and those of none.
    pub project: Option<String>,
    /// Choose only entries about this skill.
    pub skill: Option<String>,
    /// Put the saved state of this task first, if there is one; it takes at most half of the length.
    pub task: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entries as data for a prompt; empty if there is nothing or nothing fits.
    pub text: String,
    /// The estimated tokens of the text, at most `budget`.
    pub tokens: usize,
    pub budget: usize,
    /// The entries in the text, in its order.
    pub entries: Vec<ContextEntry>,
    /// The state in the text.
    pub checkpoint: Option<ContextCheckpoint>,
    /// The number of entries that were found, but have less than 20% words that those in the text do not have.
    pub repeated: usize,
    /// The number of entries that were found, but do not fit.
    pub unfit: usize,
    /// The number of entries that were found, but have less than a third of the words that the best one has.
    pub unrelated: usize,
}

/// An entry in the text, and why it was chosen.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContextEntry {
    pub hit: Hit,
    /// The number of its words that no entry before it in the text has; values and words such as `the` do not count.
    pub new_words: usize,
    /// Whether only the start of its content is in the text.
    pub cut: bool,
}

/// The saved state of a task in the text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContextCheckpoint {
    pub checkpoint: Checkpoint,
    /// Whether only the start of the state is in the text.
    pub cut: bool,
}

/// Chooses entries for a prompt: each is relevant to the goal, and says what those before it do not.
///
/// Superseded and expired entries are left out, and entries that are not confirmed are marked. The text is data: contents
/// cannot close its element, and hidden characters in them are visible.
///
/// # Errors
///
/// `invalid_config` for a weight in config.json that is not valid; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let budget = request.budget.unwrap_or(DEFAULT_BUDGET);
    let goal = request.goal.as_deref().map(without_operators).unwrap_or_default();
    let filter = Filter {
        project: request.project.clone(),
        skill: request.skill.clone(),
        ..Filter::default()
    };
    let found = runtime.with_existing_db(|db| {
        let weights = weights(runtime)?;
        let mut memory = db.memory();
        let checkpoint = request
            .task
            .as_deref()
            .map(|task| memory.checkpoint(task))
            .transpose()?;
        let found = memory.search(&goal, None, &filter, &weights, CONSIDERED)?;
        Ok::<_, ApiError>((weights, checkpoint.flatten(), found))
    })?;
    let (weights, checkpoint, found) = found.unwrap_or_default();
    let mut left = budget
        .saturating_mul(CHARACTERS)
        .saturating_sub(OPEN.len() + CLOSE.len());
    let most = left / 2;
    let mut text = String::new();
    let mut saved = None;
    if let Some(checkpoint) = checkpoint {
        let state = checkpoint.state.clone();
        let checkpoint = Checkpoint::new(checkpoint, None)?;
        if let Some(made) = of_checkpoint(&checkpoint, &state, most) {
            left -= made.size;
            text.push_str(&made.text);
            saved = Some(ContextCheckpoint {
                checkpoint,
                cut: made.cut,
            });
        }
    }
    let all = found.len();
    let hits: Vec<Hit> = related(found.into_iter().map(Hit::from).collect());
    let chosen = choose(&weights, hits, left, most);
    for (made, _) in &chosen.entries {
        text.push_str(&made.text);
    }
    if !text.is_empty() {
        text = format!("{OPEN}{text}{CLOSE}");
    }
    Ok(Response {
        tokens: token_estimate(&text),
        text,
        budget,
        unrelated: all - chosen.considered,
        entries: chosen.entries.into_iter().map(|(_, entry)| entry).collect(),
        checkpoint: saved,
        repeated: chosen.repeated,
        unfit: chosen.unfit,
    })
}

/// A goal is prose: what would be an operator in a query is text.
fn without_operators(goal: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_start_matches('-');
        let bare = if bare.starts_with(char::is_alphabetic) {
            bare
        } else {
            word
        };
        let filter = ["tag:", "kind:"]
            .into_iter()
            .find(|filter| bare.starts_with(filter));
        filter.map_or_else(|| bare.to_owned(), |_| bare.replacen(':', ": ", 1))
    };
    let plain = goal.replace(['"', '*'], " ");
    plain.split_inclusive(char::is_whitespace).map(word).collect()
}

/// Keeps the hits that have at least a third of the words of the goal that the best one has.
fn related(hits: Vec<Hit>) -> Vec<Hit> {
    let most = hits.iter().map(|hit| hit.words.len()).max().unwrap_or_default();
    let is_related = |hit: &Hit| {
        hit.words.len() * 3 >= most || hit.reasons.iter().any(|reason| reason.kind == "fingerprint")
    };
    hits.into_iter().filter(is_related).collect()
}

/// What was chosen.
struct Chosen {
    entries: Vec<(Block, ContextEntry)>,
    considered: usize,
    repeated: usize,
    unfit: usize,
}

fn choose(weights: &Weights, hits: Vec<Hit>, room: usize, most: usize) -> Chosen {
    let masked = |hit: &Hit| {
        let title = hit.entry.title.as_deref().unwrap_or_default();
        let content = &hit.entry.content;
        let end = content
            .char_indices()
            .nth(COMPARED)
            .map_or(content.len(), |(end, _)| end);
        mask(&format!("{title}\n{}", content.get(..end).unwrap_or_default())).text
    };
    let masked: Vec<String> = hits.iter().map(masked).collect();
    // Without a goal no hit has a score.
    let score = |hit: &Hit| {
        if hit.score > 0.0 {
            hit.score
        } else {
            hit.entry.importance
        }
    };
    let texts: Vec<(f64, &str)> = hits
        .iter()
        .zip(&masked)
        .map(|(hit, text)| (score(hit), text.as_str()))
        .collect();
    let mut blocks: Vec<Block> = Vec::new();
    let picks = pick(weights, &texts, room, |index, left| {
        let made = of_entry(hits.get(index)?, left.min(most))?;
        let size = made.size;
        blocks.push(made);
        Some(size)
    });
    let considered = hits.len();
    let mut hits: Vec<Option<Hit>> = hits.into_iter().map(Some).collect();
    let picked = picks.picked.iter().zip(blocks);
    let entries = picked.filter_map(|(pick, made)| {
        let entry = ContextEntry {
            hit: hits.get_mut(pick.index)?.take()?,
            new_words: pick.new_words,
            cut: made.cut,
        };
        Some((made, entry))
    });
    Chosen {
        entries: entries.collect(),
        considered,
        repeated: picks.repeated,
        unfit: picks.unfit,
    }
}

fn of_entry(hit: &Hit, room: usize) -> Option<Block> {
    let entry = &hit.entry;
    let mut attributes = vec![
        ("id", entry.id.clone()),
        ("kind", entry.kind.as_str().to_owned()),
        ("date", date(&entry.used_at)),
    ];
    if entry.uses > 1 {
        attributes.push(("uses", entry.uses.to_string()));
    }
    if !entry.confirmed {
        attributes.push(("confirmed", "no".to_owned()));
    }
    attributes.extend(entry.title.clone().map(|title| ("title", title)));
    attributes.push(("why", why(hit)));
    let rest = format!("clawpowers memory get {}", entry.id);
    // The example says it with the values of the goal.
    let content = match &hit.example {
        Some(example) => format!("{example}\nalso: {}", entry.content),
        None => entry.content.clone(),
    };
    block("entry", &attributes, &content, &rest, room)
}

fn of_checkpoint(checkpoint: &Checkpoint, state: &str, room: usize) -> Option<Block> {
    let mut attributes = vec![
        ("task", checkpoint.task.clone()),
        ("saved", checkpoint.saved_at.clone()),
    ];
    attributes.extend(checkpoint.status.clone().map(|status| ("status", status)));
    attributes.extend(checkpoint.goal.clone().map(|goal| ("goal", goal)));
    let rest = format!("clawpowers checkpoint load {}", argument(&checkpoint.task));
    block("checkpoint", &attributes, state, &rest, room)
}

/// Returns a text as one argument for a shell.
fn argument(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The day of a time.
fn date(time: &str) -> String {
    time.split('T').next().unwrap_or_default().to_owned()
}

fn why(hit: &Hit) -> String {
    let mut found = Vec::new();
    if hit.reasons.iter().any(|reason| reason.kind == "fingerprint") {
        found.push("only values differ from the goal".to_owned());
    }
    let words: Vec<&str> = hit.words.iter().take(SHOWN_WORDS).map(String::as_str).collect();
    if !words.is_empty() {
        found.push(format!(
            "{} {}",
            if words.len() == 1 { "word" } else { "words" },
            words.join(", ")
        ));
    }
    if found.is_empty() && !hit.reasons.is_empty() {
        found.push("words of its context".to_owned());
    }
    if found.is_empty() {
        found.push(format!("importance {}", hit.entry.importance));
    }
    found.join("; ")
}
