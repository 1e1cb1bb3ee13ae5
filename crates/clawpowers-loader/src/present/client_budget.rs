//! What other clients would cut from their listing of skills, because it costs too much of the context.
//!
//! Claude Code: 1 % of the context; a description shows at most 1,536 characters; over the budget whole descriptions
//! go, least used first (usage is not known here, so from the end of the list). Codex: 2 % of the context at four
//! bytes a token, each line rounded up; descriptions are given one character after the other in turn; roots get short
//! names where that leaves more; then skills go. Claude Code's as documented in August 2026, Codex's as published
//! (openai/codex, `core-skills/src/render.rs` at 0899b7c).

use crate::present::prompt::Item;

/// How much of a description Claude Code shows, in code points.
const CLAUDE_DESCRIPTION: usize = 1536;
/// How much of a description Codex shows, in code points; a longer one shows three less and three full stops.
const CODEX_DESCRIPTION: usize = 1024;
/// How many bytes Codex takes for a token.
const CODEX_BYTES: usize = 4;
/// The bytes of the headings and instructions around Codex's listing, and of those where roots have short names.
const CODEX_FRAME: usize = 2296;
const CODEX_ALIASED: usize = 2469;

/// What a client does with one skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    /// It is listed as it is.
    Whole,
    /// Its description is cut to this many code points.
    Shortened(usize),
    /// Only its name is listed.
    NameOnly,
    /// It is not listed.
    Dropped,
}

impl Truncation {
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
pub struct Allocation {
    /// The client.
    pub client: &'static str,
    /// How many tokens it spends at most.
    pub budget: u64,
    /// How many tokens the whole list would cost.
    pub needed: usize,
    /// What becomes of each skill, in the order of the list.
    pub fates: Vec<Truncation>,
}

/// Returns what Claude Code would cut with a context of `context` tokens.
#[must_use]
pub fn claude(items: &[Item], context: u64) -> Allocation {
    let budget = context / 100;
    let room = size(budget);
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
    let mut fates: Vec<Truncation> = whole
        .iter()
        .map(|&length| {
            if length > CLAUDE_DESCRIPTION {
                Truncation::Shortened(CLAUDE_DESCRIPTION)
            } else {
                Truncation::Whole
            }
        })
        .collect();
    let mut cost: usize = needed;
    for ((fate, item), &length) in fates.iter_mut().zip(items).zip(&shown).rev() {
        if cost <= room {
            break;
        }
        cost -= line(item, length) - line(item, 0);
        *fate = Truncation::NameOnly;
    }
    Allocation {
        client: "claude",
        budget,
        needed,
        fates,
    }
}

/// No list is larger than what a machine can hold.
fn size(budget: u64) -> usize {
    usize::try_from(budget).unwrap_or(usize::MAX)
}

/// Returns what Codex would cut with a context of `context` tokens.
///
/// Skills are taken in the order of `items`, the machine's own first. Where something has to be cut, paths are also
/// tried with short names for the roots, which costs a table and leaves more to the descriptions.
#[must_use]
pub fn codex(items: &[Item], context: u64) -> Allocation {
    let budget = (context.saturating_mul(2) / 100).max(1);
    let room = size(budget);
    let mut order: Vec<(usize, &Item)> = items.iter().enumerate().collect();
    order.sort_by_key(|(_, item)| codex_rank(&item.location));
    let lines = |aliases: &Aliases| -> Vec<Line> {
        let line = |(_, item): &(usize, &Item)| Line::new(item, aliases.path_bytes(&item.location));
        order.iter().map(line).collect()
    };
    let plain = lines(&Aliases::default());
    let needed = plain.iter().map(Line::whole).sum();
    let mut share = Share::of(&plain, room);
    if share.lost() > (0, 0) {
        let aliases = Aliases::of(order.iter().map(|(_, item)| item.location.as_str()));
        let table = aliases.table_tokens();
        if !aliases.roots.is_empty() && table < room {
            let other = Share::of(&lines(&aliases), room - table);
            if other.lost() < share.lost() {
                share = other;
            }
        }
    }
    let mut fates = vec![Truncation::Dropped; items.len()];
    for (((index, _), line), shown) in order.iter().zip(&plain).zip(share.shown) {
        if let Some(fate) = fates.get_mut(*index) {
            *fate = match shown {
                None => Truncation::Dropped,
                Some(shown) if shown == line.length() && !line.long => Truncation::Whole,
                Some(0) => Truncation::NameOnly,
                Some(shown) => Truncation::Shortened(shown),
            };
        }
    }
    Allocation {
        client: "codex",
        budget,
        needed,
        fates,
    }
}

/// What ships with Codex comes first, then the machine's; a project's come before the user's in its listing anyway.
fn codex_rank(location: &str) -> u8 {
    match location {
        own if own.contains("/skills/.system/") => 0,
        machine if machine.starts_with("/etc/codex/") => 1,
        _ => 2,
    }
}

/// Codex's line for one skill.
struct Line {
    /// The bytes of the line without a description.
    base: usize,
    /// The bytes of the description's first characters, for none to all of them.
    prefixes: Vec<usize>,
    /// Whether the description is longer than Codex takes.
    long: bool,
}

impl Line {
    fn new(item: &Item, path: usize) -> Self {
        let description = crate::display::single_line(&item.description);
        let mut prefixes: Vec<usize> = description.char_indices().map(|(at, _)| at).collect();
        prefixes.push(description.len());
        let long = prefixes.len() > CODEX_DESCRIPTION + 1;
        if long {
            // Three full stops take the place of what is cut, each of one byte.
            prefixes.truncate(CODEX_DESCRIPTION - 2);
            let kept = prefixes.last().copied().unwrap_or_default();
            prefixes.extend((1..=3).map(|stops| kept + stops));
        }
        Self {
            base: "- : (file: )\n".len() + item.name.len() + path,
            prefixes,
            long,
        }
    }

