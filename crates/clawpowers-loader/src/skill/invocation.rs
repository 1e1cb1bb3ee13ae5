//! Who may start a skill.

use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Front;

/// Who may start a skill: the model by itself, the user by typing its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// The user may.
    pub user: bool,
    /// The model may.
    pub model: bool,
}

pub(super) fn read(front: &Front<'_>, diagnostics: &mut Diagnostics) -> Invocation {
    let mut flag = |key: &str| -> Option<bool> {
        let node = front.root.get(key)?;
        let text = node.as_text()?.trim();
        let value = node.as_bool().or_else(|| text.parse().ok());
        if value.is_none() {
            let message = format!("the field `{key}` is {}, neither true nor false", quote(text));
            diagnostics.hint(
                Rule::InvocationNotBoolean,
                front.position(node.start),
                message,
                "write `true` or `false`",
            );
        }
        value
    };
    Invocation {
        user: flag("user-invocable").unwrap_or(true),
        model: !flag("disable-model-invocation").unwrap_or(false),
    }
}
