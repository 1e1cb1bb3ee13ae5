//! What a listing asks for: a plain prefix, or a pattern with `*`, `?` and `[…]`.

/// A prefix or a pattern; both go on to the end of the key, as if `*` stood there.
///
/// `*` stands for any characters, `:` among them, `?` for one, `[a-z]` for one of a set, `[!a-z]` for one that is not of
/// it. A key that starts with the very text of the pattern is meant too.
///
/// # Examples
///
/// ```
/// use clawpowers_executor::Pattern;
///
/// assert!(Pattern::new("plan:").matches("plan:auth:task_1"));
/// assert!(Pattern::new("debug:*:root").matches("debug:a:b:root_cause"));
/// assert!(Pattern::new("a[").matches("a[1]"));
/// assert!(!Pattern::new("a?c").matches("ac"));
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// `None` for a plain prefix.
    parts: Option<Vec<Part>>,
}

#[derive(Debug, Clone)]
enum Part {
    Any,
    One,
    Char(char),
    Set { not: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Takes a text as a pattern; every text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let parts = parse(text);
        let plain = parts.iter().all(|part| matches!(part, Part::Char(_)));
        Self {
            text: text.to_owned(),
            parts: (!plain).then_some(parts),
        }
    }

    /// Returns the text with which every matching key starts.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match &self.parts {
            None => &self.text,
            Some(parts) => {
                let plain = parts.iter().map_while(|part| match part {
                    Part::Char(c) => Some(c.len_utf8()),
                    _ => None,
                });
                self.text.get(..plain.sum::<usize>()).unwrap_or_default()
            }
        }
    }

    /// Tells whether a key is meant; takes time in proportion to the product of both lengths at most.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        key.starts_with(&self.text) || self.parts.as_ref().is_some_and(|parts| glob(parts, key))
    }
}

fn parse(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        parts.push(match c {
            '*' => Part::Any,
            '?' => Part::One,
            '[' => match set(rest.as_str()) {
                Some((part, after)) => {
                    rest = after.chars();
                    part
                }
                // Nothing closes it, so it is a plain character.
                None => Part::Char(c),
            },
            c => Part::Char(c),
        });
    }
    parts
}

/// Reads a set behind its opening bracket; a bracket that closes at once is a member.
fn set(text: &str) -> Option<(Part, &str)> {
    let body = text.strip_prefix(['!', '^']);
    let not = body.is_some();
    let body = body.unwrap_or(text);
    let first = body.chars().next()?.len_utf8();
    let end = first + body.get(first..)?.find(']')?;
    let members: Vec<char> = body.get(..end)?.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = members.as_slice();
    while let Some((&from, after)) = rest.split_first() {
        if let [dash, to, further @ ..] = after
            && *dash == '-'
        {
            ranges.push((from, *to));
            rest = further;
        } else {
            ranges.push((from, from));
            rest = after;
        }
    }
    Some((Part::Set { not, ranges }, body.get(end + 1..)?))
}

/// Matches with one step back to the last `*`, which is all that is ever needed.
fn glob(parts: &[Part], key: &str) -> bool {
    let (mut left, mut rest) = (parts, key);
    let mut last: Option<(&[Part], &str)> = None;
    loop {
        let Some((part, behind)) = left.split_first() else {
            // The pattern is used up; the rest of the key is the implied `*`'s.
            return true;
        };
        if matches!(part, Part::Any) {
            last = Some((behind, rest));
            left = behind;
            continue;
        }
        let mut chars = rest.chars();
        match chars.next() {
            Some(c) if one(part, c) => {
                left = behind;
                rest = chars.as_str();
            }
            Some(_) => {
                let Some((behind, from)) = last else { return false };
                let mut from = from.chars();
                if from.next().is_none() {
                    return false;
                }
                last = Some((behind, from.as_str()));
                left = behind;
                rest = from.as_str();
            }
            None => return false,
        }
    }
}

fn one(part: &Part, c: char) -> bool {
    match part {
        Part::Any | Part::One => true,
        Part::Char(own) => *own == c,
        Part::Set { not, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not,
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_and_prefixes() {
        let cases: &[(&str, &str, bool)] = &[
            ("", "anything", true),
            ("a:", "a:b", true),
            ("a:", "a", false),
            ("debug:*:root_cause", "debug:x:y:root_cause", true),
            ("debug:*:root_cause", "debug:x:root_causes", true),
            ("debug:*:root_cause", "debug:x:symptom", false),
            ("*", "", true),
            ("*x*y", "aaxbbyc", true),
            ("*x*y", "aaybbxc", false),
            ("[ab]c", "bc", true),
            ("[!ab]c", "bc", false),
            ("[^ab]c", "cc", true),
            ("[a-c]x", "bx", true),
            ("[]]x", "]x", true),
            ("[a", "[ab", true),
            ("a[1]", "a[1]", true),
            ("a[1]", "a1", true),
            ("é?", "éà", true),
            ("a*", "b", false),
        ];
        for (pattern, key, expected) in cases {
            assert_eq!(Pattern::new(pattern).matches(key), *expected, "{pattern} {key}");
        }
        assert_eq!(Pattern::new("debug:*:x").prefix(), "debug:");
        assert_eq!(Pattern::new("[ab]").prefix(), "");
        assert_eq!(Pattern::new("a[b").prefix(), "a[b");
    }

    #[test]
    fn many_stars_end() {
        let pattern = Pattern::new(&format!("{}b", "*a".repeat(200)));
        assert!(!pattern.matches(&"a".repeat(1024)));
    }
}
