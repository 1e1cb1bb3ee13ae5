//! The outline of a body: headings, code blocks, links.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// Byte offset in the body.
    pub offset: usize,
}

/// A fenced or indented code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The first word after the fence.
    pub language: Option<String>,
    /// Byte offset in the body.
    pub offset: usize,
    /// The number of lines.
    pub lines: usize,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The target as written.
    pub target: String,
    /// Byte offset in the body.
    pub offset: usize,
}

/// The headings, code blocks and links of a body, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    pub headings: Vec<Heading>,
    pub code_blocks: Vec<CodeBlock>,
    pub links: Vec<Link>,
}

impl Outline {
    /// Reads the outline of a Markdown text.
    #[must_use]
    pub fn of(markdown: &str) -> Self {
        let mut outline = Self::default();
        let mut heading: Option<Heading> = None;
        let mut in_code = false;
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
        for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some(Heading {
                        level: level as u8,
                        text: String::new(),
                        offset: range.start,
                    });
                }
                Event::End(TagEnd::Heading(_)) => outline.headings.extend(heading.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
                        CodeBlockKind::Indented => None,
                    };
                    outline.code_blocks.push(CodeBlock {
                        language,
                        offset: range.start,
                        lines: 0,
                    });
                    in_code = true;
                }
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    outline.links.push(Link {
                        target: dest_url.into_string(),
                        offset: range.start,
                    });
                }
                Event::Text(text) | Event::Code(text) => match (&mut heading, outline.code_blocks.last_mut())
                {
                    (Some(heading), _) => heading.text.push_str(&text),
                    (None, Some(block)) if in_code => {
                        block.lines += text.bytes().filter(|&b| b == b'\n').count();
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_code_blocks_and_links_are_found() {
        let text = "# A `b`\n\nSee [x](references/x.md).\n\n```sh -e\nls\npwd\n```\n\nmore\nlines\n\n## C\n";
        let outline = Outline::of(text);
        let headings: Vec<_> = outline
            .headings
            .iter()
            .map(|h| (h.level, h.text.as_str()))
            .collect();
        assert_eq!(headings, [(1, "A b"), (2, "C")]);
        let block = &outline.code_blocks[0];
        assert_eq!((block.language.as_deref(), block.lines), (Some("sh"), 2));
        assert_eq!(outline.links[0].target, "references/x.md");
    }
}
