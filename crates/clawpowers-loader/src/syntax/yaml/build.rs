//! Builds the tree from the parser's events, within limits.

use super::{Kind, MAX_DEPTH, MAX_NODES, Node, YamlError, flat};
use crate::display::quote;
use crate::sort;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span, StructureStyle};
use std::collections::HashMap;

/// A duplicate key in one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duplicate {
    pub key: String,
    /// The start of the first key.
    pub first: usize,
    /// The end of the first value.
    pub first_end: usize,
    /// The start of the second key, whose value is used.
    pub second: usize,
}

/// Constructs that some parsers reject, with the offset of the first of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub duplicates: Vec<Duplicate>,
    /// A list in brackets or a mapping in braces.
    pub flow: Option<usize>,
    /// An anchor or alias.
    pub anchor: Option<usize>,
    pub tag: Option<usize>,
}

/// A collection that has not ended yet.
struct Open {
    start: usize,
    anchor: usize,
    mapping: bool,
    items: Vec<Node>,
}

/// The size of a tree.
#[derive(Clone, Copy)]
struct Measure {
    nodes: usize,
    depth: usize,
}

const LEAF: Measure = Measure { nodes: 1, depth: 0 };

struct Builder {
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, Measure)>,
    nodes: usize,
    root: Option<Node>,
    facts: Facts,
}

/// Parses one YAML document into a tree; an empty document has no root.
///
/// # Errors
///
/// Fails if the text is not YAML, contains a second document, or exceeds [`MAX_DEPTH`] or [`MAX_NODES`].
pub(crate) fn parse(text: &str) -> Result<(Option<Node>, Facts), YamlError> {
    let Some((root, facts)) = flat::read(text) else {
        return parse_any(text);
    };
    #[cfg(fuzzing)]
    assert_eq!(parse_any(text), Ok((Some(root.clone()), facts.clone())));
    Ok((Some(root), facts))
}

/// Parses any YAML.
pub(super) fn parse_any(text: &str) -> Result<(Option<Node>, Facts), YamlError> {
    let limit = MAX_DEPTH;
    let options = granit_parser::options! { flow_nesting_limit: limit, block_nesting_limit: limit, emit_anchor_events: true };
    let mut builder = Builder {
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        facts: Facts::default(),
    };
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            YamlError {
                offset: marker
                    .byte_offset()
                    .unwrap_or_else(|| offset_of(text, marker.index())),
                limit: matches!(error.kind(), ErrorKind::RecursionLimitExceeded),
                message: error.info(),
            }
        })?;
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                let message = "a second YAML document starts here";
                return Err(YamlError::new(start_of(&span), message));
            }
        }
        builder.event(event, &span)?;
    }
    Ok((builder.root, builder.facts))
}

fn start_of(span: &Span) -> usize {
    span.start.byte_offset().unwrap_or_default()
}

