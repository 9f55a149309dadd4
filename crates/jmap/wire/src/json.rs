//! JSON as JMAP has it: I-JSON (RFC 7493), in which no name stands twice in an object, within bounds.
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// Objects and arrays within one another.
pub const MAX_DEPTH: usize = 64;
/// Values of one document.
pub const MAX_VALUES: usize = 500_000;

/// Reads a whole document.
///
/// # Errors
/// What is no I-JSON, or more than the bounds. serde_json refuses lone surrogates and numbers out of range itself.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let left = Cell::new(MAX_VALUES);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: MAX_DEPTH, left: &left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict<'c> {
    depth: usize,
    left: &'c Cell<usize>,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }

    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| E::custom("too many values"))?;
        self.left.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(seed)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut values = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(seed)?;
            // RFC 7493, 2.3
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice in an object"));
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, MAX_VALUES, read};
    use serde_json::json;

    #[test]
    fn what_is_right_is_read() {
        let text = br#" {"a": [1, -2, 1.5, true, null, "x\u00e9\ud83d\ude00"], "b": {"a": 18446744073709551615}} "#;
        let value = json!({"a": [1, -2, 1.5, true, null, "xé😀"], "b": {"a": 18_446_744_073_709_551_615_u64}});
        assert_eq!(read(text).unwrap(), value);
    }

    #[test]
    fn what_is_no_i_json_is_refused() {
        let deep = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        let bottomless = "[".repeat(100_000);
        let many = format!("[{}1]", "1,".repeat(MAX_VALUES));
        for wrong in [
            "",
            "{",
            "[1,]",
            "01",
            "1e999",
            "\"\\ud800\"",
            "{\"a\":1,\"a\":2}",
            "{} {}",
            "NaN",
            "'a'",
            "\"\u{1}\"",
            &deep,
            &bottomless,
            &many,
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{:.40}", wrong);
        }
        assert!(read(b"\"\xff\"").is_err());
        let just = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(read(just.as_bytes()).is_ok());
    }
}
