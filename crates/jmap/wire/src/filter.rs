//! Filters (RFC 8620, 5.5): conditions under AND, OR and NOT.
use crate::MethodError;
use serde_json::{Map, Value};

/// Operators within one another.
pub const MAX_FILTER_DEPTH: usize = 32;
/// Conditions and operators of one filter.
pub const MAX_CONDITIONS: usize = 256;

/// A filter as steps for a stack: operands come before their operator, so that nothing recurses.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Vec<Step>);

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Puts the truth of a condition on the stack.
    Condition(Map<String, Value>),
    /// Takes so many truths; whether all are.
    All(usize),
    /// Takes so many truths; whether one is.
    Any(usize),
    /// Takes so many truths; whether none is.
    None(usize),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `invalidArguments` where it is none, `unsupportedFilter` beyond the bounds.
    pub fn read(value: Value) -> Result<Self, MethodError> {
        let mut steps = Vec::new();
        // what is still to be written: values with their depth, and operators whose operands stand before them
        let mut waiting = vec![Pending::Value(value, 0)];
        while let Some(next) = waiting.pop() {
            if steps.len() + waiting.len() >= MAX_CONDITIONS {
                return Err(MethodError::UnsupportedFilter(format!("more than {MAX_CONDITIONS} conditions")));
            }
            match next {
                Pending::Operator(step) => steps.push(step),
                Pending::Value(value, depth) => {
                    let Value::Object(mut members) = value else { return Err(wrong("a filter is an object")) };
                    match members.remove("operator") {
                        None => steps.push(Step::Condition(members)),
                        Some(operator) => {
                            let operands = operands(members)?;
                            if depth >= MAX_FILTER_DEPTH {
                                return Err(MethodError::UnsupportedFilter("nested too deeply".to_owned()));
                            }
                            waiting.push(Pending::Operator(step(&operator, operands.len())?));
                            waiting.extend(operands.into_iter().rev().map(|value| Pending::Value(value, depth + 1)));
                        }
                    }
                }
            }
        }
        Ok(Self(steps))
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it holds, where `condition` says of each whether it does.
    pub fn holds(&self, mut condition: impl FnMut(&Map<String, Value>) -> bool) -> bool {
        let mut truths = Vec::new();
        for step in &self.0 {
            let truth = match step {
                Step::Condition(members) => condition(members),
                Step::All(count) => take(&mut truths, *count).all(|truth| truth),
                Step::Any(count) => take(&mut truths, *count).any(|truth| truth),
                Step::None(count) => !take(&mut truths, *count).any(|truth| truth),
            };
            truths.push(truth);
        }
        truths.pop().unwrap_or(true)
    }
}

enum Pending {
    Value(Value, usize),
    Operator(Step),
}

fn take(truths: &mut Vec<bool>, count: usize) -> std::vec::Drain<'_, bool> {
    let from = truths.len().saturating_sub(count);
    truths.drain(from..)
}

fn wrong(text: &str) -> MethodError {
    MethodError::InvalidArguments(text.to_owned())
}

fn step(operator: &Value, count: usize) -> Result<Step, MethodError> {
    match operator.as_str() {
        Some("AND") => Ok(Step::All(count)),
        Some("OR") => Ok(Step::Any(count)),
        Some("NOT") => Ok(Step::None(count)),
        _ => Err(wrong("`operator` is AND, OR or NOT")),
    }
}

fn operands(mut members: Map<String, Value>) -> Result<Vec<Value>, MethodError> {
    match members.remove("conditions") {
        Some(Value::Array(operands)) if members.is_empty() => Ok(operands),
        _ => Err(wrong("an operator has `conditions`, a list, and nothing else")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, MAX_CONDITIONS, MAX_FILTER_DEPTH, Step};
    use crate::MethodError;
    use serde_json::{Value, json};

    fn holds(filter: Value) -> bool {
        Filter::read(filter).unwrap().holds(|condition| condition["is"] == true)
    }

    #[test]
    fn operators_are_those_of_logic() {
        let (yes, no) = (json!({"is": true}), json!({"is": false}));
        let operator = |name: &str, conditions: &[&Value]| json!({"operator": name, "conditions": conditions});
        assert!(holds(yes.clone()) && !holds(no.clone()));
        for (name, both, one, none) in
            [("AND", true, false, false), ("OR", true, true, false), ("NOT", false, false, true)]
        {
            assert_eq!(holds(operator(name, &[&yes, &yes])), both, "{name}");
            assert_eq!(holds(operator(name, &[&yes, &no])), one, "{name}");
            assert_eq!(holds(operator(name, &[&no, &no])), none, "{name}");
        }
        assert!(holds(operator("AND", &[])) && !holds(operator("OR", &[])) && holds(operator("NOT", &[])));
        let nested =
            operator("AND", &[&operator("OR", &[&no, &yes]), &operator("NOT", &[&no, &operator("AND", &[&yes, &no])])]);
        assert!(holds(nested));
    }

    #[test]
    fn the_steps_have_operands_before_operators() {
        let filter = json!({"operator": "OR", "conditions": [{"a": 1}, {"operator": "NOT", "conditions": [{"b": 1}]}]});
        let filter = Filter::read(filter).unwrap();
        let [Step::Condition(a), Step::Condition(b), Step::None(1), Step::Any(2)] = filter.steps() else {
            panic!("{filter:?}")
        };
        assert!(a.contains_key("a") && b.contains_key("b"));
    }

    #[test]
    fn what_is_none_or_too_large_is_refused() {
        for wrong in [
            json!(1),
            json!([]),
            json!({"operator": "XOR", "conditions": []}),
            json!({"operator": "AND"}),
            json!({"operator": "AND", "conditions": {}}),
            json!({"operator": "AND", "conditions": [], "more": 1}),
            json!({"operator": "AND", "conditions": [1]}),
        ] {
            assert!(matches!(Filter::read(wrong.clone()), Err(MethodError::InvalidArguments(_))), "{wrong}");
        }
        let deep = (0..=MAX_FILTER_DEPTH).fold(json!({}), |inner, _| json!({"operator": "NOT", "conditions": [inner]}));
        let wide = json!({"operator": "OR", "conditions": vec![json!({}); MAX_CONDITIONS]});
        for large in [deep, wide] {
            assert!(matches!(Filter::read(large), Err(MethodError::UnsupportedFilter(_))));
        }
    }
}
