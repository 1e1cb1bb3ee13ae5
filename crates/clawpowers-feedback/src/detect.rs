//! Sequential detection of changes in a success rate, with a bounded false-positive rate.
//!
//! # Method
//!
//! A Shiryaev–Roberts statistic needs the rates before and after a change. Neither is known here, so it is computed for a
//! grid of rates before, and for three sizes of change in each direction (in log odds). The average weights each rate before
//! by how well it explains all outcomes so far, with Jeffreys' prior:
//!
//! ```text
//! R_n(p, d) = (R_{n-1}(p, d) + 1) · f(x_n; p moved by d) / f(x_n; p)
//! T_n       = Σ_p w_n(p) · mean_d R_n(p, d),   w_n(p) ∝ p^(s-½) (1-p)^(f-½)
//! ```
//!
//! A change is reported when `ln T_n` exceeds a threshold. The threshold depends on the rate and on the number of
//! executions, by a table from a simulation (`cargo xtask calibrate` computes it, `cargo xtask bench feedback` checks
//! it). The probability that a stream with a constant rate is ever reported is at most 5% within 200 executions, at
//! every rate, and about 10% over any number, no matter how often you check. For that the threshold grows from 320
//! executions on by `ln u + 2 ln(1 + ln u)` with `u = n / 320`, so that the probabilities of a false positive at each
//! execution have a finite sum. The price is delay: the delay of a drop from 0.9 to 0.6 is 25 executions if it comes
//! after 100 executions, 35 after 1,000 and 48 after 20,000. A change is dated by the split of the outcomes that best
//! explains them, and the outcomes after it start the next search.
//!
//! Sources: S. W. Roberts, *A comparison of some control chart procedures*, Technometrics 8 (1966), 411–430; A. N. Shiryaev,
//! *On optimum methods in quickest detection problems*, Theory of Probability and Its Applications 8 (1963), 22–46;
//! M. Pollak, *Average run lengths of an optimal method of detecting a change in distribution*, Annals of Statistics 15
//! (1987), 749–779 (mixtures over unknown rates).

use crate::rate::Rate;
use libm::{exp, log};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::LazyLock;

/// The minimum number of executions before a change can be detected.
pub const MIN_EXECUTIONS: u64 = 30;

/// The number of rates before a change in the grid.
const RATES: usize = 64;
/// The lowest and the highest of them, in log odds.
const RANGE: (f64, f64) = (-4.0, 5.5);
/// The sizes of a change, in log odds: from 90% to 80%, 71% or 55%, for example.
const SIZES: [f64; 3] = [0.8, 1.3, 2.0];
/// The largest value of a ratio, far above every threshold.
const MOST: f64 = 1e200;
/// No threshold is below this `T`, so that most outcomes need no exact threshold.
const LOWEST: f64 = 300.0;
/// After how many outcomes the weights are computed from the counts. In between they are multiplied, and one that is almost 0
/// could never grow again.
const REWEIGHED: u64 = 64;
/// How many outcomes back a change can be dated.
const KEPT: usize = 4096;
/// The minimum number of executions on each side of a change.
const LEAST_SIDE: usize = 3;

/// Thresholds by rate: its log odds, then `ln T` for a drop and for a rise within the first 200 executions.
const THRESHOLDS: [(f64, f64, f64); 11] = [
    (-3.8918, 7.61, 6.75), // 0.02
    (-2.9444, 7.35, 8.00), // 0.05
    (-2.1972, 7.75, 8.85), // 0.1
    (-0.8473, 8.13, 9.42), // 0.3
    (0.0000, 8.08, 9.50),  // 0.5
    (0.8473, 8.03, 9.55),  // 0.7
    (1.3863, 7.93, 9.38),  // 0.8
    (2.1972, 7.74, 8.75),  // 0.9
    (2.9444, 7.60, 8.30),  // 0.95
    (3.8918, 7.20, 7.25),  // 0.98
    (4.5951, 6.20, 6.60),  // 0.99
];
/// The thresholds from [`LATE`] executions on, whatever the rate.
const LATE_THRESHOLDS: (f64, f64) = (9.0, 10.6);
/// Up to this many executions the table is used as it is.
const EARLY: f64 = 200.0;
/// From this many on the late thresholds are used.
const LATE: f64 = 320.0;
/// How many of the last outcomes, but at most a third, are left out of the rate by which a threshold is chosen.
const RECENT: usize = 40;

