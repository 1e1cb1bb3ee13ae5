//! Codex's list of skills, as version 0.171.0 shortens it.
//!
//! Measured by running it with trees of skills and contexts: a line costs its bytes in whole tokens of four; paths start
//! with a short name for their root, and the table of these names is free. Over the budget, characters are given to the
//! descriptions round-robin; without room for any, lines that do not fit are dropped.

use super::{Allocation, Listed, Share, Truncation, size};
use crate::discovery::Scope;
use crate::display::display_path;
use crate::sort;
use std::path::Path;

/// The maximum length of a description that it shows, in code points; a longer one is cut to this length, including
/// `...`.
const MAX_DESCRIPTION: usize = 1024;
/// What it shows in place of the rest.
const STOPS: &str = "...";
/// How many bytes it counts as a token.
const TOKEN: usize = 4;
/// The skills that ship with it and that the model may start, with the lengths of their descriptions. It writes them to
/// its home when it starts; two others are only for users.
const BUNDLED: [(&str, usize); 4] = [
    ("imagegen", 570),
    ("openai-docs", 624),
    ("skill-creator", 106),
    ("skill-installer", 225),
];
/// The folder of its own skills, a root.
const OWN: &str = ".system";

/// Returns what Codex would cut with a context of `context` tokens.
///
/// Its own skills come first, then those of scope `system`, then the others in the order of the list. The result counts
/// the bytes of whole tokens.
#[must_use]
pub fn codex(skills: &[Listed<'_>], context: u64) -> Allocation {
    let budget = (context.saturating_mul(2) / 100).max(1);
    let mut order: Vec<(usize, &Listed<'_>)> = skills.iter().enumerate().collect();
    sort::by_key(&mut order, |(_, skill)| rank(skill));
    let is_own = |skill: &Listed<'_>| rank(skill) == 0 && BUNDLED.iter().any(|(name, _)| *name == skill.name);
    let is_installed = skills.iter().any(is_own);
    let bundled: Vec<Line> = match is_installed {
        true => Vec::new(),
        false => BUNDLED.iter().map(Line::bundled).collect(),
    };
    let count = bundled.len();
    let mut roots: Vec<&Path> = Vec::new();
    if !is_installed {
        roots.push(Path::new(OWN));
    }
    let mut lines = bundled;
    for (_, skill) in &order {
        let place = roots.iter().position(|root| *root == skill.root);
        let place = place.unwrap_or_else(|| {
            roots.push(skill.root);
            roots.len() - 1
        });
        lines.push(Line::new(skill, place));
    }
    let tokens = |lines: &[Line]| lines.iter().map(Line::whole).sum::<usize>();
    let bundled = tokens(lines.get(..count).unwrap_or_default()) * TOKEN;
    let mut shares = vec![
        Share {
            cost: 0,
            truncation: Truncation::Dropped
        };
        skills.len()
    ];
    let shown = allot(&lines, size(budget));
    let own = lines.iter().zip(shown).skip(count);
    for ((index, _), (line, shown)) in order.iter().zip(own) {
        if let Some(share) = shares.get_mut(*index) {
            share.cost = line.whole() * TOKEN;
            share.truncation = match shown {
                None => Truncation::Dropped,
                Some(shown) if shown == line.length() && !line.long => Truncation::Whole,
                Some(0) => Truncation::NameOnly,
                Some(shown) => Truncation::Shortened(shown),
            };
        }
    }
    Allocation {
        unit: "bytes",
        budget: budget.saturating_mul(TOKEN as u64),
        bundled,
        shares,
    }
}

/// Returns the first `shown` code points of a description, as Codex shows it.
#[must_use]
pub fn codex_shown(description: &str, shown: usize) -> String {
    let is_long = description.chars().nth(MAX_DESCRIPTION).is_some();
    let kept = if is_long {
        shown.min(MAX_DESCRIPTION - STOPS.len())
    } else {
        shown
    };
    let text = description.chars().take(kept);
    text.chain(STOPS.chars().take(shown - kept)).collect()
}

fn rank(skill: &Listed<'_>) -> u8 {
    match skill.scope {
        Scope::System if skill.root.ends_with(OWN) => 0,
        Scope::System => 1,
        _ => 2,
    }
}

/// The line of one skill.
struct Line {
    /// The bytes of the line without a description.
    base: usize,
    /// The lengths in bytes of the description's prefixes of 0, 1, 2 … characters.
    prefixes: Vec<usize>,
    /// Whether the description is longer than Codex shows.
    long: bool,
}

impl Line {
    /// The line of a skill whose root is the one at `place` of the table.
    fn new(skill: &Listed<'_>, place: usize) -> Self {
        let below = skill.file.strip_prefix(skill.root).unwrap_or(skill.file);
        let mut prefixes: Vec<usize> = skill.description.char_indices().map(|(at, _)| at).collect();
        prefixes.push(skill.description.len());
        let long = prefixes.len() > MAX_DESCRIPTION + 1;
        if long {
            // Three full stops of one byte each replace the rest.
            prefixes.truncate(MAX_DESCRIPTION - STOPS.len() + 1);
            let kept = prefixes.last().copied().unwrap_or_default();
            prefixes.extend((1..=STOPS.len()).map(|stops| kept + stops));
        }
        Self {
            base: base(skill.name, place, &display_path(below)),
            prefixes,
            long,
        }
    }

    fn bundled((name, length): &(&str, usize)) -> Self {
        Self {
            base: base(name, 0, &format!("{name}/SKILL.md")),
            prefixes: (0..=*length).collect(),
            long: false,
        }
    }

    /// Returns the number of characters of the description.
    fn length(&self) -> usize {
        self.prefixes.len().saturating_sub(1)
    }

    /// Returns the tokens of the line with this many characters of the description.
    fn cost(&self, shown: usize) -> usize {
        let blank = usize::from(shown > 0);
        let description = self.prefixes.get(shown).copied().unwrap_or_default();
        (self.base + blank + description).div_ceil(TOKEN)
    }

    fn whole(&self) -> usize {
        self.cost(self.length())
    }
}

fn base(name: &str, place: usize, below: &str) -> usize {
    format!("- {name}: (file: r{place}/{below})\n").len()
}

/// Returns how many characters of each description are shown; `None` if the skill is not listed.
fn allot(lines: &[Line], budget: usize) -> Vec<Option<usize>> {
    let cost = |shown: fn(&Line) -> usize| lines.iter().map(shown).sum::<usize>();
    let least = cost(|line| line.cost(0));
    if cost(Line::whole) <= budget {
        return lines.iter().map(|line| Some(line.length())).collect();
    }
    if least <= budget {
        return share(lines, budget - least).into_iter().map(Some).collect();
    }
    // A line that does not fit is skipped; a shorter one after it may fit.
    let mut left = budget;
    let fits = |line: &Line| {
        left = left.checked_sub(line.cost(0))?;
        Some(0)
    };
    lines.iter().map(fits).collect()
}

/// Allocates characters to the descriptions round-robin while any still fits.
fn share(lines: &[Line], mut left: usize) -> Vec<usize> {
    let mut shown = vec![0; lines.len()];
    let mut given = true;
    while given {
        given = false;
        for (line, shown) in lines.iter().zip(&mut shown) {
            if *shown == line.length() {
                continue;
            }
            let more = line.cost(*shown + 1) - line.cost(*shown);
            if more <= left {
                left -= more;
                *shown += 1;
                given = true;
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skill<'a>(name: &'a str, description: &'a str, root: &'a str, file: &'a str) -> Listed<'a> {
        let is_system = root.starts_with("/etc") || root.ends_with(OWN);
        Listed {
            name,
            label: None,
            description,
            root: Path::new(root),
            file: Path::new(file),
            scope: if is_system { Scope::System } else { Scope::Project },
            preference: 0.0,
        }
    }

    fn truncations(skills: &[Listed<'_>], context: u64) -> Vec<Truncation> {
        let allocation = codex(skills, context);
        allocation.shares.iter().map(|share| share.truncation).collect()
    }

    /// One of Codex's own skills on disk, so that the list does not contain the others.
    fn own<'a>(description: &'a str) -> Listed<'a> {
        skill("imagegen", description, "/h/.system", "/h/.system/i")
    }

    #[test]
    fn each_line_is_rounded_up_and_gets_one_character_in_turn() {
        // 25 and 21 bytes without a description: 7 and 6 tokens, and one more for each four characters.
        let long = "x".repeat(100);
        let skills = [
            own(""),
            skill("abcd", &long, "/s", "/s/b"),
            skill("efgh", "xyz", "/s", "/s/c"),
            skill("ijkl", "", "/s", "/s/d"),
        ];
        let costs = |skills: &[Listed<'_>]| -> Vec<usize> {
            let allocation = codex(skills, 0);
            allocation.shares.iter().map(|share| share.cost).collect()
        };
        assert_eq!(costs(&skills), [28, 124, 28, 24]);
        assert_eq!(codex(&skills, 0).budget, 4);
        assert_eq!(codex(&skills, 200_000).budget, 16_000);
        let (whole, name, gone) = (Truncation::Whole, Truncation::NameOnly, Truncation::Dropped);
        // 25 tokens without descriptions, which have room for two characters each.
        let cut = Truncation::Shortened;
        assert_eq!(truncations(&skills, 1_250), [whole, cut(2), cut(2), whole]);
        assert_eq!(truncations(&skills, 1_550), [whole, cut(22), whole, whole]);
        assert_eq!(truncations(&skills, 1_200), [whole, name, name, gone]);
        assert_eq!(truncations(&skills, 850), [whole, name, gone, gone]);
        assert!(truncations(&[], 0).is_empty());
    }

    #[test]
    fn its_own_skills_count_whether_they_are_on_disk_or_not() {
        let long = "d".repeat(900);
        let skills = [skill("a", &long, "/r", "/r/a/SKILL.md")];
        let absent = codex(&skills, 200_000);
        assert_eq!(absent.bundled, 1_728);
        assert_eq!(absent.shares[0].truncation, Truncation::Whole);
        let tight = truncations(&skills, 20_000);
        assert!(
            matches!(tight[..], [Truncation::Shortened(300..400)]),
            "{tight:?}"
        );
        let present = codex(&[skills[0], own("x")], 200_000);
        assert_eq!(present.bundled, 0);
    }

    #[test]
    fn its_own_skills_and_the_machines_come_first() {
        let long = "n".repeat(64);
        let skills = [
            skill(&long, "x", "/r", "/r/a/SKILL.md"),
            skill("b", "x", "/r", "/r/b/SKILL.md"),
            skill("d", "x", "/etc/codex/skills", "/etc/codex/skills/d/SKILL.md"),
            own("x"),
        ];
        let (gone, kept) = (Truncation::Dropped, Truncation::NameOnly);
        assert_eq!(truncations(&skills, 450), [gone, gone, gone, kept]);
        assert_eq!(truncations(&skills, 900), [gone, gone, kept, kept]);
        assert_eq!(
            truncations(&skills, 1_350),
            [gone, kept, kept, kept],
            "a shorter line fits"
        );
    }

    #[test]
    fn bytes_are_counted_and_characters_are_shared() {
        let (two, one, three) = ("é".repeat(400), "x".repeat(400), "漢".repeat(400));
        let skills = [
            own(""),
            skill("alpha", &two, "/r", "/r/alpha/SKILL.md"),
            skill("beta", &one, "/r", "/r/beta/SKILL.md"),
            skill("gamma", &three, "/r", "/r/gamma/SKILL.md"),
        ];
        let shown: Vec<usize> = truncations(&skills, 20_000)
            .iter()
            .filter_map(|truncation| match truncation {
                Truncation::Shortened(shown) => Some(*shown),
                _ => None,
            })
            .collect();
        assert_eq!(shown.len(), 3);
        assert!(shown.iter().all(|one| shown[0].abs_diff(*one) <= 4), "{shown:?}");
    }

    #[test]
    fn a_long_description_is_cut_even_without_need() {
        let (long, fits) = ("é".repeat(1_025), "é".repeat(1_024));
        let skills = [
            skill("a", &long, "/s", "/s/a/SKILL.md"),
            skill("b", &fits, "/s", "/s/b/SKILL.md"),
        ];
        let cut = [Truncation::Shortened(1_024), Truncation::Whole];
        assert_eq!(truncations(&skills, 1_000_000), cut);
        assert_eq!(truncations(&skills, u64::MAX), cut);
        assert_eq!(codex_shown(&long, 1_024), format!("{}...", "é".repeat(1_021)));
        assert_eq!(codex_shown(&long, 1_022), format!("{}.", "é".repeat(1_021)));
        assert_eq!(codex_shown(&long, 20), "é".repeat(20));
        assert_eq!(codex_shown(&fits, 1_024), fits);
    }
}
