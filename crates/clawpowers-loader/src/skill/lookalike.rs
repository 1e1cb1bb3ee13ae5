//! Names that look alike: letters of other scripts that look like Latin ones.

use super::normalize_name;
use clawpowers_text::invisible::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// Lower-case letters and digits, and hyphens, with what looks like them according to Unicode's `confusables.txt`
/// (version 17).
const LOOKALIKES: [(char, &str); 33] = [
    ('-', "\u{6d4}\u{2010}\u{2012}\u{2013}\u{2043}\u{2cbb}"),
    ('2', "\u{14bf}\u{a6ef}"),
    ('3', "\u{969}\u{ae9}\u{118ca}\u{16f3b}"),
    ('6', "\u{431}\u{2cd3}\u{118d5}"),
    ('7', "\u{118c6}"),
    ('8', "\u{223}\u{9ea}\u{a6a}\u{1031a}\u{1e8cb}"),
    ('9', "\u{9ed}\u{a67}\u{b68}\u{d6d}\u{2ccb}\u{118cc}\u{118d6}"),
    ('a', "\u{251}\u{3b1}\u{430}\u{15c5}\u{a4ee}\u{102a0}\u{16f40}"),
    ('b', "\u{1472}\u{15af}\u{15f7}\u{a4d0}\u{10282}\u{102a1}\u{10301}"),
    (
        'c',
        "\u{441}\u{1004}\u{105a}\u{1d04}\u{2ca5}\u{a4da}\u{abaf}\u{102a2}\u{10302}\u{1043d}\u{1051c}\
         \u{118e9}\u{118f2}",
    ),
    ('d', "\u{501}\u{146f}\u{15de}\u{15ea}\u{a4d2}\u{a4d3}"),
    ('e', "\u{435}\u{4bd}\u{2d39}\u{a4f0}\u{ab32}\u{10286}"),
    (
        'f',
        "\u{192}\u{584}\u{15b4}\u{1e9d}\u{a4dd}\u{a799}\u{ab35}\u{10287}\u{102a5}\u{10525}\u{118c2}",
    ),
    ('g', "\u{18d}\u{261}\u{581}\u{1d83}\u{a4d6}"),
    ('h', "\u{4bb}\u{570}\u{157c}\u{a4e7}\u{102cf}"),
    (
        'i',
        "\u{131}\u{269}\u{26a}\u{3b9}\u{456}\u{582}\u{2c93}\u{a647}\u{ab75}\u{118c3}",
    ),
    ('j', "\u{3f3}\u{458}\u{148d}\u{a4d9}"),
    ('k', "\u{16d5}\u{a4d7}\u{10518}"),
    (
        'l',
        "\u{1c0}\u{4cf}\u{5c0}\u{5d5}\u{5df}\u{627}\u{661}\u{6f1}\u{7ca}\u{14aa}\u{16c1}\u{2d4f}\u{a4e1}\
         \u{a4f2}\u{1028a}\u{10309}\u{10320}\u{10526}\u{16f16}\u{16f28}\u{1e8c7}",
    ),
    ('m', "\u{15f0}\u{16d6}\u{a4df}\u{102b0}\u{10311}"),
    ('n', "\u{578}\u{57c}\u{a4e0}\u{10513}"),
    (
        'o',
        "\u{3bf}\u{3c3}\u{3ed}\u{43e}\u{585}\u{5e1}\u{647}\u{665}\u{6be}\u{6c1}\u{6d5}\u{6f5}\u{7c0}\
         \u{966}\u{9e6}\u{a66}\u{ae6}\u{b20}\u{b66}\u{be6}\u{c66}\u{ce6}\u{d20}\u{d66}\u{e50}\u{ed0}\
         \u{101d}\u{1040}\u{10ff}\u{12d0}\u{17e0}\u{1d0f}\u{1d11}\u{2c9f}\u{2d54}\u{3007}\u{a4f3}\u{ab3d}\
         \u{10292}\u{102ab}\u{1042c}\u{104ea}\u{10516}\u{114d0}\u{118c8}\u{118d7}\u{118e0}",
    ),
    (
        'p',
        "\u{fe}\u{1bf}\u{3c1}\u{3f8}\u{440}\u{146d}\u{2ca3}\u{2ccf}\u{a4d1}\u{10295}",
    ),
    ('q', "\u{51b}\u{563}\u{566}\u{2d55}"),
    (
        'r',
        "\u{433}\u{1587}\u{1d26}\u{2c85}\u{a4e3}\u{ab47}\u{ab48}\u{ab81}\u{16f35}",
    ),
    (
        's',
        "\u{1bd}\u{455}\u{d1f}\u{a4e2}\u{a731}\u{abaa}\u{10296}\u{10448}\u{118c1}\u{16f3a}",
    ),
    ('t', "\u{a4d4}\u{10297}\u{102b1}\u{10315}\u{16f0a}"),
    (
        'u',
        "\u{28b}\u{3c5}\u{57d}\u{1200}\u{144c}\u{1d1c}\u{a4f4}\u{a79f}\u{ab4e}\u{ab52}\u{104f6}\u{118d8}\
         \u{16f42}",
    ),
    (
        'v',
        "\u{3bd}\u{475}\u{5d8}\u{667}\u{6f7}\u{142f}\u{1d20}\u{2d38}\u{a4e6}\u{a6df}\u{aba9}\u{1051d}\
         \u{11706}\u{118c0}\u{16f08}",
    ),
    (
        'w',
        "\u{26f}\u{448}\u{461}\u{51d}\u{561}\u{1d21}\u{2cbd}\u{a4ea}\u{ab83}\u{1170a}\u{1170e}\u{1170f}\
         \u{118e6}\u{118ef}",
    ),
    (
        'x',
        "\u{445}\u{1541}\u{157d}\u{166e}\u{16b7}\u{2d5d}\u{a4eb}\u{10290}\u{102b4}\u{10317}\u{10322}\
         \u{10527}\u{118ec}",
    ),
    (
        'y',
        "\u{263}\u{28f}\u{3b3}\u{443}\u{4af}\u{10e7}\u{1d8c}\u{1eff}\u{2ca9}\u{a4ec}\u{ab5a}\u{102b2}\
         \u{118dc}\u{16f43}",
    ),
    ('z', "\u{1d22}\u{a4dc}\u{ab93}\u{102f5}\u{118c4}\u{118e5}"),
];

