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

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod browser;
mod create;
mod db;
mod error;
mod glob;
pub mod histogram;
mod home;
mod host;
mod image;
mod key;
pub mod ledger;
pub mod legacy;
mod lock;
mod moment;
pub mod process;
mod recover;
mod schema;
mod store;
pub mod units;
pub mod wait;

pub use db::{Db, Leftovers};
pub use error::{Error, Result, Storage};
pub use glob::Pattern;
pub use home::Home;
pub use key::{Key, MAX_KEY_BYTES};
pub use ledger::{Ledger, Outcome};
pub use lock::FileLock;
pub use moment::Moment;
pub use recover::{Recovered, recover};
pub use schema::VERSION as SCHEMA_VERSION;
pub use store::{Entry, MAX_VALUE_BYTES, Store, Swap};
