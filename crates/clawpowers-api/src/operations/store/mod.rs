//! Operations on keys and values.

pub mod append;
pub mod cas;
pub mod delete;
pub mod exists;
pub mod export;
pub mod get;
pub mod import;
pub mod incr;
pub mod list;
pub mod list_values;
pub mod set;

use super::table::operations;

operations! {
    store:
    store_append = append, "Adds a line to the value of a key."
        store.append(key, value);
    store_cas = cas, "Sets the value of a key if it has not changed."
        store.cas(key, old, new);
    store_delete = delete, "Removes a key."
        store.delete(key) -> deleted;
    store_exists = exists, "Returns whether a key exists."
        store.exists(key) -> exists;
    store_export = export, "Exports keys and values as JSON lines."
        store.export_lines(pattern);
    store_get = get, "Returns the value of a key."
        store.get(key) -> value;
    store_import = import, "Sets keys from JSON lines."
        store.import_lines(text);
    store_incr = incr, "Adds a number to the value of a key."
        store.incr(key, by) -> value;
    store_list = list, "Lists keys."
        store.list(pattern) -> keys;
    store_list_values = list_values, "Lists keys with their values."
        store.list_values(pattern) -> entries;
    store_set = set, "Sets the value of a key."
        store.set(key, value);
}
