//! Who may invoke a skill.

use crate::display::quote;
use crate::fields::{BOOLEANS, GUARD, boolean_word, similar};
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;

/// Who may invoke a skill: the user by typing its name, the model on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    pub user: bool,
    pub model: bool,
}

impl Invocation {
    pub(crate) const ANY: Self = Self {
        user: true,
        model: true,
    };
}

/// Reads the two flags. A value that is not understood hides the skill from the model: it guards side effects.
pub(super) fn read(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Invocation {
    let mut flag = |key: &str| {
        let node = front.root.get(key)?;
        let value = node.as_text().and_then(boolean_word);
        if value.is_none() && !(node.is_null() && key != GUARD) {
            let message = match front.slice(node) {
                "" => format!("the field `{key}` has no value"),
                found => format!("the field `{key}` is {}, neither true nor false", quote(found)),
            };
            let near = node.as_text().and_then(|text| similar(text, &BOOLEANS));
            let hint = near.map_or_else(
                || "write `true` or `false`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            diagnostics.hint(
                Rule::InvocationNotBoolean,
                front.position(node.start),
                message,
                hint,
            );
        }
        value.or((!node.is_null() || key == GUARD).then_some(true))
    };
    Invocation {
        user: flag("user-invocable").unwrap_or(true),
        model: !flag(GUARD).unwrap_or(false),
    }
}