/// Whether a rate fell or rose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It fell.
    Drop,
    /// It rose.
    Rise,
}

/// A detected change. Executions are counted from 0, in the given order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Whether the rate fell or rose.
    pub direction: Direction,
    /// The estimated index of the first execution with the new rate.
    pub at: u64,
    /// The index of the execution at which the change was detected.
    pub found: u64,
    /// The rate between the previous change and this one.
    pub before: Rate,
    /// The rate from the change up to its detection.
    pub after: Rate,
}

/// Detects changes in outcomes that arrive one by one, in constant time for each.
#[derive(Debug, Clone)]
pub struct Detector {
    /// The number of outcomes.
    seen: u64,
    /// Those since the last change.
    total: u64,
    success: u64,
    /// The last outcomes since the change, and the successes and executions before them.
    kept: VecDeque<bool>,
    left: (u64, u64),
    /// The statistics by direction, size and rate before.
    ratios: Box<[[f64; RATES]; 2 * SIZES.len()]>,
    /// How well each rate before explains the outcomes since the last change, up to a common factor.
    weights: Box<[f64; RATES]>,
}

struct Tables {
    /// `ln p` and `ln (1 - p)` of each rate.
    logs: [(f64, f64); RATES],
    /// `p` and `1 - p` of each rate.
    rates: [(f64, f64); RATES],
    /// The ratio of a success by direction, size and rate: drops first.
    good: [[f64; RATES]; 2 * SIZES.len()],
    /// That of a failure.
    bad: [[f64; RATES]; 2 * SIZES.len()],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let rate = |odds: f64| 1.0 / (1.0 + exp(-odds));
    let odds = |index: usize| RANGE.0 + (RANGE.1 - RANGE.0) * index as f64 / (RATES - 1) as f64;
    let rates: [_; RATES] = std::array::from_fn(|index| (rate(odds(index)), rate(-odds(index))));
    let moves = SIZES.map(|size| -size).into_iter().chain(SIZES);
    let (mut good, mut bad) = ([[1.0; RATES]; 2 * SIZES.len()], [[1.0; RATES]; 2 * SIZES.len()]);
    for ((good, bad), by) in good.iter_mut().zip(&mut bad).zip(moves) {
        for (index, (good, bad)) in good.iter_mut().zip(bad).enumerate() {
            let (before, after) = (odds(index), odds(index) + by);
            *good = rate(after) / rate(before);
            *bad = rate(-after) / rate(-before);
        }
    }
    Tables {
        logs: rates.map(|(p, q)| (log(p), log(q))),
        rates,
        good,
        bad,
    }
});

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// Returns a detector without outcomes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seen: 0,
            total: 0,
            success: 0,
            kept: VecDeque::new(),
            left: (0, 0),
            ratios: Box::new([[0.0; RATES]; 2 * SIZES.len()]),
            weights: Box::new([0.0; RATES]),
        }
    }

    /// Adds the next outcome; returns a change if this one shows it.
    pub fn push(&mut self, success: bool) -> Option<Change> {
        self.seen += 1;
        self.add(success);
        let direction = self.alarm()?;
        let (split, before) = self.split(direction)?;
        let after = (self.success - before.0, self.total - before.1);
        let change = Change {
            at: self.seen - after.1,
            found: self.seen - 1,
            direction,
            before: Rate::new(before),
            after: Rate::new(after),
        };
        let rest = self.kept.split_off(split);
        *self = Self {
            seen: self.seen,
            ..Self::new()
        };
        for success in rest {
            self.add(success);
        }
        Some(change)
    }

    /// Returns the number of outcomes.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// Returns successes and executions since the last change.
    #[must_use]
    pub const fn segment(&self) -> (u64, u64) {
        (self.success, self.total)
    }

    /// Returns how far `ln T` is above its threshold for a drop and for a rise; `None` below [`MIN_EXECUTIONS`].
    #[must_use]
    pub fn margins(&self) -> Option<(f64, f64)> {
        if self.total < MIN_EXECUTIONS {
            return None;
        }
        let (drop, rise) = self.scores();
        let (drop_at, rise_at) = self.thresholds();
        Some((log(drop) - drop_at, log(rise) - rise_at))
    }

    /// Returns the statistics `T` for a drop and for a rise.
    fn scores(&self) -> (f64, f64) {
        let total = sum(&self.weights, &[1.0; RATES]) * SIZES.len() as f64;
        let mean =
            |rows: &[[f64; RATES]]| rows.iter().map(|row| sum(row, &self.weights)).sum::<f64>() / total;
        let (drops, rises) = self.ratios.split_at(SIZES.len());
        (mean(drops), mean(rises))
    }

    /// Updates the weights after an outcome.
    fn weigh(&mut self, success: bool) {
        let tables = &*TABLES;
        if !self.total.is_multiple_of(REWEIGHED) && self.total != 1 {
            for (weight, (good, bad)) in self.weights.iter_mut().zip(&tables.rates) {
                *weight *= if success { *good } else { *bad };
            }
            return;
        }
        let (success, failure) = (self.success as f64, (self.total - self.success) as f64);
        // Jeffreys' prior, in log odds.
        let logs = tables
            .logs
            .map(|(p, q)| (success + 0.5) * p + (failure + 0.5) * q);
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        *self.weights = logs.map(|log| exp(log - most));
    }

    /// Writes the state of the detector for [`Detector::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (left, kept) = (self.left, self.kept.len() as u64);
        let numbers = [self.seen, self.total, self.success, left.0, left.1, kept];
        let ratios = self.ratios.iter().flatten().chain(self.weights.iter());
        let words = numbers.into_iter().chain(ratios.map(|ratio| ratio.to_bits()));
        let mut bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
        bytes.extend(self.kept.iter().map(|success| u8::from(*success)));
        bytes
    }

    /// Reads the output of [`Detector::to_bytes`]; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut next = || {
            let (word, after) = rest.split_first_chunk()?;
            rest = after;
            Some(u64::from_le_bytes(*word))
        };
        let [seen, total, success, left_success, left_total, kept] =
            [next()?, next()?, next()?, next()?, next()?, next()?];
        let mut detector = Self::new();
        let ratios = detector.ratios.iter_mut().flatten();
        for ratio in ratios.chain(detector.weights.iter_mut()) {
            *ratio = f64::from_bits(next()?);
        }
        let sound = success <= total
            && total <= seen
            && rest.len() as u64 == kept
            && left_total.checked_add(kept) == Some(total)
            && rest.iter().all(|byte| *byte <= 1);
        if !sound {
            return None;
        }
        Some(Self {
            seen,
            total,
            success,
            kept: rest.iter().map(|byte| *byte == 1).collect(),
            left: (left_success, left_total),
            ..detector
        })
    }

    fn add(&mut self, success: bool) {
        self.total += 1;
        self.success += u64::from(success);
        self.kept.push_back(success);
        if self.kept.len() > KEPT
            && let Some(oldest) = self.kept.pop_front()
        {
            self.left = (self.left.0 + u64::from(oldest), self.left.1 + 1);
        }
        self.weigh(success);
        let factors = if success { &TABLES.good } else { &TABLES.bad };
        for (ratios, factors) in self.ratios.iter_mut().zip(factors) {
            for (ratio, factor) in ratios.iter_mut().zip(factors) {
                let next = (*ratio + 1.0) * factor;
                *ratio = if next < MOST { next } else { MOST };
            }
        }
    }

    /// Returns the thresholds for a drop and for a rise. They depend on the rate without the last outcomes, which a change
    /// would have affected.
    fn thresholds(&self) -> (f64, f64) {
        let recent = RECENT.min(self.kept.len() / 3);
        let good = self
            .kept
            .iter()
            .rev()
            .take(recent)
            .filter(|success| **success)
            .count() as u64;
        let (success, total) = (self.success - good, self.total - recent as u64);
        let odds = log((success as f64 + 0.5) / ((total - success) as f64 + 0.5));
        let early = between(odds);
        let late = ((self.total as f64 - EARLY) / (LATE - EARLY)).clamp(0.0, 1.0);
        // Keeps the sum of the probabilities of a false positive finite.
        let times = log((self.total as f64 / LATE).max(1.0));
        let growth = times + 2.0 * log(1.0 + times);
        let at = |early: f64, last: f64| early + (last - early).max(0.0) * late + growth;
        (at(early.0, LATE_THRESHOLDS.0), at(early.1, LATE_THRESHOLDS.1))
    }

    /// Returns the direction in which a threshold is exceeded.
    fn alarm(&self) -> Option<Direction> {
        if self.total < MIN_EXECUTIONS {
            return None;
        }
        let (drop, rise) = self.scores();
        if drop < LOWEST && rise < LOWEST {
            return None;
        }
        let (drop, rise) = self.margins()?;
        match (drop > 0.0, rise > 0.0) {
            (true, _) if drop >= rise => Some(Direction::Drop),
            (_, true) => Some(Direction::Rise),
            _ => None,
        }
    }

    /// Returns the split of the kept outcomes that best explains them by a change in a direction, with the successes and
    /// executions before it.
    fn split(&self, direction: Direction) -> Option<(usize, (u64, u64))> {
        let all = self.kept.len();
        let mut best: Option<(f64, usize, (u64, u64))> = None;
        let mut before = self.left;
        for (index, success) in self.kept.iter().enumerate() {
            let after = (self.success - before.0, self.total - before.1);
            if before.1 >= LEAST_SIDE as u64 && all - index >= LEAST_SIDE {
                let rate = |(success, total): (u64, u64)| success as f64 / total as f64;
                let right = match direction {
                    Direction::Drop => rate(after) < rate(before),
                    Direction::Rise => rate(after) > rate(before),
                };
                let likelihood = log_likelihood(before) + log_likelihood(after);
                if right && best.is_none_or(|(most, ..)| likelihood > most) {
                    best = Some((likelihood, index, before));
                }
            }
            before = (before.0 + u64::from(*success), before.1 + 1);
        }
        best.map(|(_, index, before)| (index, before))
    }
}

