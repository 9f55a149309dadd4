//! Who asks: a password (RFC 7617), a token (RFC 6750), or a token in a cookie. One way in for all of HTTP, the same as for
//! every other protocol: `directory` looks, counts, delays and refuses, and the journal is told.
//!
//! What was looked at is remembered for a while, so that a request costs no hash. It is forgotten at once with the
//! password, the account, or by logging out: a session that must end says so itself.
mod credentials;
mod ends;
mod refusal;
pub(crate) use credentials::{COOKIE, Credentials};
pub(crate) use refusal::Refused;

use crate::origin;
use axum::http::header;
use axum::http::request::Parts;
use directory::{Attempt, Came, Directory, Login, LoginError, Network, Revoked, Service, SessionPermit};
use ends::Ends;
use jmap::Caller;
use journal::{Event, Journal, Text};
use names::Secret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use transport::Peer;
use world::{UnixTime, World};

/// How long a session is remembered; then it is looked at anew.
const REMEMBERED: Duration = Duration::from_secs(300);
/// Sessions that are remembered.
const MOST: usize = 20_000;
/// How often those that are over are looked for.
const SWEPT: Duration = Duration::from_secs(5);

/// The hash of credentials, under a key of this process.
type Key = [u8; 32];

/// Somebody who is in, for a while.
pub(crate) struct Session {
    pub(crate) caller: Caller,
    /// What he came with.
    credentials: Key,
    revoked: Revoked,
    /// Cancelled by logging out; every session of the same credentials has it.
    ended: Arc<CancellationToken>,
    /// When what he came with ends by itself.
    expires: Option<UnixTime>,
    remembered: Instant,
    _permit: SessionPermit,
}

/// The door of HTTP.
pub(crate) struct Door {
    directory: Arc<Directory>,
    journal: Journal,
    world: World,
    key: Key,
    known: Mutex<Known>,
    ends: Ends,
}

struct Known {
    sessions: HashMap<Key, Arc<Session>>,
    swept: Instant,
}

impl Session {
    /// Whether it must not be used any more.
    pub(crate) fn is_over(&self, now: UnixTime) -> bool {
        self.revoked.cause().is_some()
            || self.ended.is_cancelled()
            || self.expires.is_some_and(|expires| expires <= now)
    }

