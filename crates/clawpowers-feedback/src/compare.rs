//! Compares two samples of outcomes.

use crate::rate::{Z, wilson};
use libm::{asin, erfc, exp, lgamma, sqrt};
use serde::Serialize;

/// The standard normal quantile of 0.8, the power for which a sample size is computed.
const Z_POWER: f64 = 0.841_621_233_572_914_3;
/// The expected count in a cell below which the exact test is used.
const FEW: f64 = 5.0;
/// The relative difference up to which probabilities are equal, as usual for Fisher's test.
const EQUAL: f64 = 1e-7;

/// The test with which two samples were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignificanceTest {
    /// Fisher's exact test, two-sided by the sum of tables that are no more probable.
    Fisher,
    /// The z test of two proportions with the pooled variance.
    Z,
}

/// A comparison of two samples of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The rate of the second sample minus that of the first.
    pub difference: f64,
    /// The lower end of its 95% interval, by Newcombe's hybrid score method.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The p-value of the difference.
    pub p_value: f64,
    /// The test that gave the p-value.
    pub method: SignificanceTest,
    /// The total number of executions that each side needs to detect the observed difference with 80% power at the 5%
    /// level; `null` if there is no difference.
    pub needed: Option<u64>,
}

/// Compares `success` of `total` of a first sample with that of a second; `None` if one of them is empty.
///
/// Sources: R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in Medicine
/// 17 (1998), 873–890, method 10; R. A. Fisher, *Statistical Methods for Research Workers* (1934); J. Cohen, *Statistical
/// Power Analysis* (1988), the arcsine difference of proportions.
#[must_use]
pub fn compare(first: (u64, u64), second: (u64, u64)) -> Option<Comparison> {
    let ((s1, n1), (s2, n2)) = (first, second);
    if n1 == 0 || n2 == 0 {
        return None;
    }
    let (s1, s2) = (s1.min(n1), s2.min(n2));
    let (p1, p2) = (s1 as f64 / n1 as f64, s2 as f64 / n2 as f64);
    let difference = p2 - p1;
    let (i1, i2) = (wilson(s1, n1), wilson(s2, n2));
    let square = |x: f64| x * x;
    let low = difference - sqrt(square(p2 - i2.low) + square(i1.high - p1));
    let high = difference + sqrt(square(i2.high - p2) + square(p1 - i1.low));
    let pooled = (s1 + s2) as f64 / (n1 + n2) as f64;
    let fewest = n1.min(n2) as f64 * pooled.min(1.0 - pooled);
    let (p_value, method) = if fewest < FEW {
        (fisher(s1, n1, s2, n2), SignificanceTest::Fisher)
    } else {
        let deviation = sqrt(pooled * (1.0 - pooled) * (1.0 / n1 as f64 + 1.0 / n2 as f64));
        let z = difference / deviation;
        (erfc(z.abs() / core::f64::consts::SQRT_2), SignificanceTest::Z)
    };
    let effect = 2.0 * asin(sqrt(p2)) - 2.0 * asin(sqrt(p1));
    // Both sides are samples, so the variance of the difference is that of two.
    let needed = (effect.abs() > 1e-9)
        .then(|| (2.0 * square((Z + Z_POWER) / effect)).ceil().min(u64::MAX as f64) as u64);
    Some(Comparison {
        difference,
        low,
        high,
        p_value,
        method,
        needed,
    })
}

/// Returns the two-sided p-value of Fisher's exact test.
fn fisher(s1: u64, n1: u64, s2: u64, n2: u64) -> f64 {
    let (successes, total) = (s1 + s2, n1 + n2);
    let choose =
        |n: u64, k: u64| lgamma(n as f64 + 1.0) - lgamma(k as f64 + 1.0) - lgamma((n - k) as f64 + 1.0);
    let probability = |k: u64| exp(choose(n1, k) + choose(n2, successes - k) - choose(total, successes));
    let seen = probability(s1);
    let (from, to) = (successes.saturating_sub(n2), successes.min(n1));
    let tables = (from..=to).map(probability);
    let sum: f64 = tables.filter(|one| *one <= seen * (1.0 + EQUAL)).sum();
    sum.min(1.0)
}
