//! Store and metrics calls inside one process.

use crate::Failure;
use clawpowers_api::operations::{metrics, store};
use clawpowers_api::{ApiError, Options, Runtime};
use std::time::{Duration, Instant};

/// How long each call is repeated.
const REPEATED: Duration = Duration::from_secs(1);

/// Calls each operation repeatedly in this process and prints the rate per second.
pub(crate) fn in_process(home: &str) -> Result<(), Failure> {
    let runtime = Runtime::open(Options {
        home: Some(home.into()),
        ..Options::default()
    });
    let key = || "build:count".to_owned();
    let set = store::set::Request {
        key: key(),
        value: Some("1".to_owned()),
        value_base64: None,
    };
    // A long process relies on the time of the folder once that is old enough.
    store::set::run(&runtime, &set).map_err(|error| error.message)?;
    std::thread::sleep(Duration::from_millis(3100));
    repeated("set", || store::set::run(&runtime, &set).map(|_| ()))?;
    let get = store::get::Request {
        key: key(),
        default: None,
    };
    repeated("get", || store::get::run(&runtime, &get).map(|_| ()))?;
    let incr = store::incr::Request { key: key(), by: None };
    repeated("incr", || store::incr::run(&runtime, &incr).map(|_| ()))?;
    let record = metrics::record::Request {
        skill: "a".to_owned(),
        outcome: "success".to_owned(),
        ..Default::default()
    };
    repeated("record", || metrics::record::run(&runtime, &record).map(|_| ()))
}

fn repeated(label: &str, mut call: impl FnMut() -> Result<(), ApiError>) -> Result<(), Failure> {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < REPEATED {
        call().map_err(|error| error.message)?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    println!("in one process: {label:<8} {rate:>10.0} a second");
    Ok(())
}
