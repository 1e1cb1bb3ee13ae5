//! Fits a prompt into a budget: full descriptions, shortened ones, only names, or fewer skills and a count of the rest.

use super::{Format, Item, render_with_note};
use crate::skill::token_estimate;

/// The shortest description worth showing, in code points.
const MIN_DESCRIPTION: usize = 24;

/// How much a prompt was shortened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Full,
    /// Descriptions have at most this many code points.
    Shortened(usize),
    /// Without descriptions.
    Names,
    /// Without descriptions and without the last skills.
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
    pub text: String,
    pub level: Level,
    /// How many skills it shows.
    pub shown: usize,
    /// How many it leaves out.
    pub dropped: usize,
    /// Its estimated tokens: a quarter of its code points, rounded up.
    pub tokens: usize,
}

/// No prompt fits the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the smallest prompt costs {least} tokens")]
pub struct TooSmall {
    /// The smallest budget that one fits.
    pub least: usize,
}

/// Renders skills so that they cost at most `budget` estimated tokens, including a newline after them; `None` means no
/// limit.
///
/// It uses the first [`Level`] that fits. Skills at the end are dropped first. The shortest prompt is a note that says how
/// many skills there are, so that a model is never told that there are none.
///
/// # Errors
///
/// [`TooSmall`] if not even that note fits.
pub fn fit(items: &[Item], format: Format, budget: Option<usize>) -> Result<Prompt, TooSmall> {
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
    let Some(budget) = budget else { return Ok(full) };
    let fits = |prompt: &Prompt| cost(&prompt.text) <= budget;
    if fits(&full) {
        return Ok(full);
    }
    let lengths = items.iter().map(|item| item.description.chars().count());
    let longest = lengths.max().unwrap_or_default();
    let shortened = |limit: usize| made(&cut(items, limit), 0, Level::Shortened(limit));
    if let Some(limit) = largest(MIN_DESCRIPTION, longest, |limit| fits(&shortened(limit))) {
        return Ok(shortened(limit));
    }
    let names = cut(items, 0);
    let whole = made(&names, 0, Level::Names);
    if fits(&whole) {
        return Ok(whole);
    }
    let some = |count: usize| {
        let kept = names.get(..count).unwrap_or_default();
        made(kept, names.len() - count, Level::Dropped)
    };
    let last = names.len().saturating_sub(1);
    match largest(0, last, |count| fits(&some(count))) {
        Some(count) => Ok(some(count)),
        None => Err(TooSmall {
            least: cost(&some(0).text).min(cost(&whole.text)),
        }),
    }
}

/// Estimates the tokens of a prompt with the newline that a command writes after it.
fn cost(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    (text.chars().count() + 1).div_ceil(4)
}

/// Cuts descriptions to `limit` code points, including an ellipsis; zero removes them.
fn cut(items: &[Item], limit: usize) -> Vec<Item> {
    let shorter = |text: &str| {
        if limit == 0 || text.chars().count() <= limit {
            return text.chars().take(limit).collect();
        }
        let kept: String = text.chars().take(limit - 1).collect();
        format!("{}…", kept.trim_end())
    };
    items
        .iter()
        .map(|item| Item {
            description: shorter(&item.description),
            ..item.clone()
        })
        .collect()
}

/// Returns the largest number of a range that `fits`, given that all smaller ones do.
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

    fn items(count: usize) -> Vec<Item> {
        let item = |i| Item {
            name: format!("skill-{i}"),
            description: "word ".repeat(30 + i).trim().to_owned(),
            location: format!("/srv/somebody/.agents/skills/skill-{i}/SKILL.md"),
        };
        (0..count).map(item).collect()
    }

    #[test]
    fn each_level_fits_and_is_the_first() {
        let items = items(20);
        for format in Format::ALL {
            let least = fit(&items, format, Some(0)).unwrap_err().least;
            let whole = cost(&fit(&items, format, None).unwrap().text);
            let mut last = Level::Dropped;
            for budget in (least..whole).step_by(41).chain([whole]) {
                let prompt = fit(&items, format, Some(budget)).unwrap();
                assert!(cost(&prompt.text) <= budget, "{format:?} {budget}: {prompt:?}");
                assert_eq!(prompt.shown + prompt.dropped, 20);
                let ordered = [Level::Dropped, Level::Names, Level::Shortened(0), Level::Full];
                let rank = |level: Level| ordered.iter().position(|one| one.as_str() == level.as_str());
                assert!(rank(prompt.level) >= rank(last), "{format:?} {budget}");
                last = prompt.level;
            }
            assert_eq!(last, Level::Full);
            assert_eq!(fit(&items, format, Some(least - 1)), Err(TooSmall { least }));
        }
    }

    #[test]
    fn no_skills_cost_nothing() {
        assert_eq!(fit(&[], Format::Xml, Some(0)).unwrap().text, "");
        assert!(fit(&[], Format::SkillsRef, Some(0)).unwrap_err().least > 0);
    }

    #[test]
    fn shared_roots_leave_room_for_more_skills() {
        let items = items(300);
        let shown = |format| fit(&items, format, Some(4_000)).unwrap();
        let (xml, whole) = (shown(Format::Xml), shown(Format::SkillsRef));
        assert!(xml.shown > whole.shown, "{} {}", xml.shown, whole.shown);
        assert_eq!(xml.text.matches("/srv/somebody").count(), 1);
        assert_eq!(whole.text.matches("/srv/somebody").count(), whole.shown);
    }
}
