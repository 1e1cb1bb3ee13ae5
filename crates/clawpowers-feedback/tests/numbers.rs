//! Compares intervals and comparisons with SciPy and statsmodels, and checks the error rates of the change detection.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_feedback::{Change, Detector, Direction, Rate, Tier, compare, detect, surely_low, wilson};
use proptest::prelude::*;
use serde_json::Value;

/// Generated with SciPy and statsmodels; the file contains the versions.
const REFERENCE: &str = include_str!("reference.json");

fn cases(name: &str) -> Vec<Vec<Value>> {
    let all: Value = serde_json::from_str(REFERENCE).unwrap();
    let rows = all.get(name).and_then(Value::as_array).unwrap();
    rows.iter().map(|row| row.as_array().unwrap().clone()).collect()
}

/// Deterministic pseudo-random numbers from 0 to 1.
fn random() -> impl FnMut() -> f64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn close(ours: f64, theirs: &Value, what: &str) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() <= 1e-9, "{what}: {ours} and {theirs}");
}

#[test]
fn wilson_matches_statsmodels() {
    for case in cases("wilson") {
        let [success, total, low, high] = case.as_slice() else {
            panic!("{case:?}")
        };
        let ours = wilson(success.as_u64().unwrap(), total.as_u64().unwrap());
        close(ours.low, low, "low");
        close(ours.high, high, "high");
    }
    let none = wilson(0, 0);
    assert_eq!((none.low, none.high), (0.0, 1.0));
}

#[test]
fn comparisons_match_scipy_and_statsmodels() {
    for case in cases("compare") {
        let [s1, n1, s2, n2, difference, low, high, p, method, needed] = case.as_slice() else {
            panic!("{case:?}")
        };
        let number = |value: &Value| value.as_u64().unwrap();
        let ours = compare((number(s1), number(n1)), (number(s2), number(n2))).unwrap();
        let what = format!("{case:?}");
        close(ours.difference, difference, &what);
        close(ours.low, low, &what);
        close(ours.high, high, &what);
        close(ours.p_value, p, &what);
        assert_eq!(serde_json::to_value(ours.method).unwrap(), *method, "{what}");
        assert_eq!(ours.needed, needed.as_u64(), "{what}");
    }
    assert_eq!(compare((0, 0), (1, 2)), None);
}

/// With this number of executions on each side, the difference is found in four of five streams; with half of it, not.
#[test]
fn needed_sample_size_has_the_stated_power() {
    const TRIES: u64 = 2_000;
    let (first, second) = (90, 75);
    let needed = compare((first, 100), (second, 100)).unwrap().needed.unwrap();
    let mut random = random();
    let mut told = |each: u64| {
        let mut sample = |of_a_hundred: u64| {
            let success = (0..each)
                .filter(|_| random() < of_a_hundred as f64 / 100.0)
                .count();
            (success as u64, each)
        };
        let tell = |_: &u64| compare(sample(first), sample(second)).unwrap().p_value < 0.05;
        (0..TRIES).filter(tell).count() as f64 / TRIES as f64
    };
    let (all, half) = (told(needed), told(needed / 2));
    assert!((0.76..0.84).contains(&all), "{all} of {needed}");
    assert!(half < 0.6, "{half} of {needed}");
}

#[test]
fn tiers_use_the_interval_not_the_rate() {
    // Four of five are 80%, which is too little evidence.
    assert_eq!(Tier::of(&Rate::new((4, 5))), Tier::Unsure);
    assert_eq!(Tier::of(&Rate::new((95, 100))), Tier::Good);
    assert_eq!(Tier::of(&Rate::new((700, 1000))), Tier::Moderate);
    assert_eq!(Tier::of(&Rate::new((30, 100))), Tier::Low);
}

/// At most one of twenty streams at the threshold is ever reported as low; the interval, which is valid for a single
/// check, reports many.
#[test]
fn low_rate_false_positives_are_bounded_under_repeated_checks() {
    const STREAMS: u64 = 2_000;
    let mut random = random();
    let (mut surely, mut by_interval) = (0, 0);
    for _ in 0..STREAMS {
        let (mut success, mut sure, mut low) = (0, false, false);
        for total in 1..=1_000 {
            success += u64::from(random() < 0.6);
            sure |= surely_low(success, total);
            low |= total >= 10 && Tier::of(&Rate::new((success, total))) == Tier::Low;
        }
        surely += u64::from(sure);
        by_interval += u64::from(low);
    }
    assert!(surely <= STREAMS / 20, "{surely} of {STREAMS}");
    assert!(
        by_interval > STREAMS / 10,
        "{by_interval} of {STREAMS}: then an interval would do"
    );
}

#[test]
fn a_low_rate_is_detected_early_and_a_good_one_is_never_low() {
    // The likelihood ratios, computed by hand: (1/2 · 3/4 · 5/6 · 7/8) / 0.4⁴ is 10.7; with the fifth failure, 24.
    assert!(!surely_low(0, 4) && surely_low(0, 5));
    assert!(surely_low(20, 100) && surely_low(300_000, 1_000_000));
    for (success, total) in [(0, 0), (6, 10), (60, 100), (1, 1), (5, 3), (599_999, 1_000_000)] {
        assert!(!surely_low(success, total), "{success} of {total}");
    }
}

