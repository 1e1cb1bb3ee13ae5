//! The runtime home and its SQLite file: state, executions of skills, and child processes.
//!
//! A [`Home`] is a folder. [`Db::open`] opens its database if there is one, [`Db::create`] creates a missing one. A
//! [`Store`] has values under keys. A [`Ledger`] has executions, and statistics of each skill that are updated in the same
//! transactions. [`process::run`] runs a command with the streams and signals of this process.
//!
//! # Examples
//!
//! ```
//! use clawpowers_executor::ledger::{ExecutionFields, Filter, NewExecution, Outcome};
//! use clawpowers_executor::{Db, Home, Key};
//!
//! let folder = tempfile::tempdir()?;
//! let home = Home::new(folder.path());
//! assert!(Db::open(&home)?.is_none());
//! let mut db = Db::create(&home)?;
//!
//! let key = Key::new("build:count")?;
//! assert_eq!(db.store().incr(&key, 1)?, 1);
//! assert_eq!(db.store().get(&key)?.as_deref(), Some(b"1".as_slice()));
//!
//! let execution = NewExecution {
//!     skill: "code-review",
//!     fields: ExecutionFields {
//!         duration: Some(1_500_000),
//!         model: Some("small"),
//!         ..ExecutionFields::default()
//!     },
//!     ..NewExecution::default()
//! };
//! db.ledger().record(&execution, Outcome::Success)?;
//! let stats = db.ledger().stats(&Filter::default())?;
//! assert_eq!(stats[0].duration.total, 1_500_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod check;
mod db;
pub mod decimal;
mod display;
mod error;
mod file_system;
mod files;
pub mod histogram;
mod home;
pub mod ledger;
pub mod legacy;
mod lock;
pub mod memory;
mod open;
mod platform;
pub mod process;
mod recover;
mod store;
mod timestamp;
pub mod wait;

pub use check::Checked;
pub use db::schema::{MEMORY as MEMORY_TABLES, MIGRATIONS, VERSION as SCHEMA_VERSION};
pub use db::{Db, Journal};
pub use error::{Error, ErrorKind, Result, Storage};
pub use home::Home;
pub use ledger::{Ledger, Leftovers, Outcome};
pub use lock::FileLock;
pub use memory::Memory;
pub use recover::{Recovered, recover};
pub use store::{CompareAndSet, Entry, Key, MAX_KEY_BYTES, MAX_VALUE_BYTES, Pattern, Store};
pub use timestamp::Timestamp;
