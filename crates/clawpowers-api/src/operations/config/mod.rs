//! Operations on config.json.

pub mod get;
pub mod list;
pub mod set;
pub mod unset;

use super::table::operations;

operations! {
    config:
    config_get = get, "Reads one setting of config.json."
        config.get(key) -> value;
    config_list = list, "Lists the settings of config.json."
        config.list();
    config_set = set, "Changes one setting of config.json and no other byte."
        config.set(key, value);
    config_unset = unset, "Removes one setting from config.json and changes nothing else."
        config.unset(key);
}
