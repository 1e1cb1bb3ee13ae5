//! Writes a folder that many skills share once: with hundreds of skills, paths cost most.

use super::Item;
use std::borrow::Cow;
use std::collections::HashMap;

/// The shared folders of a prompt, each with a short id.
#[derive(Debug, Default)]
pub(super) struct Roots<'a> {
    ids: HashMap<&'a str, String>,
    text: String,
}

impl<'a> Roots<'a> {
    /// Selects the folders that are cheaper to write once; `line` writes one, `whole` adds a string around the lines.
    pub(super) fn of(
        items: &'a [Item],
        line: impl Fn(&str, &str) -> String,
        whole: impl Fn(String) -> String,
    ) -> Self {
        // In the order of the skills, so that the same skills give the same ids.
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for root in items.iter().filter_map(|item| root_of(&item.location)) {
            let place = *places.entry(root).or_insert(counts.len());
            match counts.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => counts.push((root, 1)),
            }
        }
        let mut roots = Self::default();
        let (mut saved, mut lines) = (0, String::new());
        for (root, count) in counts {
            let id = format!("r{}", roots.ids.len() + 1);
            let written = line(&id, root);
            let saves = chars(root).saturating_sub(chars(&id)) * count;
            if saves > chars(&written) {
                saved += saves - chars(&written);
                lines.push_str(&written);
                roots.ids.insert(root, id);
            }
        }
        let text = whole(lines.clone());
        // A path that starts like an id could be taken for one.
        let mixed = items.iter().any(|item| looks_short(&item.location));
        if mixed || saved <= chars(&text) - chars(&lines) {
            return Self::default();
        }
        roots.text = text;
        roots
    }

    /// Returns the text that explains the ids; empty if there are none.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces the root of a location with its id.
    pub(super) fn short<'b>(&self, location: &'b str) -> Cow<'b, str> {
        let id = root_of(location).and_then(|root| Some((root, self.ids.get(root)?)));
        match id.and_then(|(root, id)| Some((id, location.strip_prefix(root)?))) {
            Some((id, rest)) => Cow::Owned(format!("{id}{rest}")),
            None => Cow::Borrowed(location),
        }
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Returns the parent folder of the folder of a SKILL.md.
fn root_of(location: &str) -> Option<&str> {
    let separator = if location.contains('/') { '/' } else { '\\' };
    let (folder, _) = location.rsplit_once(separator)?;
    let (root, _) = folder.rsplit_once(separator)?;
    (!root.is_empty()).then_some(root)
}

fn looks_short(location: &str) -> bool {
    let first = location.split(['/', '\\']).next().unwrap_or_default();
    first
        .strip_prefix('r')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::root_of;
    use crate::present::prompt::{Format, Item, render};

    fn items(locations: &[&str]) -> Vec<Item> {
        let item = |location: &&str| Item {
            name: "a".to_owned(),
            description: String::new(),
            location: (*location).to_owned(),
        };
        locations.iter().map(item).collect()
    }

    #[test]
    fn a_root_is_written_once_where_that_is_shorter() {
        let long = "/srv/somebody/projects/of/the/last/year/.agents/skills";
        let paths: Vec<String> = (0..9).map(|n| format!("{long}/s{n}/SKILL.md")).collect();
        let mut all: Vec<&str> = paths.iter().map(String::as_str).collect();
        all.push("/elsewhere/one/SKILL.md");
        let xml = render(&items(&all), Format::Xml);
        let head = format!(
            "<available_skills>\n  <root id=\"r1\">{long}</root>\n  \
             <note>a location that starts with a root id is relative to that root</note>\n  <skill>\n"
        );
        assert!(xml.starts_with(&head), "{xml}");
        assert!(xml.contains("<location>r1/s8/SKILL.md</location>"), "{xml}");
        assert!(
            xml.contains("<location>/elsewhere/one/SKILL.md</location>"),
            "{xml}"
        );
        let markdown = render(&items(&all), Format::Markdown);
        let head = format!(
            "- a location that starts with a root id is relative to that root; `r1` is `{long}`\n\
             - **a** (`r1/s0/SKILL.md`)\n"
        );
        assert!(markdown.starts_with(&head), "{markdown}");
        for format in [Format::SkillsRef, Format::Json] {
            assert_eq!(render(&items(&all), format).matches(long).count(), 9);
        }
        // Two are too few, and an id could be taken for the start of such a path.
        all.truncate(2);
        assert_eq!(render(&items(&all), Format::Xml).matches(long).count(), 2);
        let mut odd: Vec<&str> = paths.iter().map(String::as_str).collect();
        odd.push("r1/x/SKILL.md");
        assert_eq!(render(&items(&odd), Format::Xml).matches(long).count(), 9);
    }

    #[test]
    fn roots_hold_the_folders_of_skills() {
        for (location, root) in [
            ("/a/b/c/SKILL.md", Some("/a/b")),
            ("C:\\a\\c\\SKILL.md", Some("C:\\a")),
            ("/c/SKILL.md", None),
            ("bundled:c/SKILL.md", None),
            ("SKILL.md", None),
        ] {
            assert_eq!(root_of(location), root);
        }
    }
}
