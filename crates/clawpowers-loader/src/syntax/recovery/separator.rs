//! Fields with a separator that YAML takes for a part of the name.

/// The fields that are recognized without `: ` after them.
const FIELDS: [&str; 20] = [
    "allowed-tools",
    "argument-hint",
    "author",
    "category",
    "compatibility",
    "dependencies",
    "description",
    "disable-model-invocation",
    "homepage",
    "keywords",
    "license",
    "metadata",
    "model",
    "name",
    "requires",
    "tags",
    "tools",
    "user-invocable",
    "version",
    "when_to_use",
];

const WIDE_COLON: char = '\u{ff1a}';
const WIDE_SPACE: char = '\u{3000}';
const NO_BREAK: char = '\u{a0}';

/// Splits a line that starts with a known field and an odd separator into the field and its value.
///
/// Odd separators are a full-width colon, a colon after whitespace, and a colon without YAML whitespace after it.
pub(crate) fn odd_field(line: &str) -> Option<(&'static str, &str)> {
    let blanks = [' ', '\t', NO_BREAK, WIDE_SPACE];
    let (name, behind) = FIELDS.iter().find_map(|field| {
        let rest = line.strip_prefix(field)?.trim_start_matches(blanks);
        rest.starts_with([':', WIDE_COLON]).then_some((*field, rest))
    })?;
    let gap = behind.trim_start_matches([':', WIDE_COLON]);
    let colons = behind.len() - gap.len();
    let proper = colons == 1 && (gap.is_empty() || gap.starts_with([' ', '\t']));
    let single = colons == 1 || behind.strip_prefix(WIDE_COLON).is_some_and(|rest| rest == gap);
    (single && !proper).then(|| (name, gap.trim_start_matches(blanks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_fields_with_an_odd_separator_are_split() {
        for (line, found) in [
            ("description\u{ff1a}a", Some(("description", "a"))),
            ("description\u{ff1a}\u{3000}a: b", Some(("description", "a: b"))),
            ("metadata\u{ff1a}", Some(("metadata", ""))),
            ("name \u{ff1a} a", Some(("name", "a"))),
            ("name:\u{3000}a", Some(("name", "a"))),
            ("name:\u{a0}a", Some(("name", "a"))),
            ("name:a", Some(("name", "a"))),
            ("name: a", None),
            ("name :", None),
            ("name:", None),
            ("name::a", None),
            ("names\u{ff1a}a", None),
            ("note\u{ff1a}a", None),
            (" name\u{ff1a}a", None),
        ] {
            assert_eq!(odd_field(line), found, "{line}");
        }
    }
}
