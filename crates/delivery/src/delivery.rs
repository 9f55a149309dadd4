//! The door of this room: take recipients, take messages, run the queue.
use crate::accept::Accepted;
use crate::allowances::Senders;
use crate::envelope::{Envelope, Sender};
use crate::homes::{Homes, StoreHomes};
use crate::operator::Operator;
use crate::outbound::weak::Weak;
use crate::outbound::{Kept, Known};
use crate::queue::board::Queue;
use crate::queue::fresh::FreshIds;
use crate::queue::ledger::Ledger;
use crate::queue::{Terms, future, runner};
use crate::received_reports::{Filed, ReceivedReports, ReportRefused, TlsReportSum};
use crate::relay_domains::RelayDomain;
use crate::routes::Route;
use crate::routing::{Asked, Recipient, Refused, Residents};
use crate::settings::Settings;
use crate::srs::SrsKey;
use crate::sts::Policies;
use crate::tls_report::TlsReports;
use crate::underway::Begun;
use crate::upkeep;
use crate::vacation::Answering;
use journal::{Journal, Peer};
use names::Domain;
use policy::ReportForm;
use std::sync::{self, Arc, Mutex, OnceLock};
use store::{NewBlob, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::{Connect, Https};
use world::{UnixTime, World};

/// What delivery stands on.
pub struct Parts {
    /// Where mail and the queue are.
    pub store: Store,
    /// Who lives here.
    pub residents: Arc<dyn Residents>,
    /// What is told.
    pub journal: Journal,
    /// Clock, random numbers, DNS.
    pub world: World,
    /// Connections to other servers.
    pub connect: Arc<dyn Connect>,
    /// Questions to web servers: the policies of other domains.
    pub https: Arc<dyn Https>,
    /// What an operator set.
    pub settings: Settings,
}

/// Delivers mail; cheap to clone.
#[derive(Clone)]
pub struct Delivery(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    /// Itself, for what goes on beside a delivery.
    pub(crate) me: sync::Weak<Inner>,
    pub(crate) store: Store,
    pub(crate) homes: Arc<dyn Homes>,
    pub(crate) residents: Arc<dyn Residents>,
    pub(crate) journal: Journal,
    pub(crate) world: World,
    pub(crate) connect: Arc<dyn Connect>,
    pub(crate) https: Arc<dyn Https>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) queue: Queue,
    pub(crate) ids: FreshIds,
    pub(crate) known: Arc<Known>,
    /// The key of rewritten senders, once it was asked for.
    pub(crate) srs: OnceLock<SrsKey>,
    pub(crate) kept: Arc<Kept>,
    pub(crate) senders: Arc<Senders>,
    /// What this process has begun for records of accounts.
    pub(crate) begun: Arc<Mutex<Begun>>,
    /// What answers cost, and to whom they go.
    pub(crate) answering: Answering,
    /// What others say of TLS with servers here.
    pub(crate) received: ReceivedReports,
    /// Messages being taken in and brought away.
    pub(crate) tracker: TaskTracker,
}

impl Delivery {
    /// Puts the parts together. Nothing runs yet: see [`Delivery::run`].
    pub fn new(parts: Parts) -> Self {
        let homes = Arc::new(StoreHomes::new(parts.store.clone()));
        Self::with_homes(parts, homes)
    }

    pub(crate) fn with_homes(parts: Parts, homes: Arc<dyn Homes>) -> Self {
        let Parts { store, residents, journal, world, connect, https, settings } = parts;
        let settings = Arc::new(settings);
        let terms = Terms { give_up_after: settings.give_up_after, warn_after: settings.warn_after };
        let ledger = Ledger::new(store.records(), terms);
        let queue = Queue::new(ledger, world.clock.clone(), settings.clone());
        let kept = Arc::new(Kept::new(settings.max_connections, settings.keep_connections));
        let senders = Arc::new(Senders::new(store.records(), world.clock.clone(), journal.clone()));
        let (tracker, srs) = (TaskTracker::new(), OnceLock::new());
        let policies = Policies::new(world.clone(), https.clone(), store.records());
        let reports = TlsReports::new(store.records());
        let known = Arc::new(Known { weak: Weak::default(), policies, reports });
        let (answering, received) = (Answering::default(), ReceivedReports::new(store.records()));
        let inner = |me: &sync::Weak<Inner>| Inner {
            me: me.clone(),
            store,
            homes,
            residents,
            journal,
            world,
            connect,
            https,
            settings,
            queue,
            ids: FreshIds::default(),
            known,
            kept,
            srs,
            senders,
            begun: Arc::default(),
            answering,
            received,
            tracker,
        };
        Self(Arc::new_cyclic(inner))
    }

    /// Takes or refuses a recipient, and holds room for the message.
    ///
    /// # Errors
    /// Why he is refused.
    pub async fn recipient(&self, sender: &Sender, asked: Asked) -> Result<Recipient, Refused> {
        self.0.recipient(sender, asked).await
    }

    /// Takes a message in. What the answer says is on disk.
    ///
    /// # Errors
    /// Nothing was taken; [`Refused::Unavailable`] and [`Refused::NoSpace`] may be tried again.
    ///
    /// # Cancel safety
    /// Once it has begun it goes on to its end, whether or not the answer is awaited.
    pub async fn accept(
        &self,
        envelope: Envelope,
        blob: NewBlob,
        recipients: Vec<Recipient>,
    ) -> Result<Accepted, Refused> {
        let inner = self.0.clone();
        let taken = self.0.tracker.spawn(async move { inner.accept(envelope, blob, recipients).await });
        taken.await.unwrap_or(Err(Refused::Unavailable))
    }

    /// What accounts have sent.
    pub fn senders(&self) -> Arc<Senders> {
        self.0.senders.clone()
    }

    /// Keeps what somebody says of TLS with the servers of a domain here (RFC 8460).
    ///
    /// # Errors
    /// Why it is not kept.
    ///
    /// # Cancel safety
    /// Dropped midway, the report is kept or not; it may be given again.
    pub async fn posted_report(&self, form: ReportForm, bytes: Vec<u8>, peer: Peer) -> Result<Filed, ReportRefused> {
        self.0.posted_report(form, bytes, peer).await
    }

    /// What was reported about TLS with the servers of `domain`, or of all domains here: of days from that of `since` on,
    /// and before `until`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn received_reports(
        &self,
        domain: Option<&Domain>,
        since: Option<UnixTime>,
        until: Option<UnixTime>,
    ) -> Result<TlsReportSum, store::Error> {
        self.0.received_reports(domain, since, until).await
    }

    /// The queue, for its operator.
    pub fn operator(&self) -> Operator {
        Operator::new(self.0.clone())
    }

    /// Puts these routes in the place of those in force, unless they are the same. Mail that waits behind a host goes by its new route at once; what
    /// was put off until a later time does so then.
    pub fn set_routes(&self, routes: Vec<Route>) {
        if self.0.settings.routes.replace(routes) {
            self.0.queue.read_all_again();
        }
    }

    /// Puts these domains elsewhere in the place of those for which mail is taken from anybody.
    pub fn set_relay_domains(&self, domains: Vec<RelayDomain>) {
        self.0.settings.relay_domains.replace(domains);
    }

    /// Runs the queue until `stop` is cancelled; ends when every attempt that had begun has ended.
    pub async fn run(&self, stop: CancellationToken) {
        let runner = runner::run(self.0.clone(), stop.clone());
        let held = future::run(self.0.clone(), stop.clone());
        tokio::join!(runner, held, self.0.senders.keep(&stop), upkeep::run(&self.0, stop.clone()));
    }
}
