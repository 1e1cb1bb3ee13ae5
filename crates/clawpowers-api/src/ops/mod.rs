//! The operations, one module each: `Request`, `Response`, `run`.

use crate::error::{ApiError, ErrorCode};
use crate::json::to_json;
use crate::runtime::Runtime;
use crate::value::BEYOND;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Declares a request that is about a selection of skills: the four fields that select, and its own.
macro_rules! selecting {
    ($(#[$meta:meta])* { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Request {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Folders to look below, or a skill's SKILL.md; the usual folders where there are none.
            #[serde(default)]
            #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
            pub roots: Vec<String>,
            /// Only these scopes; all where there are none.
            #[serde(default)]
            pub scopes: Vec<String>,
            /// The client whose view to take.
            #[serde(default)]
            pub client: Option<String>,
            /// The role profile whose skills to keep; an empty name means no profile.
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

/// Declares a request that is about executions: the five fields that pick them, and its own.
macro_rules! picking {
    ($(#[$meta:meta])* { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Request {
            $($(#[$field_meta])* #[serde(default)] pub $field: $type,)*
            /// Of this skill.
            #[serde(default)]
            pub skill: Option<String>,
            /// Of this session.
            #[serde(default)]
            pub session: Option<String>,
            /// At this time or later: a time, a date, or how long ago (`7d`).
            #[serde(default)]
            #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
            pub since: Option<String>,
            /// Before this time.
            #[serde(default)]
            #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
            pub until: Option<String>,
            /// With this outcome: `success`, `failure`, `partial`, `skipped` or `open`.
            #[serde(default)]
            pub outcome: Option<String>,
        }

        impl Request {
            /// Takes over which executions the request is about.
            #[must_use]
            pub fn picking(mut self, which: crate::Which) -> Self {
                crate::Which {
                    skill: self.skill,
                    session: self.session,
                    since: self.since,
                    until: self.until,
                    outcome: self.outcome,
                } = which;
                self
            }

            fn which(&self) -> crate::Which {
                crate::Which {
                    skill: self.skill.clone(),
                    session: self.session.clone(),
                    since: self.since.clone(),
                    until: self.until.clone(),
                    outcome: self.outcome.clone(),
                }
            }
        }
    };
}

pub mod analyze;
pub mod analyze_compare;
pub mod analyze_plan;
pub mod analyze_worktrees;
pub mod config_get;
pub mod config_list;
pub mod config_set;
pub mod config_unset;
pub mod doctor;
pub mod feedback_detect;
pub mod import;
pub mod init;
pub mod metrics_delete;
pub mod metrics_export;
pub mod metrics_finish;
pub mod metrics_import;
pub mod metrics_record;
pub mod metrics_show;
pub mod metrics_start;
pub mod metrics_summary;
pub mod recover;
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
pub mod status;
pub mod store_append;
pub mod store_cas;
pub mod store_delete;
pub mod store_exists;
pub mod store_export;
pub mod store_get;
pub mod store_import;
pub mod store_incr;
pub mod store_list;
pub mod store_list_values;
pub mod store_set;

/// An operation as bindings call it.
#[derive(Debug)]
pub struct Operation {
    /// The stable name.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// How it looks in the languages that have methods.
    pub surface: Surface,
    pub(crate) call: fn(&Runtime, &str) -> String,
    /// The JSON schemas of its request and its response; types are defined once for all operations in the generators.
    #[cfg(feature = "schema")]
    pub schemas: fn(&mut Generators) -> (schemars::Schema, schemars::Schema),
}

/// How an operation looks in the languages that have methods.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// The part of the runtime whose method it is; `runtime` where it is one of the runtime itself.
    pub group: &'static str,
    /// The method's name, in words of lower case with underscores.
    pub method: &'static str,
    /// The fields of the request that are given by position; all others are given by name.
    pub positional: &'static [&'static str],
    /// The field of the response that the method returns, where it does not return the whole.
    pub result: Option<&'static str>,
}

/// What makes schemas: of what is read, and of what is written.
#[cfg(feature = "schema")]
#[derive(Debug)]
pub struct Generators {
    /// Of requests.
    pub requests: schemars::SchemaGenerator,
    /// Of responses.
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

fn call<Request: DeserializeOwned, Response: Serialize>(
    runtime: &Runtime,
    request: &str,
    run: fn(&Runtime, &Request) -> Result<Response, ApiError>,
) -> String {
    reply(&read_request(request).and_then(|request| run(runtime, &request)))
}

/// How the deserializer says that an escape is half of a surrogate pair: alone, or in front of something else.
const HALF_PAIR: &str = "lone leading surrogate in hex escape";
const HALF_PAIR_AND_MORE: &str = "unexpected end of hex escape";

/// Reads a request, or options, from JSON text.
pub(crate) fn read_request<Request: DeserializeOwned>(text: &str) -> Result<Request, ApiError> {
    // The deserializer would take a list of the fields' values as well.
    let object = text.trim_start().starts_with('{');
    let parsed = if object {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        Err("it is not an object".to_owned())
    };
    parsed.map_err(|why| {
        if let Some((_, place)) = why
            .split_once(HALF_PAIR)
            .or_else(|| why.split_once(HALF_PAIR_AND_MORE))
        {
            let message = format!("the request is not valid: unpaired surrogate{place}");
            return ApiError::new(ErrorCode::InvalidRequest, message).hint(
                "text and paths in a request must be UTF-8; rename the file or folder, or pass a folder above it",
            );
        }
        let hint = match why.starts_with(BEYOND) {
            true => "write it as a text of digits",
            false => "COMPATIBILITY.md lists the fields of each operation",
        };
        ApiError::new(
            ErrorCode::InvalidRequest,
            format!("the request is not valid: {why}"),
        )
        .hint(hint)
    })
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

/// How many UTF-16 units a string of JavaScript has at most in V8.
const LONGEST_STRING: usize = (1 << 29) - 24;

/// Returns a reply for JavaScript: an error in the place of one that no string there could hold.
#[must_use]
pub fn for_javascript(reply: String) -> String {
    if reply.len() <= LONGEST_STRING || reply.encode_utf16().count() <= LONGEST_STRING {
        return reply;
    }
    let message = format!(
        "the reply has {} bytes; a JavaScript string can have {LONGEST_STRING} characters",
        reply.len()
    );
    ApiError::new(ErrorCode::InvalidInput, message)
        .hint("narrow the request with a pattern, a time or a limit; the command line has no such limit")
        .to_reply()
}

macro_rules! operations {
    ($($module:ident $summary:literal
        $group:ident.$method:ident($($position:ident),*) $(-> $result:ident)?;)*) => {
        /// Every operation, in the order of their names.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($module),
            summary: $summary,
            surface: Surface {
                group: stringify!($group),
                method: stringify!($method),
                positional: &[$(stringify!($position)),*],
                result: [$(Some(stringify!($result)),)? None][0],
            },
            call: |runtime, request| call(runtime, request, $module::run),
            #[cfg(feature = "schema")]
            schemas: |generators| (
                generators.requests.subschema_for::<$module::Request>(),
                generators.responses.subschema_for::<$module::Response>(),
            ),
        },)*];
    };
}

operations! {
    analyze "Says which skills work and which got worse."
        feedback.analyze();
    analyze_compare "Compares two versions of a skill, or two times."
        feedback.compare(skill, a, b);
    analyze_plan "Compares a plan's estimate with what it took, and lists its tasks."
        feedback.plan(plan);
    analyze_worktrees "Lists the worktrees that skills have registered."
        feedback.worktrees() -> worktrees;
    config_get "Reads one setting of config.json."
        config.get(key) -> value;
    config_list "Lists the settings of config.json."
        config.list();
    config_set "Changes one setting of config.json and leaves the rest as it is."
        config.set(key, value);
    config_unset "Removes one setting from config.json and leaves the rest as it is."
        config.unset(key);
    doctor "Checks skills, config.json and the database."
        runtime.doctor();
    feedback_detect "Finds changes of a success rate in a list of outcomes."
        feedback.detect(outcomes);
    import "Takes in what 1.x left in a home."
        runtime.import_legacy();
    init "Creates the runtime home."
        runtime.init();
    metrics_delete "Deletes an execution, here and in every home that imports from this one."
        metrics.delete(id) -> execution;
    metrics_export "Writes executions as JSON lines or CSV."
        metrics.export_lines();
    metrics_finish "Ends an execution that was started."
        metrics.finish(id, outcome) -> execution;
    metrics_import "Takes in executions from JSON lines."
        metrics.import_lines(text);
    metrics_record "Records an execution that has ended."
        metrics.record();
    metrics_show "Shows the last executions."
        metrics.show() -> executions;
    metrics_start "Records that an execution has begun."
        metrics.start(skill);
    metrics_summary "Sums up executions, as a whole and by skill."
        metrics.summary();
    recover "Writes what can still be read of a damaged database to a new home."
        runtime.recover(to);
    skill_budget "Says what Claude Code and Codex would cut from their listing."
        skills.budget();
    skill_fix "Shows or writes the mechanical repairs of skill files."
        skills.fix(paths);
    skill_list "Lists the visible skills, the hidden ones and those that did not load."
        skills.list();
    skill_new "Creates a skill's folder with a SKILL.md to fill in."
        skills.create(name) -> path;
    skill_parse "Parses the text of a SKILL.md."
        skills.parse(text);
    skill_prompt "Renders the catalog for a model, within a token budget."
        skills.prompt();
    skill_read "Reads a skill's text or one of its files."
        skills.read(name);
    skill_read_properties "Prints a skill's properties as the reference validator does."
        skills.read_properties(path) -> text;
    skill_reference_validate "Judges one skill in the words of the reference validator."
        skills.reference_validate(path);
    skill_search "Ranks skills by how well they match words."
        skills.search(words) -> hits;
    skill_show "Shows one skill: fields, outline, files, digest, requirements, findings."
        skills.show(name);
    skill_to_prompt "Prints skills as the reference validator's prompt block."
        skills.to_prompt(paths) -> text;
    skill_validate "Judges skill files by a reader's rules."
        skills.validate(paths);
    status "Shows the runtime home: schema, sizes, counts, last executions."
        runtime.status();
    store_append "Adds a line to the value of a key."
        store.append(key, value);
    store_cas "Sets the value of a key if it has not changed."
        store.cas(key, old, new);
    store_delete "Removes a key."
        store.delete(key) -> deleted;
    store_exists "Tells whether a key is there."
        store.exists(key) -> exists;
    store_export "Writes keys and values as JSON lines."
        store.export_lines(pattern);
    store_get "Returns the value of a key."
        store.get(key) -> value;
    store_import "Sets keys from JSON lines."
        store.import_lines(text);
    store_incr "Adds a number to the value of a key."
        store.incr(key, by) -> value;
    store_list "Lists keys."
        store.list(pattern) -> keys;
    store_list_values "Lists keys with their values."
        store.list_values(pattern) -> entries;
    store_set "Sets the value of a key."
        store.set(key, value);
}
