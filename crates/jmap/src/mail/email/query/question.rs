//! What a query asks of emails (RFC 8621, 4.4.1 and 4.4.2): its filter as tests under a program for a stack, its order.
mod condition;
mod marks;
mod order_keys;
mod terms;
pub(crate) use marks::Marks;
pub(crate) use order_keys::{OrderKey, SORT_OPTIONS};
pub(crate) use terms::terms;

use crate::opened::Opened;
use jmap_wire::{Comparator, Filter, MethodError, Step};
use search::Needle;
use store::MailboxId;

/// Things that one filter asks: each is looked at for every email.
const MAX_TESTS: usize = 256;

/// A filter and an order.
pub(crate) struct Question {
    ops: Vec<Op>,
    pub(crate) tests: Vec<Test>,
    /// What is asked of mailboxes and keywords, a bit each.
    pub(crate) marks: Marks,
    /// The first key decides first; whether the smallest comes first.
    pub(crate) order: Vec<(OrderKey, bool)>,
    /// A mailbox in which all results are.
    pub(crate) within: Option<MailboxId>,
}

enum Op {
    Test(usize),
    All(usize),
    Any(usize),
    None(usize),
}

/// One thing that a condition asks.
pub(crate) enum Test {
    /// The email has this mark, or has it not.
    Mark { mark: u32, wanted: bool },
    /// So have emails of its thread.
    Thread { mark: u32, wanted: bool, which: Which },
    /// It was received before this moment, in seconds.
    Before(i64),
    /// It was received then or later.
    After(i64),
    /// It has so many bytes or more.
    MinSize(u64),
    /// It has fewer.
    MaxSize(u64),
    /// Whether there is something to download.
    HasAttachment(bool),
    /// A header field has this text; an empty one asks whether the field is there.
    Field(Vec<u8>, Needle),
    /// What people read of it has this text.
    Body(Needle),
    /// Its addresses, its subject or its text has this text.
    Text(Needle),
    /// Nothing fits.
    Never,
}

/// Which emails of a thread have a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Some,
    None,
}

impl Question {
    /// Reads a filter and an order.
    ///
    /// # Errors
    /// `invalidArguments`, `unsupportedFilter`, `unsupportedSort`.
    pub(crate) fn read(opened: &Opened, filter: Option<&Filter>, sort: &[Comparator]) -> Result<Self, MethodError> {
        let mut question =
            Self { ops: Vec::new(), tests: Vec::new(), marks: Marks::default(), order: Vec::new(), within: None };
        // for each operand, the mailbox in which all that fits it is
        let mut within: Vec<Option<MailboxId>> = Vec::new();
        for step in filter.into_iter().flat_map(Filter::steps) {
            let found = match step {
                Step::Condition(members) => {
                    question.condition(opened, members)?;
                    if question.tests.len() > MAX_TESTS {
                        return Err(MethodError::UnsupportedFilter(format!("it asks more than {MAX_TESTS} things")));
                    }
                    condition::mailbox(members)
                }
                Step::All(count) => {
                    question.ops.push(Op::All(*count));
                    last(&mut within, *count).into_iter().flatten().next()
                }
                Step::Any(count) => {
                    question.ops.push(Op::Any(*count));
                    let operands = last(&mut within, *count);
                    let first = operands.first().copied().flatten();
                    first.filter(|_| operands.iter().all(|operand| *operand == first))
                }
                Step::None(count) => {
                    question.ops.push(Op::None(*count));
                    last(&mut within, *count);
                    None
                }
            };
            within.push(found);
        }
        question.within = within.pop().flatten();
        for comparator in sort {
            let key = OrderKey::read(comparator, &mut question.marks)?;
            question.order.push((key, comparator.ascending));
        }
        Ok(question)
    }

    fn test(&mut self, test: Test) {
        self.ops.push(Op::Test(self.tests.len()));
        self.tests.push(test);
    }

    /// What is known of the whole, by what is known of each test. Nothing dear is looked at where the cheap decides.
    pub(crate) fn decide(&self, known: &[Option<bool>], stack: &mut Vec<Option<bool>>) -> Option<bool> {
        stack.clear();
        for op in &self.ops {
            let value = match op {
                Op::Test(test) => known.get(*test).copied().flatten(),
                Op::All(count) => taken(stack, *count, all),
                Op::Any(count) => taken(stack, *count, any),
                Op::None(count) => taken(stack, *count, any).map(|value| !value),
            };
            stack.push(value);
        }
        stack.pop().unwrap_or(Some(true))
    }

    /// Whether threads are looked at as a whole.
    pub(crate) fn asks_threads(&self) -> bool {
        self.tests.iter().any(|test| matches!(test, Test::Thread { .. }))
            || self.order.iter().any(|(key, _)| matches!(key, OrderKey::Thread { .. }))
    }

    /// Whether everything in the one mailbox fits, in which all results are.
    pub(crate) fn is_mailbox(&self) -> bool {
        self.within.is_some() && matches!(self.tests.as_slice(), [Test::Mark { wanted: true, .. }])
    }

    /// Whether the order is that of dates, and if so whether it ascends (RFC 8620, 5.5: without a sort it is the server's).
    pub(crate) fn by_date(&self) -> Option<bool> {
        match self.order.as_slice() {
            [] => Some(false),
            [(OrderKey::ReceivedAt, ascending)] => Some(*ascending),
            _ => None,
        }
    }

    /// Whether all that is asked is that some tests are so, of which the views know each.
    pub(crate) fn is_plain(&self) -> bool {
        let one = matches!(self.ops.last(), Some(Op::All(count)) if *count == self.tests.len());
        one && self.ops.len() == self.tests.len() + 1 && !self.is_dear()
    }

    /// Whether something is asked that only records or bytes know.
    pub(crate) fn is_dear(&self) -> bool {
        let dear =
            |test: &Test| matches!(test, Test::HasAttachment(_) | Test::Field(..) | Test::Body(_) | Test::Text(_));
        self.tests.iter().any(dear)
    }

    /// Whether all that is asked never changes while an email is there (RFC 8620, 5.6: upToId).
    pub(crate) fn is_immutable(&self) -> bool {
        self.marks.is_empty()
    }
}

/// What the last values of the stack come to, in whose place that stands then.
fn taken(stack: &mut Vec<Option<bool>>, count: usize, join: fn(&[Option<bool>]) -> Option<bool>) -> Option<bool> {
    let from = stack.len().saturating_sub(count);
    let value = join(stack.get(from..).unwrap_or_default());
    stack.truncate(from);
    value
}

fn last<T>(stack: &mut Vec<T>, count: usize) -> Vec<T> {
    stack.split_off(stack.len().saturating_sub(count))
}

/// All are true; not known while one is not known and none is false.
fn all(values: &[Option<bool>]) -> Option<bool> {
    if values.contains(&Some(false)) { Some(false) } else { (!values.contains(&None)).then_some(true) }
}

/// One is true; not known while one is not known and none is true.
fn any(values: &[Option<bool>]) -> Option<bool> {
    if values.contains(&Some(true)) { Some(true) } else { (!values.contains(&None)).then_some(false) }
}
