//! Enums in replies: each value is a word, and the schema lists the words.

use clawpowers_executor::{Outcome, Storage};
use clawpowers_loader::client_budget::Truncation;
use clawpowers_loader::prompt::Level;
use clawpowers_loader::{Profile, ResourceKind, Scope, Severity};
use serde::Serializer;

/// An enum whose values have names in replies.
#[cfg_attr(
    not(feature = "schema"),
    expect(dead_code, reason = "only schemas list the words")
)]
pub(crate) trait Words {
    /// The name of the type in other languages.
    const NAME: &'static str;
    /// One sentence about it.
    const ABOUT: &'static str;

    fn words() -> Vec<&'static str>;

    fn word(&self) -> &'static str;
}

/// Writes a value as its word; for `serialize_with`.
pub(crate) fn word<T: Words, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}

/// Returns the schema of the words; for `schema_with`.
#[cfg(feature = "schema")]
pub(crate) fn schema<T: Words>(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    struct Named<T>(std::marker::PhantomData<T>);

    impl<T: Words> schemars::JsonSchema for Named<T> {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            T::NAME.into()
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({ "description": T::ABOUT, "type": "string", "enum": T::words() })
        }
    }

    generator.subschema_for::<Named<T>>()
}

macro_rules! words {
    ($($type:ident as $name:literal, $about:literal: $values:expr;)*) => {$(
        impl Words for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn words() -> Vec<&'static str> {
                $values.iter().map(Self::word).collect()
            }

            fn word(&self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}

words! {
    DatabaseStatus as "DatabaseStatus", "The condition of a database.": [Self::None, Self::Sound]
        .into_iter()
        .chain(Storage::ALL.map(Self::Failed))
        .collect::<Vec<_>>();
    Truncation as "Truncation", "What a client leaves of a skill in its list.": [Self::Whole, Self::Shortened(0), Self::NameOnly, Self::Dropped];
    Level as "PromptLevel", "How much of the skills a prompt shows.": [Self::Full, Self::Shortened(0), Self::Names, Self::Dropped];
    Outcome as "Outcome", "How an execution ended.": Self::ALL;
    Profile as "Target", "Whose rules are applied.": Self::ALL;
    ResourceKind as "ResourceKind", "What a file of a skill is for.": [Self::Script, Self::Reference, Self::Asset, Self::Other];
    Scope as "Scope", "Where a skill comes from.": Self::ALL;
    Severity as "Severity", "How severe a diagnostic is.": [Self::Error, Self::Warning, Self::Info];
}

// An execution that has not ended is open.
impl Words for Option<Outcome> {
    const NAME: &'static str = "ExecutionState";
    const ABOUT: &'static str = "How an execution ended; `open` while it has not.";

    fn words() -> Vec<&'static str> {
        Outcome::words().into_iter().chain(["open"]).collect()
    }

    fn word(&self) -> &'static str {
        self.map_or("open", Outcome::as_str)
    }
}

/// The state of a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DatabaseStatus {
    /// Nothing was written yet.
    #[default]
    None,
    /// It has no problem.
    Sound,
    /// It cannot be used.
    Failed(Storage),
}

impl DatabaseStatus {
    /// Returns the name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sound => "sound",
            Self::Failed(storage) => storage.as_str(),
        }
    }
}
