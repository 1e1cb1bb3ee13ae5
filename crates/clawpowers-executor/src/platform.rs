//! What is asked of the machine besides its files: the time, and something that nobody else has.

use sha2::{Digest as _, Sha256};

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

/// Returns bytes that differ from those of other processes.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn random() -> [u8; 16] {
    use std::hash::{BuildHasher as _, RandomState};
    // The standard library's hash keys are random; the rest tells processes apart where they were not.
    let process = std::process::id();
    let random = RandomState::new().hash_one(process);
    (u128::from(random) << 32 | u128::from(process)).to_le_bytes()
}

/// Returns bytes that differ from those of other pages.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn random() -> [u8; 16] {
    let half = || js_sys::Math::random().to_bits();
    (u128::from(half()) << 64 | u128::from(half())).to_le_bytes()
}

/// Returns 16 hexadecimal digits that no other home has.
pub(crate) fn nonce() -> String {
    let digest = Sha256::new()
        .chain_update(random())
        .chain_update(micros().to_le_bytes())
        .finalize();
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
