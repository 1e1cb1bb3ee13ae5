//! A logarithmic histogram of durations: exact below 64 µs, above it with 32 buckets for each doubling.

/// Returns the bucket of a duration in microseconds.
///
/// # Examples
///
/// ```
/// use clawpowers_executor::histogram::{bucket, middle};
///
/// let value = 1_234_567_u64;
/// let error = middle(bucket(value)).abs_diff(value) as f64 / value as f64;
/// assert!(error <= 1.0 / 64.0);
/// ```
#[must_use]
pub const fn bucket(micros: u64) -> u32 {
    if micros < 64 {
        return micros as u32;
    }
    let exponent = 63 - micros.leading_zeros();
    let step = (micros >> (exponent - 5)) & 31;
    64 + (exponent - 6) * 32 + step as u32
}

/// Returns the middle of a bucket in microseconds, at most 1/64 away from every duration in it.
#[must_use]
pub const fn middle(bucket: u32) -> u64 {
    if bucket < 64 {
        return bucket as u64;
    }
    let exponent = (bucket - 64) / 32 + 6;
    let step = (bucket - 64) % 32;
    if exponent > 63 {
        return u64::MAX;
    }
    let low = (32 + step as u64) << (exponent - 5);
    let width = 1_u64 << (exponent - 5);
    low + (width - 1) / 2
}

/// Returns the nearest-rank quantile `q` (0 to 1) of buckets with their counts, in ascending order; `None` without any
/// counts.
#[must_use]
pub fn quantile(buckets: &[(u32, u64)], q: f64) -> Option<u64> {
    let total: u64 = buckets.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return None;
    }
    let rank = ((total as f64 * q).ceil() as u64).clamp(1, total);
    let mut seen = 0;
    let found = buckets.iter().find(|(_, count)| {
        seen += count;
        seen >= rank
    });
    found.map(|(bucket, _)| middle(*bucket))
}

#[cfg(test)]
mod tests {
    use super::{bucket, middle, quantile};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn buckets_are_narrow_and_in_order(a in 0..u64::MAX / 2, b in 0..u64::MAX / 2) {
            let error = middle(bucket(a)).abs_diff(a);
            prop_assert!(error <= a / 64, "{a}: {error}");
            prop_assert_eq!(a.cmp(&b).is_le() || bucket(a) >= bucket(b), true);
            prop_assert_eq!(bucket(middle(bucket(a))), bucket(a));
        }

        #[test]
        fn quantiles_are_within_two_percent(mut values in prop::collection::vec(1_u64..1_000_000_000, 1..200), q in 0.0_f64..1.0) {
            let mut counts = std::collections::BTreeMap::new();
            for value in &values {
                *counts.entry(bucket(*value)).or_insert(0_u64) += 1;
            }
            let buckets: Vec<_> = counts.into_iter().collect();
            values.sort_unstable();
            let rank = ((values.len() as f64 * q).ceil() as usize).clamp(1, values.len());
            let exact = values.get(rank - 1).copied().unwrap_or_default() as f64;
            let found = quantile(&buckets, q).unwrap_or_default() as f64;
            prop_assert!((found - exact).abs() / exact <= 0.02, "{found} {exact}");
        }
    }
}
