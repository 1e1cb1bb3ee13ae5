//! Numbers in JSON that every language reads in the same way.

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serializer};
use std::fmt;

/// The largest whole number that every language reads exactly from JSON.
pub(crate) const MAX_WHOLE: u64 = (1 << 53) - 1;
/// The message for a larger number, which some languages round.
pub(crate) const BEYOND: &str = "number out of range: the limit is 9007199254740991 (2^53-1)";

/// A number as its text, which is exact. A request may write it as a number or as a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount(pub String);

impl From<i64> for Amount {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<f64> for Amount {
    fn from(number: f64) -> Self {
        Self(number.to_string())
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["number", "string"],
            "description": "A number, or a string of digits with at most one decimal point, which is exact: seconds up to 10⁸ with 6 decimal places, US dollars up to 10⁶ with 9, whole tokens up to 2⁵³−1.",
        })
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Ok(Amount(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        within(number <= MAX_WHOLE, number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
        within(number.unsigned_abs() <= MAX_WHOLE, number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Amount, E> {
        // Some languages write -0, others 0.
        let number = if number == 0.0 { 0.0 } else { number };
        within(number.abs() <= MAX_WHOLE as f64, number)
    }
}

fn within<E: Error>(fits: bool, number: impl fmt::Display) -> Result<Amount, E> {
    match fits {
        true => Ok(Amount(number.to_string())),
        false => Err(E::custom(BEYOND)),
    }
}

/// Writes an integer of 64 bits as text; for `serialize_with`.
pub(crate) fn text<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

/// Reads an optional count; for `deserialize_with`.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    // There are never more things than `usize::MAX`.
    let size = |count| usize::try_from(count).unwrap_or(usize::MAX);
    Ok(whole(deserializer)?.map(size))
}

/// Reads an optional list of numbers; for `deserialize_with`.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<f64>>, D::Error> {
    let found = Option::<Vec<Float>>::deserialize(deserializer)?;
    Ok(found.map(|list| list.into_iter().map(|Float(number)| number).collect()))
}

struct Float(f64);

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FloatVisitor)
    }
}

struct FloatVisitor;

impl Visitor<'_> for FloatVisitor {
    type Value = Float;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Float, E> {
        Ok(Float(number))
    }
}

/// Reads a whole number from 0, in a field that may be left out.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let found = Option::<Count>::deserialize(deserializer)?;
    Ok(found.map(|Count(count)| count))
}

struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {MAX_WHOLE}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
        let fits = (number <= MAX_WHOLE).then_some(Count(number));
        fits.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
        let positive = u64::try_from(number);
        let positive = positive.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        self.visit_u64(positive)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Count, E> {
        // Not every language tells 1 and 1.0 apart.
        if number.fract() == 0.0 && (0.0..=MAX_WHOLE as f64).contains(&number) {
            return Ok(Count(number as u64));
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, BEYOND, count};

    #[test]
    fn amounts_keep_their_spelling() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).map(|amount| amount.0);
        assert_eq!(read("12.50").unwrap(), "12.5");
        assert_eq!(read("\"12.50\"").unwrap(), "12.50");
        assert_eq!(read("1e3").unwrap(), "1000");
        assert_eq!(read("-1").unwrap(), "-1");
        assert_eq!(read("-0").unwrap(), "0");
        assert_eq!(read("-0.0").unwrap(), "0");
        assert!(read("true").is_err());
    }

    #[test]
    fn numbers_that_languages_read_differently_are_rejected() {
        let amount = |text: &str| serde_json::from_str::<Amount>(text).map(|amount| amount.0);
        for good in ["9007199254740991", "-9007199254740991"] {
            assert_eq!(amount(good).unwrap(), good);
            assert_eq!(amount(&format!("{good}.0")).unwrap(), good);
        }
        for bad in [
            "9007199254740992",
            "-9007199254740992",
            "9007199254740992.0",
            "1152921504606846976",
            "1e300",
        ] {
            assert!(amount(bad).unwrap_err().to_string().starts_with(BEYOND), "{bad}");
            assert_eq!(amount(&format!("\"{bad}\"")).unwrap(), bad);
        }
        assert!(amount("1e400").is_err());
        let read = |text: &str| count(&mut serde_json::Deserializer::from_str(text));
        assert_eq!(read("null").unwrap(), None);
        assert_eq!(read("20").unwrap(), Some(20));
        assert_eq!(read("20.0").unwrap(), Some(20));
        assert_eq!(read("-0").unwrap(), Some(0));
        assert_eq!(read("9007199254740991").unwrap(), Some((1 << 53) - 1));
        for bad in ["9007199254740992", "-1", "1.5", "1e300", "\"1\"", "true", "[]"] {
            let why = read(bad).unwrap_err().to_string();
            assert!(
                why.contains("expected a whole number from 0 to 9007199254740991"),
                "{why}"
            );
        }
    }
}
