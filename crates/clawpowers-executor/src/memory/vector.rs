//! Vectors of entries, computed by an external model.
//!
//! `memory_vector` holds them in full. `memory_vector_block` holds their bits, many in a row, so that a search reads few bytes.
//! The vectors of a model have the slots 0, 1, 2, … without a gap; the bits of a slot are in the block `slot / BLOCK`.

use super::Memory;
use super::name::check_name;
use crate::db::Tx;
use crate::display::quoted;
use crate::error::{Error, Result};
use clawpowers_text::vector::{InvalidVector, MAX_DIMENSIONS, Scan, UnitVector, bits_len};
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use std::collections::HashSet;

/// How many vectors have their bits in one row.
const BLOCK: usize = 512;
/// The number of vectors that are read in full for each hit, and of those that an estimate orders for each vector read in full.
const RESCORED: usize = 10;
/// The least number of hits for which vectors are read, even if a search returns fewer.
const MIN_LIMIT: usize = 10;

/// A vector, and the name of the model that computed it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelVector {
    model: String,
    vector: UnitVector,
}

impl ModelVector {
    /// Checks a vector and scales it to the length 1.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a name that is empty or too long, and for numbers that are none, more than
    /// [`MAX_DIMENSIONS`], all 0, or not finite.
    pub fn new(model: &str, numbers: &[f64]) -> Result<Self> {
        check_name("model", model)?;
        let vector = UnitVector::new(numbers).map_err(invalid)?;
        let model = model.to_owned();
        Ok(Self { model, vector })
    }

    /// Reads a vector as it is stored; returns `None` if it is not valid.
    pub(super) fn stored(model: &str, data: &[u8]) -> Option<Self> {
        check_name("model", model).ok()?;
        let vector = UnitVector::from_bytes(data)?;
        let model = model.to_owned();
        Some(Self { model, vector })
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The numbers, scaled to the length 1.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        self.vector.numbers()
    }
}

fn invalid(why: InvalidVector) -> Error {
    let (message, hint) = match why {
        InvalidVector::Empty => (
            "the vector is empty".to_owned(),
            "give the numbers that a model computed",
        ),
        InvalidVector::TooLong(count) => (
            format!("the vector has {count} numbers, more than {MAX_DIMENSIONS}"),
            "use a model with fewer dimensions",
        ),
        InvalidVector::NotFinite(index) => (
            format!("the number at index {index} of the vector is not finite"),
            "the model failed to compute it; compute it again",
        ),
        InvalidVector::Zero => (
            "all numbers of the vector are 0".to_owned(),
            "the model failed to compute it; compute it again",
        ),
    };
    Error::invalid(message, hint)
}

impl Memory<'_> {
    /// Returns the vector of an entry; `None` if it has none.
    pub fn vector(&mut self, id: i64) -> Result<Option<ModelVector>> {
        self.read(|tx| get(tx, id), || Ok(None))
    }
}

/// Returns the vector of an entry; `None` if it has none.
pub(super) fn get(tx: &Tx<'_>, id: i64) -> Result<Option<ModelVector>> {
    let sql = "SELECT model, data FROM memory_vector WHERE memory = ?";
    let row: Option<(String, Vec<u8>)> = tx.query_optional(sql, [id], |row| row.try_into())?;
    Ok(row.and_then(|(model, data)| ModelVector::stored(&model, &data)))
}

/// Sets the vector of an entry.
pub(super) fn set(tx: &Tx<'_>, id: i64, new: &ModelVector) -> Result<()> {
    remove(tx, id)?;
    check_dimensions(tx, new)?;
    let sql = "SELECT coalesce(max(slot) + 1, 0) FROM memory_vector WHERE model = ?";
    let slot: i64 = tx.query_row(sql, [&new.model], |row| row.get(0))?;
    write_bits(tx, &new.model, slot, &new.vector.bits())?;
    let sql = "INSERT INTO memory_vector (memory, slot, model, data) VALUES (?, ?, ?, ?)";
    tx.execute(sql, (id, slot, &new.model, new.vector.to_bytes()))?;
    Ok(())
}

