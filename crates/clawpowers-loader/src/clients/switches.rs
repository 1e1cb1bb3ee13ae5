//! Settings of clients that keep single skills from the model.

use super::file::{ClientSkill, Hidden};
use crate::display::quote;
use std::path::{Path, PathBuf};

/// What the settings of clients say of single skills; of those that select one, the last one counts.
#[derive(Debug, Clone, Default)]
pub struct Switches(pub(super) Vec<Switch>);

/// A setting of a client.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    pub(super) client: &'static str,
    pub(super) selects: Selects,
    pub(super) shows: Shows,
    pub(super) setting: String,
    /// Its file, as people call it.
    pub(super) file: String,
}

/// The skills that a setting is about.
#[cfg_attr(
    target_family = "wasm",
    expect(dead_code, reason = "a browser has no settings")
)]
#[derive(Debug, Clone)]
pub(super) enum Selects {
    All,
    Name(String),
    NameInAnyCase(String),
    /// A name in which `*` is any text and `?` one character.
    Pattern(String),
    /// The canonical path of a SKILL.md.
    File(PathBuf),
}

/// How much of a skill the model sees.
#[cfg_attr(
    target_family = "wasm",
    expect(dead_code, reason = "a browser has no settings")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    Whole,
    Name,
    Nothing,
}

impl Switches {
    /// Changes a skill to what the client's settings let the model see of it.
    pub(crate) fn apply(&self, client: &str, canonical: &Path, skill: &mut ClientSkill) {
        let own = self.0.iter().filter(|switch| switch.client == client);
        let is_about = |switch: &&Switch| switch.selects.is(&skill.name, canonical);
        let Some(switch) = own.rev().find(is_about).filter(|_| skill.invocation.model) else {
            return;
        };
        match switch.shows {
            Shows::Whole => {}
            Shows::Name => skill.description.clear(),
            Shows::Nothing => {
                skill.invocation.model = false;
                let (setting, file) = (quote(&switch.setting), quote(&switch.file));
                skill.hidden = Some(Hidden {
                    reason: format!("the setting {setting} in {file} switches it off"),
                    hint: "change the setting if the model may use the skill",
                });
            }
        }
    }
}

impl Selects {
    fn is(&self, name: &str, canonical: &Path) -> bool {
        match self {
            Self::All => true,
            Self::Name(wanted) => name == wanted,
            Self::NameInAnyCase(wanted) => name.to_lowercase() == wanted.to_lowercase(),
            Self::Pattern(pattern) => matches(pattern, name),
            Self::File(file) => file == canonical,
        }
    }
}

/// Returns whether a text matches a pattern with `*` and `?`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    // Where the last `*` is, and where the text that it matches ends.
    let mut star = None;
    while from < text.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, from));
                at += 1;
            }
            (Some(&c), _) if c == '?' || text.get(from) == Some(&c) => {
                at += 1;
                from += 1;
            }
            (_, Some((place, end))) => {
                star = Some((place, end + 1));
                at = place + 1;
                from = end + 1;
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns_match_whole_names() {
        for (pattern, matching, others) in [
            ("*", ["", "tea", "a-b"], ["-"; 0].as_slice()),
            ("te?", ["tea", "tee", "te茶"], &["te", "teas"]),
            ("t*-*a", ["t-a", "tea-tea", "t--a"], &["tea", "t-ab"]),
        ] {
            for name in matching {
                assert!(super::matches(pattern, name), "{pattern} {name}");
            }
            for name in others {
                assert!(!super::matches(pattern, name), "{pattern} {name}");
            }
        }
    }
}
