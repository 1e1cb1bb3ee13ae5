//! What other clients would cut from their listing of skills, because it costs too much of the context.
//!
//! Claude Code: 1 % of the context; a description shows at most 1,536 characters; over the budget whole descriptions
//! go, least used first (usage is not known here, so from the end of the list). Codex: 2 % of the context at four
//! bytes a token; descriptions share what is left fairly; then skills go. Both as documented in August 2026.

use crate::prompt::Item;

/// How much of a description Claude Code shows, in code points.
const CLAUDE_DESCRIPTION: usize = 1536;
/// How much of a description Codex shows, in code points; a longer one shows three less and three full stops.
const CODEX_DESCRIPTION: usize = 1024;

/// What a client does with one skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is listed as it is.
    Whole,
    /// Its description is cut to this many code points.
    Shortened(usize),
    /// Only its name is listed.
    NameOnly,
    /// It is not listed.
    Dropped,
}

impl Fate {
    /// Returns the name used in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Shortened(_) => "shortened",
            Self::NameOnly => "name_only",
            Self::Dropped => "dropped",
        }
    }
}

/// What a client does with a list of skills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The client.
    pub client: &'static str,
    /// How many tokens it spends at most.
    pub budget: usize,
    /// How many tokens the whole list would cost.
    pub needed: usize,
    /// What becomes of each skill, in the order of the list.
    pub fates: Vec<Fate>,
}

/// Returns what Claude Code would cut with a context of `context` tokens.
#[must_use]
pub fn claude(items: &[Item], context: usize) -> Listing {
    let budget = context / 100;
    let line = |item: &Item, description: usize| (item.name.chars().count() + description + 5).div_ceil(4);
    let whole: Vec<usize> = items
        .iter()
        .map(|item| item.description.chars().count())
        .collect();
    let shown: Vec<usize> = whole
        .iter()
        .map(|&length| length.min(CLAUDE_DESCRIPTION))
        .collect();
    let needed = items
        .iter()
        .zip(&shown)
        .map(|(item, &length)| line(item, length))
        .sum();
    let mut fates: Vec<Fate> = whole
        .iter()
        .map(|&length| {
            if length > CLAUDE_DESCRIPTION {
                Fate::Shortened(CLAUDE_DESCRIPTION)
            } else {
                Fate::Whole
            }
        })
        .collect();
    let mut cost: usize = needed;
    for ((fate, item), &length) in fates.iter_mut().zip(items).zip(&shown).rev() {
        if cost <= budget {
            break;
        }
        cost -= line(item, length) - line(item, 0);
        *fate = Fate::NameOnly;
    }
    Listing {
        client: "claude",
        budget,
        needed,
        fates,
    }
}

/// Returns what Codex would cut with a context of `context` tokens.
#[must_use]
pub fn codex(items: &[Item], context: usize) -> Listing {
    let budget = context / 50;
    let bytes = budget * 4;
    let base = |item: &Item| item.name.len() + item.location.len() + "- :  (file: )\n".len();
    let length = |item: &Item| item.description.chars().count().min(CODEX_DESCRIPTION);
    let needed = items
        .iter()
        .map(|item| base(item) + prefix_bytes(item, length(item)))
        .sum::<usize>()
        .div_ceil(4);
    let fits = |limit: usize| {
        items
            .iter()
            .map(|item| base(item) + prefix_bytes(item, length(item).min(limit)))
            .sum::<usize>()
            <= bytes
    };
    let limits: Vec<usize> = (0..=CODEX_DESCRIPTION).collect();
    let limit = limits.partition_point(|&limit| fits(limit)).saturating_sub(1);
    let mut left = bytes;
    let fates = items
        .iter()
        .map(|item| {
            if limit == 0 && !fits(0) {
                let cost = base(item);
                if cost > left {
                    return Fate::Dropped;
                }
                left -= cost;
                return Fate::NameOnly;
            }
            match item.description.chars().count() {
                length if length <= limit.min(CODEX_DESCRIPTION) => Fate::Whole,
                _ if limit == 0 => Fate::NameOnly,
                _ => Fate::Shortened(limit),
            }
        })
        .collect();
    Listing {
        client: "codex",
        budget,
        needed,
        fates,
    }
}

fn prefix_bytes(item: &Item, chars: usize) -> usize {
    item.description
        .char_indices()
        .nth(chars)
        .map_or(item.description.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(count: usize, length: usize) -> Vec<Item> {
        let item = |i| Item {
            name: format!("s{i}"),
            description: "d".repeat(length),
            location: "/s/SKILL.md".into(),
        };
        (0..count).map(item).collect()
    }

    #[test]
    fn few_skills_stay_whole() {
        for listing in [claude(&items(5, 200), 200_000), codex(&items(5, 200), 200_000)] {
            assert!(listing.needed <= listing.budget);
            assert!(listing.fates.iter().all(|fate| *fate == Fate::Whole));
        }
    }

    #[test]
    fn many_skills_lose_in_each_client_its_own_way() {
        let claude = claude(&items(100, 400), 200_000);
        assert_eq!(
            (claude.fates.first(), claude.fates.last()),
            (Some(&Fate::Whole), Some(&Fate::NameOnly))
        );
        let shared = codex(&items(100, 400), 200_000);
        assert!(
            shared
                .fates
                .iter()
                .all(|fate| matches!(fate, Fate::Shortened(n) if (50..400).contains(n)))
        );
        let crowded = codex(&items(2000, 400), 200_000);
        assert_eq!(
            (crowded.fates.first(), crowded.fates.last()),
            (Some(&Fate::NameOnly), Some(&Fate::Dropped))
        );
    }
}
