//! NOTIFY (RFC 5465, 3.1 and 8): which events of which mailboxes a client wants to hear of.
use crate::{Cursor, Error, FetchItem, MailboxName};

/// Most groups of events in one NOTIFY.
const MAX_GROUPS: usize = 100;
/// Most names of mailboxes in one NOTIFY, all groups together.
const MAX_NAMES: usize = 1_000;
/// Most items to be fetched of new messages.
const MAX_FETCHED: usize = 100;

/// The events that there are (RFC 5465, 8); BADEVENT lists them.
pub const EVENTS: [&str; 7] = [
    "MessageNew",
    "MessageExpunge",
    "FlagChange",
    "MailboxName",
    "SubscriptionChange",
    "MailboxMetadataChange",
    "ServerMetadataChange",
];

/// The arguments of NOTIFY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notify {
    /// `NONE`: nothing at all.
    Nothing,
    /// `SET`: exactly this.
    Set(NotifySet),
}

/// `notify-set`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotifySet {
    /// `STATUS`: where the mailboxes stand is told at once.
    pub status: bool,
    /// Of the selected mailbox; `None` where it is not named, which is `NONE` (RFC 5465, 3.1).
    pub selected: Option<SelectedEvents>,
    /// Of the others.
    pub groups: Vec<EventGroup>,
    /// An event is named that there is not.
    pub unknown_event: bool,
}

/// What is told of the selected mailbox: messages that come and go, always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedEvents {
    /// `SELECTED-DELAYED`: expunges wait for a command that allows them (RFC 5465, 6.1.2).
    pub delayed: bool,
    /// What is fetched of a new message.
    pub fetched: Vec<FetchItem>,
    /// `FlagChange`
    pub flags: bool,
}

/// `event-group` of mailboxes that are not selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventGroup {
    /// Which mailboxes.
    pub mailboxes: MailboxFilter,
    /// Which events; all of them `false`: `NONE`.
    pub events: Events,
}

/// `filter-mailboxes-other`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxFilter {
    /// `inboxes`: where mail may arrive.
    Inboxes,
    /// `personal`: those of the account itself.
    Personal,
    /// `subscribed`
    Subscribed,
    /// `subtree`: these and all below them.
    Subtree(Vec<MailboxName>),
    /// `mailboxes`: these.
    Mailboxes(Vec<MailboxName>),
}

/// Which events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Events {
    /// `MessageNew` and `MessageExpunge`: the one is never without the other.
    pub messages: bool,
    /// `FlagChange`
    pub flags: bool,
    /// `MailboxName`
    pub names: bool,
    /// `SubscriptionChange`
    pub subscriptions: bool,
    /// `MailboxMetadataChange`
    pub metadata: bool,
    /// `ServerMetadataChange`: of no mailbox.
    pub server_metadata: bool,
}

/// The events of a group as they stand.
#[derive(Default)]
struct Named {
    new: bool,
    expunge: bool,
    events: Events,
    fetched: Vec<FetchItem>,
    unknown: bool,
}

impl Notify {
    /// `notify = "NOTIFY" SP ("SET" [SP "STATUS"] SP event-groups / "NONE")`
    ///
    /// # Errors
    /// When the arguments are something else; [`Error::TooMany`] when they ask for too much.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if cursor.keyword("NONE") {
            cursor.end()?;
            return Ok(Self::Nothing);
        }
        if !cursor.keyword("SET") {
            return cursor.expected("SET or NONE");
        }
        cursor.space()?;
        let mut set = NotifySet { status: cursor.keyword("STATUS"), ..NotifySet::default() };
        if set.status {
            cursor.space()?;
        }
        let (mut selected, mut names) = (false, 0);
        loop {
            set.group(cursor, &mut selected, &mut names)?;
            if set.groups.len() > MAX_GROUPS {
                return Err(Error::TooMany { what: "groups of events", limit: MAX_GROUPS });
            }
            if !cursor.eat(b' ') {
                break;
            }
        }
        cursor.end()?;
        Ok(Self::Set(set))
    }
}

impl NotifySet {
    /// `event-group = "(" filter-mailboxes SP events ")"`
    fn group(&mut self, cursor: &mut Cursor<'_>, selected: &mut bool, names: &mut usize) -> Result<(), Error> {
        cursor.byte(b'(', "a group of events")?;
        let delayed = cursor.keyword("SELECTED-DELAYED");
        if delayed || cursor.keyword("SELECTED") {
            if std::mem::replace(selected, true) {
                return cursor.expected("SELECTED or SELECTED-DELAYED once"); // RFC 5465, 6.1
            }
            cursor.space()?;
            let named = Named::read(cursor)?;
            self.unknown_event |= named.unknown;
            self.selected = named.selected(cursor, delayed)?;
        } else {
            let mailboxes = MailboxFilter::read(cursor, names)?;
            cursor.space()?;
            let named = Named::read(cursor)?;
            self.unknown_event |= named.unknown;
            self.groups.push(EventGroup { mailboxes, events: named.others(cursor)? });
        }
        cursor.byte(b')', "the end of the group")
    }
}

