//! Success rates with their intervals.

use libm::{lgamma, log};
use serde::Serialize;

/// The standard normal quantile of 0.975.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A 95% interval of a rate, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Returns the Wilson 95% score interval of `success` of `total`; from 0 to 1 if there are none.
///
/// Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American
/// Statistical Association 22 (1927), 209–212.
#[must_use]
pub fn wilson(success: u64, total: u64) -> Interval {
    if total == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (s, n) = (success.min(total) as f64, total as f64);
    let p = s / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * libm::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    let (low, high) = (middle - half, middle + half);
    // At the ends the formula is exact but its rounding is not.
    Interval {
        low: if success == 0 { 0.0 } else { low.max(0.0) },
        high: if success >= total { 1.0 } else { high.min(1.0) },
    }
}

/// A success rate with its Wilson 95% interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rate {
    /// Successes.
    pub success: u64,
    /// Successes, failures and partial successes.
    pub total: u64,
    /// The rate; `null` if `total` is 0.
    pub value: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Rate {
    /// Returns the rate of `success` of `total`.
    #[must_use]
    pub fn new((success, total): (u64, u64)) -> Self {
        let interval = wilson(success, total);
        Self {
            success,
            total,
            value: (total > 0).then(|| success as f64 / total as f64),
            low: interval.low,
            high: interval.high,
        }
    }
}

/// A skill with a rate below this is low, as in 1.x.
const LOW: f64 = 0.6;
/// The likelihood ratio that is needed: by Ville's inequality, the probability that it is ever exceeded by chance is at most 1/20.
const SURE: f64 = 20.0;

/// Returns whether `success` of `total` show that the rate is below 60%. For a stream with a rate of 60% or more, the
/// probability that this ever returns `true` is at most 5%, even if it is called after every outcome of an endless stream.
///
/// An interval does not guarantee that, since each check is another chance to be wrong. This divides the likelihood of the
/// outcomes, averaged over all rates with Jeffreys' prior, by the highest likelihood for a rate of 60% or more. With any such
/// rate the ratio is at most a martingale that starts at 1, so the probability that it ever exceeds 20 is at most 5%.
///
/// Sources: J. Ville, *Étude critique de la notion de collectif* (1939); H. Robbins, *Statistical methods related to the law of
/// the iterated logarithm*, Annals of Mathematical Statistics 41 (1970), 1397–1409.
#[must_use]
pub fn surely_low(success: u64, total: u64) -> bool {
    let (s, n) = (success.min(total) as f64, total as f64);
    if s >= LOW * n {
        return false;
    }
    let mixed = lgamma(s + 0.5) + lgamma(n - s + 0.5) - lgamma(n + 1.0) - log(core::f64::consts::PI);
    mixed - s * log(LOW) - (n - s) * log(1.0 - LOW) >= log(SURE)
}

/// The 95% interval of a rate: `good` if it is at 80% or above, `moderate` at 60% or above, `low` below 60%,
/// otherwise `unsure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The whole interval is at 80% or above.
    Good,
    /// The whole interval is at 60% or above, but not at 80% or above.
    Moderate,
    /// The whole interval is below 60%.
    Low,
    /// The interval is too wide to say.
    Unsure,
}

impl Tier {
    /// Returns the tier of a rate.
    #[must_use]
    pub fn of(rate: &Rate) -> Self {
        const GOOD: f64 = 0.8;
        match (rate.low, rate.high) {
            (low, _) if low >= GOOD => Self::Good,
            (_, high) if high < LOW => Self::Low,
            (low, _) if low >= LOW => Self::Moderate,
            _ => Self::Unsure,
        }
    }
}
