//! Who is logged in: how many by account and service, and how they learn that they no longer may be (docs/security.md: A13).
use super::LoginId;
use super::programs::{Came, Programs, Use, program_name};
use names::{AccountId, Domain};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long a session whose login was taken back may go on with what it is at.
const GRACE: Duration = Duration::from_secs(30);

/// What is logged in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Sending (SMTP with login).
    Submission,
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// JMAP, and what else is asked by HTTP.
    Jmap,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submission => "submission",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Jmap => "jmap",
        })
    }
}

/// Why a session must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// The password was changed.
    PasswordChanged,
    /// The account was suspended.
    Suspended,
    /// The account was removed.
    Removed,
    /// Whose account it is has ended it.
    Ended,
}

/// Tells a session that it must end.
#[derive(Debug, Clone)]
pub struct Revoked(watch::Receiver<Option<Revocation>>);

impl Revoked {
    /// Waits until the session must end; for ever where it need not.
    ///
    /// # Cancel safety
    /// Nothing is lost: asked again, it answers at once.
    pub async fn wait(&mut self) -> Revocation {
        match self.0.wait_for(Option::is_some).await.ok().and_then(|cause| *cause) {
            Some(cause) => cause,
            None => std::future::pending().await,
        }
    }

    /// Why the session must end, if it must.
    pub fn cause(&self) -> Option<Revocation> {
        *self.0.borrow()
    }
}

/// What a session does not end by itself once its login is taken back: a message that drips in, a reply that is read
/// slowly. The session holds the leash; whoever runs it waits for [`Leashed::over`] beside it.
#[derive(Debug)]
pub struct Leash(watch::Sender<Option<Revoked>>);

/// The other end of a [`Leash`].
#[derive(Debug)]
pub struct Leashed(watch::Receiver<Option<Revoked>>);

impl Leash {
    /// A leash and its other end.
    pub fn new() -> (Self, Leashed) {
        let (sender, receiver) = watch::channel(None);
        (Self(sender), Leashed(receiver))
    }

    /// Somebody has logged in; nobody else is any more.
    pub fn hold(&mut self, revoked: &Revoked) {
        self.0.send_replace(Some(revoked.clone()));
    }

    /// Nobody is logged in any more.
    pub fn release(&mut self) {
        self.0.send_replace(None);
    }
}

impl Leashed {
    /// Waits until the login has been taken back for half a minute; for ever where it is not.
    pub async fn over(mut self) {
        loop {
            let held = self.0.borrow_and_update().clone();
            let taken_back = async {
                match held {
                    Some(mut revoked) => revoked.wait().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = taken_back => break,
                changed = self.0.changed() => if changed.is_err() {
                    // The session is over itself.
                    std::future::pending::<()>().await;
                },
            }
        }
        tokio::time::sleep(GRACE).await;
    }
}

/// The place of one session; given back when dropped.
#[derive(Debug)]
pub struct SessionPermit {
    sessions: Arc<Sessions>,
    account: AccountId,
    /// Where the account is.
    home: Domain,
    service: Service,
    number: u64,
}

/// All sessions of this process.
#[derive(Debug)]
pub(crate) struct Sessions {
    limit: usize,
    table: Mutex<Table>,
    /// By what accounts are used.
    pub(crate) programs: Programs,
}

#[derive(Debug, Default)]
struct Table {
    accounts: HashMap<AccountId, Open>,
    /// How many sessions there were so far.
    last: u64,
}

/// The open sessions of an account, by their numbers.
type Open = BTreeMap<u64, Live>;

#[derive(Debug)]
struct Live {
    service: Service,
    /// By what it is in, where that is known.
    login: Option<LoginId>,
    /// How it came, where that was told.
    what: Option<Use>,
    revoked: watch::Sender<Option<Revocation>>,
}

impl Sessions {
    /// Room for `limit` sessions of each account in each service.
    pub(crate) fn new(limit: usize, programs: Programs) -> Arc<Self> {
        Arc::new(Self { limit, table: Mutex::default(), programs })
    }

    /// Takes a place, for who is in by `login`; nothing when all are taken.
    pub(crate) fn open(
        self: &Arc<Self>,
        (account, home): (AccountId, &Domain),
        service: Service,
        login: Option<LoginId>,
    ) -> Option<(SessionPermit, Revoked)> {
        let mut table = self.lock();
        table.last += 1;
        let number = table.last;
        let open = table.accounts.entry(account).or_default();
        if open.values().filter(|live| live.service == service).count() >= self.limit {
            return None;
        }
        let revoked = watch::Sender::new(None);
        let told = Revoked(revoked.subscribe());
        open.insert(number, Live { service, login, what: None, revoked });
        Some((SessionPermit { sessions: Arc::clone(self), account, home: home.clone(), service, number }, told))
    }

    /// Ends every session of `account` that is open now.
    pub(crate) fn revoke(&self, account: AccountId, cause: Revocation) {
        self.end(account, cause, |_| true);
    }

    /// Ends the sessions of `account` that are open now and in by what `meant` means; how many.
    pub(crate) fn end(&self, account: AccountId, cause: Revocation, meant: impl Fn(Option<LoginId>) -> bool) -> usize {
        let table = self.lock();
        let open = table.accounts.get(&account).into_iter().flat_map(BTreeMap::values);
        let mut ended = 0;
        for live in open.filter(|live| live.revoked.borrow().is_none() && meant(live.login)) {
            live.revoked.send_replace(Some(cause));
            ended += 1;
        }
        ended
    }

