//! Stems of English words, so that a word matches its inflected forms.
//!
//! There are only a few rules, for plurals, `-ing` and `-ed`. A stem need not be a word (`cach` of cache, caches, cached
//! and caching).

/// The minimum number of letters of a stem.
const MIN_STEM: usize = 3;

/// Returns the stem of a lower-case word.
#[must_use]
pub fn stem(word: &str) -> &str {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word;
    }
    let singular = singular(word);
    let base = ["ing", "ed"].iter().find_map(|end| {
        let base = singular.strip_suffix(end)?;
        let is_stem = base.len() >= MIN_STEM && base.contains(is_vowel) && !base.ends_with(['e', 'i']);
        is_stem.then(|| single(base))
    });
    let base = base.unwrap_or(singular);
    // `caching` has lost the final letter of `cache`.
    let bare = base.strip_suffix('e').filter(|bare| bare.len() >= MIN_STEM);
    bare.or_else(|| base.strip_suffix('y').filter(|bare| bare.len() >= MIN_STEM))
        .unwrap_or(base)
}

/// Removes the ending of a plural; the caller handles `y` and `ie`.
fn singular(word: &str) -> &str {
    let sibilant = |base: &&str| {
        ["s", "x", "z", "ch", "sh"].iter().any(|end| base.ends_with(end)) && base.len() >= MIN_STEM
    };
    if let Some(base) = word.strip_suffix("ies").filter(|base| base.len() >= MIN_STEM) {
        return base;
    }
    if let Some(base) = word.strip_suffix("es").filter(sibilant) {
        return base;
    }
    let base = word.strip_suffix('s').filter(|base| base.len() >= MIN_STEM);
    base.filter(|base| !base.ends_with(['s', 'u', 'i']))
        .unwrap_or(word)
}

/// Removes a consonant that an ending doubled: `debugg` of debugging.
fn single(base: &str) -> &str {
    let mut letters = base.bytes().rev();
    match (letters.next(), letters.next()) {
        (Some(last), Some(before))
            if last == before && !b"aeiouls".contains(&last) && base.len() > MIN_STEM =>
        {
            base.get(..base.len() - 1).unwrap_or(base)
        }
        _ => base,
    }
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn inflected_forms_have_one_stem() {
        for words in [
            &["leak", "leaks", "leaking", "leaked"][..],
            &["cache", "caches", "caching", "cached"],
            &["debug", "debugs", "debugging", "debugged"],
            &["query", "queries"],
            &["test", "tests", "testing", "tested"],
            &["process", "processes", "processing", "processed"],
            &["fix", "fixes", "fixing", "fixed"],
            &["file", "files", "filing", "filed"],
            &["branch", "branches"],
            &["release", "releases", "releasing", "released"],
            &["install", "installs", "installing", "installed"],
            &["plan", "plans", "planning", "planned"],
        ] {
            for word in words {
                assert_eq!(stem(word), stem(words[0]), "{word}");
            }
        }
    }

    #[test]
    fn other_words_have_other_stems() {
        for (a, b) in [
            ("string", "str"),
            ("status", "statu"),
            ("analysis", "analysi"),
            ("speed", "spe"),
            ("need", "ne"),
            ("thing", "th"),
            ("css", "cs"),
            ("bus", "bu"),
            ("king", "k"),
            ("sing", "s"),
            ("news", "nets"),
            ("k8s", "k8"),
        ] {
            assert_ne!(stem(a), stem(b), "{a}");
        }
    }
}