/// A stream that falls from nine of ten to one of two and recovers.
fn drop_and_recovery() -> Vec<bool> {
    let good = |index: usize| !index.is_multiple_of(10);
    let bad = |index: usize| index.is_multiple_of(2);
    (0..150)
        .map(good)
        .chain((0..100).map(bad))
        .chain((0..150).map(good))
        .collect()
}

#[test]
fn a_drop_and_a_recovery_are_found_and_dated() {
    let changes = detect(&drop_and_recovery());
    let [drop, rise] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!(
        (drop.direction, rise.direction),
        (Direction::Drop, Direction::Rise)
    );
    assert!(drop.at.abs_diff(150) <= 6, "{drop:?}");
    assert!(rise.at.abs_diff(250) <= 6, "{rise:?}");
    assert_eq!(drop.before.total, drop.at);
    assert_eq!(drop.after.total, drop.found + 1 - drop.at);
    assert_eq!(rise.before.total, rise.at - drop.at);
}

#[test]
fn a_constant_stream_is_never_reported() {
    for success in [true, false] {
        assert_eq!(detect(&vec![success; 20_000]), Vec::<Change>::new());
    }
    let steady: Vec<bool> = (0..20_000).map(|index| index % 5 != 0).collect();
    assert_eq!(detect(&steady), Vec::<Change>::new());
}

#[test]
fn constant_rate_false_positives_are_bounded() {
    const STREAMS: u64 = 30;
    let mut random = random();
    for rate in [0.5, 0.9] {
        let mut reported = 0;
        for _ in 0..STREAMS {
            let stream: Vec<bool> = (0..5_000).map(|_| random() < rate).collect();
            reported += u64::from(!detect(&stream).is_empty());
        }
        // 10% is guaranteed; so few streams only give an estimate. With a fixed threshold, half would be reported.
        assert!(reported <= STREAMS / 4, "{reported} of {STREAMS} at {rate}");
    }
}

#[test]
fn few_executions_give_no_verdict() {
    let few: Vec<bool> = (0..29).map(|index| index < 15).collect();
    assert_eq!(detect(&few), Vec::<Change>::new());
}

#[test]
fn a_change_after_a_long_time_is_found() {
    let mut stream: Vec<bool> = (0..50_000).map(|index| index % 10 != 0).collect();
    stream.extend((0..200).map(|index| index % 2 == 0));
    let changes = detect(&stream);
    let [drop] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert!(drop.at.abs_diff(50_000) <= 6 && drop.found < 50_060, "{drop:?}");
}

#[test]
fn only_saved_states_are_accepted() {
    let mut detector = Detector::new();
    for success in drop_and_recovery().iter().take(120) {
        detector.push(*success);
    }
    let bytes = detector.to_bytes();
    assert!(Detector::from_bytes(&bytes).is_some());
    assert!(Detector::from_bytes(bytes.get(..bytes.len() - 1).unwrap()).is_none());
    assert!(Detector::from_bytes(b"").is_none());
    let mut wrong = bytes.clone();
    *wrong.last_mut().unwrap() = 2;
    assert!(Detector::from_bytes(&wrong).is_none());
}

proptest! {
    #[test]
    fn a_restored_detector_continues_as_before(
        stream in prop::collection::vec(any::<bool>(), 0..300),
        cut in 0_usize..300,
    ) {
        let cut = cut.min(stream.len());
        let (first, rest) = stream.split_at(cut);
        let mut whole = Detector::new();
        for success in first {
            whole.push(*success);
        }
        let mut again = Detector::from_bytes(&whole.to_bytes()).unwrap();
        for success in rest {
            prop_assert_eq!(whole.push(*success), again.push(*success));
        }
        prop_assert_eq!(whole.to_bytes(), again.to_bytes());
    }

    #[test]
    fn changes_are_in_order_and_add_up(stream in prop::collection::vec(prop::bool::weighted(0.5), 0..50), blocks in 1_usize..20) {
        // Blocks of the same pattern and its inverse, so that there are changes to find.
        let stream: Vec<bool> = (0..blocks)
            .flat_map(|block| stream.iter().map(move |success| *success ^ (block % 4 > 1)))
            .collect();
        let mut last = 0;
        for change in detect(&stream) {
            prop_assert!(change.at >= last && change.at <= change.found);
            prop_assert_eq!(change.before.total, change.at - last);
            prop_assert!(change.before.success <= change.before.total && change.after.success <= change.after.total);
            last = change.at;
        }
    }

    #[test]
    fn intervals_contain_the_rate(total in 1_u64..100_000, share in 0.0_f64..1.0) {
        let success = (total as f64 * share) as u64;
        let interval = wilson(success, total);
        let rate = success as f64 / total as f64;
        prop_assert!(0.0 <= interval.low && interval.low <= rate && rate <= interval.high && interval.high <= 1.0);
    }
}
