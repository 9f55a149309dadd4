//! PatchObjects (RFC 8620, 5.3).
use crate::pointer::steps;
use serde_json::{Map, Value};
use thiserror::Error;

/// A patch that cannot be applied; the object is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidPatch(pub String);

/// Applies a patch: each path of it gets its value; `null` takes the member away.
///
/// # Errors
/// Where a path goes through what is no object or is not there, or two paths of the patch meet.
pub fn patch(target: &Map<String, Value>, patch: &Map<String, Value>) -> Result<Map<String, Value>, InvalidPatch> {
    let mut paths = Vec::with_capacity(patch.len());
    for (pointer, value) in patch {
        let path = steps(pointer).ok_or_else(|| InvalidPatch(format!("`{pointer}` is no path")))?;
        paths.push((path, value));
    }
    paths.sort_by(|one, other| one.0.cmp(&other.0));
    // "There MUST NOT be two patches in the PatchObject where the pointer of one is the prefix of the pointer of the other"
    for pair in paths.windows(2) {
        if let [(one, _), (other, _)] = pair
            && other.starts_with(one)
        {
            return Err(InvalidPatch(format!("`{}` and a path below it", one.join("/"))));
        }
    }
    let mut patched = target.clone();
    for (path, value) in paths {
        set(&mut patched, &path, value)?;
    }
    Ok(patched)
}

fn set(target: &mut Map<String, Value>, path: &[String], value: &Value) -> Result<(), InvalidPatch> {
    let Some((last, parents)) = path.split_last() else { return Ok(()) };
    let mut here = target;
    for step in parents {
        here = match here.get_mut(step) {
            Some(Value::Object(members)) => members,
            // "all parts prior to the last ... MUST already exist", and nothing points inside an array
            _ => return Err(InvalidPatch(format!("`{}`: `{step}` is no object there", path.join("/")))),
        };
    }
    match value {
        Value::Null => drop(here.remove(last)),
        value => drop(here.insert(last.clone(), value.clone())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::patch;
    use serde_json::{Map, Value, json};

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    fn patched(target: Value, change: Value) -> Option<Value> {
        patch(&map(target), &map(change)).ok().map(Value::Object)
    }

    #[test]
    fn paths_get_their_values() {
        let email = json!({"keywords": {"$seen": true}, "mailboxIds": {"m1": true}, "subject": "x"});
        let change =
            json!({"keywords/$flagged": true, "keywords/$seen": null, "mailboxIds": {"m2": true}, "subject": null});
        let after = json!({"keywords": {"$flagged": true}, "mailboxIds": {"m2": true}});
        assert_eq!(patched(email, change), Some(after));
        assert_eq!(patched(json!({"a": {}}), json!({"a/b~1c": 1, "a/x": null})), Some(json!({"a": {"b/c": 1}})));
        assert_eq!(patched(json!({"a": 1}), json!({})), Some(json!({"a": 1})));
    }

    #[test]
    fn what_cannot_be_applied_is_refused_whole() {
        for change in [
            json!({"a/b": 1, "a/b/c": 2}),
            json!({"a": {}, "a/b": 2}),
            json!({"nothing/b": 1}),
            json!({"list/0": 1}),
            json!({"a/b/c": 1}),
            json!({"a/~": 1}),
        ] {
            assert_eq!(patched(json!({"a": {"b": 1}, "list": [1]}), change.clone()), None, "{change}");
        }
    }

    #[test]
    fn names_that_only_begin_alike_do_not_meet() {
        assert_eq!(
            patched(json!({"a": {}}), json!({"a/b": 1, "a/bc": 2, "ab": 3})),
            Some(json!({"a": {"b": 1, "bc": 2}, "ab": 3}))
        );
    }
}
