//! The weights by their names, for a file of settings.

use crate::rank::Weights;

/// A number of [`Weights`] that users may change.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in a file of settings.
    pub name: &'static str,
    /// What it decides.
    pub about: &'static str,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub most: f64,
    /// Whether it is a whole number.
    pub whole: bool,
    get: fn(&Weights) -> f64,
    set: fn(&mut Weights, f64),
}

impl Setting {
    /// Returns the value.
    #[must_use]
    pub fn get(&self, weights: &Weights) -> f64 {
        (self.get)(weights)
    }

    /// Sets the value; one that is out of range is not checked.
    pub fn set(&self, weights: &mut Weights, value: f64) {
        (self.set)(weights, value);
    }
}

const fn number(
    name: &'static str,
    about: &'static str,
    least: f64,
    most: f64,
    get: fn(&Weights) -> f64,
    set: fn(&mut Weights, f64),
) -> Setting {
    Setting {
        name,
        about,
        least,
        most,
        whole: false,
        get,
        set,
    }
}

const fn count(
    name: &'static str,
    about: &'static str,
    least: f64,
    most: f64,
    get: fn(&Weights) -> f64,
    set: fn(&mut Weights, f64),
) -> Setting {
    Setting {
        whole: true,
        ..number(name, about, least, most, get, set)
    }
}

