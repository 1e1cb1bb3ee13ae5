//! An entry of the table of operations, and the macro that declares the table of a group.

use crate::runtime::Runtime;
use crate::wire::{Result, json::reply, request::read_request};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An entry of the table of operations.
#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    /// One sentence for users.
    pub summary: &'static str,
    /// The path of its module in [`operations`](super).
    pub module: &'static str,
    /// The part of the runtime that has the method; `runtime` for the runtime itself.
    pub group: &'static str,
    /// The name of the method in snake case.
    pub method: &'static str,
    /// The fields of the request that are positional parameters; all others are named.
    pub positional: &'static [&'static str],
    /// The field of the response that the method returns; `None` if it returns the whole.
    pub result: Option<&'static str>,
    pub(crate) call: fn(&Runtime, &str) -> String,
    /// The JSON schemas of its request and its response; types are defined once for all operations in the generators.
    #[cfg(feature = "schema")]
    pub schemas: fn(&mut Generators) -> (schemars::Schema, schemars::Schema),
}

/// The generators of schemas.
#[cfg(feature = "schema")]
#[derive(Debug)]
pub struct Generators {
    pub requests: schemars::SchemaGenerator,
    pub responses: schemars::SchemaGenerator,
}

#[cfg(feature = "schema")]
impl Default for Generators {
    fn default() -> Self {
        let settings = schemars::generate::SchemaSettings::draft2020_12;
        Self {
            requests: settings().for_deserialize().into_generator(),
            responses: settings().for_serialize().into_generator(),
        }
    }
}

pub(super) fn call<Request: DeserializeOwned, Response: Serialize>(
    runtime: &Runtime,
    request: &str,
    run: fn(&Runtime, &Request) -> Result<Response>,
) -> String {
    reply(&read_request(request).and_then(|request| run(runtime, &request)))
}

/// Declares `OPERATIONS`, the operations of the group `$folder`: name, module, summary, method with its positional arguments,
/// and the field of the response that the method returns.
macro_rules! operations {
    ($folder:ident: $($name:ident = $module:ident, $summary:literal
        $group:ident.$method:ident($($position:ident),*) $(-> $result:ident)?;)*) => {
        pub(super) const OPERATIONS: &[&$crate::operations::Operation] = &[$(&$crate::operations::Operation {
            name: stringify!($name),
            summary: $summary,
            module: concat!(stringify!($folder), "::", stringify!($module)),
            group: stringify!($group),
            method: stringify!($method),
            positional: &[$(stringify!($position)),*],
            result: [$(Some(stringify!($result)),)? None][0],
            call: |runtime, request| $crate::operations::table::call(runtime, request, $module::run),
            #[cfg(feature = "schema")]
            schemas: |generators| (
                generators.requests.subschema_for::<$module::Request>(),
                generators.responses.subschema_for::<$module::Response>(),
            ),
        },)*];
    };
}
pub(super) use operations;
