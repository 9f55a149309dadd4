//! Conditions of a filter (RFC 8621, 4.4.1).
use super::marks::Mark;
use super::terms::terms;
use super::{Marks, Op, Question, Test, Which};
use crate::mail::email::standing::system_flag;
use crate::opened::Opened;
use jmap_wire::{MethodError, UtcDate};
use search::Needle;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use store::{Keyword, MailboxId, SystemFlags};

/// The mailbox in which all that fits a condition is.
pub(super) fn mailbox(members: &Map<String, Value>) -> Option<MailboxId> {
    members.get("inMailbox").and_then(Value::as_str).and_then(|id| id.parse().ok())
}

/// The mark of a keyword, and whether an email that has the keyword has the mark; nothing for what cannot be a keyword.
pub(super) fn keyword_mark(marks: &mut Marks, keyword: &str) -> Result<Option<(u32, bool)>, MethodError> {
    let mark = match system_flag(keyword) {
        Some(flag) if flag == SystemFlags::SEEN => return Ok(Some((marks.bit(Mark::Unseen)?, false))),
        Some(flag) => Mark::System(flag),
        None => match Keyword::new(keyword) {
            Some(keyword) => Mark::Keyword(keyword),
            None => return Ok(None),
        },
    };
    Ok(Some((marks.bit(mark)?, true)))
}

impl Question {
    /// Takes a condition: all that it asks must be so; one that asks nothing always is.
    pub(super) fn condition(&mut self, opened: &Opened, members: &Map<String, Value>) -> Result<(), MethodError> {
        let before = self.tests.len();
        for (name, value) in members {
            self.property(opened, name, value)?;
        }
        self.ops.push(Op::All(self.tests.len() - before));
        Ok(())
    }

    fn property(&mut self, opened: &Opened, name: &str, value: &Value) -> Result<(), MethodError> {
        match name {
            "inMailbox" => {
                let mailbox = text(name, value)?.parse().ok().filter(|mailbox| opened.sees(*mailbox));
                match mailbox {
                    Some(mailbox) => self.marked(Mark::In(mailbox), true)?,
                    None => self.test(Test::Never),
                }
            }
            "inMailboxOtherThan" => {
                let Value::Array(ids) = value else { return Err(wrong(name)) };
                let ids = ids.iter().map(|id| text(name, id)).collect::<Result<Vec<_>, _>>()?;
                let others: BTreeSet<MailboxId> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
                self.marked(Mark::OtherThan(others), true)?;
            }
            "before" => self.test(Test::Before(moment(name, value)?)),
            "after" => self.test(Test::After(moment(name, value)?)),
            "minSize" => self.test(Test::MinSize(value.as_u64().ok_or_else(|| wrong(name))?)),
            "maxSize" => self.test(Test::MaxSize(value.as_u64().ok_or_else(|| wrong(name))?)),
            "hasKeyword" | "notKeyword" => {
                let keyword = keyword_mark(&mut self.marks, text(name, value)?)?;
                let has = name == "hasKeyword";
                match keyword {
                    Some((mark, wanted)) => self.test(Test::Mark { mark, wanted: wanted == has }),
                    None => return Err(wrong(name)),
                }
            }
            "allInThreadHaveKeyword" => self.thread(name, value, Which::All)?,
            "someInThreadHaveKeyword" => self.thread(name, value, Which::Some)?,
            "noneInThreadHaveKeyword" => self.thread(name, value, Which::None)?,
            "hasAttachment" => self.test(Test::HasAttachment(value.as_bool().ok_or_else(|| wrong(name))?)),
            "text" => self.terms(text(name, value)?, Test::Text),
            "body" => self.terms(text(name, value)?, Test::Body),
            "from" | "to" | "cc" | "bcc" | "subject" => {
                self.terms(text(name, value)?, |needle| Test::Field(name.as_bytes().to_vec(), needle));
            }
            "header" => self.header(name, value)?,
            _ => return Err(MethodError::UnsupportedFilter(format!("`{name}`"))),
        }
        Ok(())
    }

    fn marked(&mut self, mark: Mark, wanted: bool) -> Result<(), MethodError> {
        let mark = self.marks.bit(mark)?;
        self.test(Test::Mark { mark, wanted });
        Ok(())
    }

    /// `$seen` is a mark that an email has not: what all have then none has.
    fn thread(&mut self, name: &str, value: &Value, which: Which) -> Result<(), MethodError> {
        let keyword = keyword_mark(&mut self.marks, text(name, value)?)?;
        let (mark, wanted) = keyword.ok_or_else(|| wrong(name))?;
        self.test(Test::Thread { mark, wanted, which });
        Ok(())
    }

    fn terms(&mut self, text: &str, test: impl Fn(Needle) -> Test) {
        for term in terms(text) {
            self.test(test(Needle::new(&term)));
        }
    }

    /// "The array MUST contain either one or two elements": the field, and what it must have.
    fn header(&mut self, name: &str, value: &Value) -> Result<(), MethodError> {
        let Value::Array(items) = value else { return Err(wrong(name)) };
        let items = items.iter().map(|item| text(name, item)).collect::<Result<Vec<_>, _>>()?;
        let (field, wanted) = match items.as_slice() {
            [field] => (field, ""),
            [field, wanted] => (field, *wanted),
            _ => return Err(wrong(name)),
        };
        self.test(Test::Field(field.as_bytes().to_vec(), Needle::new(wanted)));
        Ok(())
    }
}

fn wrong(name: &str) -> MethodError {
    MethodError::InvalidArguments(format!("`{name}` of a filter is of another kind"))
}

fn text<'v>(name: &str, value: &'v Value) -> Result<&'v str, MethodError> {
    value.as_str().ok_or_else(|| wrong(name))
}

/// The first whole second that is not before a moment: emails are received in whole ones.
fn moment(name: &str, value: &Value) -> Result<i64, MethodError> {
    UtcDate::parse(text(name, value)?).map(UtcDate::whole_second).ok_or_else(|| wrong(name))
}
