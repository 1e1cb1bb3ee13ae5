//! Compares quantiles with those of NumPy: the nearest rank, with one bucket for every duration.

use clawpowers_executor::histogram::{bucket, quantile};
use serde_json::Value;
use std::collections::BTreeMap;

/// Generated with NumPy (`inverted_cdf`); the file contains its version.
const REFERENCE: &str = include_str!("quantiles.json");

#[test]
fn quantiles_match_numpy() {
    let all: Value = serde_json::from_str(REFERENCE).unwrap();
    let cases = all.get("quantiles").and_then(Value::as_array).unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let part = |index: usize| case.get(index).unwrap();
        let mut counts = BTreeMap::new();
        for value in part(0).as_array().unwrap() {
            *counts.entry(bucket(value.as_u64().unwrap())).or_insert(0) += 1;
        }
        let buckets: Vec<(u32, u64)> = counts.into_iter().collect();
        let found = quantile(&buckets, part(1).as_f64().unwrap()).unwrap();
        assert!(
            (found as f64 - part(2).as_f64().unwrap()).abs() <= 1e-9,
            "{case}: {found}"
        );
    }
}
