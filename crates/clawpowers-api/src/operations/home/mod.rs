//! Operations on the runtime home.

pub mod doctor;
pub mod import;
pub mod init;
pub mod recover;
mod shims;
pub mod status;
