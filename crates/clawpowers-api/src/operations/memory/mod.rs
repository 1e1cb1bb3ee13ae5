//! Operations on what agents remember.

mod block;
pub mod context;
pub mod correct;
pub mod create;
pub mod delete;
pub mod duplicates;
pub mod export;
pub mod forget;
pub mod get;
pub mod import;
pub mod link;
pub mod list;
mod notes;
pub mod search;
pub mod split;
pub mod stats;
pub mod update;

use super::table::operations;

operations! {
    memory:
    memory_context = context, "Chooses entries for a prompt, within a token budget."
        memory.context(goal);
    memory_correct = correct, "Replaces an entry that is wrong."
        memory.correct(id, content) -> entry;
    memory_create = create, "Remembers something."
        memory.create(content);
    memory_delete = delete, "Deletes an entry."
        memory.delete(id) -> entry;
    memory_duplicates = duplicates, "Proposes entries that nearly say the same."
        memory.duplicates() -> groups;
    memory_export = export, "Exports entries as JSON lines."
        memory.export_lines();
    memory_forget = forget, "Deletes an entry so that its text is not left in the database."
        memory.forget(id);
    memory_get = get, "Returns an entry with its links."
        memory.get(id);
    memory_import = import, "Imports entries of other homes, 1.x, 2.x and other programs, and notes."
        memory.import_entries(path);
    memory_link = link, "Links two entries, or removes a link."
        memory.link(origin, relation, target) -> changed;
    memory_list = list, "Lists entries."
        memory.list() -> entries;
    memory_search = search, "Finds entries by their text."
        memory.search(query) -> hits;
    memory_split = split, "Undoes the merging of an entry."
        memory.split(id) -> entries;
    memory_stats = stats, "Counts entries."
        memory.stats();
    memory_update = update, "Changes an entry."
        memory.update(id) -> entry;
}
