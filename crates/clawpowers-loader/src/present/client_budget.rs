//! What other clients cut from their list of skills to keep it small.
//!
//! Claude Code: 1% of the context; a description shows at most 1,536 characters; over the budget whole descriptions are
//! dropped, least used first (usage is not known here, so from the end of the list). Codex: 2% of the context at four
//! bytes a token, each line rounded up; characters are allocated to the descriptions round-robin; roots get short names
//! if that leaves more; then skills are dropped. Claude Code's rules are those documented in August 2026, Codex's those of its source
//! (openai/codex, `core-skills/src/render.rs` at 0899b7c).

use crate::present::prompt::Item;

/// How much of a description Claude Code shows, in code points.
const CLAUDE_DESCRIPTION: usize = 1536;
/// How much of a description Codex shows, in code points; of a longer one, three less and three full stops.
const CODEX_DESCRIPTION: usize = 1024;
/// How many bytes Codex counts as a token.
const CODEX_BYTES: usize = 4;
/// The bytes of the headings and instructions around Codex's list, and of those with short names for roots.
const CODEX_FRAME: usize = 2296;
const CODEX_ALIASED: usize = 2469;

/// What a client leaves of one skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    Whole,
    /// Its description is cut to this many code points.
    Shortened(usize),
    /// It is listed without its description.
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

/// What a client leaves of a list of skills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub client: &'static str,
    /// How many tokens it spends at most.
    pub budget: u64,
    /// How many tokens the whole list would cost.
    pub needed: usize,
    /// In the order of the list.
    pub truncations: Vec<Truncation>,
}

/// Returns what Claude Code would cut with a context of `context` tokens.
#[must_use]
pub fn claude(items: &[Item], context: u64) -> Allocation {
    let budget = context / 100;
    let length = |item: &Item| item.description.chars().count();
    let cost = |item: &Item, shown: usize| (item.name.chars().count() + shown + 5).div_ceil(4);
    let whole = |item: &Item| cost(item, length(item).min(CLAUDE_DESCRIPTION));
    let needed = items.iter().map(whole).sum();
    let shortened = |item: &Item| match length(item) > CLAUDE_DESCRIPTION {
        true => Truncation::Shortened(CLAUDE_DESCRIPTION),
        false => Truncation::Whole,
    };
    let mut truncations: Vec<Truncation> = items.iter().map(shortened).collect();
    let mut total: usize = needed;
    for (truncation, item) in truncations.iter_mut().zip(items).rev() {
        if total <= size(budget) {
            break;
        }
        total -= whole(item) - cost(item, 0);
        *truncation = Truncation::NameOnly;
    }
    Allocation {
        client: "claude",
        budget,
        needed,
        truncations,
    }
}

fn size(budget: u64) -> usize {
    usize::try_from(budget).unwrap_or(usize::MAX)
}

