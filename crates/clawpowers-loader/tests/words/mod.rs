//! Checks that repairs keep every word of the author in its place.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot continue has failed"
)]

use clawpowers_loader::syntax::{Opener, lines, locate};
use clawpowers_loader::{ParseOptions, fix};
use proptest::prelude::*;

/// Returns the words that a repair lost, added or moved, if any.
///
/// Repairs may change, by design:
/// - quotes, brackets, backslashes, dashes, `#`, colons and whitespace, which are not words;
/// - control characters, hidden characters and `&nbsp;`, which are removed;
/// - a block indicator with a digit, which is removed from the line of its text;
/// - the lines that open and close a code block around the file or its frontmatter, which are removed;
/// - text before the opening delimiter, which is moved after the closing one as a whole.
pub(crate) fn lost(bytes: &[u8], options: &ParseOptions) -> Option<String> {
    let fixed = fix(bytes, options);
    // An invisible character may hide a delimiter.
    let text: String = fixed.before.chars().filter(|&c| !is_invisible(c)).collect();
    let text = text.as_str();
    let (before, after) = (words(text), words(&fixed.after));
    let kept_but = |preamble: &str, rest: &str| {
        let (preamble, rest) = (words(preamble), words(rest));
        let moved = |at: usize| {
            after[at..].starts_with(&preamble)
                && after[..at] == rest[..at]
                && after[at + preamble.len()..] == rest[at..]
        };
        after.len() == preamble.len() + rest.len() && (0..=rest.len()).any(moved)
    };
    let kept = before == after
        || match locate(text).map(|block| block.opener) {
            Some(Opener::Late(delimiter)) => kept_but(&text[..delimiter], &text[delimiter..]),
            // The line that opens the code block is removed.
            Some(Opener::Enclosed { delimiter, opened }) => kept_but(&text[..opened], &text[delimiter..]),
            _ => false,
        };
    (!kept).then(|| {
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let from = |words: &[String]| {
            words
                .iter()
                .skip(same)
                .take(8)
                .cloned()
                .collect::<Vec<_>>()
                .join(" ")
        };
        format!(
            "`{}` became `{}`\n{}\n=>\n{}",
            from(&before),
            from(&after),
            fixed.before,
            fixed.after
        )
    })
}

/// Splits a text into words, without those that a repair may remove.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in lines(text) {
        let line = line.text.replace("&nbsp;", " ").replace(['\u{ff1a}', ':'], ": ");
        let line: String = line.chars().filter_map(visible).collect();
        let mut before = "";
        for part in line.split_whitespace() {
            let part = part.trim_start_matches(['"', '\'']);
            let is_indicator = part.starts_with(['|', '>'])
                && part.len() <= 3
                && part.chars().skip(1).all(|c| matches!(c, '-' | '+' | '1'..='9'))
                && (before.is_empty() || before.ends_with(':') || before.starts_with(['|', '>', '-']));
            if !is_indicator {
                let runs = part.split(|c: char| !c.is_alphanumeric());
                words.extend(runs.filter(|run| !run.is_empty()).map(str::to_owned));
            }
            before = part;
        }
    }
    words
}

/// Removes a control or an invisible character; one that is whitespace separates words.
fn visible(c: char) -> Option<char> {
    match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A fault that is introduced at a line of a text.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Delete,
    Repeat,
    Join,
    Prefix(&'static str),
    Suffix(&'static str),
    Insert(&'static str),
    Replace(&'static str, &'static str),
    Wrap(&'static str, &'static str),
}

/// Faults as in public files.
pub(crate) fn fault() -> impl Strategy<Value = Fault> {
    let prefixes = [
        "---", "--- ", "  ", "\t", "\u{3000}", "\"", "'", "# ", "- ", "> ", "| ", "\u{1}", "[", "{", "*",
    ];
    let suffixes = [
        "\"", "'", "]", "}", ":", " #", " ---", "\u{a0}", "\\", " |", " >-",
    ];
    let inserted = [
        "---",
        "----",
        "---# Seven",
        "--- eight",
        "  ---",
        "```",
        "```yaml",
        "````",
        "~~~",
        "<!--",
        "-->",
        "",
        "name: nine",
        "name\u{ff1a}nine",
        "description: | ten",
        "description: >2 Ten",
        "description: [ten",
        "description: \"ten",
        "Eleven words: in a line",
        "- a: b: c",
        "# Twelve",
        "\u{feff}",
        "&nbsp;x: y",
    ];
    let replaced = [
        (": ", "\u{ff1a}"),
        (": ", ":"),
        (": ", ": > "),
        (": ", ": |- "),
        (": ", ": ["),
        (": ", ": \""),
        (": ", ":\u{a0}"),
        ("---", "---# x"),
        ("\"", ""),
        (" ", "\t"),
        ("a", "\u{85}"),
    ];
    let wraps = [
        ("```md\n", "```\n"),
        ("```\n", ""),
        ("Text.\n\n", ""),
        ("Text.\n```yaml\n", "```\n"),
        ("<!-- x -->\n", ""),
    ];
    prop_oneof![
        Just(Fault::Delete),
        Just(Fault::Repeat),
        Just(Fault::Join),
        prop::sample::select(prefixes.to_vec()).prop_map(Fault::Prefix),
        prop::sample::select(suffixes.to_vec()).prop_map(Fault::Suffix),
        prop::sample::select(inserted.to_vec()).prop_map(Fault::Insert),
        prop::sample::select(replaced.to_vec()).prop_map(|(from, to)| Fault::Replace(from, to)),
        prop::sample::select(wraps.to_vec()).prop_map(|(before, after)| Fault::Wrap(before, after)),
    ]
}

/// Introduces a fault at one of the first lines of a text.
pub(crate) fn with_fault(text: &str, fault: &Fault, place: usize) -> String {
    let near = lines(text).take(40).count().max(1);
    let mut out = String::with_capacity(text.len() + 40);
    for (number, line) in lines(text).enumerate() {
        let end = &text[line.start + line.text.len()..line.next];
        let changed = match fault {
            _ if number != place % near => format!("{}{end}", line.text),
            Fault::Delete => String::new(),
            Fault::Repeat => format!("{0}{end}{0}{end}", line.text),
            Fault::Join => format!("{} ", line.text),
            Fault::Prefix(prefix) => format!("{prefix}{}{end}", line.text),
            Fault::Suffix(suffix) => format!("{}{suffix}{end}", line.text),
            Fault::Insert(inserted) => format!("{inserted}\n{}{end}", line.text),
            Fault::Replace(from, to) => format!("{}{end}", line.text.replacen(from, to, 1)),
            Fault::Wrap(..) => format!("{}{end}", line.text),
        };
        out.push_str(&changed);
    }
    match fault {
        Fault::Wrap(before, after) => format!("{before}{out}\n{after}"),
        _ => out,
    }
}