    /// How many sessions of an account are open, by what they are in.
    pub(crate) fn counts(&self, account: AccountId) -> HashMap<LoginId, usize> {
        let mut counts = HashMap::new();
        let table = self.lock();
        let open = table.accounts.get(&account).into_iter().flat_map(BTreeMap::values);
        for login in open.filter(|live| live.revoked.borrow().is_none()).filter_map(|live| live.login) {
            *counts.entry(login).or_default() += 1;
        }
        counts
    }

    /// Notes by what an account is used that is open now, also by a program that has not said what it is called and may
    /// never do so.
    pub(crate) fn note_open(&self, home: &Domain, account: AccountId) {
        let known: Vec<(LoginId, Use)> = {
            let table = self.lock();
            let open = table.accounts.get(&account).into_iter().flat_map(BTreeMap::values);
            let open = open.filter(|live| live.revoked.borrow().is_none());
            open.filter_map(|live| Some((live.login?, live.what.clone()?))).collect()
        };
        for (login, what) in known {
            self.programs.note(home, account, login, what);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionPermit {
    /// Tells how the session came in. A program that says its name later ([`Self::is_called`]) is noted then, or when the
    /// session ends.
    pub fn came(&self, came: &Came<'_>) {
        let what = self.sessions.programs.read(self.service, came);
        self.is_used(|_| Some(what));
        // an IMAP client says who it is after the login, if at all (RFC 2971)
        if self.service != Service::Imap || came.program.is_some() {
            self.note();
        }
    }

    /// Tells what the session's program calls itself.
    pub fn is_called(&self, program: &str) {
        self.is_used(|what| what.map(|what| Use { program: program_name(program), ..what }));
        self.note();
    }

    fn is_used(&self, change: impl FnOnce(Option<Use>) -> Option<Use>) {
        let mut table = self.sessions.lock();
        let live = table.accounts.get_mut(&self.account).and_then(|open| open.get_mut(&self.number));
        let Some(live) = live else { return };
        live.what = change(live.what.take());
        // a token is itself, whatever has it
        if !live.login.is_some_and(LoginId::is_token) {
            live.login = live.what.as_ref().map(Use::id);
        }
    }

    /// Notes the use, if it is known.
    fn note(&self) {
        let known = {
            let table = self.sessions.lock();
            let live = table.accounts.get(&self.account).and_then(|open| open.get(&self.number));
            // what its owner has ended is not noted once more
            let live = live.filter(|live| *live.revoked.borrow() != Some(Revocation::Ended));
            live.and_then(|live| Some((live.login?, live.what.clone()?)))
        };
        if let Some((login, what)) = known {
            self.sessions.programs.note(&self.home, self.account, login, what);
        }
    }

    /// By what the session is in, where that is known.
    pub fn login(&self) -> Option<LoginId> {
        self.sessions.lock().accounts.get(&self.account).and_then(|open| open.get(&self.number))?.login
    }
}

impl Drop for SessionPermit {
    fn drop(&mut self) {
        self.note();
        let mut table = self.sessions.lock();
        if let Some(open) = table.accounts.get_mut(&self.account) {
            open.remove(&self.number);
            if open.is_empty() {
                table.accounts.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const ANNA: AccountId = AccountId(1);

    fn home() -> Domain {
        "example.org".parse().unwrap()
    }

    fn sessions(limit: usize) -> Arc<Sessions> {
        Sessions::new(limit, Programs::new(world::scripted::world().0))
    }

    #[test]
    fn places_by_account_and_service() {
        let sessions = sessions(2);
        let first = sessions.open((ANNA, &home()), Service::Imap, None).unwrap();
        let _second = sessions.open((ANNA, &home()), Service::Imap, None).unwrap();
        assert!(sessions.open((ANNA, &home()), Service::Imap, None).is_none());
        assert!(sessions.open((ANNA, &home()), Service::Pop3, None).is_some());
        assert!(sessions.open((AccountId(2), &home()), Service::Imap, None).is_some());
        drop(first);
        assert!(sessions.open((ANNA, &home()), Service::Imap, None).is_some());
        drop(_second);
        assert!(sessions.lock().accounts.is_empty());
    }

    #[test]
    fn revoked_are_those_that_are_open() {
        let sessions = sessions(20);
        let (_permit, mut before) = sessions.open((ANNA, &home()), Service::Imap, None).unwrap();
        let (_other, mut bram) = sessions.open((AccountId(2), &home()), Service::Imap, None).unwrap();
        assert_eq!((before.cause(), before.wait().now_or_never()), (None, None));
        sessions.revoke(ANNA, Revocation::PasswordChanged);
        let (_permit, mut after) = sessions.open((ANNA, &home()), Service::Imap, None).unwrap();
        assert_eq!(before.wait().now_or_never(), Some(Revocation::PasswordChanged));
        assert_eq!(before.wait().now_or_never(), Some(Revocation::PasswordChanged));
        assert_eq!(before.cause(), Some(Revocation::PasswordChanged));
        assert_eq!((after.wait().now_or_never(), bram.wait().now_or_never()), (None, None));
    }

    #[test]
    fn some_end_and_the_others_go_on() {
        let sessions = sessions(20);
        let token = |text: &str| Some(LoginId::of_token(blake3::hash(text.as_bytes()).as_bytes()));
        let open = |login| sessions.open((ANNA, &home()), Service::Jmap, login).unwrap();
        let (kept, ended, password) = (open(token("a")), open(token("b")), open(None));
        assert_eq!(sessions.end(ANNA, Revocation::PasswordChanged, |login| login != token("a")), 2);
        assert_eq!(sessions.end(ANNA, Revocation::PasswordChanged, |login| login != token("a")), 0);
        let causes = [&kept, &ended, &password].map(|(_, revoked)| revoked.cause());
        assert_eq!(causes, [None, Some(Revocation::PasswordChanged), Some(Revocation::PasswordChanged)]);
    }
}
