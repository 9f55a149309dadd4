//! IMAP behind a listener.
use crate::Settings;
use crate::session::{Findings, Session};
use directory::Directory;
use futures_util::future::BoxFuture;
use journal::Journal;
use names::AccountId;
use search::{Effort, Searches};
use std::sync::Arc;
use store::Store;
use transport::{Link, Service};
use world::World;

/// The rooms that sessions use.
#[derive(Clone)]
pub struct Rooms {
    /// Where mail lives.
    pub store: Store,
    /// Who may come in.
    pub directory: Arc<Directory>,
    /// Where sessions and refusals are told.
    pub journal: Journal,
    /// Clock and randomness.
    pub world: World,
}

/// IMAP for one listener.
#[derive(Clone)]
pub struct Imap {
    house: Arc<House>,
}

/// What all sessions of a listener share.
pub(crate) struct House {
    pub(crate) rooms: Rooms,
    pub(crate) settings: Settings,
    /// Places for searches that read messages.
    pub(crate) searches: Searches,
    /// What SORT and THREAD have found out for the next one.
    pub(crate) findings: Findings,
}

impl House {
    /// The work of a search of an account, which begins.
    pub(crate) fn effort(&self, account: AccountId) -> Effort<'_> {
        Effort::within(&self.searches, self.settings.search_time, account)
    }
}

impl Imap {
    /// A service for a listener with these settings.
    pub fn new(rooms: Rooms, settings: Settings) -> Self {
        let searches = Searches::new(settings.searches);
        Self { house: Arc::new(House { rooms, settings, searches, findings: Findings::default() }) }
    }
}

impl Service for Imap {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let house = Arc::clone(&self.house);
        Box::pin(async move {
            let mut session = Session::new(house, link);
            if session.run().await {
                session.hang_up().await;
            }
        })
    }
}