impl MailboxFilter {
    fn read(cursor: &mut Cursor<'_>, names: &mut usize) -> Result<Self, Error> {
        let filter = match () {
            () if cursor.keyword("INBOXES") => Self::Inboxes,
            () if cursor.keyword("PERSONAL") => Self::Personal,
            () if cursor.keyword("SUBSCRIBED") => Self::Subscribed,
            () if cursor.keyword("SUBTREE") => Self::Subtree(one_or_more(cursor)?),
            () if cursor.keyword("MAILBOXES") => Self::Mailboxes(one_or_more(cursor)?),
            () => return cursor.expected("which mailboxes"),
        };
        if let Self::Subtree(named) | Self::Mailboxes(named) = &filter {
            *names += named.len();
        }
        if *names > MAX_NAMES {
            return Err(Error::TooMany { what: "mailboxes", limit: MAX_NAMES });
        }
        Ok(filter)
    }
}

/// `SP one-or-more-mailbox`
fn one_or_more(cursor: &mut Cursor<'_>) -> Result<Vec<MailboxName>, Error> {
    cursor.space()?;
    if cursor.peek() != Some(b'(') {
        return Ok(vec![cursor.mailbox()?]);
    }
    let names = cursor.list("mailboxes", Cursor::mailbox)?;
    if names.is_empty() { cursor.expected("a mailbox") } else { Ok(names) }
}

impl Named {
    /// `events = ( "(" event *(SP event) ")" ) / "NONE"`
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut named = Self::default();
        if cursor.keyword("NONE") {
            return Ok(named);
        }
        let read = cursor.list("events", |cursor| named.event(cursor))?;
        if read.is_empty() { cursor.expected("an event") } else { Ok(named) }
    }

    fn event(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Error> {
        let events = &mut self.events;
        match () {
            () if cursor.keyword("MessageNew") => {
                self.new = true;
                let mut ahead = cursor.clone();
                if ahead.eat(b' ') && ahead.peek() == Some(b'(') {
                    self.fetched = ahead.list("items", FetchItem::read)?;
                    *cursor = ahead;
                    if self.fetched.is_empty() {
                        return cursor.expected("something to fetch");
                    }
                    if self.fetched.len() > MAX_FETCHED {
                        return Err(Error::TooMany { what: "items", limit: MAX_FETCHED });
                    }
                }
            }
            () if cursor.keyword("MessageExpunge") => self.expunge = true,
            () if cursor.keyword("FlagChange") => events.flags = true,
            () if cursor.keyword("MailboxName") => events.names = true,
            () if cursor.keyword("SubscriptionChange") => events.subscriptions = true,
            () if cursor.keyword("MailboxMetadataChange") => events.metadata = true,
            () if cursor.keyword("ServerMetadataChange") => events.server_metadata = true,
            // RFC 5465, 3.1: an event that is not known is refused by NO, not by BAD.
            () => {
                cursor.atom()?;
                self.unknown = true;
            }
        }
        Ok(())
    }

    /// RFC 5465, 5: messages that come and those that go are named together, and flags only beside both.
    fn messages(&self, cursor: &Cursor<'_>) -> Result<bool, Error> {
        if self.new != self.expunge {
            return cursor.expected("MessageNew and MessageExpunge together");
        }
        if self.events.flags && !self.new {
            return cursor.expected("MessageNew and MessageExpunge beside FlagChange");
        }
        Ok(self.new)
    }

    fn selected(self, cursor: &Cursor<'_>, delayed: bool) -> Result<Option<SelectedEvents>, Error> {
        if self.unknown {
            return Ok(None); // the whole is refused
        }
        let messages = self.messages(cursor)?;
        let Events { names, subscriptions, metadata, server_metadata, flags, .. } = self.events;
        if names || subscriptions || metadata || server_metadata {
            // RFC 5465, 6.1
            return cursor.expected("events of messages alone with SELECTED");
        }
        Ok(messages.then_some(SelectedEvents { delayed, fetched: self.fetched, flags }))
    }

    fn others(self, cursor: &Cursor<'_>) -> Result<Events, Error> {
        if self.unknown {
            return Ok(Events::default());
        }
        let messages = self.messages(cursor)?;
        if !self.fetched.is_empty() {
            // RFC 5465, 8
            return cursor.expected("items of new messages with SELECTED alone");
        }
        Ok(Events { messages, ..self.events })
    }
}

#[cfg(test)]
mod tests;
