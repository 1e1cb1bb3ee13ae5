//! Markdown code blocks and comments around frontmatter.

use crate::syntax::source::lines;
use std::ops::Range;

/// A line that opens or closes a fenced code block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CodeFence {
    mark: char,
    length: usize,
    /// Whether only whitespace follows the fence characters; a fence with an info string closes nothing.
    bare: bool,
}

impl CodeFence {
    fn of(line: &str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        let is_fence = length >= 3 && line.len() - text.len() <= 3 && !(mark == '`' && info.contains('`'));
        is_fence.then(|| Self {
            mark,
            length,
            bare: info.trim().is_empty(),
        })
    }

    const fn closes(self, opener: Self) -> bool {
        self.bare && self.mark as u32 == opener.mark as u32 && self.length >= opener.length
    }
}

/// Returns whether a line opens or closes a fenced code block.
pub(super) fn is_code_fence(line: &str) -> bool {
    CodeFence::of(line).is_some()
}

/// An open code block or comment.
#[derive(Debug, Clone, Copy)]
enum Inside {
    Code { start: usize, fence: CodeFence },
    Comment { start: usize },
}

/// Reads text line by line and knows the code block or comment that is open.
#[derive(Debug, Default)]
pub(super) struct Enclosure(Option<Inside>);

impl Enclosure {
    /// Reads the next line, which starts at `start`.
    pub(super) fn read(&mut self, line: &str, start: usize) {
        let fence = CodeFence::of(line);
        self.0 = match (self.0, fence) {
            (Some(Inside::Code { fence: opener, .. }), Some(fence)) if fence.closes(opener) => None,
            (Some(Inside::Comment { .. }), _) if line.contains("-->") => None,
            (None, Some(fence)) => Some(Inside::Code { start, fence }),
            (None, None) if opens_comment(line) => Some(Inside::Comment { start }),
            (inside, _) => inside,
        };
    }

    /// Returns the start of the code block or comment that contains the next line.
    pub(super) fn start(&self) -> Option<usize> {
        match self.0? {
            Inside::Code { start, .. } | Inside::Comment { start } => Some(start),
        }
    }
}

fn opens_comment(line: &str) -> bool {
    let behind = line.rsplit_once("<!--").map(|(_, behind)| behind);
    behind.is_some_and(|behind| !behind.contains("-->"))
}

/// Finds the line that closes the code block that opens at `opener` and contains the frontmatter; `body` is the end of
/// the frontmatter.
///
/// Authors put a whole file into a code block that contains others with fences of the same length, so the closing line
/// is the one without which the others pair up: the first line of the body, the last one, or the first that is
/// possible.
pub(crate) fn closing_fence(text: &str, opener: usize, body: usize) -> Option<Range<usize>> {
    let wrapper = CodeFence::of(lines(text.get(opener..)?).next()?.text)?;
    let fences: Vec<(Range<usize>, CodeFence)> = lines(text.get(body..)?)
        .filter_map(|line| Some((body + line.start..body + line.next, CodeFence::of(line.text)?)))
        .collect();
    let is_last = |range: &Range<usize>| text.get(range.end..).is_some_and(|rest| rest.trim().is_empty());
    let is_first = |range: &Range<usize>| {
        text.get(body..range.start)
            .is_some_and(|rest| rest.trim().is_empty())
    };
    let next = Some(0).filter(|_| fences.first().is_some_and(|(range, _)| is_first(range)));
    let last = fences.len().checked_sub(1);
    let last = last.filter(|&at| fences.get(at).is_some_and(|(range, _)| is_last(range)));
    let mut inner = None;
    let first = fences.iter().position(|&(_, fence)| {
        let closes = inner.is_none() && fence.closes(wrapper);
        inner = after(inner, fence);
        closes
    });
    // If the fence is longer than three characters, the author chose its length deliberately.
    let pairs_up = |at: usize| {
        let others = fences.iter().enumerate().filter(|(index, _)| *index != at);
        wrapper.length > 3
            || others
                .fold(None, |inner, (_, &(_, fence))| after(inner, fence))
                .is_none()
    };
    let closes =
        |at: &usize| fences.get(*at).is_some_and(|(_, fence)| fence.closes(wrapper)) && pairs_up(*at);
    let found = [next, last, first].into_iter().flatten().find(closes)?;
    fences.get(found).map(|(range, _)| range.clone())
}

/// Returns the code block that is open after a code fence.
const fn after(open: Option<CodeFence>, fence: CodeFence) -> Option<CodeFence> {
    match open {
        Some(opener) if fence.closes(opener) => None,
        Some(opener) => Some(opener),
        None => Some(fence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_closes_a_wrapped_file_is_found() {
        for (text, found) in [
            ("```md\nF# B\n```\n", Some("```\n")),
            ("```md\nF# B\n```sh\nx\n```\n\n```\n\n", Some("```\n\n")),
            ("```md\nF# B\n```\nx\n```\nend\n```", Some("```")),
            ("```md\nF\n```\nx\n```\nend\n```\ny\n```\n", None),
            (
                "```yaml\nF```\n# B\n```\nx\n```\n",
                Some("```\n# B\n```\nx\n```\n"),
            ),
            ("````md\nF# B\n```sh\nx\n````\n", Some("````\n")),
            ("~~~md\nF# B\n```\nx\n```\n~~~\n", Some("~~~\n")),
            // The last line closes a code block of the body.
            ("```md\nF# B\n```sh\nx\n```\n", None),
            ("````md\nF# B\n```\n", None),
            ("```md\nF# B\n", None),
        ] {
            let body = text.find('F').unwrap() + 1;
            let range = closing_fence(text, 0, body);
            assert_eq!(range.and_then(|range| text.get(range.start..)), found, "{text:?}");
        }
    }

    #[test]
    fn code_blocks_and_comments_enclose_lines() {
        for (text, start) in [
            ("a\n", None),
            ("a\n```yaml\n", Some(2)),
            ("```\n```\n", None),
            ("````\n```\n", Some(0)),
            ("~~~ x\n```\n", Some(0)),
            ("   ```\n", Some(0)),
            ("    ```\n", None),
            ("```a`\n", None),
            ("<!-- a\n", Some(0)),
            ("<!-- a -->\n", None),
            ("<!-- a\nb -->\n", None),
            ("<!--\n```\n-->\n", None),
        ] {
            let mut enclosure = Enclosure::default();
            lines(text).for_each(|line| enclosure.read(line.text, line.start));
            assert_eq!(enclosure.start(), start, "{text:?}");
        }
    }
}
