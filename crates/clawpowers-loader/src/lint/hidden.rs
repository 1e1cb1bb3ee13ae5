//! Reports characters that a model reads and people do not see.

use super::diagnostics::MAX_OF_ONE_RULE;
use super::{Diagnostics, Edit, Position, Rule};
use crate::display::{is_control, pluralize, quote, quote_start};
use crate::syntax::source::LineStarts;
use clawpowers_text::invisible::{Kind, Run, remainder, runs};

/// How many characters of a decoded text a message shows.
const DECODED: usize = 300;
/// How many different characters a message names.
const NAMED: usize = 3;
/// This many variation selectors on a line are not stray ones: they encode bytes.
const ENCODING: usize = 4;

/// What the hidden characters of a line have in common; each is one diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Tags,
    Selectors,
    /// Direction controls where they only reorder what is shown.
    Directions,
    Others,
}

impl Group {
    const ALL: [Self; 4] = [Self::Tags, Self::Selectors, Self::Directions, Self::Others];

    fn of(c: char, run: &Run<'_>) -> Self {
        match Kind::of(c) {
            Some(Kind::Tag) => Self::Tags,
            Some(Kind::Selector) => Self::Selectors,
            // Embeddings and isolates are legitimate where there is something to embed; an override never is.
            Some(Kind::Direction) if !run.is_in_rtl_line || matches!(c, '\u{202d}' | '\u{202e}') => {
                Self::Directions
            }
            _ => Self::Others,
        }
    }
}

/// The characters of one group on one line.
#[derive(Debug, Default)]
struct Found {
    start: usize,
    count: usize,
    /// The first few distinct characters.
    chars: Vec<char>,
    /// The first bytes that tags or selectors encode.
    bytes: Vec<u8>,
    edits: Vec<Edit>,
    /// The offset of the last line, and how many lines there are after the first.
    line: usize,
    more_lines: usize,
}

impl Found {
    fn add(&mut self, line: usize, offset: usize, c: char) {
        if self.count == 0 {
            self.start = offset;
        } else if line != self.line {
            self.more_lines += 1;
        }
        self.line = line;
        self.count += 1;
        if self.chars.len() <= NAMED && !self.chars.contains(&c) {
            self.chars.push(c);
        }
        if self.bytes.len() < 4 * DECODED {
            self.bytes.extend(encoded(c));
        }
        let end = offset + c.len_utf8();
        match (remainder(c), self.edits.last_mut()) {
            (Some(left), _) => self.edits.push(Edit::replace(offset..end, left)),
            (None, Some(last)) if last.range.end == offset && last.replacement.is_empty() => {
                last.range.end = end;
            }
            (None, _) => self.edits.push(Edit::delete(offset..end)),
        }
    }

    /// Returns the rule and the message.
    fn describe(&self, group: Group) -> (Rule, String) {
        let names: Vec<String> = self.chars.iter().take(NAMED).map(|&c| named(c)).collect();
        let more = if self.chars.len() > NAMED { ", …" } else { "" };
        let names = format!("{}{more}", names.join(", "));
        let encoded = |noun| {
            let count = pluralize(self.count, noun);
            let text = decoded(&self.bytes).map(|text| format!(": {}", quote_start(&text, DECODED)));
            let text = text.unwrap_or_default();
            let message = format!("{count}, which a model reads and people do not see{text}");
            (Rule::HiddenText, message)
        };
        match group {
            Group::Tags => encoded("tag character"),
            Group::Selectors if self.count >= ENCODING => encoded("variation selector"),
            Group::Directions => {
                let message =
                    format!("people see the text in a different order than a model reads it: {names}");
                (Rule::BidiControl, message)
            }
            Group::Selectors | Group::Others => {
                let count = pluralize(self.count, "invisible character");
                (Rule::HiddenCharacter, format!("{count}: {names}"))
            }
        }
    }
}