fn offset_of(text: &str, chars: usize) -> usize {
    text.char_indices()
        .nth(chars)
        .map_or(text.len(), |(offset, _)| offset)
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        let start = start_of(span);
        let end = span.end.byte_offset().unwrap_or(start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.note(start, anchor, tag.is_some(), false);
                let plain = style == ScalarStyle::Plain && tag.is_none();
                // The parser returns `~` for a missing value.
                let text = if start == end && style == ScalarStyle::Plain {
                    String::new()
                } else {
                    text.into_owned()
                };
                let node = Node {
                    kind: Kind::Scalar { text, plain },
                    start,
                    end,
                };
                self.value(node, LEAF, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => self.open(start, anchor, tag.is_some(), style, false),
            Event::MappingStart(style, anchor, tag) => self.open(start, anchor, tag.is_some(), style, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            // YAML 1.2 allows almost anything in the name of an anchor; other parsers and people expect a word.
            Event::Anchor(_, name)
                if !name
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) =>
            {
                let message = format!("the anchor name {} is not a word", quote(&name));
                Err(YamlError::new(start, message))
            }
            Event::Alias(id) => {
                self.note(start, 1, false, false);
                let Some((node, measure)) = self.anchors.get(&id).cloned() else {
                    return Err(YamlError::limit(start, "the alias refers to its own anchor"));
                };
                self.value(Node { start, end, ..node }, measure, 0)
            }
            _ => Ok(()),
        }
    }

    fn note(&mut self, start: usize, anchor: usize, tag: bool, flow: bool) {
        if anchor != 0 {
            self.facts.anchor.get_or_insert(start);
        }
        if tag {
            self.facts.tag.get_or_insert(start);
        }
        if flow {
            self.facts.flow.get_or_insert(start);
        }
    }

    fn open(
        &mut self,
        start: usize,
        anchor: usize,
        tag: bool,
        style: StructureStyle,
        mapping: bool,
    ) -> Result<(), YamlError> {
        self.note(start, anchor, tag, style == StructureStyle::Flow);
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("lists and mappings nest deeper than {MAX_DEPTH}");
            return Err(YamlError::limit(start, message));
        }
        self.stack.push(Open {
            start,
            anchor,
            mapping,
            items: Vec::new(),
        });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), YamlError> {
        let Some(open) = self.stack.pop() else {
            return Ok(());
        };
        let end = open.items.last().map_or(end, |last| last.end.max(end));
        let kind = if open.mapping {
            self.mapping(open.items)
        } else {
            Kind::Sequence(open.items)
        };
        let node = Node {
            kind,
            start: open.start,
            end,
        };
        if open.anchor != 0 {
            let whole = measure(&node);
            self.anchors.insert(open.anchor, (node.clone(), whole));
        }
        self.value(node, LEAF, 0)
    }

    fn mapping(&mut self, items: Vec<Node>) -> Kind {
        let mut entries: Vec<(Node, Node)> = Vec::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.push((key, value));
        }
        let hidden = self.duplicates(&entries);
        if !hidden.is_empty() {
            let all = entries.into_iter().enumerate();
            let kept = all.filter(|(index, _)| hidden.binary_search(index).is_err());
            entries = kept.map(|(_, entry)| entry).collect();
        }
        Kind::Mapping(entries)
    }

    /// Records duplicate keys and returns the indices of those that a later one replaces, in order.
    fn duplicates(&mut self, entries: &[(Node, Node)]) -> Vec<usize> {
        let scalars = entries
            .iter()
            .enumerate()
            .filter_map(|(index, (key, value))| match &key.kind {
                Kind::Scalar { text, .. } => Some((text.as_str(), index, key.start, value.end)),
                _ => None,
            });
        let mut order: Vec<_> = scalars.collect();
        sort::by(&mut order, Ord::cmp);
        let mut hidden = Vec::new();
        for pair in order.windows(2) {
            let &[(key, index, first, first_end), (next, _, second, _)] = pair else {
                continue;
            };
            if key == next {
                hidden.push(index);
                self.facts.duplicates.push(Duplicate {
                    key: key.to_owned(),
                    first,
                    first_end,
                    second,
                });
            }
        }
        sort::by_key(&mut self.facts.duplicates, |duplicate| duplicate.second);
        hidden.sort_unstable();
        hidden
    }

    fn value(&mut self, node: Node, measure: Measure, anchor: usize) -> Result<(), YamlError> {
        self.nodes = self.nodes.saturating_add(measure.nodes);
        if self.stack.len() + measure.depth > MAX_DEPTH {
            let message =
                format!("lists and mappings nest deeper than {MAX_DEPTH} once aliases are expanded");
            return Err(YamlError::limit(node.start, message));
        }
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values once aliases are expanded");
            return Err(YamlError::limit(node.start, message));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), measure));
        }
        match self.stack.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// Counts the nodes and levels of a tree.
fn measure(node: &Node) -> Measure {
    let mut whole = Measure { nodes: 0, depth: 0 };
    let mut todo = vec![(node, 0)];
    while let Some((node, depth)) = todo.pop() {
        whole.nodes += 1;
        whole.depth = whole.depth.max(depth);
        match &node.kind {
            Kind::Scalar { .. } => {}
            Kind::Sequence(items) => todo.extend(items.iter().map(|item| (item, depth + 1))),
            Kind::Mapping(entries) => {
                todo.extend(entries.iter().flat_map(|(k, v)| [(k, depth + 1), (v, depth + 1)]));
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> serde_json::Value {
        parse(text).unwrap().0.unwrap().to_json()
    }

    #[test]
    fn values_keep_order_and_position() {
        let (root, facts) = parse("b: 1\na:\n  - x\n  - {c: d}\nb: 2\n").unwrap();
        let root = root.unwrap();
        assert_eq!(root.to_json(), json!({"b": 2, "a": ["x", {"c": "d"}]}));
        assert_eq!((facts.flow, facts.duplicates.len()), (Some(18), 1));
        assert_eq!((facts.duplicates[0].first, facts.duplicates[0].second), (0, 25));
        assert_eq!(root.get("a").unwrap().items().unwrap()[0].start, 12);
    }

    #[test]
    fn any_line_end_is_read() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a: |{end}  x{end}  y{end}b: 'p{end}  q'{end}");
            assert_eq!(read(&text), json!({"a": "x\ny\n", "b": "p q"}), "{end:?}");
        }
    }

    #[test]
    fn alias_bombs_and_deep_nesting_are_rejected() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..9 {
            let row = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{row}]\n"));
        }
        assert!(parse(&bomb).unwrap_err().limit);
        for text in [
            "[".repeat(10_000),
            "{a: ".repeat(10_000),
            "- ".repeat(10_000),
            "a: &x [*x]".into(),
        ] {
            assert!(parse(&text).is_err());
        }
    }

    #[test]
    fn nested_aliases_do_not_nest_without_bound() {
        let mut text = String::from("a0: &a0 [x]\n");
        for i in 1..1000 {
            text.push_str(&format!("a{i}: &a{i} [*a{}]\n", i - 1));
        }
        assert!(parse(&text).unwrap_err().limit);
    }

    #[test]
    fn a_second_document_is_an_error() {
        assert_eq!(parse("a: 1\n--- \nb: 2\n").unwrap_err().offset, 5);
    }
}
