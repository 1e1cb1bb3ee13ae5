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

impl Invocation {
    pub(crate) const ANY: Self = Self {
        user: true,
        model: true,
    };
}

/// Returns the boolean that a word means, in upper or lower case.
pub(crate) fn boolean_word(word: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|known| word.trim().eq_ignore_ascii_case(known));
    if is(["true", "yes", "on", "1"]) {
        return Some(true);
    }
    is(["false", "no", "off", "0"]).then_some(false)
}

pub(super) fn read(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) -> Invocation {
    let mut flag = |key: &str| {
        let node = front.root.get(key).filter(|node| !node.is_null())?;
        let value = node.as_text().and_then(boolean_word);
        if value.is_none() {
            let found = quote(front.slice(node));
            let message = format!("the field `{key}` is {found}, neither true nor false");
            diagnostics.add(Rule::InvocationNotBoolean, front.position(node.start), message);
        }
        // A value that is not understood counts as true: one of the flags guards side effects.
        Some(value.unwrap_or(true))
    };
    Invocation {
        user: flag("user-invocable").unwrap_or(true),
        model: !flag("disable-model-invocation").unwrap_or(false),
    }
}
