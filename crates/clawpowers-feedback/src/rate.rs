//! Success rates with their intervals.

use libm::{lgamma, log};
use serde::Serialize;

/// The standard normal quantile of 0.975.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A 95 % interval of a rate, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// Returns the Wilson 95 % score interval of `success` of `total`; from 0 to 1 where there are none.
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
    // At the ends the formula is exact but its rounding is not.
    Interval {
        low: if success == 0 {
            0.0
        } else {
            (middle - half).max(0.0)
        },
        high: if success >= total {
            1.0
        } else {
            (middle + half).min(1.0)
        },
    }
}

/// A success rate with its Wilson 95 % interval.
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
    /// Makes the rate of successes among executions.
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

/// Below this rate a skill is a low one; the bound is that of 1.x.
const LOW: f64 = 0.6;
/// By so much the outcomes have to speak against a rate: Ville's inequality makes one of twenty of it.
const SURE: f64 = 20.0;

/// Says whether `success` of `total` tell that the rate is below 60 %, however often one looks: of streams with a rate of
/// 60 % or above at most one of twenty is ever said to be low, be it asked after every outcome and for ever.
///
/// An interval does not hold that, since each look is another chance to be wrong. What does is the likelihood of the
/// outcomes averaged over all rates, with Jeffreys' prior, over the highest that a rate of 60 % or above gives them:
/// under any such rate it is at most a martingale that begins at 1, and passes 20 in at most one of twenty streams.
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

/// The 95 % interval of a rate: `good` if it is at 80 % or above, `moderate` at 60 % or above, `low` below 60 %,
/// otherwise `unsure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The whole interval is at 80 % or above.
    Good,
    /// The whole interval is at 60 % or above, or it is within 60 and 80 %.
    Moderate,
    /// The whole interval is below 60 %.
    Low,
    /// The interval is too wide to say.
    Unsure,
}

impl Tier {
    /// Returns the tier of an interval.
    #[must_use]
    pub fn of(interval: Interval) -> Self {
        const GOOD: f64 = 0.8;
        match interval {
            Interval { low, .. } if low >= GOOD => Self::Good,
            Interval { high, .. } if high < LOW => Self::Low,
            Interval { low, .. } if low >= LOW => Self::Moderate,
            _ => Self::Unsure,
        }
    }

    /// Returns the tier's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Moderate => "moderate",
            Self::Low => "low",
            Self::Unsure => "unsure",
        }
    }
}
