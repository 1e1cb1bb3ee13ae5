//! The false-positive rate and the delay of the change detection, compared with other methods on the same streams.

use crate::Failure;
use clawpowers_api::feedback::{Detector, Direction};

/// The number of executions in a stream.
const LENGTH: usize = 200;
/// The rates of constant streams.
const STEADY: [f64; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
/// The changes, each at the middle of the stream.
const CHANGES: [(f64, f64); 3] = [(0.9, 0.6), (0.7, 0.4), (0.95, 0.8)];
/// The number of streams for each rate or change.
const STREAMS: usize = 2000;
/// The number of streams for the table of thresholds.
const CALIBRATED: usize = 20_000;
/// The shares of constant streams in which a drop and a rise may be reported: together below 5%, with a margin for the
/// variance of a simulation.
const SHARES: (f64, f64) = (0.031, 0.006);
/// The false-positive rate for which the other methods are calibrated.
const FALSE_ALARMS: f64 = 0.05;

/// A plain generator, so that every run sees the same streams.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn stream(&mut self, before: f64, after: f64) -> Vec<bool> {
        let rate = |index| if index < LENGTH / 2 { before } else { after };
        (0..LENGTH).map(|index| self.unit() < rate(index)).collect()
    }
}

/// A method: returns the number of the execution at which it first reports a change.
type Look<'a> = &'a dyn Fn(&[bool]) -> Option<usize>;

fn ours(stream: &[bool]) -> Option<usize> {
    let mut detector = Detector::new();
    stream
        .iter()
        .position(|success| detector.push(*success).is_some())
}

/// The rule of 1.x: the last five executions against all, 20 points in rounded percent, from ten executions on.
fn rule_of_1x(stream: &[bool]) -> Option<usize> {
    let percent = |part: &[bool]| {
        let success = part.iter().filter(|success| **success).count();
        (200 * success + part.len()) / (2 * part.len())
    };
    (10..=stream.len())
        .find(|&n| {
            let all = stream.get(..n).unwrap_or_default();
            let last = all.get(n - 5..).unwrap_or_default();
            percent(all).saturating_sub(percent(last)) >= 20
        })
        .map(|n| n - 1)
}

/// The score of a CUSUM that knows both rates, after each execution.
fn cusum(stream: &[bool], before: f64, after: f64) -> Vec<f64> {
    let mut score = 0.0_f64;
    let step = |success: &bool| {
        let ratio = if *success {
            after / before
        } else {
            (1.0 - after) / (1.0 - before)
        };
        score = (score + ratio.ln()).max(0.0);
        score
    };
    stream.iter().map(step).collect()
}

/// The score of a plain likelihood-ratio scan over all splits, after each execution.
fn scan(stream: &[bool]) -> Vec<f64> {
    let part = |k: usize, n: usize| {
        if k == 0 {
            0.0
        } else {
            k as f64 * (k as f64 / n as f64).ln()
        }
    };
    let of = |success: usize, n: usize| part(success, n) + part(n - success, n);
    let mut sums = vec![0];
    for success in stream {
        sums.push(sums.last().copied().unwrap_or_default() + usize::from(*success));
    }
    let at = |index: usize| sums.get(index).copied().unwrap_or_default();
    (1..=stream.len())
        .map(|n| {
            let whole = of(at(n), n);
            let split = |k: usize| of(at(k), k) + of(at(n) - at(k), n - k) - whole;
            (1..n).map(split).fold(0.0, f64::max)
        })
        .collect()
}

fn crossing(scores: &[f64], threshold: f64) -> Option<usize> {
    scores.iter().position(|score| *score > threshold)
}

/// The threshold that a given share of constant streams exceeds.
fn threshold(rate: f64, score: impl Fn(&[bool]) -> Vec<f64>) -> f64 {
    let mut random = Random(7);
    let mut highest: Vec<f64> = (0..STREAMS)
        .map(|_| score(&random.stream(rate, rate)).into_iter().fold(0.0, f64::max))
        .collect();
    quantile(&mut highest, 1.0 - FALSE_ALARMS)
}

fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get((values.len() as f64 * q) as usize)
        .copied()
        .unwrap_or_default()
}

