//! Fields that several requests share.
//!
//! A macro writes them into each request, because `serde(flatten)` does not reject unknown fields.

/// Declares a struct of shared fields, and a macro that declares a struct with those fields besides its own. If its name
/// is `Request`, the macro derives what requests need.
///
/// The macro's structs get `shared()`, which returns the shared fields, and `with()`, which sets them. The first token is a
/// dollar sign for the inner macro.
macro_rules! shared_fields {
    (
        $d:tt
        $(#[$meta:meta])*
        pub struct $shared:ident by $macro:ident {
            $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $shared {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        macro_rules! $macro {
            ($d(#[$d meta:meta])* pub struct Request { $d($d own:tt)* }) => {
                $macro! {
                    @struct
                    $d(#[$d meta])*
                    #[derive(Debug, Clone, Default, serde::Deserialize)]
                    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
                    #[serde(deny_unknown_fields)]
                    pub struct Request { $d($d own)* }
                }
            };
            (
                $d(@struct)?
                $d(#[$d struct_meta:meta])*
                pub struct $d name:ident {
                    $d($d(#[$d own_meta:meta])* pub $d own:ident: $d own_type:ty,)*
                }
            ) => {
                $d(#[$d struct_meta])*
                pub struct $d name {
                    $d($d(#[$d own_meta])* pub $d own: $d own_type,)*
                    $($(#[$field_meta])* pub $field: $type,)*
                }

                impl $d name {
                    /// Sets the shared fields.
                    #[must_use]
                    pub fn with(mut self, shared: $crate::$shared) -> Self {
                        $crate::$shared { $($field: self.$field,)* } = shared;
                        self
                    }

                    /// Returns the shared fields.
                    #[must_use]
                    pub fn shared(&self) -> $crate::$shared {
                        $crate::$shared { $($field: self.$field.clone(),)* }
                    }
                }
            };
        }
        pub(crate) use $macro;
    };
}
pub(crate) use shared_fields;