/// Returns the ASCII character that `c` looks like, or `c`.
fn looks_like(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let mut rows = LOOKALIKES.iter();
    rows.find(|(_, alike)| alike.contains(c))
        .map_or(c, |(ascii, _)| *ascii)
}

/// Returns the skeleton of a name, which is equal for names that look alike (Unicode TR39): lower case, without
/// invisible characters, and with the Latin letter for each letter that looks like one.
pub(crate) fn skeleton(name: &str) -> String {
    let name = normalize_name(name).to_lowercase();
    if name.is_ascii() {
        return name;
    }
    let visible = name.nfkd().filter(|&c| !is_invisible(c));
    visible.map(looks_like).nfc().collect()
}

/// A word of a name that looks Latin but contains letters of another script.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disguise<'a> {
    pub(super) word: &'a str,
    /// What it looks like.
    pub(super) seen_as: String,
    /// A letter of another script.
    pub(super) letter: char,
}

/// Greek letters that are symbols of quantities and kinds, as in TGFα, and that look like Latin ones. Omicron, iota and
/// upsilon are no such symbols.
const SYMBOLS: [char; 5] = ['α', 'γ', 'ν', 'ρ', 'σ'];

/// Returns the first word of a name that mixes Latin letters with those of other scripts that look like Latin ones.
///
/// A Greek symbol at the end of a word, before its number if it has one, is no disguise: `tgfα`, `ifnγ2`.
pub(super) fn disguise(name: &str) -> Option<Disguise<'_>> {
    name.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let stem = stem.strip_suffix(SYMBOLS).unwrap_or(word);
        let letter = stem.chars().find(|&c| c.is_alphabetic() && !is_latin(c))?;
        let seen_as = skeleton(word);
        (word.contains(is_latin) && seen_as.is_ascii()).then_some(Disguise {
            word,
            seen_as,
            letter,
        })
    })
}

/// Returns whether `c` is a letter of the Latin script.
const fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{2af}' | '\u{1d00}'..='\u{1d25}' | '\u{1d62}'..='\u{1d65}'
            | '\u{1d6b}'..='\u{1d77}' | '\u{1d79}'..='\u{1dbe}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}'
            | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_has_each_character_once_and_in_the_form_that_is_looked_up() {
        let mut seen = HashSet::new();
        for (ascii, alike) in LOOKALIKES {
            assert!(ascii.is_ascii() && !alike.is_ascii(), "{ascii}");
            for c in alike.chars() {
                assert!(seen.insert(c), "{c}");
                let found: String = c.to_lowercase().nfkd().collect();
                assert_eq!(found, c.to_string());
            }
        }
    }

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for name in [
            "deploy",
            "depl\u{43e}y",
            "\u{501}\u{435}\u{440}\u{6c}\u{43e}\u{443}",
            "ｄｅｐｌｏｙ",
            "𝐝𝐞𝐩𝐥𝐨𝐲",
            "dep\u{200b}loy",
            "de\u{ad}ploy",
            "\u{202e}deploy",
            "depl\u{3bf}y",
            "Deploy",
        ] {
            assert_eq!(skeleton(name), "deploy", "{name:?}");
        }
        for name in ["größe", "deploy1", "déploy", "画像処理", "deploy-2"] {
            assert_ne!(skeleton(name), "deploy", "{name}");
        }
        assert_eq!(skeleton("caf\u{e9}"), skeleton("cafe\u{301}"));
        assert_ne!(skeleton("caf\u{e9}"), "cafe");
    }

    #[test]
    fn only_a_mixed_word_is_disguised() {
        let found = disguise("git-depl\u{43e}y").unwrap();
        assert_eq!(
            (found.word, found.seen_as.as_str(), found.letter),
            ("depl\u{43e}y", "deploy", '\u{43e}')
        );
        // Where no symbol stands.
        for (name, letter) in [("αdmin", 'α'), ("pαypal", 'α'), ("tοgfα", 'ο'), ("deplο", 'ο')] {
            assert_eq!(disguise(name).map(|found| found.letter), Some(letter), "{name}");
        }
        for name in [
            "deploy",
            "größe",
            "kılavuz",
            "деплой-api",
            "git-помощник",
            "pdf处理",
            "β-test",
            "\u{3bb}x",
            "tgfα",
            "ifnγ2-assay",
            "hif1α",
        ] {
            assert_eq!(disguise(name), None, "{name}");
        }
    }
}
