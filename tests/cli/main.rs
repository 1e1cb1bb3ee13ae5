//! The command line from outside: real processes of the real binary, each in its own folder.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test shows paths as the system writes them"
)]

mod analyze;
mod analyze_reports;
mod analyze_states;
mod bad_input;
mod budget;
mod config;
mod config_unset;
mod damage;
mod fix;
mod guarantees;
mod harness;
mod help;
mod hidden;
mod home;
mod hostile;
mod import;
mod import_links;
mod legacy;
mod legacy_scripts;
mod list;
mod memory;
mod memory_context;
mod memory_files;
mod memory_transfer;
mod memory_vectors;
mod metrics;
mod metrics_changes;
mod metrics_figures;
mod metrics_lines;
mod new_doctor;
mod piped;
mod prompt;
mod read_show_search;
mod readme;
mod reference;
mod roles;
mod run;
mod run_script;
mod run_windows;
#[path = "../support/sandbox.rs"]
mod sandbox;
mod snapshots;
#[path = "../support/started.rs"]
mod started;
mod store;
mod store_rules;
mod system;
mod targets;
mod terminal;
mod usage;
mod validate;
mod why;