/// Every number of [`Weights`]. Values of different names are independent of each other.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    number("memory.columns.title", "the weight of words in the title", 0.0, 100.0, |w| w.columns[0], |w, v| w.columns[0] = v),
    number("memory.columns.body", "the weight of words in the content", 0.0, 100.0, |w| w.columns[1], |w, v| w.columns[1] = v),
    number("memory.columns.context", "the weight of words in the two entries before in the session", 0.0, 100.0, |w| w.columns[2], |w, v| w.columns[2] = v),
    number("memory.columns.masked", "the weight of words in the content without values", 0.0, 100.0, |w| w.columns[3], |w, v| w.columns[3] = v),
    number("memory.columns.tags", "the weight of words in the tags", 0.0, 100.0, |w| w.columns[4], |w, v| w.columns[4] = v),
    number("memory.columns.pairs", "the weight of words in scripts without spaces", 0.0, 100.0, |w| w.columns[5], |w, v| w.columns[5] = v),
    number("memory.columns.variants", "the weight of words in the values of merged contents", 0.0, 100.0, |w| w.columns[6], |w, v| w.columns[6] = v),
    number("memory.columns_of_lines.title", "in queries of several lines, the weight of words in the title", 0.0, 100.0, |w| w.columns_of_lines[0], |w, v| w.columns_of_lines[0] = v),
    number("memory.columns_of_lines.body", "in queries of several lines, the weight of words in the content", 0.0, 100.0, |w| w.columns_of_lines[1], |w, v| w.columns_of_lines[1] = v),
    number("memory.columns_of_lines.context", "in queries of several lines, the weight of words in the two entries before in the session", 0.0, 100.0, |w| w.columns_of_lines[2], |w, v| w.columns_of_lines[2] = v),
    number("memory.columns_of_lines.masked", "in queries of several lines, the weight of words in the content without values", 0.0, 100.0, |w| w.columns_of_lines[3], |w, v| w.columns_of_lines[3] = v),
    number("memory.columns_of_lines.tags", "in queries of several lines, the weight of words in the tags", 0.0, 100.0, |w| w.columns_of_lines[4], |w, v| w.columns_of_lines[4] = v),
    number("memory.columns_of_lines.pairs", "in queries of several lines, the weight of words in scripts without spaces", 0.0, 100.0, |w| w.columns_of_lines[5], |w, v| w.columns_of_lines[5] = v),
    number("memory.columns_of_lines.variants", "in queries of several lines, the weight of words in the values of merged contents", 0.0, 100.0, |w| w.columns_of_lines[6], |w, v| w.columns_of_lines[6] = v),
    number("memory.lists.words", "the weight of the list by all words", 0.0, 100.0, |w| w.lists[0], |w, v| w.lists[0] = v),
    number("memory.lists.first_line", "the weight of the list by the first of several lines", 0.0, 100.0, |w| w.lists[1], |w, v| w.lists[1] = v),
    number("memory.lists.masked", "the weight of the list by the words without values, if there are values", 0.0, 100.0, |w| w.lists[2], |w, v| w.lists[2] = v),
    number("memory.lists.alike", "the weight of the list by likeness, if there are values or several lines", 0.0, 100.0, |w| w.lists[3], |w, v| w.lists[3] = v),
    number("memory.lists.vector", "the weight of the list by vectors, for a search with one", 0.0, 100.0, |w| w.vector, |w, v| w.vector = v),
    number("memory.fusion_k", "a hit at rank r of a list gets the weight of the list / (k + r)", 0.0, 10000.0, |w| w.k, |w, v| w.k = v),
    count("memory.depth", "how many hits of a list are read", 1.0, 1000.0, |w| w.depth as f64, |w, v| w.depth = v as usize),
    count("memory.ranked", "how many entries are ranked for a list", 1.0, 1000000.0, |w| w.ranked as f64, |w, v| w.ranked = v as usize),
    count("memory.reranked", "how many hits of each list are compared by likeness", 0.0, 1000.0, |w| w.reranked as f64, |w, v| w.reranked = v as usize),
    number("memory.importance_floor", "the factor for importance 0; that for importance 1 is 1", 0.0, 1.0, |w| w.importance_floor, |w, v| w.importance_floor = v),
    number("memory.age_floor", "the least factor for age; that of a new entry is 1", 0.0, 1.0, |w| w.age_floor, |w, v| w.age_floor = v),
    number("memory.half_life_days.working", "the half-life in days of the factor for the age of working entries; 0 is none", 0.0, 36500.0, |w| w.half_lives[0], |w, v| w.half_lives[0] = v),
    number("memory.half_life_days.episodic", "the half-life in days of the factor for the age of episodic entries; 0 is none", 0.0, 36500.0, |w| w.half_lives[1], |w, v| w.half_lives[1] = v),
    number("memory.half_life_days.semantic", "the half-life in days of the factor for the age of semantic entries; 0 is none", 0.0, 36500.0, |w| w.half_lives[2], |w, v| w.half_lives[2] = v),
    number("memory.half_life_days.procedural", "the half-life in days of the factor for the age of procedural entries; 0 is none", 0.0, 36500.0, |w| w.half_lives[3], |w, v| w.half_lives[3] = v),
    number("memory.relevance", "in `memory context`, the weight of the score; the rest is that of new words", 0.0, 1.0, |w| w.relevance, |w, v| w.relevance = v),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_a_name_of_its_own_and_changes_one_number() {
        let weights = Weights::default();
        for (index, setting) in SETTINGS.iter().enumerate() {
            assert!(
                SETTINGS
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.name != setting.name),
                "{}",
                setting.name
            );
            assert!(
                (setting.least..=setting.most).contains(&setting.get(&weights)),
                "{}",
                setting.name
            );
            let mut changed = weights.clone();
            setting.set(&mut changed, setting.most);
            for other in SETTINGS {
                let wanted = if other.name == setting.name {
                    setting.most
                } else {
                    other.get(&weights)
                };
                assert_eq!(other.get(&changed), wanted, "{} {}", setting.name, other.name);
            }
        }
    }

    #[test]
    fn every_weight_is_a_setting() {
        let mut weights = Weights::default();
        SETTINGS
            .iter()
            .for_each(|setting| setting.set(&mut weights, 987_654.0));
        let shown = format!("{weights:?}");
        let numbers = shown
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        let others: Vec<&str> = numbers.filter(|number| !number.starts_with("987654")).collect();
        assert_eq!(others, [""; 0], "{shown}");
        assert_eq!(shown.matches("987654").count(), SETTINGS.len());
    }

    #[test]
    fn the_table_of_the_documentation_has_every_setting() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/memory.md");
        let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        let weights = Weights::default();
        let row = |setting: &Setting| {
            let (name, about) = (setting.name, setting.about);
            format!(
                "| `{name}` | {} | {} to {} | {about} |\n",
                setting.get(&weights),
                setting.least,
                setting.most
            )
        };
        let table: String = SETTINGS.iter().map(row).collect();
        assert!(text.contains(&table), "docs/memory.md needs this table:\n{table}");
    }
}
