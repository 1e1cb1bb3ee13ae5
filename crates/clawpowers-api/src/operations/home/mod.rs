//! Operations on the runtime home.

pub mod doctor;
pub mod import;
pub mod init;
mod notes;
pub mod recover;
mod shims;
pub mod status;

use super::table::operations;

operations! {
    home:
    doctor = doctor, "Checks skills, config.json and the database."
        runtime.doctor();
    import = import, "Imports the state and metrics of a 1.x home."
        runtime.import_legacy();
    init = init, "Creates the runtime home."
        runtime.init();
    recover = recover, "Saves what is readable in a damaged database to a new home."
        runtime.recover(to);
    status = status, "Shows the runtime home: schema, sizes, counts, last executions."
        runtime.status();
}