/// Reports the hidden characters of `text`: once for each line and group, and from the hundredth line on once for
/// all others.
///
/// Those at and after the offset that `removable` returns can be removed without changing anything else; it is called
/// only if there are any.
pub(crate) fn check(text: &str, removable: impl FnOnce() -> usize, diagnostics: &mut Diagnostics) {
    if text.is_ascii() {
        return;
    }
    let mut runs = runs(text).peekable();
    if runs.peek().is_none() {
        return;
    }
    let mut report = Report {
        text,
        starts: LineStarts::of(text),
        removable: removable(),
        found: Default::default(),
        reported: [0; 4],
        diagnostics,
    };
    let mut line = usize::MAX;
    for run in runs {
        let start = report.starts.start_of(run.start);
        if start != line {
            line = start;
            report.end_line();
        }
        for (offset, c) in run.text.char_indices() {
            if let Some(found) = report.found.get_mut(Group::of(c, &run) as usize) {
                found.add(line, run.start + offset, c);
            }
        }
    }
    for group in Group::ALL {
        report.add(group);
    }
}

struct Report<'a> {
    text: &'a str,
    starts: LineStarts,
    removable: usize,
    /// In the order of [`Group::ALL`].
    found: [Found; 4],
    reported: [usize; 4],
    diagnostics: &'a mut Diagnostics,
}

impl Report<'_> {
    fn end_line(&mut self) {
        for group in Group::ALL {
            // The last diagnostic is for all lines that remain.
            let reported = self.reported.get(group as usize);
            if reported.is_none_or(|&count| count + 1 < MAX_OF_ONE_RULE) {
                self.add(group);
            }
        }
    }

    /// Adds the diagnostic for what was found of a group.
    fn add(&mut self, group: Group) {
        let Some(found) = self.found.get_mut(group as usize).map(std::mem::take) else {
            return;
        };
        if found.count == 0 {
            return;
        }
        if let Some(count) = self.reported.get_mut(group as usize) {
            *count += 1;
        }
        let position = self.starts.position(self.text, found.start);
        let (rule, mut message) = found.describe(group);
        if found.more_lines > 0 {
            message.push_str(&format!(", on this line and {} more", found.more_lines));
        }
        match found.start >= self.removable {
            true => self.diagnostics.fixable(rule, position, message, found.edits),
            false => self.diagnostics.add(rule, position, message),
        }
    }
}

/// Reports the hidden characters of a field's value that the file writes as escapes.
pub(crate) fn check_value(
    field: &str,
    value: &str,
    written: &str,
    position: Position,
    diagnostics: &mut Diagnostics,
) {
    if let Some(c) = value
        .chars()
        .find(|&c| is_control(c) && !matches!(c, '\n' | '\t'))
    {
        let shown = quote(c.encode_utf8(&mut [0; 4]));
        let message = format!("the {field} contains the control character {shown}");
        diagnostics.add(Rule::ControlCharacter, position, message);
    }
    let Some(run) = runs(value).next() else { return };
    let Some(c) = run.text.chars().next().filter(|_| runs(written).next().is_none()) else {
        return;
    };
    let rule = match Group::of(c, &run) {
        Group::Tags => Rule::HiddenText,
        Group::Directions => Rule::BidiControl,
        Group::Selectors | Group::Others => Rule::HiddenCharacter,
    };
    let message = format!("the {field} contains {}, written as an escape", named(c));
    diagnostics.add(rule, position, message);
}

/// Returns the byte that a tag or a variation selector encodes by the known schemes.
fn encoded(c: char) -> Option<u8> {
    let code = u32::from(c);
    let byte = match c {
        '\u{e0020}'..='\u{e007e}' => code - 0xe0000,
        '\u{fe00}'..='\u{fe0f}' => code - 0xfe00,
        '\u{e0100}'..='\u{e01ef}' => code - 0xe0100 + 16,
        _ => return None,
    };
    u8::try_from(byte).ok()
}

/// Returns bytes as text if they are text that can be read.
fn decoded(bytes: &[u8]) -> Option<String> {
    // They may have been cut within a character.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = !text.is_empty() && !text.contains(|c: char| is_control(c) && !c.is_whitespace());
    is_text.then(|| text.to_owned())
}

/// Returns the code point of an invisible character, and its name.
fn named(c: char) -> String {
    let name = match c {
        '\u{ad}' => "soft hyphen",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{61c}' => "Arabic letter mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "end of an embedding or override",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "end of an isolate",
        '\u{feff}' => "byte order mark",
        '\u{fff9}'..='\u{fffb}' => "interlinear annotation",
        _ => match Kind::of(c) {
            Some(Kind::Tag) => "tag character",
            Some(Kind::Selector) => "variation selector",
            _ => "invisible",
        },
    };
    format!("U+{:04X} ({name})", u32::from(c))
}
