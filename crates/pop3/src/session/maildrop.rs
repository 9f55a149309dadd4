//! The messages of one session: INBOX as it was at login, and which of them are marked as deleted.
use crate::wire::MessageNumber;
use directory::Login;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Account, Email, EmailId, EngineError, Error, Message, MessageSource, Store, Uid, View};

/// How long QUIT waits for its commit.
const UPDATE: Duration = Duration::from_secs(60);

/// A login's maildrop (RFC 1939, 5).
pub(super) struct Maildrop {
    pub(super) login: Login,
    account: Account,
    view: Arc<View>,
    marked: Arc<BTreeSet<u32>>,
}

/// The maildrop as a command sees it, apart from the session.
pub(super) struct Snapshot {
    view: Arc<View>,
    marked: Arc<BTreeSet<u32>>,
}

impl Maildrop {
    pub(super) async fn open(store: &Store, login: Login, session: &str) -> Result<Self, Error> {
        let account = store.account(login.account).await?.acting_as(&format!("pop3 {session}"));
        let inbox = account.mailboxes().await?.inbox().map(|inbox| inbox.id).ok_or(Error::NoSuchMailbox)?;
        let view = account.view(inbox).await?;
        Ok(Self { login, account, view, marked: Arc::default() })
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot { view: self.view.clone(), marked: self.marked.clone() }
    }

    pub(super) fn totals(&self) -> (usize, u64) {
        self.snapshot().totals()
    }

    /// The message of a number, unless it is marked.
    pub(super) fn message(&self, number: MessageNumber) -> Option<Message<'_>> {
        if self.marked.contains(&number.0) { None } else { self.view.at(number.0) }
    }

    /// Marks a message; false where there is none, or where it was marked before.
    pub(super) fn mark(&mut self, number: MessageNumber) -> bool {
        self.message(number).is_some() && Arc::make_mut(&mut self.marked).insert(number.0)
    }

    pub(super) fn unmark(&mut self) {
        self.marked = Arc::default();
    }

    /// Opens a message; nothing where it is gone.
    pub(super) async fn open_message(&self, number: MessageNumber) -> Result<Option<MessageSource>, Error> {
        let Some(message) = self.message(number) else { return Ok(None) };
        match self.account.emails(&[message.email]).await?.into_iter().next().flatten() {
            Some(email) => self.account.open(&email).await.map(Some),
            None => Ok(None),
        }
    }

    /// The records of at most `count` messages from `first` on, with their numbers: of those that are not marked and
    /// not gone.
    pub(super) async fn records(&self, first: u32, count: u32) -> Result<(Vec<u32>, Vec<Arc<Email>>), Error> {
        let numbers = (first..first.saturating_add(count)).map(MessageNumber);
        let here = numbers.filter_map(|number| self.message(number).map(|message| (number.0, message.email)));
        let (numbers, ids): (Vec<u32>, Vec<EmailId>) = here.unzip();
        let records = self.account.emails(&ids).await?;
        Ok(numbers.into_iter().zip(records).filter_map(|(number, email)| Some((number, email?))).unzip())
    }

    /// For opening messages one after another.
    pub(super) fn ahead(&self) -> store::Ahead {
        self.account.ahead(1)
    }

    /// Removes what is marked and still there, in one commit.
    pub(super) async fn update(&mut self) -> Result<(), Error> {
        let uids: Vec<Uid> =
            self.marked.iter().filter_map(|number| self.view.at(*number)).map(|message| message.uid).collect();
        if uids.is_empty() {
            return Ok(());
        }
        // The outcome tells either a receipt or that all was gone already: both are on disk. A commit that is late may
        // yet be made: RFC 1939, 6 lets the client hear -ERR, and it looks again.
        let removing = self.account.remove(self.view.mailbox(), &uids);
        match tokio::time::timeout(UPDATE, removing).await {
            Ok(removed) => removed.map(|_| ()),
            Err(_) => Err(Error::Engine(EngineError::Io("the commit is late".to_owned()))),
        }
    }
}

impl Snapshot {
    /// The messages that are not marked, with their numbers.
    pub(super) fn messages(&self) -> impl Iterator<Item = (u32, Message<'_>)> {
        (1..).zip(self.view.iter()).filter(|(number, _)| !self.marked.contains(number))
    }

    /// How many are not marked, and their bytes.
    pub(super) fn totals(&self) -> (usize, u64) {
        self.messages().fold((0, 0), |(count, size), (_, message)| (count + 1, size + u64::from(message.size)))
    }

    /// The unique id of one message that is not marked.
    pub(super) fn uidl(&self, number: MessageNumber) -> Option<String> {
        self.uidls().find(|(found, _)| *found == number.0).map(|(_, uidl)| uidl)
    }

    /// The unique ids of all that are not marked: the email's id. A message whose email was in INBOX already when it
    /// came has its UID behind it, since ids are unique in a maildrop, and keeps that when the other copy goes
    /// (RFC 1939, 7).
    pub(super) fn uidls(&self) -> impl Iterator<Item = (u32, String)> {
        let mut seen = HashSet::new();
        (1..)
            .zip(self.view.iter())
            .map(move |(number, message)| {
                // stores of earlier releases do not say of a copy that it is one
                let first = seen.insert(message.email) && !message.twin;
                (number, if first { message.email.to_string() } else { format!("{}.{}", message.email, message.uid) })
            })
            .filter(|(number, _)| !self.marked.contains(number))
    }
}
