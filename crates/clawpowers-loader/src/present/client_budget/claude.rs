//! Claude Code's list of skills, as version 2.1.332 shortens it.
//!
//! Measured by running it with trees of skills and budgets and reading the list that it sent: names are never dropped;
//! a description is shown whole or not at all, in the order of use, then of the list, each that still fits; a character
//! counts as many columns as it has on a terminal, and `<` and `>` as the entities that replace them.

use super::{Allocation, Listed, Share, Truncation, size};
use crate::sort;
use unicode_width::UnicodeWidthStr as _;

/// How much of a description it shows; the last code point of a longer one is `…`.
const MAX_DESCRIPTION: usize = 1536;

/// The characters of the skills that ship with it. Measured: with no other skills its log counts 6,208 characters; two of
/// its 13 skills may lose their descriptions, of 61 and 73 characters, but only after all others.
const BUNDLED: usize = 6074;

/// The budget is this fraction of the context.
const FRACTION: u64 = 100;

/// The largest context of the models of which it counts four characters to a token. Measured: models up to 4.6 have
/// 8,000 characters of 200,000 tokens; those since then have 30,000 of 1,000,000, and 6,000 if their context is limited
/// to 200,000, so three to a token. Inferred: a larger context belongs to the newer models.
const OLD_CONTEXT: u64 = 200_000;

/// Returns the characters that Claude Code spends on its list with a context of `context` tokens.
#[must_use]
pub const fn claude_budget(context: u64) -> u64 {
    if context <= OLD_CONTEXT {
        return context.saturating_mul(4) / FRACTION;
    }
    // No less than with a smaller context.
    let newer = context.saturating_mul(3) / FRACTION;
    let older = OLD_CONTEXT * 4 / FRACTION;
    if newer > older { newer } else { older }
}

/// Returns how much Claude Code prefers a skill that it started `count` times, the last time `days` ago.
///
/// Measured with pairs of skills of which one description fits: the count halves every week, down to a tenth.
#[must_use]
pub fn claude_preference(count: f64, days: f64) -> f64 {
    count * 0.5_f64.powf(days.max(0.0) / 7.0).max(0.1)
}

