//! Vectors computed by an external model, and their bits, by which the nearest of many are found.
//!
//! The bits are the signs of a rotated vector. The more bits of two vectors differ, the greater is the angle between them.
//! They are stored, so the rotation never changes.

/// The most numbers of a vector.
pub const MAX_DIMENSIONS: usize = 4096;
/// A vector has at least so many bits. Zeros are added to a shorter one, so that its bits tell enough.
const MIN_BITS: usize = 128;
/// Each part of a vector takes part in two rounds at least.
const ROUNDS: u64 = 4;
/// How much the length of a vector of 32-bit floats differs from 1 at most.
const ROUNDING: f64 = 1e-6;
/// How many numbers are summed side by side.
const LANES: usize = 8;

/// A vector of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitVector(Vec<f32>);

/// Why numbers are not a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidVector {
    Empty,
    /// It has so many numbers, more than [`MAX_DIMENSIONS`].
    TooLong(usize),
    /// The number at this index is infinite or no number.
    NotFinite(usize),
    /// All numbers are 0, so that it has no direction.
    Zero,
}

impl UnitVector {
    /// Scales numbers so that the length is 1. A vector of this length is kept as it is.
    ///
    /// # Errors
    ///
    /// [`InvalidVector`] if they have no direction, or are too many.
    pub fn new(numbers: &[f64]) -> Result<Self, InvalidVector> {
        if numbers.is_empty() {
            return Err(InvalidVector::Empty);
        }
        if numbers.len() > MAX_DIMENSIONS {
            return Err(InvalidVector::TooLong(numbers.len()));
        }
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(InvalidVector::NotFinite(index));
        }
        // Without the largest as a factor, squares of large numbers would be infinite.
        let largest = numbers
            .iter()
            .fold(0.0, |largest: f64, number| largest.max(number.abs()));
        if largest == 0.0 {
            return Err(InvalidVector::Zero);
        }
        let squares = numbers.iter().map(|number| (number / largest).powi(2));
        let length = squares.sum::<f64>().sqrt();
        let is_unit = (largest * length - 1.0).abs() < ROUNDING;
        let (largest, length) = if is_unit { (1.0, 1.0) } else { (largest, length) };
        let scaled = numbers.iter().map(|number| (number / largest / length) as f32);
        Ok(Self(scaled.collect()))
    }

    /// Reads [`UnitVector::to_bytes`]; returns `None` for other bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        let numbers = numbers.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes)));
        let vector = Self::new(&numbers.collect::<Vec<_>>()).ok()?;
        rest.is_empty().then_some(vector)
    }

    /// Returns the numbers as 32-bit floats, the least significant byte first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// The numbers.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// Returns the cosine of the angle to a vector of the same dimension, as [`UnitVector::to_bytes`] wrote it.
    #[must_use]
    pub fn similarity(&self, bytes: &[u8]) -> f64 {
        let (others, _) = bytes.as_chunks::<4>();
        let mut sums = [0.0_f32; LANES];
        for (ours, others) in self.0.chunks(LANES).zip(others.chunks(LANES)) {
            for ((sum, our), other) in sums.iter_mut().zip(ours).zip(others) {
                *sum += our * f32::from_le_bytes(*other);
            }
        }
        sums.iter()
            .map(|sum| f64::from(*sum))
            .sum::<f64>()
            .clamp(-1.0, 1.0)
    }

    /// Returns the bits, as many bytes as [`bits_len`] says.
    #[must_use]
    pub fn bits(&self) -> Vec<u8> {
        bits(&self.rotated())
    }

    fn rotated(&self) -> Vec<f32> {
        let mut numbers = self.0.clone();
        numbers.resize(bits_len(numbers.len()) * 8, 0.0);
        rotate(&mut numbers);
        numbers
    }
}

/// Returns the number of bytes of the bits of a vector; they are whole words of 64 bits.
#[must_use]
pub fn bits_len(dimensions: usize) -> usize {
    dimensions.max(MIN_BITS).div_ceil(64) * 8
}

/// Finds the vectors whose bits are nearest to a vector.
#[derive(Debug)]
pub struct Scan {
    /// The rotated vector.
    rotated: Vec<f32>,
    /// Its bits.
    bits: Vec<u64>,
    /// How many of the nearest are ordered by an estimate.
    refined: usize,
    /// How many bits of each vector differ.
    distances: Vec<u16>,
    /// How many vectors have each distance.
    counts: Vec<usize>,
    /// The greatest distance of the `refined` nearest so far.
    limit: usize,
    /// The indexes of the vectors that were within the limit when they were added, and their bits.
    near: Vec<u32>,
    near_bits: Vec<u64>,
}

impl Scan {
    /// Compares with a vector. The `refined` nearest are ordered by an estimate of the cosine, which needs more time.
    #[must_use]
    pub fn new(vector: &UnitVector, refined: usize) -> Self {
        let rotated = vector.rotated();
        let bits = words(&bits(&rotated)).collect();
        Self {
            bits,
            refined,
            distances: Vec::new(),
            counts: vec![0; rotated.len() + 1],
            limit: rotated.len(),
            near: Vec::new(),
            near_bits: Vec::new(),
            rotated,
        }
    }