    /// How many characters the description has.
    fn length(&self) -> usize {
        self.prefixes.len().saturating_sub(1)
    }

    /// What the line costs with so many characters of the description.
    fn cost(&self, shown: usize) -> usize {
        let blank = usize::from(shown > 0);
        let description = self.prefixes.get(shown).copied().unwrap_or_default();
        (self.base + blank + description).div_ceil(CODEX_BYTES)
    }

    fn whole(&self) -> usize {
        self.cost(self.length())
    }
}

/// How many characters of each description are shown; nothing where the skill is not listed.
struct Share {
    shown: Vec<Option<usize>>,
    cut: usize,
}

impl Share {
    fn of(lines: &[Line], budget: usize) -> Self {
        let cost = |shown: fn(&Line) -> usize| lines.iter().map(shown).sum::<usize>();
        let least = cost(|line| line.cost(0));
        let shown: Vec<Option<usize>> = if cost(Line::whole) <= budget {
            lines.iter().map(|line| Some(line.length())).collect()
        } else if least <= budget {
            shared(lines, budget - least).into_iter().map(Some).collect()
        } else {
            // One that does not fit is passed over; a shorter one after it may.
            let mut left = budget;
            let fits = |line: &Line| {
                left = left.checked_sub(line.cost(0))?;
                Some(0)
            };
            lines.iter().map(fits).collect()
        };
        let cut = lines
            .iter()
            .zip(&shown)
            .map(|(line, shown)| line.length() - shown.unwrap_or_default())
            .sum();
        Self { shown, cut }
    }

    /// How many skills and how many characters are lost; the less the better.
    fn lost(&self) -> (usize, usize) {
        let dropped = self.shown.iter().filter(|shown| shown.is_none()).count();
        (dropped, self.cut)
    }
}

/// Gives the descriptions one character after the other in turn, as long as one of them still fits.
fn shared(lines: &[Line], mut left: usize) -> Vec<usize> {
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

/// Short names for the roots that skills lie below.
#[derive(Default)]
struct Aliases<'a> {
    roots: Vec<&'a str>,
}

impl<'a> Aliases<'a> {
    fn of(locations: impl Iterator<Item = &'a str>) -> Self {
        let mut roots = Vec::new();
        for root in locations.filter_map(codex_root) {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        Self { roots }
    }

    /// How many bytes a path takes in its line.
    fn path_bytes(&self, location: &str) -> usize {
        let root = codex_root(location);
        let place = root.and_then(|root| self.roots.iter().position(|one| *one == root));
        match (root, place) {
            (Some(root), Some(place)) => location.len() - root.len() + name_bytes(place),
            _ => location.len(),
        }
    }

    /// What the table of the roots costs, the longer instructions among it.
    fn table_tokens(&self) -> usize {
        let lines = self.roots.iter().enumerate();
        let lines: usize = lines
            .map(|(place, root)| "- `` = ``\n".len() + name_bytes(place) + root.len())
            .sum();
        (CODEX_ALIASED + lines).div_ceil(CODEX_BYTES) - CODEX_FRAME.div_ceil(CODEX_BYTES)
    }
}

/// The bytes of `r0`, `r1` and so on.
fn name_bytes(place: usize) -> usize {
    1 + place.to_string().len()
}

/// Returns the root that a skill lies below, as it is seen in its path: Codex's roots are all called so.
fn codex_root(location: &str) -> Option<&str> {
    let roots = ["/.agents/skills/", "/.codex/skills/", "/skills/"];
    let (at, root) = roots.iter().find_map(|root| Some((location.find(root)?, root)))?;
    let end = at + root.len();
    let own = ".system/";
    let end = match location.get(end..) {
        Some(rest) if rest.starts_with(own) => end + own.len(),
        _ => end,
    };
    location.get(..end - 1)
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
            assert!(listing.needed as u64 <= listing.budget);
            assert!(listing.fates.iter().all(|fate| *fate == Truncation::Whole));
        }
    }

