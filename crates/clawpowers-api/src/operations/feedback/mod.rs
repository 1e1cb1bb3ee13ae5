//! Operations that analyze executions.

pub mod analyze;
pub mod compare;
pub mod detect;
pub(crate) mod input;
pub mod plan;
pub mod worktrees;

use super::table::operations;

operations! {
    feedback:
    analyze = analyze, "Says which skills work and which got worse."
        feedback.analyze();
    analyze_compare = compare, "Compares two versions of a skill, or two periods."
        feedback.compare(skill, a, b);
    analyze_plan = plan, "Compares the estimate of a plan with the actual time, and lists its tasks."
        feedback.plan(plan);
    analyze_worktrees = worktrees, "Lists the worktrees that skills have registered."
        feedback.worktrees() -> worktrees;
    feedback_detect = detect, "Finds changes in a success rate in a list of outcomes."
        feedback.detect(outcomes);
}
