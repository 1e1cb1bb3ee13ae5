//! Operations on executions.

pub mod delete;
pub mod export;
pub mod finish;
pub mod import;
pub mod record;
pub mod show;
pub mod start;
pub mod summary;
pub mod warning;

use super::table::operations;

operations! {
    metrics:
    metrics_delete = delete, "Deletes an execution, here and in every home that imports from this one."
        metrics.delete(id) -> execution;
    metrics_export = export, "Exports executions as JSON lines or CSV."
        metrics.export_lines();
    metrics_finish = finish, "Ends an execution that was started."
        metrics.finish(id, outcome) -> execution;
    metrics_import = import, "Imports executions from JSON lines."
        metrics.import_lines(text);
    metrics_record = record, "Records an execution that has ended."
        metrics.record();
    metrics_show = show, "Shows the last executions."
        metrics.show() -> executions;
    metrics_start = start, "Records that an execution has started."
        metrics.start(skill);
    metrics_summary = summary, "Summarizes executions, in total and by skill."
        metrics.summary();
}
