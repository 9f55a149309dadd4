//! JSON pointers (RFC 6901), with the `*` of RFC 8620, 3.7.
use crate::MethodError;
use crate::reference::Budget;
use serde_json::Value;

/// Steps of one pointer.
const MAX_STEPS: usize = 64;

/// The steps of a pointer without its first `/`, unescaped.
pub(crate) fn steps(pointer: &str) -> Option<Vec<String>> {
    let steps: Vec<_> = pointer.split('/').take(MAX_STEPS + 1).map(unescape).collect::<Option<_>>()?;
    if steps.len() > MAX_STEPS { None } else { Some(steps) }
}

/// RFC 6901, 4: `~1` is a slash and `~0` a tilde; anything else behind a tilde is wrong.
fn unescape(step: &str) -> Option<String> {
    let mut text = String::with_capacity(step.len());
    let mut rest = step.chars();
    while let Some(character) = rest.next() {
        text.push(match character {
            '~' => match rest.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// What a pointer leads to.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'v> {
    /// One value.
    One(&'v Value),
    /// The values behind a `*`; an array among them stands for its items (RFC 8620, 3.7).
    Many(Vec<&'v Value>),
}

/// Follows `pointer` from `root`; every value on the way counts.
///
/// # Errors
/// `requestTooLarge` where the budget is spent.
pub(crate) fn find<'v>(root: &'v Value, pointer: &str, budget: &mut Budget) -> Result<Option<Found<'v>>, MethodError> {
    let Some(rest) = pointer.strip_prefix('/') else {
        // the empty pointer is the whole document (RFC 6901, 5)
        return Ok(pointer.is_empty().then_some(Found::One(root)));
    };
    let Some(steps) = steps(rest) else { return Ok(None) };
    let (mut here, mut starred) = (vec![root], false);
    for step in steps {
        let mut next = Vec::new();
        for value in here {
            if let (Value::Array(items), "*") = (value, step.as_str()) {
                starred = true;
                budget.visit(items.len())?;
                next.extend(items);
            } else {
                budget.visit(1)?;
                let Some(value) = child(value, &step) else { return Ok(None) };
                next.push(value);
            }
        }
        here = next;
    }
    if !starred {
        return Ok(here.pop().map(Found::One));
    }
    let mut flat = Vec::new();
    for value in here {
        match value {
            Value::Array(items) => {
                budget.visit(items.len())?;
                flat.extend(items);
            }
            other => flat.push(other),
        }
    }
    Ok(Some(Found::Many(flat)))
}

fn child<'v>(value: &'v Value, step: &str) -> Option<&'v Value> {
    match value {
        Value::Array(items) => items.get(index(step)?),
        Value::Object(members) => members.get(step),
        _ => None,
    }
}

/// RFC 6901, 4: digits without a zero before them.
fn index(step: &str) -> Option<usize> {
    let plain = step == "0" || !step.starts_with('0');
    (plain && step.bytes().all(|byte| byte.is_ascii_digit())).then(|| step.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Found, find};
    use crate::reference::Budget;
    use serde_json::{Value, json};

    fn one(root: &Value, pointer: &str) -> Option<Value> {
        match find(root, pointer, &mut Budget::new(10_000)).unwrap()? {
            Found::One(value) => Some(value.clone()),
            Found::Many(values) => Some(Value::Array(values.into_iter().cloned().collect())),
        }
    }

    #[test]
    fn the_examples_of_rfc_6901() {
        let document = json!({
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
        });
        for (pointer, value) in [
            ("", document.clone()),
            ("/foo", json!(["bar", "baz"])),
            ("/foo/0", json!("bar")),
            ("/", json!(0)),
            ("/a~1b", json!(1)),
            ("/c%d", json!(2)),
            ("/e^f", json!(3)),
            ("/g|h", json!(4)),
            ("/i\\j", json!(5)),
            ("/k\"l", json!(6)),
            ("/ ", json!(7)),
            ("/m~0n", json!(8)),
        ] {
            assert_eq!(one(&document, pointer), Some(value), "{pointer}");
        }
        for pointer in ["foo", "/foo/2", "/foo/00", "/foo/-", "/foo/x", "/nowhere", "/m~n", "/m~2n", "/foo/0/1"] {
            assert_eq!(one(&document, pointer), None, "{pointer}");
        }
    }

    #[test]
    fn a_star_stands_for_every_item() {
        // RFC 8620, 3.7
        let document = json!({"list": [
            {"id": "a", "threadId": "t1", "keys": [{"n": [1, 2]}, {"n": [3]}]},
            {"id": "b", "threadId": "t2", "keys": []}
        ], "*": 5});
        assert_eq!(one(&document, "/list/*/threadId"), Some(json!(["t1", "t2"])));
        assert_eq!(one(&document, "/list/*/keys/*/n"), Some(json!([1, 2, 3])));
        assert_eq!(one(&document, "/list/*/keys/*"), Some(json!([{"n": [1, 2]}, {"n": [3]}])));
        assert_eq!(one(&document, "/*"), Some(json!(5)));
        assert_eq!(one(&document, "/list/*/nothing"), None);
        assert_eq!(one(&json!({"list": []}), "/list/*/id"), Some(json!([])));
    }
}
