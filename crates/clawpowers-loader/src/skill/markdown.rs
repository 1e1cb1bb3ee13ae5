//! Frontmatter of any Markdown file.

use crate::lint::{Diagnostics, Target};
use crate::syntax::delimiter::starts_with_delimiter;
use crate::syntax::frontmatter;
use crate::syntax::source::Source;
use serde_json::{Map, Value};

/// Returns the fields of the frontmatter and the text after it. Without frontmatter that can be read, there are no fields, and
/// all of the text is returned.
#[must_use]
pub fn markdown(source: &Source) -> (Map<String, Value>, &str) {
    let text = source.text();
    if !starts_with_delimiter(text) {
        return (Map::new(), text);
    }
    let mut ignored = Diagnostics::new(Target::Spec);
    let Ok(front) = frontmatter::read(source, None, &mut ignored) else {
        return (Map::new(), text);
    };
    match front.root.to_json() {
        Value::Object(fields) => (fields, text.get(front.block.body..).unwrap_or_default()),
        _ => (Map::new(), text),
    }
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use crate::syntax::Source;
    use serde_json::json;

    #[test]
    fn fields_are_read_only_where_there_is_frontmatter() {
        for (text, fields, body) in [
            (
                "---\ntitle: A: b\ntags: [x, y]\n---\nText\n",
                json!({"title": "A: b", "tags": ["x", "y"]}),
                "Text\n",
            ),
            (
                "# Title\n\n---\nname: x\n---\n",
                json!({}),
                "# Title\n\n---\nname: x\n---\n",
            ),
            ("---\nnot closed", json!({}), "---\nnot closed"),
            ("---\n- a list\n---\nText", json!({}), "---\n- a list\n---\nText"),
            ("", json!({}), ""),
        ] {
            let source = Source::from_text(text);
            let (found, rest) = markdown(&source);
            assert_eq!((json!(found), rest), (fields, body), "{text:?}");
        }
    }
}