/// Removes the vector of an entry, if it has one.
pub(super) fn remove(tx: &Tx<'_>, id: i64) -> Result<()> {
    let sql = "DELETE FROM memory_vector WHERE memory = ? RETURNING model, slot, data";
    let removed = tx.query_optional(sql, [id], |row| row.try_into())?;
    let Some((model, slot, data)): Option<(String, i64, Vec<u8>)> = removed else {
        return Ok(());
    };
    let empty = vec![0; bits_len(data.len() / 4)];
    // The last vector gets the slot, so that there is no gap.
    let sql = "SELECT memory, slot, data FROM memory_vector WHERE model = ?1 AND slot > ?2 ORDER BY slot DESC LIMIT 1";
    let last = tx.query_optional(sql, (&model, slot), |row| row.try_into())?;
    let last_slot = match last {
        Some((memory, last_slot, data)) => {
            let (memory, last_slot, data): (i64, i64, Vec<u8>) = (memory, last_slot, data);
            let bits = UnitVector::from_bytes(&data).map_or(empty.clone(), |vector| vector.bits());
            write_bits(tx, &model, slot, &bits)?;
            let sql = "UPDATE memory_vector SET slot = ? WHERE memory = ?";
            tx.execute(sql, (slot, memory))?;
            last_slot
        }
        None => slot,
    };
    if last_slot % BLOCK as i64 == 0 {
        let sql = "DELETE FROM memory_vector_block WHERE model = ? AND block = ?";
        tx.execute(sql, (&model, last_slot / BLOCK as i64))?;
        return Ok(());
    }
    write_bits(tx, &model, last_slot, &empty)
}

/// Writes the bits of a slot. SQLite writes only the pages of a row of the same length that change.
fn write_bits(tx: &Tx<'_>, model: &str, slot: i64, bits: &[u8]) -> Result<()> {
    let block = slot / BLOCK as i64;
    let place = usize::try_from(slot % BLOCK as i64).unwrap_or_default();
    let sql = "SELECT bits FROM memory_vector_block WHERE model = ? AND block = ?";
    let mut all: Vec<u8> = tx
        .query_optional(sql, (model, block), |row| row.get(0))?
        .unwrap_or_default();
    all.resize(BLOCK * bits.len(), 0);
    if let Some(old) = all.chunks_exact_mut(bits.len()).nth(place) {
        old.copy_from_slice(bits);
    }
    let sql = "INSERT INTO memory_vector_block (model, block, bits) VALUES (?, ?, ?)
               ON CONFLICT (model, block) DO UPDATE SET bits = excluded.bits";
    tx.execute(sql, (model, block, all))?;
    Ok(())
}

/// Returns the names of the models with their numbers of dimensions.
pub(super) fn models(tx: &Tx<'_>) -> Result<Vec<(String, usize)>> {
    // The blocks are few; every model has a vector in the slot 0.
    let sql = "SELECT model, (SELECT length(data) / 4 FROM memory_vector
                   WHERE memory_vector.model = memory_vector_block.model AND slot = 0)
               FROM memory_vector_block WHERE block = 0 ORDER BY model";
    tx.query_all(sql, (), |row| row.try_into())
}

fn dimensions_of(tx: &Tx<'_>, model: &str) -> Result<Option<usize>> {
    let sql = "SELECT length(data) / 4 FROM memory_vector WHERE model = ? AND slot = 0";
    tx.query_optional(sql, [model], |row| row.get(0))
}

/// Returns an error if the vectors of the model have other dimensions; `false` if it has no vectors.
fn check_dimensions(tx: &Tx<'_>, vector: &ModelVector) -> Result<bool> {
    let Some(dimensions) = dimensions_of(tx, &vector.model)? else {
        return Ok(false);
    };
    let count = vector.numbers().len();
    if dimensions == count {
        return Ok(true);
    }
    Err(Error::invalid(
        format!(
            "the vectors of the model {} have {dimensions} numbers, not {count}",
            quoted(&vector.model)
        ),
        "compute it with this model, or name the model that computed it",
    ))
}

fn unknown_model(model: &str, models: &[(String, usize)]) -> Error {
    let known: Vec<String> = models
        .iter()
        .map(|(model, dimensions)| format!("{} ({dimensions} numbers)", quoted(model)))
        .collect();
    Error::invalid(
        format!("no entry has a vector of the model {}", quoted(model)),
        format!("the entries have vectors of {}", known.join(", ")),
    )
}