/// Returns what Codex would cut with a context of `context` tokens.
///
/// Skills are listed in the order of `items`, the machine's own first. If something has to be cut, short names for the
/// roots are tried too, which cost a table and leave more for the descriptions.
#[must_use]
pub fn codex(items: &[Item], context: u64) -> Allocation {
    let budget = (context.saturating_mul(2) / 100).max(1);
    let room = size(budget);
    let mut order: Vec<(usize, &Item)> = items.iter().enumerate().collect();
    order.sort_by_key(|(_, item)| codex_rank(&item.location));
    let lines = |roots: &[&str]| -> Vec<Line> {
        let line = |(_, item): &(usize, &Item)| Line::new(item, path_bytes(&item.location, roots));
        order.iter().map(line).collect()
    };
    let plain = lines(&[]);
    let needed = plain.iter().map(Line::whole).sum();
    let mut shown = allot(&plain, room);
    if lost(&plain, &shown) > (0, 0) {
        let mut roots = Vec::new();
        for root in order.iter().filter_map(|(_, item)| codex_root(&item.location)) {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        let table = table_tokens(&roots);
        if !roots.is_empty() && table < room {
            let aliased = lines(&roots);
            let other = allot(&aliased, room - table);
            if lost(&aliased, &other) < lost(&plain, &shown) {
                shown = other;
            }
        }
    }
    let mut truncations = vec![Truncation::Dropped; items.len()];
    for (((index, _), line), shown) in order.iter().zip(&plain).zip(shown) {
        if let Some(truncation) = truncations.get_mut(*index) {
            *truncation = match shown {
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
        truncations,
    }
}

/// Codex's own skills come first, then the machine's; a project's precede the user's in its listing anyway.
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
    /// The lengths in bytes of the description's prefixes of 0, 1, 2 … characters.
    prefixes: Vec<usize>,
    /// Whether the description is longer than Codex shows.
    long: bool,
}

impl Line {
    fn new(item: &Item, path: usize) -> Self {
        let description = crate::display::single_line(&item.description);
        let mut prefixes: Vec<usize> = description.char_indices().map(|(at, _)| at).collect();
        prefixes.push(description.len());
        let long = prefixes.len() > CODEX_DESCRIPTION + 1;
        if long {
            // Three full stops of one byte each replace the rest.
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

    /// Returns the number of characters of the description.
    fn length(&self) -> usize {
        self.prefixes.len().saturating_sub(1)
    }

    /// Returns the tokens of the line with so many characters of the description.
    fn cost(&self, shown: usize) -> usize {
        let blank = usize::from(shown > 0);
        let description = self.prefixes.get(shown).copied().unwrap_or_default();
        (self.base + blank + description).div_ceil(CODEX_BYTES)
    }

    fn whole(&self) -> usize {
        self.cost(self.length())
    }
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

/// Returns how many skills and how many characters are lost.
fn lost(lines: &[Line], shown: &[Option<usize>]) -> (usize, usize) {
    let dropped = shown.iter().filter(|shown| shown.is_none()).count();
    let cut = lines.iter().zip(shown);
    let cut = cut.map(|(line, shown)| line.length() - shown.unwrap_or_default());
    (dropped, cut.sum())
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

/// Returns the bytes of a path in its line, where `roots` have short names.
fn path_bytes(location: &str, roots: &[&str]) -> usize {
    let root = codex_root(location);
    let place = root.and_then(|root| roots.iter().position(|one| *one == root));
    match (root, place) {
        (Some(root), Some(place)) => location.len() - root.len() + name_bytes(place),
        _ => location.len(),
    }
}

/// Returns the tokens of the table of short names, with its longer instructions.
fn table_tokens(roots: &[&str]) -> usize {
    let line = |(place, root): (usize, &&str)| "- `` = ``\n".len() + name_bytes(place) + root.len();
    let lines: usize = roots.iter().enumerate().map(line).sum();
    (CODEX_ALIASED + lines).div_ceil(CODEX_BYTES) - CODEX_FRAME.div_ceil(CODEX_BYTES)
}

/// The bytes of `r0`, `r1` and so on.
fn name_bytes(place: usize) -> usize {
    1 + place.to_string().len()
}

/// Returns the root of a skill by its path, since Codex's roots have known names.
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
            assert!(
                listing
                    .truncations
                    .iter()
                    .all(|truncation| *truncation == Truncation::Whole)
            );
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
            codex(&items, 1_100).truncations,
            [Truncation::Shortened(12), Truncation::Whole, Truncation::Whole]
        );
        assert_eq!(
            codex(&items, 900).truncations,
            [Truncation::NameOnly, Truncation::NameOnly, Truncation::Whole]
        );
        assert_eq!(
            codex(&items, 600).truncations,
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
        let truncations = |context: u64| codex(&items, context).truncations;
        let (gone, kept) = (Truncation::Dropped, Truncation::NameOnly);
        assert_eq!(truncations(650), [gone, gone, kept, gone]);
        assert_eq!(truncations(1_200), [gone, gone, kept, kept]);
        assert_eq!(truncations(1_750), [gone, kept, kept, kept]);
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
        let kept = |truncation: &Truncation| match truncation {
            Truncation::Shortened(kept) => *kept,
            _ => 0,
        };
        let with: usize = codex(&skills(&root), 100_000).truncations.iter().map(kept).sum();
        let without: usize = codex(&skills(&root.replace("skills", "tools")), 100_000)
            .truncations
            .iter()
            .map(kept)
            .sum();
        assert!(without < with, "{without} {with}");
        // A table that costs more than it spares is not made: one skill, one root.
        let one = codex(&skills("/r/skills")[..1], 2_000);
        assert_eq!(one.truncations, [Truncation::Shortened(123)]);
    }

    #[test]
    fn a_description_that_is_too_long_for_a_client_is_cut_even_without_need() {
        let items = [
            item("a", &"é".repeat(1_537), "/s/SKILL.md"),
            item("b", &"é".repeat(1_024), "/s/SKILL.md"),
        ];
        assert_eq!(
            codex(&items, 1_000_000).truncations,
            [Truncation::Shortened(1_024), Truncation::Whole]
        );
        assert_eq!(
            claude(&items, 1_000_000).truncations,
            [Truncation::Shortened(1_536), Truncation::Whole]
        );
        assert_eq!(codex(&[], 0).truncations, []);
        assert_eq!(
            codex(&items, u64::MAX).truncations,
            codex(&items, 1_000_000).truncations
        );
    }

    #[test]
    fn many_skills_lose_in_each_client_its_own_way() {
        let claude = claude(&items(100, 400), 200_000);
        assert_eq!(
            (claude.truncations.first(), claude.truncations.last()),
            (Some(&Truncation::Whole), Some(&Truncation::NameOnly))
        );
        let shared = codex(&items(100, 400), 200_000);
        assert!(
            shared
                .truncations
                .iter()
                .all(|truncation| matches!(truncation, Truncation::Shortened(n) if (50..400).contains(n)))
        );
        let crowded = codex(&items(2000, 400), 200_000);
        assert_eq!(
            (crowded.truncations.first(), crowded.truncations.last()),
            (Some(&Truncation::NameOnly), Some(&Truncation::Dropped))
        );
    }
}