    /// Waits until it must not be used any more.
    pub(crate) async fn over(&self, world: &World) {
        let mut revoked = self.revoked.clone();
        let expires = async {
            match self.expires {
                Some(expires) => tokio::time::sleep(expires.since(world.clock.now())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = revoked.wait() => {}
            () = self.ended.cancelled() => {}
            () = expires => {}
        }
    }
}

impl Door {
    pub(crate) fn new(directory: Arc<Directory>, journal: Journal, world: World) -> Self {
        let mut key = Key::default();
        world.random.fill(&mut key);
        let known = Known { sessions: HashMap::new(), swept: Instant::now() };
        Self { directory, journal, world, key, known: Mutex::new(known), ends: Ends::new() }
    }

    /// Where tokens are kept.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Who made a request.
    pub(crate) async fn enter(&self, parts: &Parts, peer: &Peer) -> Result<Arc<Session>, Refused> {
        let credentials = Credentials::of(&parts.headers)?;
        if peer.tls.is_none() {
            return Err(Refused::Plain);
        }
        if matches!(credentials, Credentials::Cookie(_)) && !origin::may_use_cookie(parts) {
            return Err(Refused::OtherSite);
        }
        let network = Network::from(peer.remote.ip());
        let (hash, place) = self.keys(&credentials, network);
        if let Some(session) = self.known(place) {
            return Ok(session);
        }
        let ended = self.ends.of(hash);
        let (login, expires) = self.admit(&credentials, peer).await?;
        login.permit.came(&came(parts, peer, matches!(credentials, Credentials::Cookie(_))));
        Ok(self.remember(place, (hash, ended), login, expires, peer))
    }

    /// Lets somebody in by his password, for a token.
    pub(crate) async fn log_in(&self, name: &str, password: Secret<String>, peer: &Peer) -> Result<Login, Refused> {
        if peer.tls.is_none() {
            return Err(Refused::Plain);
        }
        let credentials = Credentials::Password { name: name.to_owned(), password };
        Ok(self.admit(&credentials, peer).await?.0)
    }

    /// Ends every session of the same credentials, and the token that it came with.
    pub(crate) async fn log_out(&self, parts: &Parts, session: &Session) -> Result<(), directory::Error> {
        if let Ok(Credentials::Token(token) | Credentials::Cookie(token)) = Credentials::of(&parts.headers) {
            self.directory.end_token(token.reveal()).await?;
        }
        self.ends.end(session.credentials);
        self.lock().sessions.retain(|_, other| !other.ended.is_cancelled());
        Ok(())
    }

    async fn admit(&self, credentials: &Credentials, peer: &Peer) -> Result<(Login, Option<UnixTime>), Refused> {
        let outcome = match credentials {
            Credentials::Password { name, password } => {
                let attempt = Attempt {
                    name: name.clone(),
                    password: password.clone(),
                    from: peer.remote.ip(),
                    service: Service::Jmap,
                    tls: peer.tls.is_some(),
                };
                self.directory.login(attempt).await.map(|login| (login, None))
            }
            Credentials::Token(token) | Credentials::Cookie(token) => {
                let login = self.directory.login_by_token(token.reveal(), Service::Jmap).await;
                login.map(|(login, expires)| (login, Some(expires)))
            }
        };
        let mechanism = Text::new(credentials.mechanism());
        match outcome {
            Ok((login, expires)) => {
                let account = login.account;
                self.journal.record(Event::LoginAccepted { peer: told(peer), account, mechanism });
                Ok((login, expires))
            }
            Err(error) => {
                let login = self.named(credentials).await;
                let cause = refusal::cause(&error);
                self.journal.record(Event::LoginRefused { peer: told(peer), login, mechanism, cause });
                if let LoginError::Unavailable(error) = &error {
                    tracing::warn!(%error, "login is not possible");
                }
                Err(Refused::Login(error))
            }
        }
    }

    /// Who is meant: an account that exists by its number, any other name as a hash.
    async fn named(&self, credentials: &Credentials) -> journal::Login {
        let Credentials::Password { name, .. } = credentials else {
            return journal::Login::Stranger(self.journal.stranger(""));
        };
        match self.directory.named_at_login(name).await {
            Ok(Some(account)) => journal::Login::Account(account),
            Ok(None) | Err(_) => journal::Login::Stranger(self.journal.stranger(name)),
        }
    }

    /// The hash of credentials, and of them and where they came from: in another network they are looked at anew, and
    /// counted there.
    fn keys(&self, credentials: &Credentials, network: Network) -> (Key, Key) {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        credentials.each_part(|part| {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        });
        let hash = hasher.finalize();
        hasher.update(network.to_string().as_bytes());
        (hash.into(), hasher.finalize().into())
    }

    fn known(&self, place: Key) -> Option<Arc<Session>> {
        let now = self.world.clock.now();
        let mut known = self.lock();
        known.sweep(now);
        let session = known.sessions.get(&place).cloned()?;
        if session.is_over(now) || session.remembered.elapsed() >= REMEMBERED {
            known.sessions.remove(&place);
            return None;
        }
        Some(session)
    }

    fn remember(
        &self,
        place: Key,
        (credentials, ended): (Key, Arc<CancellationToken>),
        login: Login,
        expires: Option<UnixTime>,
        peer: &Peer,
    ) -> Arc<Session> {
        let now = self.world.clock.now();
        let (account, address, role) = (login.account, login.address, login.role);
        let by = login.permit.login();
        let session = Arc::new(Session {
            caller: Caller { account, address, role, login: by, peer: told(peer) },
            credentials,
            revoked: login.revoked,
            ended,
            expires,
            remembered: Instant::now(),
            _permit: login.permit,
        });
        let mut known = self.lock();
        known.sweep(now);
        // several requests of one client may have come at once: they share the place of the first
        if let Some(other) = known.sessions.get(&place).filter(|other| !other.is_over(now)) {
            return Arc::clone(other);
        }
        // one that is not remembered is looked at anew by each request: none of the others pays for it
        if known.sessions.len() < MOST {
            known.sessions.insert(place, Arc::clone(&session));
        }
        session
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Now and then forgets those that are over: they hold places of their accounts.
    fn sweep(&mut self, now: UnixTime) {
        if self.swept.elapsed() >= SWEPT {
            self.swept = Instant::now();
            self.sessions.retain(|_, session| !session.is_over(now) && session.remembered.elapsed() < REMEMBERED);
        }
    }
}

/// How a request came.
pub(crate) fn came<'r>(parts: &'r Parts, peer: &'r Peer, by_browser: bool) -> Came<'r> {
    Came {
        listener: &peer.listener,
        server_name: peer.tls.as_ref().and_then(|tls| tls.server_name.as_deref()),
        port: peer.local.port(),
        tls: peer.tls.is_some(),
        from: peer.remote.ip(),
        program: parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()),
        by_browser,
    }
}

/// The peer as the journal keeps it.
pub(crate) fn told(peer: &Peer) -> journal::Peer {
    journal::Peer {
        session: peer.session.to_string().into(),
        remote: peer.remote,
        listener: Arc::clone(&peer.listener),
        tls: peer.tls.as_ref().map(|tls| format!("{} {}", tls.version, tls.cipher).into()),
    }
}