    fn item(name: &str, description: &str, location: &str) -> Item {
        Item {
            name: name.into(),
            description: description.into(),
            location: location.into(),
        }
    }

    #[test]
    fn codex_rounds_each_line_up_and_gives_one_character_in_turn() {
        // Ten bytes of name and path: 23 bytes or 6 tokens a line, and a token more for each four characters.
        let items = [
            item("abcd", &"x".repeat(100), "/s/b/c"),
            item("efgh", "xyz", "/s/b/d"),
            item("ijkl", "", "/s/b/e"),
        ];
        assert_eq!(codex(&items, 0).budget, 1);
        assert_eq!(codex(&items, 5_000).needed, 31 + 7 + 6);
        // 18 tokens of lines, so that 4 are left: one for three characters of each, the rest for the long one.
        assert_eq!(
            codex(&items, 1_100).fates,
            [Truncation::Shortened(12), Truncation::Whole, Truncation::Whole]
        );
        assert_eq!(
            codex(&items, 900).fates,
            [Truncation::NameOnly, Truncation::NameOnly, Truncation::Whole]
        );
        assert_eq!(
            codex(&items, 600).fates,
            [Truncation::NameOnly, Truncation::NameOnly, Truncation::Dropped]
        );
    }

    #[test]
    fn codex_keeps_its_own_skills_and_those_that_are_short_enough() {
        let long = "n".repeat(64);
        let items = [
            item(&long, "x", "/r/.agents/skills/a/SKILL.md"),
            item("b", "x", "/r/.agents/skills/b/SKILL.md"),
            item("c", "x", "/h/.codex/skills/.system/c/SKILL.md"),
            item("d", "x", "/etc/codex/skills/d/SKILL.md"),
        ];
        let fates = |context: u64| codex(&items, context).fates;
        let (gone, kept) = (Truncation::Dropped, Truncation::NameOnly);
        assert_eq!(fates(650), [gone, gone, kept, gone]);
        assert_eq!(fates(1_200), [gone, gone, kept, kept]);
        assert_eq!(fates(1_750), [gone, kept, kept, kept]);
    }

    #[test]
    fn short_names_for_roots_leave_codex_more_to_show() {
        let root = format!("/h/{}/.agents/skills", "deep/".repeat(40));
        let skills = |root: &str| -> Vec<Item> {
            let one = |n| {
                item(
                    &format!("s{n}"),
                    &"d".repeat(300),
                    &format!("{root}/s{n}/SKILL.md"),
                )
            };
            (0..30).map(one).collect()
        };
        let kept = |fate: &Truncation| match fate {
            Truncation::Shortened(kept) => *kept,
            _ => 0,
        };
        let with: usize = codex(&skills(&root), 100_000).fates.iter().map(kept).sum();
        let without: usize = codex(&skills(&root.replace("skills", "tools")), 100_000)
            .fates
            .iter()
            .map(kept)
            .sum();
        assert!(without < with, "{without} {with}");
        // A table that costs more than it spares is not made: one skill, one root.
        let one = codex(&skills("/r/skills")[..1], 2_000);
        assert_eq!(one.fates, [Truncation::Shortened(123)]);
    }

    #[test]
    fn a_description_that_is_too_long_for_a_client_is_cut_even_without_need() {
        let items = [
            item("a", &"é".repeat(1_537), "/s/SKILL.md"),
            item("b", &"é".repeat(1_024), "/s/SKILL.md"),
        ];
        assert_eq!(
            codex(&items, 1_000_000).fates,
            [Truncation::Shortened(1_024), Truncation::Whole]
        );
        assert_eq!(
            claude(&items, 1_000_000).fates,
            [Truncation::Shortened(1_536), Truncation::Whole]
        );
        assert_eq!(codex(&[], 0).fates, []);
        assert_eq!(codex(&items, u64::MAX).fates, codex(&items, 1_000_000).fates);
    }

    #[test]
    fn many_skills_lose_in_each_client_its_own_way() {
        let claude = claude(&items(100, 400), 200_000);
        assert_eq!(
            (claude.fates.first(), claude.fates.last()),
            (Some(&Truncation::Whole), Some(&Truncation::NameOnly))
        );
        let shared = codex(&items(100, 400), 200_000);
        assert!(
            shared
                .fates
                .iter()
                .all(|fate| matches!(fate, Truncation::Shortened(n) if (50..400).contains(n)))
        );
        let crowded = codex(&items(2000, 400), 200_000);
        assert_eq!(
            (crowded.fates.first(), crowded.fates.last()),
            (Some(&Truncation::NameOnly), Some(&Truncation::Dropped))
        );
    }
}
