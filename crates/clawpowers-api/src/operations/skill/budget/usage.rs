//! How often skills were used: by the executions of the runtime home, and by Claude Code's own count.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::ledger::Filter;
use clawpowers_executor::{Outcome, Timestamp};
use clawpowers_loader::Entry;
use clawpowers_loader::client_budget::claude_preference;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// How large Claude Code's own file may be.
const MAX_STATE: u64 = 64 << 20;

/// The ended executions of a skill, and those that succeeded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Uses {
    pub(super) executions: i64,
    pub(super) successes: i64,
}

/// The uses of each skill by its name.
pub(super) struct Usage(HashMap<String, Uses>);

impl Usage {
    /// Reads the executions of the runtime home.
    pub(super) fn read(runtime: &Runtime) -> Result<Self> {
        let figures = runtime.with_existing_db(|db| db.ledger().stats(&Filter::default()))?;
        let uses = figures.unwrap_or_default().into_iter().map(|one| {
            let uses = Uses {
                executions: one.total(),
                successes: one.of(Outcome::Success),
            };
            (one.skill, uses)
        });
        Ok(Self(uses.collect()))
    }

    /// Returns the uses of a skill: executions may be recorded under the client's name for it, or under the name in its
    /// frontmatter.
    pub(super) fn of(&self, entry: &Entry) -> Uses {
        let uses = |name: &str| self.0.get(name).copied().unwrap_or_default();
        let name = entry.skill.name.as_str();
        let own = uses(name);
        let label = entry.label.as_deref().filter(|label| *label != name);
        let other = label.map(uses).unwrap_or_default();
        Uses {
            executions: own.executions + other.executions,
            successes: own.successes + other.successes,
        }
    }
}

#[derive(Deserialize)]
struct ClaudeState {
    #[serde(rename = "skillUsage", default)]
    usage: HashMap<String, Value>,
}

/// Returns how much Claude Code prefers each skill that it has started, from its file `.claude.json`.
///
/// Without a readable file there is no preference.
pub(super) fn claude_preferences(runtime: &Runtime) -> HashMap<String, f64> {
    let environment = &runtime.environment;
    let folder = environment
        .claude_config
        .as_ref()
        .or(environment.user_home.as_ref());
    let Some(folder) = folder.filter(|_| runtime.has_disk()) else {
        return HashMap::new();
    };
    let bytes = runtime.tree().read(&folder.join(".claude.json"), MAX_STATE);
    let state = bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice::<ClaudeState>(&bytes).ok());
    #[expect(
        clippy::cast_precision_loss,
        reason = "a millisecond more or less is nothing here"
    )]
    let now = Timestamp::now().micros() as f64 / 1_000.0;
    let preference = |(name, used): (String, Value)| {
        let number = |key: &str| used.get(key).and_then(Value::as_f64);
        let days = (now - number("lastUsedAt")?) / 86_400_000.0;
        Some((name, claude_preference(number("usageCount")?, days)))
    };
    let usage = state.map(|state| state.usage).unwrap_or_default();
    usage.into_iter().filter_map(preference).collect()
}
