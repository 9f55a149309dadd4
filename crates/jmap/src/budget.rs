//! How much a value holds.
use serde_json::{Map, Value};

/// Names and texts count as their bytes, every value 16 more. Nothing recurses.
pub(crate) fn weight(members: &Map<String, Value>) -> usize {
    members.keys().map(String::len).sum::<usize>() + together(members.values().collect())
}

/// The same of one value.
pub(crate) fn weight_of(value: &Value) -> usize {
    together(vec![value])
}

fn together(mut waiting: Vec<&Value>) -> usize {
    let mut weight = 0;
    while let Some(value) = waiting.pop() {
        weight += 16;
        match value {
            Value::String(text) => weight += text.len(),
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                weight += members.keys().map(String::len).sum::<usize>();
                waiting.extend(members.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::weight;
    use serde_json::{Map, json};

    #[test]
    fn everything_counts() {
        let mut members = Map::new();
        assert_eq!(weight(&members), 0);
        members.insert("ab".to_owned(), json!(["xyz", {"k": null}]));
        assert_eq!(weight(&members), 2 + 16 + (16 + 3) + (16 + 1) + 16);
    }
}
