//! References to earlier answers (RFC 8620, 3.7).
use crate::pointer::{Found, find};
use crate::{Answer, MethodError};
use serde_json::{Map, Value};

/// How much of earlier answers one request may repeat in its calls: names and texts count as their bytes, every value 16 more.
/// Without it, calls that refer to one another double what they hold with each.
#[derive(Debug, Clone, Copy)]
pub struct Budget(usize);

impl Budget {
    /// So many bytes for a whole request.
    #[must_use]
    pub const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Counts so many values that are looked at.
    pub(crate) fn visit(&mut self, values: usize) -> Result<(), MethodError> {
        self.0 = self.0.checked_sub(values.saturating_mul(16)).ok_or(MethodError::RequestTooLarge)?;
        Ok(())
    }

    /// Counts a value, without recursion.
    fn spend(&mut self, value: &Value) -> Result<(), MethodError> {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            let own = match value {
                Value::String(text) => text.len(),
                Value::Array(items) => {
                    waiting.extend(items);
                    0
                }
                Value::Object(members) => {
                    waiting.extend(members.values());
                    members.keys().map(String::len).sum()
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            };
            self.0 = self.0.checked_sub(own + 16).ok_or(MethodError::RequestTooLarge)?;
        }
        Ok(())
    }
}

/// References in one call.
const MAX_REFERENCES: usize = 32;

/// Puts what earlier answers say in the place of every argument whose name begins with `#`.
///
/// # Errors
/// `invalidArguments` where an argument stands there both ways, `invalidResultReference` where a reference leads nowhere,
/// `requestTooLarge` where the budget is spent, or there are more than 32.
pub fn resolve(arguments: &mut Map<String, Value>, earlier: &[Answer], budget: &mut Budget) -> Result<(), MethodError> {
    let references: Vec<String> = arguments.keys().filter(|name| name.starts_with('#')).cloned().collect();
    if references.len() > MAX_REFERENCES {
        return Err(MethodError::RequestTooLarge);
    }
    for reference in references {
        let Some(told) = arguments.remove(&reference) else { continue };
        let Some(name) = reference.strip_prefix('#') else { continue };
        if arguments.contains_key(name) {
            return Err(MethodError::InvalidArguments(format!("`{name}` stands there with and without #")));
        }
        let value = follow(&told, earlier, budget)?;
        arguments.insert(name.to_owned(), value);
    }
    Ok(())
}

