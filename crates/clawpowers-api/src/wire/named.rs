//! Enums in replies: each value has a name, and the schema lists the names.

use clawpowers_executor::memory::{Kind, Relation, Source};
use clawpowers_executor::{Outcome, Storage};
use clawpowers_loader::client_budget::Truncation;
use clawpowers_loader::prompt::Level;
use clawpowers_loader::{Reception, ResourceKind, Scope, Severity, Target};
use serde::Serializer;

/// An enum whose values have names in replies.
#[cfg_attr(
    not(feature = "schema"),
    expect(dead_code, reason = "only schemas list the names")
)]
pub(crate) trait Named {
    /// The name of the type in schemas.
    const TYPE: &'static str;
    /// The description of the type in schemas.
    const ABOUT: &'static str;

    fn names() -> Vec<&'static str>;

    fn name(&self) -> &'static str;
}

/// Writes the name of a value; for `serialize_with`.
pub(crate) fn serialize<T: Named, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.name())
}

/// Returns the schema of the names; for `schema_with`.
#[cfg(feature = "schema")]
pub(crate) fn schema<T: Named>(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    struct Names<T>(std::marker::PhantomData<T>);

    impl<T: Named> schemars::JsonSchema for Names<T> {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            T::TYPE.into()
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({ "description": T::ABOUT, "type": "string", "enum": T::names() })
        }
    }

    generator.subschema_for::<Names<T>>()
}

macro_rules! named {
    ($($type:ident as $name:literal, $about:literal: $values:expr;)*) => {$(
        impl Named for $type {
            const TYPE: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn names() -> Vec<&'static str> {
                $values.iter().map(Self::name).collect()
            }

            fn name(&self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}

named! {
    DatabaseStatus as "DatabaseStatus", "The state of a database.": [Self::None, Self::Sound]
        .into_iter()
        .chain(Storage::ALL.map(Self::Failed))
        .collect::<Vec<_>>();
    Kind as "MemoryKind", "What an entry is about, which decides how fast it ages.": Self::ALL;
    Relation as "MemoryRelation", "How an entry is related to another.": Self::ALL;
    Source as "MemorySource", "Who wrote an entry.": Self::ALL;
    Truncation as "Truncation", "How much of a skill a client shows in its list.": [Self::Whole, Self::Shortened(0), Self::NameOnly, Self::Dropped];
    Level as "PromptLevel", "How much of the skills a prompt shows.": [Self::Full, Self::Shortened(0), Self::Names, Self::Dropped];
    Outcome as "Outcome", "How an execution ended.": Self::ALL;
    Target as "Target", "Whose rules are applied.": Self::ALL;
    Reception as "Reception", "What a target does with a skill.": Self::ALL;
    ResourceKind as "ResourceKind", "What a file of a skill is for.": [Self::Script, Self::Reference, Self::Asset, Self::Other];
    Scope as "Scope", "Where a skill comes from.": Self::ALL;
    Severity as "Severity", "How severe a diagnostic is.": [Self::Error, Self::Warning, Self::Info];
}

// An execution that has not ended is open.
impl Named for Option<Outcome> {
    const TYPE: &'static str = "ExecutionState";
    const ABOUT: &'static str = "How an execution ended; `open` while it has not.";

    fn names() -> Vec<&'static str> {
        Outcome::names().into_iter().chain(["open"]).collect()
    }

    fn name(&self) -> &'static str {
        self.map_or("open", Outcome::as_str)
    }
}

/// The name of every target together.
pub(crate) const ALL: &str = "all";

// Without one, every target.
impl Named for Option<Target> {
    const TYPE: &'static str = "TargetOrAll";
    const ABOUT: &'static str = "Whose rules are applied; `all` if every target was asked for.";

    fn names() -> Vec<&'static str> {
        Target::names().into_iter().chain([ALL]).collect()
    }

    fn name(&self) -> &'static str {
        self.map_or(ALL, Target::as_str)
    }
}

/// The state of a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DatabaseStatus {
    /// Nothing has been written yet.
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