/// Which entries may be found.
pub(super) struct Allowed<'a> {
    /// A condition on the table `memory`.
    pub(super) sql: &'a str,
    /// Its values.
    pub(super) values: &'a [Value],
    /// A condition on the id.
    pub(super) admits: &'a dyn Fn(i64) -> bool,
}

/// Returns the entries whose vectors are nearest, and the cosines of the angles; the nearest come first. There are at least
/// `limit` of them, if so many are allowed.
pub(super) fn nearest(
    tx: &Tx<'_>,
    wanted: &ModelVector,
    allowed: &Allowed<'_>,
    limit: usize,
) -> Result<Vec<(i64, f64)>> {
    if !check_dimensions(tx, wanted)? {
        return match models(tx)?.as_slice() {
            [] => Ok(Vec::new()),
            models => Err(unknown_model(&wanted.model, models)),
        };
    }
    let candidates = limit.max(MIN_LIMIT).saturating_mul(RESCORED);
    let refined = candidates.saturating_mul(RESCORED);
    let sql = |what: &str, condition: &str| {
        format!(
            "SELECT memory_vector.memory, {what} FROM memory_vector JOIN memory ON memory.id = memory_vector.memory
             WHERE model = ? {condition} AND {}",
            allowed.sql
        )
    };
    let model = Value::Text(wanted.model.clone());
    let by_slot = sql("data", "AND slot = ?");
    let read = |slot: i64| -> Result<Option<(i64, f64)>> {
        let values = [model.clone(), Value::Integer(slot)];
        let values = params_from_iter(values.iter().chain(allowed.values));
        let found = tx.query_optional(&by_slot, values, |row| {
            let data = row.get_ref(1)?.as_blob()?;
            Ok((row.get(0)?, wanted.vector.similarity(data)))
        })?;
        Ok(found.filter(|(id, _)| (allowed.admits)(*id)))
    };
    let mut found = Vec::new();
    let mut slots = slots(tx, wanted, refined)?.into_iter();
    for slot in slots.by_ref().take(refined) {
        found.extend(read(slot)?);
        if found.len() == candidates {
            break;
        }
    }
    if found.len() < candidates && slots.len() > 0 {
        // Few entries are allowed: it is faster to list them than to try one after the other.
        let values = params_from_iter(std::iter::once(&model).chain(allowed.values));
        let listed: Vec<(i64, i64)> = tx.query_all(&sql("slot", ""), values, |row| row.try_into())?;
        let listed = listed.into_iter().filter(|(id, _)| (allowed.admits)(*id));
        let listed: HashSet<i64> = listed.map(|(_, slot)| slot).collect();
        let slots = slots.filter(|slot| listed.contains(slot));
        for slot in slots.take(candidates - found.len()) {
            found.extend(read(slot)?);
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    Ok(found)
}

/// Returns the slots of a model, that of the nearest bits first.
fn slots(tx: &Tx<'_>, wanted: &ModelVector, refined: usize) -> Result<Vec<i64>> {
    let len = BLOCK * bits_len(wanted.numbers().len());
    let mut scan = Scan::new(&wanted.vector, refined);
    let mut blocks: Vec<i64> = Vec::new();
    let sql = "SELECT block, bits FROM memory_vector_block WHERE model = ? ORDER BY block";
    let () = tx.query_all(sql, [&wanted.model], |row| {
        let bits = row.get_ref(1)?.as_blob()?;
        if bits.len() == len {
            scan.add(bits);
            blocks.push(row.get(0)?);
        }
        Ok(())
    })?;
    let sql = "SELECT max(slot) + 1 FROM memory_vector WHERE model = ?";
    let count: i64 = tx.query_row(sql, [&wanted.model], |row| row.get(0))?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let slot = |index: u32| {
        let block = blocks.get(index as usize / BLOCK)?;
        Some(block * BLOCK as i64 + i64::from(index) % BLOCK as i64)
    };
    Ok(scan.nearest(count).into_iter().filter_map(slot).collect())
}
