//! The operations, one module each: `Request`, `Response`, `run`.
#![expect(
    missing_docs,
    reason = "types and fields that explain themselves have no comment"
)]

use crate::runtime::Runtime;
use crate::wire::{Result, json::reply, request::read_request};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) mod call;
// The generator does not format it.
#[rustfmt::skip]
pub mod methods;
pub mod config;
pub mod feedback;
pub mod home;
pub mod metrics;
pub mod skill;
pub mod store;
pub(crate) mod wording;

/// An entry of the table of operations.
#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    /// One sentence for users.
    pub summary: &'static str,
    /// The path of its module in this one.
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

fn call<Request: DeserializeOwned, Response: Serialize>(
    runtime: &Runtime,
    request: &str,
    run: fn(&Runtime, &Request) -> Result<Response>,
) -> String {
    reply(&read_request(request).and_then(|request| run(runtime, &request)))
}

macro_rules! operations {
    ($($name:ident = $($module:ident)::+, $summary:literal
        $group:ident.$method:ident($($position:ident),*) $(-> $result:ident)?;)*) => {
        /// Every operation, in the order of their names.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($name),
            summary: $summary,
            module: stringify!($($module)::+),
            group: stringify!($group),
            method: stringify!($method),
            positional: &[$(stringify!($position)),*],
            result: [$(Some(stringify!($result)),)? None][0],
            call: |runtime, request| call(runtime, request, $($module::)+run),
            #[cfg(feature = "schema")]
            schemas: |generators| (
                generators.requests.subschema_for::<$($module::)+Request>(),
                generators.responses.subschema_for::<$($module::)+Response>(),
            ),
        },)*];
    };
}

operations! {
    analyze = feedback::analyze, "Says which skills work and which got worse."
        feedback.analyze();
    analyze_compare = feedback::compare, "Compares two versions of a skill, or two periods."
        feedback.compare(skill, a, b);
    analyze_plan = feedback::plan, "Compares the estimate of a plan with the actual time, and lists its tasks."
        feedback.plan(plan);
    analyze_worktrees = feedback::worktrees, "Lists the worktrees that skills have registered."
        feedback.worktrees() -> worktrees;
    config_get = config::get, "Reads one setting of config.json."
        config.get(key) -> value;
    config_list = config::list, "Lists the settings of config.json."
        config.list();
    config_set = config::set, "Changes one setting of config.json and no other byte."
        config.set(key, value);
    config_unset = config::unset, "Removes one setting from config.json and changes nothing else."
        config.unset(key);
    doctor = home::doctor, "Checks skills, config.json and the database."
        runtime.doctor();
    feedback_detect = feedback::detect, "Finds changes of a success rate in a list of outcomes."
        feedback.detect(outcomes);
    import = home::import, "Imports the state and metrics of a 1.x home."
        runtime.import_legacy();
    init = home::init, "Creates the runtime home."
        runtime.init();
    metrics_delete = metrics::delete, "Deletes an execution, here and in every home that imports from this one."
        metrics.delete(id) -> execution;
    metrics_export = metrics::export, "Writes executions as JSON lines or CSV."
        metrics.export_lines();
    metrics_finish = metrics::finish, "Ends an execution that was started."
        metrics.finish(id, outcome) -> execution;
    metrics_import = metrics::import, "Imports executions from JSON lines."
        metrics.import_lines(text);
    metrics_record = metrics::record, "Records an execution that has ended."
        metrics.record();
    metrics_show = metrics::show, "Shows the last executions."
        metrics.show() -> executions;
    metrics_start = metrics::start, "Records that an execution has started."
        metrics.start(skill);
    metrics_summary = metrics::summary, "Summarizes executions, in total and by skill."
        metrics.summary();
    recover = home::recover, "Saves what is readable in a damaged database to a new home."
        runtime.recover(to);
    skill_budget = skill::budget, "Says what Claude Code and Codex would cut from their listing."
        skills.budget();
    skill_fix = skill::fix, "Shows or writes the mechanical repairs of skill files."
        skills.fix(paths);
    skill_list = skill::list, "Lists visible, shadowed and rejected skills."
        skills.list();
    skill_new = skill::new, "Creates a skill's folder with a SKILL.md to fill in."
        skills.create(name) -> path;
    skill_parse = skill::parse, "Parses the text of a SKILL.md."
        skills.parse(text);
    skill_prompt = skill::prompt, "Renders the catalog for a model, within a token budget."
        skills.prompt();
    skill_read = skill::read, "Reads a skill's text or one of its files."
        skills.read(name);
    skill_read_properties = skill::read_properties, "Prints a skill's properties as the reference validator does."
        skills.read_properties(path) -> text;
    skill_reference_validate = skill::reference_validate, "Validates one skill as the reference validator does."
        skills.reference_validate(path);
    skill_search = skill::search, "Ranks skills by how well they match words."
        skills.search(words) -> hits;
    skill_show = skill::show, "Shows one skill: fields, outline, files, digest, requirements, diagnostics."
        skills.show(name);
    skill_to_prompt = skill::to_prompt, "Prints skills as the reference validator's prompt block."
        skills.to_prompt(paths) -> text;
    skill_validate = skill::validate, "Validates skill files against the rules of a target."
        skills.validate(paths);
    skill_why = skill::why, "Explains whether each client shows a skill to the model, and why not."
        skills.why(name);
    status = home::status, "Shows the runtime home: schema, sizes, counts, last executions."
        runtime.status();
    store_append = store::append, "Adds a line to the value of a key."
        store.append(key, value);
    store_cas = store::cas, "Sets the value of a key if it has not changed."
        store.cas(key, old, new);
    store_delete = store::delete, "Removes a key."
        store.delete(key) -> deleted;
    store_exists = store::exists, "Returns whether a key exists."
        store.exists(key) -> exists;
    store_export = store::export, "Writes keys and values as JSON lines."
        store.export_lines(pattern);
    store_get = store::get, "Returns the value of a key."
        store.get(key) -> value;
    store_import = store::import, "Sets keys from JSON lines."
        store.import_lines(text);
    store_incr = store::incr, "Adds a number to the value of a key."
        store.incr(key, by) -> value;
    store_list = store::list, "Lists keys."
        store.list(pattern) -> keys;
    store_list_values = store::list_values, "Lists keys with their values."
        store.list_values(pattern) -> entries;
    store_set = store::set, "Sets the value of a key."
        store.set(key, value);
}
