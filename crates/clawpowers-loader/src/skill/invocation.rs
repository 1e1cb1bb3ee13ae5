//! Who may invoke a skill.

use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;

/// Who may invoke a skill: the user by typing its name, the model on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    pub user: bool,
    pub model: bool,
}

pub(super) fn read(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Invocation {
    let mut flag = |key: &str| -> Option<bool> {
        let node = front.root.get(key)?;
        let text = node.as_text()?.trim();
        let value = node.as_bool().or_else(|| text.parse().ok());
        if value.is_none() {
            let message = format!("the field `{key}` is {}, neither true nor false", quote(text));
            diagnostics.add(Rule::InvocationNotBoolean, front.position(node.start), message);
        }
        value
    };
    Invocation {
        user: flag("user-invocable").unwrap_or(true),
        model: !flag("disable-model-invocation").unwrap_or(false),
    }
}
