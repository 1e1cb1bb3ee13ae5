//! How many of the nearest vectors a search finds, and a home in which `xtask` measures its time.

use crate::Failure;
use clawpowers_api::operations::memory::{import, search};
use clawpowers_api::{Options, Runtime};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::Instant;

const ENTRIES: usize = 100_000;
const DIMENSIONS: usize = 384;
const CLUSTERS: usize = 1000;
const QUERIES: usize = 50;
/// How many of the nearest are compared.
const NEAREST: usize = 10;
/// How many entries are imported at once.
const BATCH: usize = 2000;
const MODEL: &str = "measured";

/// Creates the home `FOLDER/home`, writes the vectors of queries to `FOLDER/N.json`, and prints the recall.
///
/// The vectors are random ones around the centers of clusters. If `CLAWPOWERS_VECTORS` is the path of a file with vectors of
/// 384 32-bit floats, least significant byte first, they are these, and the last are the queries.
pub(crate) fn vectors(folder: &str) -> Result<(), Failure> {
    let folder = Path::new(folder);
    let (name, mut vectors) = match std::env::var_os("CLAWPOWERS_VECTORS") {
        Some(file) => ("from a file", read(&fs::read(file)?)),
        None => ("clustered", clustered(ENTRIES + QUERIES)),
    };
    vectors.truncate(ENTRIES + QUERIES);
    let queries = vectors.split_off(vectors.len().saturating_sub(QUERIES));
    let home = folder.join("home");
    let runtime = Runtime::open(Options {
        home: Some(home.clone()),
        ..Options::default()
    });
    let start = Instant::now();
    let mut random = Random(7);
    for (batch, vectors) in vectors.chunks(BATCH).enumerate() {
        let lines: Vec<String> = vectors
            .iter()
            .enumerate()
            .map(|(place, vector)| line(batch * BATCH + place, vector, &mut random))
            .collect();
        let request = import::Request {
            text: Some(lines.join("\n")),
            ..Default::default()
        };
        let imported = import::run(&runtime, &request).map_err(|error| error.message)?;
        if imported.created != vectors.len() as u64 {
            return Err(format!("not every entry was imported: {imported:?}").into());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut found = 0;
    for (index, query) in queries.iter().enumerate() {
        fs::write(folder.join(format!("{index}.json")), json!(query).to_string())?;
        let request = search::Request {
            vector: Some(query.iter().map(|number| f64::from(*number)).collect()),
            vector_model: Some(MODEL.to_owned()),
            limit: Some(NEAREST),
            ..Default::default()
        };
        let hits = search::run(&runtime, &request)
            .map_err(|error| error.message)?
            .hits;
        let nearest = nearest(&vectors, query);
        let is_near = |hit: &&search::Hit| {
            nearest
                .iter()
                .any(|place| hit.entry.id == (place + 1).to_string())
        };
        found += hits.iter().filter(is_near).count();
    }
    let recall = found as f64 / (queries.len() * NEAREST) as f64;
    let size = fs::metadata(home.join("clawpowers.db"))?.len() as f64 / 1e6;
    println!(
        "{} vectors, {name}, {DIMENSIONS} numbers each: recall@{NEAREST} {recall:.3}; database {size:.0} MB, imported in {seconds:.0} s",
        vectors.len()
    );
    Ok(())
}

/// An entry of ten words, as a line of an export.
fn line(index: usize, vector: &[f32], random: &mut Random) -> String {
    let words: Vec<String> = (0..10).map(|_| word(random.next() as usize % 20_000)).collect();
    let time = "2026-11-01T00:00:00Z";
    let line = json!({
        "uid": format!("bench-m{}", index + 1), "kind": "semantic", "content": words.join(" "), "importance": 0.5,
        "source": "user", "confirmed": true, "created_at": time, "updated_at": time, "used_at": time, "uses": 1,
        "revision": 1, "merges": false, "vector": {"model": MODEL, "numbers": vector},
    });
    line.to_string()
}

/// A word of letters for a number.
fn word(mut number: usize) -> String {
    let mut word = String::from("w");
    while number > 0 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

/// The places of the nearest vectors by the cosine.
fn nearest(vectors: &[Vec<f32>], query: &[f32]) -> Vec<usize> {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let cosine = |vector: &Vec<f32>| product(vector, query) / product(vector, vector).sqrt();
    let mut all: Vec<(f32, usize)> = vectors.iter().map(cosine).zip(0..).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(NEAREST).map(|(_, place)| place).collect()
}

fn read(bytes: &[u8]) -> Vec<Vec<f32>> {
    let (numbers, _) = bytes.as_chunks::<4>();
    let numbers: Vec<f32> = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    numbers.chunks_exact(DIMENSIONS).map(<[f32]>::to_vec).collect()
}

fn clustered(count: usize) -> Vec<Vec<f32>> {
    let mut random = Random(1);
    let centers: Vec<Vec<f32>> = (0..CLUSTERS)
        .map(|_| (0..DIMENSIONS).map(|_| random.normal()).collect())
        .collect();
    let mut vector = |_| {
        let center = centers.get(random.next() as usize % CLUSTERS);
        let center = center.map_or(&[][..], Vec::as_slice);
        center
            .iter()
            .map(|number| number + 0.7 * random.normal())
            .collect()
    };
    (0..count).map(&mut vector).collect()
}

/// A plain generator, so that every run has the same vectors.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// About normally distributed: the sum of uniform numbers.
    fn normal(&mut self) -> f32 {
        (0..4)
            .map(|_| self.next() as f32 / (1_u32 << 31) as f32 - 0.5)
            .sum::<f32>()
            * 1.7
    }
}
