//! Operations on the saved states of tasks.

pub mod list;
pub mod load;
pub mod remove;
pub mod save;

use super::table::operations;

operations! {
    checkpoint:
    checkpoint_list = list, "Lists the tasks with a saved state."
        checkpoints.list() -> checkpoints;
    checkpoint_load = load, "Returns the saved state of a task."
        checkpoints.load(task) -> state;
    checkpoint_remove = remove, "Removes the saved state of a task."
        checkpoints.remove(task) -> removed;
    checkpoint_save = save, "Saves the state of a task."
        checkpoints.save(task, state);
}
