//! Vectors: what is accepted, and whether their bits find the nearest.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_text::vector::{InvalidVector, MAX_DIMENSIONS, Scan, UnitVector, bits_len};
use proptest::prelude::*;

/// Numbers from -1 to 1 of a generator with a seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn vector(&mut self, dimensions: usize) -> Vec<f64> {
        (0..dimensions).map(|_| self.next()).collect()
    }

    /// A vector that is near another one.
    fn near(&mut self, center: &[f64]) -> UnitVector {
        let numbers: Vec<f64> = center.iter().map(|number| number + self.next()).collect();
        UnitVector::new(&numbers).unwrap()
    }
}

#[test]
fn numbers_without_a_direction_are_rejected() {
    let of = |numbers: &[f64]| UnitVector::new(numbers).unwrap_err();
    assert_eq!(of(&[]), InvalidVector::Empty);
    assert_eq!(of(&[0.0, -0.0]), InvalidVector::Zero);
    assert_eq!(of(&[1.0, f64::NAN]), InvalidVector::NotFinite(1));
    assert_eq!(of(&[f64::NEG_INFINITY]), InvalidVector::NotFinite(0));
    assert_eq!(of(&[1.0; MAX_DIMENSIONS + 1]), InvalidVector::TooLong(4097));
    assert_eq!(UnitVector::new(&[1.0; MAX_DIMENSIONS]).unwrap().bits().len(), 512);
}

#[test]
fn large_and_small_numbers_are_scaled() {
    for scale in [1.0, 1e-300, f64::MIN_POSITIVE, 1e300, f64::MAX / 4.0] {
        let vector = UnitVector::new(&[3.0 * scale, -4.0 * scale]).unwrap();
        assert_eq!(vector.numbers(), [0.6, -0.8], "{scale}");
    }
}

#[test]
fn a_unit_vector_is_kept_as_it_is() {
    let mut random = Random(7);
    for dimensions in [1, 2, 3, 100, 384, 1000, MAX_DIMENSIONS] {
        let vector = UnitVector::new(&random.vector(dimensions)).unwrap();
        let numbers: Vec<f64> = vector.numbers().iter().map(|number| f64::from(*number)).collect();
        assert_eq!(UnitVector::new(&numbers).as_ref(), Ok(&vector));
        assert_eq!(UnitVector::from_bytes(&vector.to_bytes()), Some(vector.clone()));
        assert!((vector.similarity(&vector.to_bytes()) - 1.0).abs() < 1e-6);
    }
    assert_eq!(UnitVector::from_bytes(&[]), None);
    assert_eq!(UnitVector::from_bytes(&[0, 0, 128, 63, 0]), None);
    assert_eq!(UnitVector::from_bytes(&f32::NAN.to_le_bytes()), None);
}

/// Homes hold these bits.
#[test]
fn the_bits_of_a_vector_never_change() {
    let hex = |dimensions| {
        let vector = UnitVector::new(&Random(1).vector(dimensions)).unwrap();
        vector
            .bits()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(hex(3), "a4629bf80dbc6e50be31cfb0e8a097fc");
    assert_eq!(hex(192), "25a6cc5c32fa60c38bcd1391249b60f1a36fc8160e7a5991");
    assert_eq!(
        hex(256),
        "8b08938c0d3419eabb58cb128331f9187a2dee7af14fe70f8bdb618ab88baed8"
    );
}

#[test]
fn the_share_of_bits_that_differ_is_that_of_the_angle() {
    let mut random = Random(3);
    for dimensions in [2, 64, 100, 384, 768, 1000, MAX_DIMENSIONS] {
        let (mut differ, mut expected) = (0.0, 0.0);
        for _ in 0..50 {
            let center = random.vector(dimensions);
            let (a, b) = (random.near(&center), random.near(&center));
            let pairs = a.bits().into_iter().zip(b.bits());
            let count: u32 = pairs.map(|(a, b)| (a ^ b).count_ones()).sum();
            differ += f64::from(count) / (bits_len(dimensions) * 8) as f64;
            expected += a.similarity(&b.to_bytes()).acos() / std::f64::consts::PI;
        }
        assert!(
            (differ - expected).abs() / 50.0 < 0.02,
            "{dimensions}: {differ} {expected}"
        );
    }
}

#[test]
fn the_nearest_vectors_are_found() {
    let mut random = Random(5);
    for (dimensions, at_least) in [(16, 0.9), (96, 0.95), (384, 0.98)] {
        let centers: Vec<Vec<f64>> = (0..100).map(|_| random.vector(dimensions)).collect();
        let vectors: Vec<UnitVector> = (0..2000)
            .map(|index| random.near(&centers[index % 100]))
            .collect();
        let (mut found, queries) = (0, 30);
        for center in &centers[..queries] {
            let query = random.near(center);
            let mut scan = Scan::new(&query, 400);
            vectors.chunks(512).for_each(|block| {
                let bits: Vec<u8> = block.iter().flat_map(UnitVector::bits).collect();
                scan.add(&bits);
            });
            let mut exact: Vec<u32> = (0..2000).collect();
            let similarity = |index: &u32| query.similarity(&vectors[*index as usize].to_bytes());
            exact.sort_by(|a, b| similarity(b).total_cmp(&similarity(a)));
            let candidates = scan.nearest(2000);
            assert_eq!(candidates.len(), 2000);
            found += exact[..10]
                .iter()
                .filter(|index| candidates[..100].contains(index))
                .count();
        }
        let recall = found as f64 / (queries * 10) as f64;
        assert!(recall >= at_least, "{dimensions}: {recall}");
    }
}

proptest! {
    #[test]
    fn any_numbers_are_a_unit_vector_or_an_error(numbers in proptest::collection::vec(any::<f64>(), 0..300)) {
        if let Ok(vector) = UnitVector::new(&numbers) {
            prop_assert_eq!(vector.numbers().len(), numbers.len());
            prop_assert!((vector.similarity(&vector.to_bytes()) - 1.0).abs() < 1e-5);
            prop_assert_eq!(vector.bits().len(), bits_len(numbers.len()));
        }
    }

    #[test]
    fn all_vectors_are_ordered(bytes in proptest::collection::vec(any::<u8>(), 0..2000), refined in 0_usize..200) {
        let mut scan = Scan::new(&UnitVector::new(&[1.0, 2.0]).unwrap(), refined);
        scan.add(&bytes);
        let mut order = scan.nearest(usize::MAX);
        order.sort_unstable();
        prop_assert_eq!(order, (0..bytes.len() as u32 / 16).collect::<Vec<_>>());
    }
}
