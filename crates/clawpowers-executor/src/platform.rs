//! The clock and the randomness of the host.

use std::hash::{BuildHasher as _, RandomState};

/// Returns the time of the clock in microseconds since 1970.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn micros() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Returns the time of the clock in microseconds since 1970.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn micros() -> i64 {
    // The standard library has no clock here. Milliseconds since 1970 times a thousand are whole and fit.
    (js_sys::Date::now() * 1000.0) as i64
}

/// Returns 16 random hexadecimal digits.
pub(crate) fn nonce() -> String {
    // The keys of `RandomState` are random, except in a process that was forked and in a browser.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let seed = std::process::id();
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    let seed = [js_sys::Math::random(), js_sys::Math::random()].map(f64::to_bits);
    format!("{:016x}", RandomState::new().hash_one((seed, micros())))
}
