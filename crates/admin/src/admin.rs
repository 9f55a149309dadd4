//! The one door of all acts.
use crate::pace::Pace;
use crate::{Caller, Error, Request, Response, SecretText};
use arc_swap::ArcSwapOption;
use delivery::{Delivery, Operator};
use directory::{Directory, NewPassword, PasswordHash, PasswordOrHash};
use guide::Guide;
use journal::{Event, Journal, Reader};
use names::{Address, Secret};
use std::sync::Arc;
use store::{MailboxName, Role as MailboxRole, Store};
use world::World;

/// What the acts work on.
pub struct Parts {
    /// Where mail is.
    pub store: Store,
    /// Who lives here.
    pub directory: Arc<Directory>,
    /// What happens to mail, for its queue.
    pub delivery: Delivery,
    /// What is told.
    pub journal: Journal,
    /// What was told before.
    pub history: Reader,
    /// Random numbers.
    pub world: World,
    /// What a new account has beside INBOX.
    pub mailboxes: Vec<(MailboxName, Option<MailboxRole>)>,
}

/// Does what operators ask.
pub struct Admin {
    pub(crate) store: Store,
    pub(crate) directory: Arc<Directory>,
    pub(crate) queue: Operator,
    pub(crate) delivery: Delivery,
    /// How often customers change what is told to them by mail.
    pub(crate) pace: Pace,
    pub(crate) world: World,
    pub(crate) mailboxes: Vec<(MailboxName, Option<MailboxRole>)>,
    pub(crate) history: Reader,
    /// What customers set up; nothing while no listener is open.
    pub(crate) guide: ArcSwapOption<Guide>,
    journal: Journal,
}

impl Admin {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, directory, delivery, journal, history, world, mailboxes } = parts;
        let (queue, guide, pace) = (delivery.operator(), ArcSwapOption::empty(), Pace::default());
        Self { store, directory, queue, delivery, pace, world, mailboxes, history, guide, journal }
    }

    /// Does what `request` asks. What the answer says is on disk.
    ///
    /// # Errors
    /// Why it was not done.
    ///
    /// # Cancel safety
    /// Dropped midway, an act may be half done; every act can be repeated.
    pub async fn run(&self, caller: &Caller, request: Request) -> Result<Response, Error> {
        if !caller.may(&request) {
            return Err(Error::NotPermitted(format!("{:?}", caller.role).to_lowercase()));
        }
        match request {
            Request::Domain(act) => self.domains(caller, act).await,
            Request::Account(act) => self.accounts(caller, act).await,
            Request::Alias(act) => self.aliases(caller, act).await,
            Request::Share(act) => self.shares(caller, act).await,
            Request::Sender(act) => self.senders(caller, act).await,
            Request::Queue(act) => self.queue(caller, act).await,
            Request::Trace(act) => self.traces(caller, act).await,
            Request::Settings => self.settings(),
            Request::Store(act) => self.whole(caller, act).await,
        }
    }

    /// Tells the journal what a customer did with his own account that needs no act here: he took a file out, or brought one in.
    pub fn note(&self, caller: &Caller, act: &str, account: &Address, told: &str) {
        self.told(caller, act, &account.to_string(), Some(told));
    }

    /// Tells the journal that an act was done.
    pub(crate) fn told(&self, caller: &Caller, act: &str, subject: &str, reason: Option<&str>) {
        self.journal.record(Event::Act {
            by: caller.by.as_str().into(),
            act: act.into(),
            subject: subject.into(),
            reason: reason.map(Into::into),
        });
    }

    /// The hash of what was given: a password in the clear must keep the rules, and is hashed in turn with the logins.
    pub(crate) async fn hash(&self, given: &SecretText) -> Result<PasswordHash, Error> {
        let password = new_password(given)?;
        if let NewPassword::Plain(plain) = &password {
            self.directory.check_new_password(plain).await?;
        }
        Ok(self.directory.hash(password).await?)
    }
}

pub(crate) fn new_password(given: &SecretText) -> Result<NewPassword, Error> {
    Ok(match PasswordOrHash::parse(given.reveal())? {
        PasswordOrHash::Plain(password) => NewPassword::Plain(Secret::new(password.to_owned())),
        PasswordOrHash::Hash(hash) => NewPassword::Hash(hash),
    })
}