/// Prints false positives at constant rates, and delays and misses after a change.
pub(crate) fn simulate() -> Result<(), Failure> {
    println!("{STREAMS} streams of {LENGTH} executions each, checked after every execution");
    println!("rate          ours    rule of 1.x");
    for rate in STEADY {
        let flagged = |look: Look<'_>| {
            let mut random = Random(2026);
            let count = (0..STREAMS)
                .filter(|_| look(&random.stream(rate, rate)).is_some())
                .count();
            100.0 * count as f64 / STREAMS as f64
        };
        println!(
            "{rate:<12} {:5.2}%  {:6.2}%",
            flagged(&ours),
            flagged(&rule_of_1x)
        );
    }
    for (before, after) in CHANGES {
        println!("{before} to {after} at execution {}", LENGTH / 2);
        let known = threshold(before, |stream| cusum(stream, before, after));
        let plain = threshold(before, scan);
        for (label, look) in [
            ("ours", &ours as Look<'_>),
            ("CUSUM that knows both rates", &|stream: &[bool]| {
                crossing(&cusum(stream, before, after), known)
            }),
            ("plain scan of splits", &|stream: &[bool]| {
                crossing(&scan(stream), plain)
            }),
            ("rule of 1.x", &rule_of_1x),
        ] {
            delay(label, before, after, look);
        }
    }
    Ok(())
}

fn delay(label: &str, before: f64, after: f64, look: Look<'_>) {
    let mut random = Random(99);
    let (mut early, mut missed, mut delays) = (0, 0, Vec::new());
    for _ in 0..STREAMS {
        match look(&random.stream(before, after)) {
            Some(found) if found < LENGTH / 2 => early += 1,
            Some(found) => delays.push((found - LENGTH / 2 + 1) as f64),
            None => missed += 1,
        }
    }
    let mean = delays.iter().sum::<f64>() / delays.len().max(1) as f64;
    let looked = (delays.len() + missed).max(1) as f64;
    println!(
        "  {label:<28} mean delay {mean:5.1}   missed {:5.2}%   before the change {:5.2}%",
        100.0 * f64::from(u32::try_from(missed).unwrap_or(u32::MAX)) / looked,
        100.0 * f64::from(early) / STREAMS as f64
    );
}

/// Prints the correction of each row of the table of thresholds. Repeat it until there are no corrections.
pub(crate) fn calibrate() -> Result<(), Failure> {
    println!("rate   drop   rise   (add to the row)   in later blocks of {LENGTH}");
    for rate in [0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] {
        let mut random = Random(11);
        let mut margins: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..CALIBRATED {
            let (drop, rise) = highest(&mut Detector::new(), &random.stream(rate, rate));
            for (all, one) in margins.iter_mut().zip([drop, rise]) {
                all.push(one);
            }
        }
        let [mut drops, mut rises] = margins;
        let drop = quantile(&mut drops, 1.0 - SHARES.0);
        let rise = quantile(&mut rises, 1.0 - SHARES.1);
        print!("{rate:<6} {drop:+.2}  {rise:+.2}  ");
        later(rate);
    }
    Ok(())
}

/// Prints the share of constant streams that are reported in each further block of executions.
fn later(rate: f64) {
    const BLOCKS: usize = 5;
    let mut random = Random(13);
    let mut flagged = [0; BLOCKS];
    for _ in 0..STREAMS {
        let mut detector = Detector::new();
        for flagged in &mut flagged {
            let changes = random
                .stream(rate, rate)
                .into_iter()
                .filter_map(|success| detector.push(success));
            *flagged += usize::from(changes.count() > 0);
        }
    }
    let shares: Vec<String> = flagged
        .iter()
        .map(|count| format!("{:.1}%", 100.0 * *count as f64 / STREAMS as f64))
        .collect();
    println!("  {}", shares.join("  "));
}

/// Processes a stream and returns the highest margins; a detected change does not end the stream.
fn highest(detector: &mut Detector, stream: &[bool]) -> (f64, f64) {
    let mut most = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for success in stream {
        let change = detector.push(*success);
        if let Some((drop, rise)) = detector.margins() {
            most = (most.0.max(drop), most.1.max(rise));
        }
        if let Some(change) = change {
            // By how much a threshold was exceeded is unknown, so it counts as the highest value.
            match change.direction {
                Direction::Drop => most.0 = f64::INFINITY,
                Direction::Rise => most.1 = f64::INFINITY,
            }
            break;
        }
    }
    most
}