    /// Adds the bits of vectors of the same dimension, one after the other.
    pub fn add(&mut self, many: &[u8]) {
        // Most vectors are far away: their bits are not kept, because memory takes longer than counting.
        for other in many.chunks_exact(self.bits.len() * 8) {
            let differ = self
                .bits
                .iter()
                .zip(words(other))
                .map(|(a, b)| (a ^ b).count_ones());
            let distance = differ.sum::<u32>() as usize;
            if distance <= self.limit {
                self.near.push(self.distances.len() as u32);
                self.near_bits.extend(words(other));
            }
            self.distances.push(distance as u16);
            if let Some(count) = self.counts.get_mut(distance) {
                *count += 1;
            }
        }
        let mut sum = 0;
        let reached = |count: &usize| {
            sum += count;
            sum >= self.refined
        };
        self.limit = self.counts.iter().position(reached).unwrap_or(self.rotated.len());
    }

    /// Returns the indexes of the first `count` vectors that were added, the nearest first.
    ///
    /// They are ordered by the number of bits that differ, and the first of them by the estimate.
    #[must_use]
    pub fn nearest(&self, count: usize) -> Vec<u32> {
        let distances = self.distances.get(..count).unwrap_or(&self.distances);
        let mut order = sorted(distances, self.rotated.len());
        let (first, _) = order.split_at_mut(self.refined.min(distances.len()));
        let mut estimates: Vec<(f32, u32)> = first
            .iter()
            .map(|index| (self.estimate(*index), *index))
            .collect();
        estimates.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (place, (_, index)) in first.iter_mut().zip(estimates) {
            *place = index;
        }
        order
    }

    /// Returns a number that rises with the cosine: the sum of the rotated numbers with the signs of the other vector. One
    /// whose bits were not kept is the farthest.
    fn estimate(&self, index: u32) -> f32 {
        let Ok(place) = self.near.binary_search(&index) else {
            return f32::NEG_INFINITY;
        };
        let mut others = self.near_bits.chunks_exact(self.bits.len());
        let words = others.nth(place).unwrap_or_default();
        let mut sum = 0.0;
        for (word, numbers) in words.iter().zip(self.rotated.chunks(64)) {
            for (place, number) in numbers.iter().enumerate() {
                let sign = (word >> place & 1) as u32;
                sum += f32::from_bits(number.to_bits() ^ (sign << 31));
            }
        }
        sum
    }
}

/// Returns the indexes of numbers up to `largest`, those of the smallest first and those of equal ones in order.
fn sorted(numbers: &[u16], largest: usize) -> Vec<u32> {
    let mut places = vec![0_usize; largest + 2];
    for number in numbers {
        if let Some(place) = places.get_mut(usize::from(*number) + 1) {
            *place += 1;
        }
    }
    let mut before = 0;
    for place in &mut places {
        before += *place;
        *place = before;
    }
    let mut order = vec![0; numbers.len()];
    for (index, number) in (0..).zip(numbers) {
        if let Some(place) = places.get_mut(usize::from(*number)) {
            if let Some(slot) = order.get_mut(*place) {
                *slot = index;
            }
            *place += 1;
        }
    }
    order
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().map(|word| u64::from_le_bytes(*word))
}

/// Returns the signs of numbers, eight of them in a byte; 1 is negative.
fn bits(numbers: &[f32]) -> Vec<u8> {
    let byte = |numbers: &[f32]| {
        let bits = numbers.iter().enumerate();
        bits.fold(0, |byte, (place, number)| byte | u8::from(*number < 0.0) << place)
    };
    numbers.chunks(8).map(byte).collect()
}

/// Rotates a vector, always in the same way: signs that look random, then the Hadamard transform, first of the start and
/// then of the end, if the length is not a power of two.
fn rotate(numbers: &mut [f32]) {
    let length = numbers.len();
    let part = (length / 2 + 1).next_power_of_two();
    let scale = (part as f32).sqrt().recip();
    for round in 0..ROUNDS {
        for (word, numbers) in (round * 64..).zip(numbers.chunks_mut(64)) {
            let signs = random(word);
            for (place, number) in numbers.iter_mut().enumerate() {
                if signs >> place & 1 == 1 {
                    *number = -*number;
                }
            }
        }
        let start = if round % 2 == 0 { 0 } else { length - part };
        if let Some(numbers) = numbers.get_mut(start..start + part) {
            hadamard(numbers);
            numbers.iter_mut().for_each(|number| *number *= scale);
        }
    }
}

/// The Hadamard transform; the length is a power of two.
fn hadamard(numbers: &mut [f32]) {
    let mut half = 1;
    while half < numbers.len() {
        for pair in numbers.chunks_exact_mut(half * 2) {
            let (first, second) = pair.split_at_mut(half);
            for (a, b) in first.iter_mut().zip(second) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

/// The output of SplitMix64 with this index.
const fn random(index: u64) -> u64 {
    let mut z = (index.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
