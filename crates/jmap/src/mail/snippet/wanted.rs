//! What a filter looks for in subjects and bodies; what must not be there is not shown.
use crate::mail::email::terms;
use jmap_wire::{Filter, Step};
use search::folded;
use serde_json::{Map, Value};

/// Terms without case, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) subject: Vec<String>,
    pub(super) body: Vec<String>,
}

impl Wanted {
    /// Those of a filter.
    pub(super) fn of(filter: Option<&Filter>) -> Self {
        let mut stack: Vec<Self> = Vec::new();
        for step in filter.into_iter().flat_map(Filter::steps) {
            let found = match step {
                Step::Condition(members) => Self::of_condition(members),
                Step::All(count) | Step::Any(count) => {
                    let operands = stack.split_off(stack.len().saturating_sub(*count));
                    operands.into_iter().fold(Self::default(), Self::with)
                }
                Step::None(count) => {
                    stack.truncate(stack.len().saturating_sub(*count));
                    Self::default()
                }
            };
            stack.push(found);
        }
        stack.pop().unwrap_or_default()
    }

    fn of_condition(members: &Map<String, Value>) -> Self {
        let of = |names: [&str; 2]| {
            let texts = names.into_iter().filter_map(|name| members.get(name)?.as_str());
            let mut all: Vec<String> = texts.flat_map(terms).map(|term| folded(&term)).collect();
            all.retain(|term| !term.is_empty());
            all
        };
        Self { subject: of(["text", "subject"]), body: of(["text", "body"]) }
    }

    fn with(mut self, other: Self) -> Self {
        self.subject.extend(other.subject);
        self.body.extend(other.body);
        for list in [&mut self.subject, &mut self.body] {
            list.sort();
            list.dedup();
        }
        self
    }
}
