//! Who is logged in: how many by account and service, and how they learn that they no longer may be (THREATS: A13).
use names::AccountId;
use std::collections::HashMap;
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
    service: Service,
}

/// All sessions of this process.
#[derive(Debug)]
pub(crate) struct Sessions {
    limit: usize,
    table: Mutex<HashMap<AccountId, Open>>,
}

#[derive(Debug)]
struct Open {
    submission: usize,
    imap: usize,
    pop3: usize,
    jmap: usize,
    revoked: watch::Sender<Option<Revocation>>,
}

impl Sessions {
    /// Room for `limit` sessions of each account in each service.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, table: Mutex::default() })
    }

    /// Takes a place; nothing when all are taken.
    pub(crate) fn open(self: &Arc<Self>, account: AccountId, service: Service) -> Option<(SessionPermit, Revoked)> {
        let mut table = self.lock();
        let open = table.entry(account).or_insert_with(Open::new);
        let count = open.count(service);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        let revoked = Revoked(open.revoked.subscribe());
        Some((SessionPermit { sessions: Arc::clone(self), account, service }, revoked))
    }

    /// Ends every session of `account` that is open now.
    pub(crate) fn revoke(&self, account: AccountId, cause: Revocation) {
        let mut table = self.lock();
        if let Some(open) = table.get_mut(&account) {
            // Sessions that come after this one have a channel of their own.
            let revoked = std::mem::replace(&mut open.revoked, watch::Sender::new(None));
            revoked.send_replace(Some(cause));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, Open>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn new() -> Self {
        Self { submission: 0, imap: 0, pop3: 0, jmap: 0, revoked: watch::Sender::new(None) }
    }

    fn count(&mut self, service: Service) -> &mut usize {
        match service {
            Service::Submission => &mut self.submission,
            Service::Imap => &mut self.imap,
            Service::Pop3 => &mut self.pop3,
            Service::Jmap => &mut self.jmap,
        }
    }

    fn is_empty(&self) -> bool {
        self.submission == 0 && self.imap == 0 && self.pop3 == 0 && self.jmap == 0
    }
}

impl Drop for SessionPermit {
    fn drop(&mut self) {
        let mut table = self.sessions.lock();
        if let Some(open) = table.get_mut(&self.account) {
            let count = open.count(self.service);
            *count = count.saturating_sub(1);
            if open.is_empty() {
                table.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const ANNA: AccountId = AccountId(1);

    #[test]
    fn places_by_account_and_service() {
        let sessions = Sessions::new(2);
        let first = sessions.open(ANNA, Service::Imap).unwrap();
        let _second = sessions.open(ANNA, Service::Imap).unwrap();
        assert!(sessions.open(ANNA, Service::Imap).is_none());
        assert!(sessions.open(ANNA, Service::Pop3).is_some());
        assert!(sessions.open(AccountId(2), Service::Imap).is_some());
        drop(first);
        assert!(sessions.open(ANNA, Service::Imap).is_some());
        drop(_second);
        assert!(sessions.lock().is_empty());
    }

    #[test]
    fn revoked_are_those_that_are_open() {
        let sessions = Sessions::new(20);
        let (_permit, mut before) = sessions.open(ANNA, Service::Imap).unwrap();
        let (_other, mut bram) = sessions.open(AccountId(2), Service::Imap).unwrap();
        assert_eq!((before.cause(), before.wait().now_or_never()), (None, None));
        sessions.revoke(ANNA, Revocation::PasswordChanged);
        let (_permit, mut after) = sessions.open(ANNA, Service::Imap).unwrap();
        assert_eq!(before.wait().now_or_never(), Some(Revocation::PasswordChanged));
        assert_eq!(before.wait().now_or_never(), Some(Revocation::PasswordChanged));
        assert_eq!(before.cause(), Some(Revocation::PasswordChanged));
        assert_eq!((after.wait().now_or_never(), bram.wait().now_or_never()), (None, None));
    }
}
