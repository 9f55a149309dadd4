//! The service behind a listener.
use crate::door::Door;
use crate::post::Post;
use crate::session::Session;
use delivery::Senders;
use directory::Directory;
use futures_util::future::BoxFuture;
use journal::Journal;
use policy::{Counted, Rate, Rates, Span};
use std::net::IpAddr;
use std::sync::Arc;
use transport::{Link, Service};
use world::World;

/// Senders that are counted at once.
const MAX_SENDERS: usize = 100_000;

/// What sessions stand on.
#[derive(Clone)]
pub struct Parts {
    /// Who takes the mail.
    pub post: Arc<dyn Post>,
    /// Who may log in, and send as what.
    pub directory: Arc<Directory>,
    /// What accounts have sent.
    pub senders: Arc<Senders>,
    /// What is told.
    pub journal: Journal,
    /// Clock, random numbers, DNS.
    pub world: World,
}

/// SMTP or LMTP behind one door.
pub struct Smtp(Arc<House>);

/// What all sessions of a door share.
pub(crate) struct House {
    pub(crate) door: Door,
    pub(crate) parts: Parts,
    pub(crate) messages: Option<Rates<IpAddr>>,
    pub(crate) recipients: Option<Rates<IpAddr>>,
}

impl Smtp {
    /// Serves `door`.
    pub fn new(door: Door, parts: Parts) -> Self {
        let rates = |what, limit| Rates::new(Rate::new(what, limit, Span::Hour), MAX_SENDERS);
        let messages = door.limits.rates.map(|limit| rates(Counted::Messages, limit.messages_per_hour));
        let recipients = door.limits.rates.map(|limit| rates(Counted::Recipients, limit.recipients_per_hour));
        Self(Arc::new(House { door, parts, messages, recipients }))
    }
}

impl Service for Smtp {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let house = self.0.clone();
        Box::pin(async move {
            let talk = link.into_lines(house.door.limits.write_timeout);
            Session::run(house, talk).await;
        })
    }
}
