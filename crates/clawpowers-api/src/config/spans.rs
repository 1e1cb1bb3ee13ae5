//! Where the values of a JSON text stand, for a text that a JSON parser has accepted already.

use std::collections::HashSet;

/// A value and where it stands, in bytes.
#[derive(Debug)]
pub(super) struct Node {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset behind its last byte.
    pub(super) end: usize,
    /// The members of an object; nothing for any other value.
    pub(super) members: Option<Vec<Member>>,
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name, escapes resolved.
    pub(super) name: String,
    /// Offset of the quote that opens its name.
    pub(super) start: usize,
    /// Offset behind the quote that closes its name.
    pub(super) name_end: usize,
    /// Its value.
    pub(super) value: Node,
}

/// The values of a text.
#[derive(Debug)]
pub(super) struct Spans {
    /// The value of the whole text.
    pub(super) root: Node,
    /// The first name that an object holds twice, and the offset of the second.
    pub(super) duplicate: Option<(String, usize)>,
}

/// Reads the places of all values; nothing where the text is no JSON after all.
pub(super) fn spans(text: &str) -> Option<Spans> {
    let mut reader = Reader {
        text,
        at: 0,
        duplicate: None,
    };
    let root = reader.value()?;
    Some(Spans {
        root,
        duplicate: reader.duplicate,
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    duplicate: Option<(String, usize)>,
}

impl Reader<'_> {
    /// Returns the next byte that is no blank, and stays before it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes behind the next byte that is no blank if it is the one that is wanted.
    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// Reads a value. The parser that accepted the text bounds how deep this goes.
    fn value(&mut self) -> Option<Node> {
        let first = self.peek()?;
        let start = self.at;
        let mut members = None;
        match first {
            b'{' => members = Some(self.object()?),
            b'[' => self.list()?,
            b'"' => self.string()?,
            _ => {
                let ends = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
                while self.byte().is_some_and(|byte| !ends(byte)) {
                    self.at += 1;
                }
                if self.at == start {
                    return None;
                }
            }
        }
        Some(Node {
            start,
            end: self.at,
            members,
        })
    }

    fn object(&mut self) -> Option<Vec<Member>> {
        self.at += 1;
        let mut members = Vec::new();
        let mut names = HashSet::new();
        while self.peek()? != b'}' {
            let start = self.at;
            self.string()?;
            let name_end = self.at;
            let name: String = serde_json::from_str(self.text.get(start..name_end)?).ok()?;
            if !names.insert(name.clone()) && self.duplicate.is_none() {
                self.duplicate = Some((name.clone(), start));
            }
            self.take(b':')?;
            members.push(Member {
                name,
                start,
                name_end,
                value: self.value()?,
            });
            if self.peek()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        Some(members)
    }

    fn list(&mut self) -> Option<()> {
        self.at += 1;
        while self.peek()? != b']' {
            self.value()?;
            if self.peek()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }
}