/// Returns the sum of products, in lanes that a processor can add in parallel.
fn sum(a: &[f64; RATES], b: &[f64; RATES]) -> f64 {
    let mut lanes = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

/// Returns the log likelihood of `success` of `total` at their own rate.
fn log_likelihood((success, total): (u64, u64)) -> f64 {
    let part = |count: u64| match count {
        0 => 0.0,
        count => count as f64 * log(count as f64 / total as f64),
    };
    part(success) + part(total - success)
}

/// Interpolates the table of thresholds.
fn between(odds: f64) -> (f64, f64) {
    let [(lowest, ..), .., (highest, ..)] = THRESHOLDS;
    let odds = odds.clamp(lowest, highest);
    let mut rows = THRESHOLDS.iter().zip(THRESHOLDS.iter().skip(1));
    let found = rows.find(|(_, (at, ..))| odds <= *at);
    found.map_or(LATE_THRESHOLDS, |(from, to)| {
        let share = (odds - from.0) / (to.0 - from.0);
        let part = |from: f64, to: f64| from + (to - from) * share;
        (part(from.1, to.1), part(from.2, to.2))
    })
}

/// Returns the changes in outcomes, the oldest first.
#[must_use]
pub fn detect(outcomes: &[bool]) -> Vec<Change> {
    let mut detector = Detector::new();
    outcomes
        .iter()
        .filter_map(|success| detector.push(*success))
        .collect()
}
