//! The runtime home and its one SQLite file: state, executions, and commands that are run and recorded.
//!
//! A [`Home`] is a folder; its [`Db`] is opened where it exists and created by what writes. [`Store`] keeps values under
//! keys, [`Ledger`] keeps executions with figures for each skill that are always those of the executions.
//!
//! # Examples
//!
//! ```
//! use clawpowers_executor::{Db, Home, Key};
//!
//! let folder = tempfile::tempdir()?;
//! let home = Home::new(folder.path());
//! assert!(Db::open(&home)?.is_none());
//! let mut db = Db::create(&home)?;
//! let key = Key::new("build:count")?;
//! assert_eq!(db.store().incr(&key, 1)?, 1);
//! assert_eq!(db.store().get(&key)?.as_deref(), Some(b"1".as_slice()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod check;
mod db;
pub mod decimal;
mod display;
mod error;
mod files;
pub mod histogram;
mod home;
pub mod ledger;
pub mod legacy;
mod lock;
mod open;
mod platform;
pub mod process;
mod recover;
mod store;
mod timestamp;
pub mod wait;

pub use db::Db;
pub use db::schema::VERSION as SCHEMA_VERSION;
pub use error::{Error, Result, Storage};
pub use home::Home;
pub use ledger::{Ledger, Leftovers, Outcome};
pub use lock::FileLock;
pub use recover::{Recovered, recover};
pub use store::{Entry, Key, MAX_KEY_BYTES, MAX_VALUE_BYTES, Pattern, Store, Swap};
pub use timestamp::Timestamp;
