//! The operations, one module each: `Request`, `Response`, `run`.

use crate::error::{ApiError, ErrorCode};
use crate::json::to_json;
use crate::runtime::Runtime;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Declares a request that is about a selection of skills: the four fields that select, and its own.
macro_rules! selecting {
    ($(#[$meta:meta])* { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Request {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Folders to look below; the usual ones where there are none.
            #[serde(default)]
            pub roots: Vec<String>,
            /// Only these scopes; all where there are none.
            #[serde(default)]
            pub scopes: Vec<String>,
            /// The client whose view to take.
            #[serde(default)]
            pub client: Option<String>,
            /// The role profile whose skills to keep.
            #[serde(default)]
            pub profile: Option<String>,
        }

        impl Request {
            /// Takes over which skills the request is about.
            #[must_use]
            pub fn selecting(mut self, selection: crate::Selection) -> Self {
                crate::Selection {
                    roots: self.roots,
                    scopes: self.scopes,
                    client: self.client,
                    profile: self.profile,
                } = selection;
                self
            }

            fn selection(&self) -> crate::Selection {
                crate::Selection {
                    roots: self.roots.clone(),
                    scopes: self.scopes.clone(),
                    client: self.client.clone(),
                    profile: self.profile.clone(),
                }
            }
        }
    };
}

pub mod doctor;
pub mod skill_budget;
pub mod skill_fix;
pub mod skill_list;
pub mod skill_new;
pub mod skill_parse;
pub mod skill_prompt;
pub mod skill_read;
pub mod skill_read_properties;
pub mod skill_reference_validate;
pub mod skill_search;
pub mod skill_show;
pub mod skill_to_prompt;
pub mod skill_validate;

/// An operation as bindings call it.
#[derive(Debug)]
pub struct Operation {
    /// The stable name.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    pub(crate) call: fn(&Runtime, &str) -> String,
}

fn call<Request: DeserializeOwned, Response: Serialize>(
    runtime: &Runtime,
    request: &str,
    run: fn(&Runtime, &Request) -> Result<Response, ApiError>,
) -> String {
    // The deserializer would take a list of the fields' values as well.
    let object = request.trim_start().starts_with('{');
    let parsed = if object {
        serde_json::from_str(request).map_err(|error| error.to_string().replace("usize", "a whole number"))
    } else {
        Err("it is not an object".to_owned())
    };
    let parsed = parsed.map_err(|why| {
        ApiError::new(
            ErrorCode::InvalidRequest,
            format!("the request is not valid: {why}"),
        )
        .hint("COMPATIBILITY.md lists the fields of each operation")
    });
    reply(&parsed.and_then(|request| run(runtime, &request)))
}

/// Writes the reply that every language gets: `{"ok": …}` or `{"error": …}`.
#[must_use]
pub fn reply<T: Serialize>(result: &Result<T, ApiError>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Reply<'a, T> {
        Ok(&'a T),
        Error(&'a ApiError),
    }
    to_json(&match result {
        Ok(response) => Reply::Ok(response),
        Err(error) => Reply::Error(error),
    })
}

macro_rules! operations {
    ($($module:ident $summary:literal;)*) => {
        /// Every operation, in the order of their names.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($module),
            summary: $summary,
            call: |runtime, request| call(runtime, request, $module::run),
        },)*];
    };
}

operations! {
    doctor "Reports inventory, readiness, visibility and faults of the skills that are there.";
    skill_budget "Says what Claude Code and Codex would cut from their listing.";
    skill_fix "Shows or writes the mechanical repairs of skill files.";
    skill_list "Lists the visible skills, the hidden ones and those that did not load.";
    skill_new "Creates a skill's folder with a SKILL.md to fill in.";
    skill_parse "Parses the text of a SKILL.md.";
    skill_prompt "Renders the catalog for a model, within a token budget.";
    skill_read "Reads a skill's text or one of its files.";
    skill_read_properties "Prints a skill's properties as the reference validator does.";
    skill_reference_validate "Judges one skill in the words of the reference validator.";
    skill_search "Ranks skills by how well they match words.";
    skill_show "Shows one skill: fields, outline, files, digest, requirements, findings.";
    skill_to_prompt "Prints skills as the reference validator's prompt block.";
    skill_validate "Judges skill files by a reader's rules.";
}
