//! Login: by USER and PASS or by AUTH, through the directory's one door.
use super::journal;
use super::maildrop::Maildrop;
use super::row::Next;
use super::{Ended, LoginRule, Session, State, refusal};
use ::journal::Event;
use directory::{Attempt, Came, Login, LoginError, Service};
use names::Secret;

/// The state before login.
#[derive(Debug, Default)]
pub(super) struct Authorization {
    /// What USER said.
    pub(super) name: Option<String>,
}

impl Session {
    /// Whether a password may be given on this connection as it is.
    pub(super) fn may_log_in(&self) -> bool {
        self.talk.peer.tls.is_some() || self.house.settings.login == LoginRule::Anywhere
    }

    /// Asks the directory, and opens the maildrop.
    pub(super) async fn log_in(
        &mut self,
        mechanism: &str,
        name: String,
        password: Secret<String>,
    ) -> Result<Next, Ended> {
        let attempt = Attempt {
            name: name.clone(),
            password,
            from: self.talk.peer.remote.ip(),
            service: Service::Pop3,
            tls: self.talk.peer.tls.is_some(),
        };
        let login = match self.house.directory.login(attempt).await {
            Ok(login) => login,
            Err(error) => {
                self.journal_refused_login(mechanism, &name, &error).await;
                return Ok(Next::Fault(refusal::login(self.words, &error)));
            }
        };
        self.house.journal.record(Event::LoginAccepted {
            peer: journal::peer(&self.talk.peer),
            account: login.account,
            mechanism: mechanism.into(),
        });
        let peer = &self.talk.peer;
        login.permit.came(&Came {
            listener: &peer.listener,
            server_name: peer.tls.as_ref().and_then(|tls| tls.server_name.as_deref()),
            port: peer.local.port(),
            tls: peer.tls.is_some(),
            from: peer.remote.ip(),
            program: None,
            by_browser: false,
        });
        self.leash.hold(&login.revoked);
        self.open(login).await
    }

    async fn open(&mut self, login: Login) -> Result<Next, Ended> {
        match Maildrop::open(&self.house.store, login, &self.talk.peer.session.to_string()).await {
            Ok(maildrop) => {
                self.state = State::Transaction(Box::new(maildrop));
                self.talk.trust();
                self.ok(self.words.logged_in).await?;
                Ok(Next::GoOn)
            }
            Err(error) => Ok(Next::Fault(refusal::store(self.words, &error))),
        }
    }

    /// An account that exists is told by its number, any other name as a hash.
    async fn journal_refused_login(&self, mechanism: &str, name: &str, error: &LoginError) {
        let login = match self.house.directory.named_at_login(name).await {
            Ok(Some(account)) => ::journal::Login::Account(account),
            Ok(None) | Err(_) => ::journal::Login::Stranger(self.house.journal.stranger(name)),
        };
        self.house.journal.record(Event::LoginRefused {
            peer: journal::peer(&self.talk.peer),
            login,
            mechanism: mechanism.into(),
            cause: refusal::cause(error),
        });
    }
}