fn follow(told: &Value, earlier: &[Answer], budget: &mut Budget) -> Result<Value, MethodError> {
    let member = |name| told.get(name).and_then(Value::as_str);
    let (Some(result_of), Some(name), Some(path)) = (member("resultOf"), member("name"), member("path")) else {
        return Err(MethodError::InvalidResultReference("a reference has `resultOf`, `name` and `path`".to_owned()));
    };
    let wrong = |why: &str| MethodError::InvalidResultReference(format!("{result_of}: {why}"));
    // the first answer to that call: one call may have several
    let answer = earlier.iter().find(|answer| answer.id == result_of).ok_or_else(|| wrong("there is no such call"))?;
    if answer.name != name {
        return Err(wrong(&format!("it answered {}, not {name}", answer.name)));
    }
    // A pointer begins below the arguments, which are a map here: its first step is looked up by hand.
    let nowhere = || wrong(&format!("{path} leads nowhere"));
    let rest = path.strip_prefix('/').ok_or_else(nowhere)?;
    let (first, more) = rest.split_once('/').map_or((rest, ""), |(first, _)| (first, &rest[first.len()..]));
    let first = crate::pointer::steps(first).and_then(|mut steps| steps.pop()).ok_or_else(nowhere)?;
    let root = answer.arguments.get(&first).ok_or_else(nowhere)?;
    Ok(match find(root, more, budget)?.ok_or_else(nowhere)? {
        Found::One(value) => {
            budget.spend(value)?;
            value.clone()
        }
        Found::Many(values) => {
            for value in &values {
                budget.spend(value)?;
            }
            Value::Array(values.into_iter().cloned().collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, MAX_REFERENCES, resolve};
    use crate::{Answer, MethodError};
    use serde_json::{Map, Value, json};

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    fn answers() -> Vec<Answer> {
        let answer =
            |name: &str, id: &str, value| Answer { name: name.to_owned(), arguments: map(value), id: id.to_owned() };
        vec![
            answer(
                "Foo/changes",
                "t0",
                json!({"created": ["f1", "f4"], "a/b": 1, "list": [{"ids": ["x"]}, {"ids": ["y", "z"]}]}),
            ),
            answer("error", "t1", json!({"type": "serverFail"})),
            answer("Foo/get", "t0", json!({"second": true})),
        ]
    }

    fn resolved(arguments: Value) -> Result<Value, MethodError> {
        let mut arguments = map(arguments);
        resolve(&mut arguments, &answers(), &mut Budget::new(10_000)).map(|()| Value::Object(arguments))
    }

    fn reference(result_of: &str, name: &str, path: &str) -> Value {
        json!({"accountId": "A1", "#ids": {"resultOf": result_of, "name": name, "path": path}})
    }

    #[test]
    fn a_reference_becomes_what_was_answered() {
        // RFC 8620, 3.7.1
        let told = resolved(reference("t0", "Foo/changes", "/created")).unwrap();
        assert_eq!(told, json!({"accountId": "A1", "ids": ["f1", "f4"]}));
        assert_eq!(resolved(reference("t0", "Foo/changes", "/created/1")).unwrap()["ids"], "f4");
        assert_eq!(resolved(reference("t0", "Foo/changes", "/a~1b")).unwrap()["ids"], 1);
        assert_eq!(resolved(reference("t0", "Foo/changes", "/list/*/ids")).unwrap()["ids"], json!(["x", "y", "z"]));
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for (result_of, name, path) in [
            ("t9", "Foo/changes", "/created"),
            ("t0", "Foo/get", "/second"),
            ("t1", "Foo/get", "/type"),
            ("t0", "Foo/changes", "/nothing"),
            ("t0", "Foo/changes", "created"),
            ("t0", "Foo/changes", ""),
        ] {
            let error = resolved(reference(result_of, name, path)).unwrap_err();
            assert!(matches!(error, MethodError::InvalidResultReference(_)), "{result_of} {name} {path}: {error:?}");
        }
        let error = resolved(json!({"#ids": {"resultOf": "t0"}})).unwrap_err();
        assert!(matches!(error, MethodError::InvalidResultReference(_)));
        let both = json!({"ids": [], "#ids": {"resultOf": "t0", "name": "Foo/changes", "path": "/created"}});
        assert!(matches!(resolved(both).unwrap_err(), MethodError::InvalidArguments(_)));
    }

    #[test]
    fn calls_that_double_one_another_end() {
        let mut budget = Budget::new(100_000);
        let mut earlier = vec![Answer {
            name: "Core/echo".to_owned(),
            arguments: map(json!({"x": "y".repeat(10_000)})),
            id: "0".to_owned(),
        }];
        let mut refused = None;
        for call in 1..16 {
            let before = (call - 1).to_string();
            let both = json!({"resultOf": before, "name": "Core/echo", "path": "/x"});
            let mut arguments = map(json!({"#x": both, "#y": both}));
            match resolve(&mut arguments, &earlier, &mut budget) {
                Ok(()) => {
                    let all = Value::Object(arguments.clone());
                    arguments.insert("x".to_owned(), all);
                    earlier.push(Answer { name: "Core/echo".to_owned(), arguments, id: call.to_string() });
                }
                Err(error) => {
                    refused = Some((call, error));
                    break;
                }
            }
        }
        let (call, error) = refused.unwrap();
        assert_eq!(error, MethodError::RequestTooLarge);
        assert!(call < 8, "{call}");
    }

    #[test]
    fn a_call_has_so_many_references_and_no_more() {
        let refer = |count: usize| {
            let one = json!({"resultOf": "t0", "name": "Foo/changes", "path": "/created"});
            let mut arguments: Map<_, _> = (0..count).map(|n| (format!("#a{n}"), one.clone())).collect();
            resolve(&mut arguments, &answers(), &mut Budget::new(1_000_000))
        };
        assert_eq!(refer(MAX_REFERENCES), Ok(()));
        assert_eq!(refer(MAX_REFERENCES + 1), Err(MethodError::RequestTooLarge));
    }

    /// A path that finds little in much is paid by what it looks at.
    #[test]
    fn looking_is_counted() {
        let list: Vec<_> = (0..1_000).map(|_| json!({"none": []})).collect();
        let earlier =
            [Answer { name: "Foo/get".to_owned(), arguments: map(json!({"list": list})), id: "t".to_owned() }];
        let mut budget = Budget::new(40_000);
        let mut ask = || {
            let mut arguments = map(json!({"#ids": {"resultOf": "t", "name": "Foo/get", "path": "/list/*/none"}}));
            resolve(&mut arguments, &earlier, &mut budget)
        };
        assert_eq!((ask(), ask()), (Ok(()), Err(MethodError::RequestTooLarge)));
    }
}
