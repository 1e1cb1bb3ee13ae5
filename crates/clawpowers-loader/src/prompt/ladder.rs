//! The ladder: full descriptions, shortened ones, names only, and last fewer skills with a count of those left out.

use super::{Format, Item, render_with_note};
use crate::skill::token_estimate;

/// The shortest description worth showing, in code points.
const MIN_DESCRIPTION: usize = 24;

/// Which rung of the ladder a prompt is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Every description is whole.
    Full,
    /// Descriptions have at most this many code points.
    Shortened(usize),
    /// There are no descriptions.
    Names,
    /// There are no descriptions, and the last skills are left out.
    Dropped,
}

impl Level {
    /// Returns the name used in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Shortened(_) => "shortened",
            Self::Names => "names",
            Self::Dropped => "dropped",
        }
    }
}

/// A prompt that fits its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The text.
    pub text: String,
    /// The rung it is on.
    pub level: Level,
    /// How many skills it shows.
    pub shown: usize,
    /// How many it leaves out.
    pub dropped: usize,
    /// How many tokens it is estimated to cost: a quarter of its code points, rounded up.
    pub tokens: usize,
}

/// Renders skills so that they cost at most `budget` estimated tokens; no budget means no limit.
///
/// The rung is the highest that fits. On the last one the note with the count is kept even where nothing else fits,
/// so that a model is never told that there are no skills.
#[must_use]
pub fn fit(items: &[Item], format: Format, budget: Option<usize>) -> Prompt {
    let made = |items: &[Item], dropped: usize, level: Level| {
        let text = render_with_note(items, dropped, format);
        let tokens = token_estimate(&text);
        Prompt {
            text,
            level,
            shown: items.len(),
            dropped,
            tokens,
        }
    };
    let full = made(items, 0, Level::Full);
    let Some(budget) = budget else { return full };
    if full.tokens <= budget {
        return full;
    }
    let longest = items
        .iter()
        .map(|item| item.description.chars().count())
        .max()
        .unwrap_or_default();
    let shortened = |limit: usize| made(&cut(items, limit), 0, Level::Shortened(limit));
    if let Some(limit) = largest(MIN_DESCRIPTION, longest, |limit| {
        shortened(limit).tokens <= budget
    }) {
        return shortened(limit);
    }
    let names = cut(items, 0);
    let whole = made(&names, 0, Level::Names);
    if whole.tokens <= budget {
        return whole;
    }
    let some = |count: usize| {
        made(
            names.get(..count).unwrap_or_default(),
            names.len() - count,
            Level::Dropped,
        )
    };
    let count = largest(0, names.len().saturating_sub(1), |count| {
        some(count).tokens <= budget
    });
    some(count.unwrap_or_default())
}

/// Cuts descriptions to `limit` code points, an ellipsis among them; zero leaves them out.
fn cut(items: &[Item], limit: usize) -> Vec<Item> {
    let shorter = |text: &str| {
        if text.chars().count() <= limit {
            return text.to_owned();
        }
        let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
        if limit == 0 {
            String::new()
        } else {
            format!("{}…", kept.trim_end())
        }
    };
    items
        .iter()
        .map(|item| Item {
            description: shorter(&item.description),
            ..item.clone()
        })
        .collect()
}

/// Returns the largest number of a range for which `fits` holds, given that it holds for all smaller ones.
fn largest(low: usize, high: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    if low > high || !fits(low) {
        return None;
    }
    let (mut good, mut bad) = (low, high + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if fits(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Some(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rung_fits_and_is_the_highest() {
        let items: Vec<Item> = (0..20)
            .map(|i| Item {
                name: format!("skill-{i}"),
                description: "word ".repeat(30 + i).trim().to_owned(),
                location: format!("/s/{i}/SKILL.md"),
            })
            .collect();
        let mut last = usize::MAX;
        for budget in [100_000, 1_200, 700, 420, 200, 60] {
            let prompt = fit(&items, Format::Xml, Some(budget));
            assert!(prompt.tokens <= budget, "{budget}: {prompt:?}");
            assert_eq!(prompt.shown + prompt.dropped, 20);
            assert!(prompt.tokens <= last);
            last = prompt.tokens;
        }
        assert_eq!(fit(&items, Format::Xml, None).level, Level::Full);
        assert!(matches!(
            fit(&items, Format::Xml, Some(1_200)).level,
            Level::Shortened(_)
        ));
        assert_eq!(fit(&items, Format::Xml, Some(60)).level, Level::Dropped);
    }
}