/// Returns what Claude Code would cut with a budget of this many characters.
#[must_use]
pub fn claude(skills: &[Listed<'_>], budget: u64) -> Allocation {
    let lines = skills
        .iter()
        .map(|skill| (name_width(skill), description_width(skill)));
    let lines: Vec<(usize, usize)> = lines.collect();
    let names: usize = lines.iter().map(|(name, _)| name).sum();
    let mut left = size(budget).checked_sub(BUNDLED + names);
    let mut order: Vec<usize> = (0..skills.len()).collect();
    let preference = |&index: &usize| skills.get(index).map_or(0.0, |skill| skill.preference);
    sort::by(&mut order, |a, b| preference(b).total_cmp(&preference(a)));
    let mut shares: Vec<Share> = lines
        .iter()
        .map(|(name, description)| Share {
            cost: name + description,
            truncation: Truncation::NameOnly,
        })
        .collect();
    for index in order {
        let (Some(skill), Some((_, description)), Some(share)) =
            (skills.get(index), lines.get(index), shares.get_mut(index))
        else {
            continue;
        };
        let rest = match description {
            0 => left.or(Some(0)),
            _ => left.and_then(|left| left.checked_sub(*description)),
        };
        if let Some(rest) = rest {
            left = left.map(|_| rest);
            share.truncation = shown(skill);
        }
    }
    Allocation {
        unit: "characters",
        budget,
        bundled: BUNDLED,
        shares,
    }
}

fn shown(skill: &Listed<'_>) -> Truncation {
    let cut = skill.description.ends_with('…') && skill.description.chars().count() == MAX_DESCRIPTION;
    if cut {
        Truncation::Shortened(MAX_DESCRIPTION)
    } else {
        Truncation::Whole
    }
}

/// The line without a description: `- NAME (LABEL)`, and its end.
fn name_width(skill: &Listed<'_>) -> usize {
    let label = skill.label.map_or(0, |label| " ()".len() + width(label));
    "- \n".len() + width(skill.name) + label
}

fn description_width(skill: &Listed<'_>) -> usize {
    match skill.description {
        "" => 0,
        text => ": ".len() + width(text),
    }
}

fn width(text: &str) -> usize {
    let brackets = text.bytes().filter(|byte| matches!(byte, b'<' | b'>')).count();
    text.width() + brackets * ("&lt;".len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::Scope;
    use std::path::Path;

    fn skill<'a>(name: &'a str, description: &'a str) -> Listed<'a> {
        Listed {
            name,
            label: None,
            description,
            root: Path::new("/s"),
            file: Path::new("/s/x/SKILL.md"),
            scope: Scope::Project,
            preference: 0.0,
        }
    }

    fn kept(skills: &[Listed<'_>], left: usize) -> Vec<bool> {
        let names: usize = skills.iter().map(name_width).sum();
        let allocation = claude(skills, (BUNDLED + names + left) as u64);
        let kept = |share: &Share| share.truncation != Truncation::NameOnly;
        allocation.shares.iter().map(kept).collect()
    }

    #[test]
    fn the_budget_matches_the_models_with_such_a_context() {
        let budgets = [
            (0, 0),
            (100_000, 4_000),
            (200_000, 8_000),
            (200_001, 8_000),
            (500_000, 15_000),
            (1_000_000, 30_000),
        ];
        for (context, budget) in budgets {
            assert_eq!(claude_budget(context), budget, "{context}");
        }
        assert!(claude_budget(u64::MAX) > claude_budget(1_000_000));
    }

    #[test]
    fn lines_cost_what_the_log_counted() {
        // The total of the log, less that without the skill, 6,208.
        let label = Listed {
            label: Some("other"),
            ..skill("one", "Aaaaaaaaa")
        };
        let long = format!("{}…", "x".repeat(1535));
        let wide = format!("{}…", "漢".repeat(1535));
        let measured = [
            (skill("one", "Aaaaaaaaa"), 17),
            (skill("one", "漢漢漢漢漢漢漢漢漢"), 26),
            (skill("one", "😀😀😀😀😀😀😀😀😀"), 26),
            (skill("one", "e\u{301}e\u{301}e\u{301}"), 11),
            (skill("one", "<<<<<<<<<"), 44),
            (label, 25),
            (skill("one", "Aaaaaaaaa - Bbbbb"), 25),
            (skill("cmd", "Command text"), 20),
            (skill("one", &long), 1544),
            (skill("one", &wide), 3079),
        ];
        for (skill, cost) in measured {
            assert_eq!(claude(&[skill], 0).needed(), cost, "{skill:?}");
        }
    }

    #[test]
    fn each_description_that_still_fits_is_kept_in_the_order_of_the_list() {
        let skills = [skill("a", "12345678"), skill("b", "1234"), skill("c", "12")];
        assert_eq!(kept(&skills, 20), [true, true, true]);
        assert_eq!(kept(&skills, 19), [true, true, false]);
        assert_eq!(kept(&skills, 15), [true, false, true]);
        assert_eq!(kept(&skills, 9), [false, true, false]);
        assert_eq!(kept(&skills, 3), [false, false, false]);
        assert!(kept(&[], 0).is_empty());
        let none = claude(&skills, 0);
        let names = |share: &Share| share.truncation == Truncation::NameOnly;
        assert!(none.shares.iter().all(names), "names are never dropped");
    }

    #[test]
    fn used_skills_come_first_and_older_use_counts_less() {
        let mut skills = [skill("a", "123"), skill("b", "123"), skill("c", "123")];
        skills[2].preference = 1.0;
        assert_eq!(kept(&skills, 5), [false, false, true]);
        skills[1].preference = 2.0;
        assert_eq!(kept(&skills, 5), [false, true, false]);
        // Pairs of which the client kept the first: times used, days since.
        for (first, second) in [
            ((1.0, 0.0), (5.0, 30.0)),
            ((2.0, 0.0), (1.0, 0.0)),
            ((5.0, 7.5), (2.0, 0.0)),
            ((2.0, 0.0), (5.0, 11.0)),
            ((30.0, 1000.0), (2.0, 0.0)),
            ((2.0, 0.0), (10.0, 1000.0)),
        ] {
            let value = |(count, days)| claude_preference(count, days);
            assert!(value(first) > value(second), "{first:?} {second:?}");
        }
    }

    #[test]
    fn a_long_description_is_cut_even_without_need() {
        let long = format!("{}…", "x".repeat(1535));
        let allocation = claude(&[skill("a", &long), skill("b", "…")], 100_000);
        let truncations = allocation.shares.iter().map(|share| share.truncation);
        assert_eq!(
            truncations.collect::<Vec<_>>(),
            [Truncation::Shortened(1536), Truncation::Whole]
        );
    }
}
