//! From a plan to a receipt: plan under the lock, hand in, settle in order.
use super::tx::Ready;
use super::{Flight, Head, Inner, Plan, Refused, Settled, State, Stop, Tx};
use crate::author::Author;
use crate::engine::{CommitError, Found, Key, MAX_PAGE, Read, Receipt, Slot};
use crate::error::Error;
use crate::id::ModSeq;
use crate::outcome::{Outcome, Wrote};
use crate::schema;
use crate::view::Sight;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How often a write is planned before it is given up. Each round is caused by a read, a view, or somebody else's failed commit.
const ROUNDS: usize = 1_000;

/// What one round of planning came to.
pub(super) enum Round<T> {
    /// Handed in.
    Flies(oneshot::Receiver<Settled>, T),
    /// Nothing to write, once what is under way has landed.
    Rests(Option<oneshot::Receiver<Settled>>, T),
    /// Plan again.
    Again,
    /// Plan again after these records are read.
    Reads(Vec<Key>),
    /// Plan again after this view is loaded.
    Loads(Sight),
}

impl Head {
    /// Makes one commit of a plan. The plan may be asked several times.
    ///
    /// # Cancel safety
    /// Until it is handed in, nothing has happened; after, it is made whether or not anybody waits.
    pub(crate) async fn write<T: Send>(
        self: &Arc<Self>,
        who: &Author,
        plan: impl Fn(&mut Tx<'_>) -> Result<Plan<T>, Stop> + Send + Sync,
    ) -> Result<Outcome<T>, Error> {
        for _ in 0..ROUNDS {
            let round = {
                let _gate = self.gate.read().await;
                self.round(who, &plan).await?
            };
            if let Round::Loads(sight) = round {
                self.load_view(sight).await?;
            } else if let Some(outcome) = self.await_round_of(who, round).await? {
                return Ok(outcome);
            }
        }
        Err(Error::Conflict)
    }

    /// As [`Self::write`], with no other writer between `look` and the commit: what `look` reads from disk still
    /// holds when the plan is made.
    pub(crate) async fn write_alone<L: Sync + Send, T: Send, F: Future<Output = Result<L, Error>> + Send>(
        self: &Arc<Self>,
        who: &Author,
        look: impl Fn() -> F + Send + Sync,
        plan: impl Fn(&mut Tx<'_>, &L) -> Result<Plan<T>, Stop> + Send + Sync,
    ) -> Result<Outcome<T>, Error> {
        let _gate = self.gate.write().await;
        for _ in 0..ROUNDS {
            self.drained().await;
            let seen = look().await?;
            let round = self.round(who, &|tx: &mut Tx<'_>| plan(tx, &seen)).await?;
            if let Round::Loads(sight) = round {
                self.load_view_alone(sight).await?;
            } else if let Some(outcome) = self.await_round_of(who, round).await? {
                return Ok(outcome);
            }
        }
        Err(Error::Conflict)
    }

    /// As [`Self::await_round`], and the author hears of his own.
    async fn await_round_of<T>(&self, who: &Author, round: Round<T>) -> Result<Option<Outcome<T>>, Error> {
        let flies = matches!(round, Round::Flies(..));
        let outcome = self.await_round(round).await;
        if flies {
            who.is_answered(matches!(outcome, Ok(Some(_))));
        }
        outcome
    }

    pub(super) async fn await_round<T>(&self, round: Round<T>) -> Result<Option<Outcome<T>>, Error> {
        match round {
            Round::Flies(landing, value) => {
                let receipt = landed(landing).await?;
                Ok(receipt.map(|receipt| Outcome::Wrote(Wrote { receipt, value })))
            }
            Round::Rests(None, value) => Ok(Some(Outcome::Unchanged(value))),
            Round::Rests(Some(landing), value) => match landed(landing).await {
                Ok(Some(_)) => Ok(Some(Outcome::Unchanged(value))),
                Ok(None) | Err(_) => Ok(None), // what it relied on did not land
            },
            Round::Reads(keys) => self.read_ahead(keys).await.map(|()| None),
            Round::Again | Round::Loads(_) => {
                self.planable().await;
                Ok(None)
            }
        }
    }

    pub(super) async fn round<T>(
        self: &Arc<Self>,
        who: &Author,
        plan: &(impl Fn(&mut Tx<'_>) -> Result<Plan<T>, Stop> + Send + Sync),
    ) -> Result<Round<T>, Error> {
        self.told().await?;
        let slot = self.ground.engine.reserve().await?;
        self.plan_and_submit(slot, who, plan)
    }

    /// The block under the lock: no await in it.
    fn plan_and_submit<T>(
        self: &Arc<Self>,
        slot: Box<dyn Slot>,
        who: &Author,
        plan: &impl Fn(&mut Tx<'_>) -> Result<Plan<T>, Stop>,
    ) -> Result<Round<T>, Error> {
        let random = &self.ground.world.random;
        let id = random.wide();
        let mut guard = self.lock();
        let inner = &mut *guard;
        let Some(ahead) = inner.ahead.clone() else { return Ok(Round::Again) };
        if ahead.record.leaving {
            return Err(Error::NoSuchAccount(self.id));
        }
        who.may_write(&ahead.record)?;
        let now = self.ground.world.clock.now();
        let mut tx = Tx::new(&ahead, &who.word, now, &self.ground, (&inner.cache, &inner.recent));
        tx.promised = inner.held.promised;
        tx.metadata = self.ground.metadata;
        match plan(&mut tx) {
            Err(Stop::Read(keys)) => Ok(Round::Reads(keys)),
            Err(Stop::Load(sight)) => Ok(Round::Loads(sight)),
            Err(Stop::Fail(error)) => Err(error),
            Ok(Plan::Nothing(value)) => Ok(Round::Rests(inner.follow_last(), value)),
            Ok(Plan::Commit(value)) => {
                let ready = tx.finish(self.partition(), id);
                let landing = self.submit(inner, slot, ready);
                who.hands_in();
                Ok(Round::Flies(landing, value))
            }
        }
    }

    fn submit(self: &Arc<Self>, inner: &mut Inner, slot: Box<dyn Slot>, ready: Ready) -> oneshot::Receiver<Settled> {
        let modseq = ready.state.modseq;
        for (key, payload) in ready.cached {
            inner.cache.wrote(key, payload, modseq);
        }
        let state = Arc::new(ready.state);
        inner.ahead = Some(state.clone());
        let (reply, landing) = oneshot::channel();
        inner.flights.push_back(Flight { pending: Some(slot.submit(ready.commit)), state, replies: vec![reply] });
        if !std::mem::replace(&mut inner.settling, true) {
            let head = self.clone();
            self.ground.tasks.spawn(async move { head.settle().await });
        }
        landing
    }

    /// Awaits the answers in the order of the commits, until none is left.
    async fn settle(self: Arc<Self>) {
        loop {
            let next = {
                let mut inner = self.lock();
                let next = inner.flights.front_mut().and_then(|flight| flight.pending.take());
                inner.settling = next.is_some();
                next
            };
            let Some(pending) = next else { break };
            match pending.await {
                Ok(receipt) => self.land(receipt),
                Err(why) => self.crash(why).await,
            }
        }
        self.drained.notify_waiters();
    }

    /// The first flight is on disk: readers see it, then its writer and the watchers hear of it.
    fn land(&self, receipt: Receipt) {
        let (replies, modseq) = {
            let mut inner = self.lock();
            let Some(flight) = inner.flights.pop_front() else { return };
            let modseq = flight.state.modseq;
            inner.told = Some(flight.state);
            inner.cache.trim(modseq);
            (flight.replies, modseq)
        };
        for reply in replies {
            let _ = reply.send(Ok(receipt));
        }
        self.changed.send_replace(ModSeq(modseq));
    }

    /// The first flight failed, and so do all behind it, whose modseq it was to bring.
    async fn crash(&self, why: CommitError) {
        let mut flights = {
            let mut inner = self.lock();
            inner.ahead = None;
            std::mem::take(&mut inner.flights)
        };
        for flight in flights.iter_mut().skip(1) {
            if let Some(pending) = flight.pending.take() {
                // Each expects the modseq that the first did not bring: none of them can have been taken.
                let _ = pending.await;
            }
        }
        {
            let mut inner = self.lock();
            let told = inner.told.clone();
            // A conflict over anything but the head is one with an assumption of the commit's own: its fence held.
            let unsure = match &why {
                CommitError::Conflict { key, .. } => *key == schema::head(),
                CommitError::Io(_) => true,
                _ => false,
            };
            match told {
                // The disk has what was told last: go on from there.
                Some(told) if !unsure => {
                    inner.cache.undo(told.modseq);
                    inner.ahead = Some(told);
                }
                // Somebody else wrote, or nobody knows: read it again.
                _ => (inner.told, inner.cache) = (None, super::Cache::default()),
            }
        }
        let mut own = Some(match why {
            CommitError::Conflict { .. } => Refused::Again,
            why => Refused::Because(why.into()),
        });
        for reply in flights.into_iter().flat_map(|flight| flight.replies) {
            // The first reply of the first flight is its writer; whoever follows plans again.
            let _ = reply.send(Err(own.take().unwrap_or(Refused::Again)));
        }
        self.drained.notify_waiters();
    }

    /// Waits while a failed commit is cleared away.
    async fn planable(&self) {
        loop {
            let cleared = self.drained.notified();
            tokio::pin!(cleared);
            cleared.as_mut().enable();
            {
                let inner = self.lock();
                if inner.ahead.is_some() || inner.told.is_none() {
                    return;
                }
            }
            cleared.await;
        }
    }

    /// Reads records that a plan asked for.
    async fn read_ahead(&self, keys: Vec<Key>) -> Result<(), Error> {
        let mut keys = keys.into_iter();
        loop {
            let some: Vec<Key> = keys.by_ref().take(MAX_PAGE).collect();
            if some.is_empty() {
                return Ok(());
            }
            let mut reads = vec![Read::Get(schema::head())];
            reads.extend(some.iter().cloned().map(Read::Get));
            let mut found = self.ground.engine.read(self.partition(), reads).await?.into_iter();
            let modseq = match found.next() {
                Some(Found::One(Some(head))) => head.version,
                Some(Found::One(None)) => return Err(Error::NoSuchAccount(self.id)),
                _ => return Err(Error::Corrupt(format!("{}: head", self.partition()))),
            };
            let mut inner = self.lock();
            for (key, found) in some.into_iter().zip(found) {
                let Found::One(value) = found else {
                    let key = data_encoding::HEXLOWER.encode(&key);
                    return Err(Error::Corrupt(format!("{}: record {key}", self.partition())));
                };
                inner.cache.read(key, value.map(|value| value.payload), modseq);
            }
        }
    }

    /// Puts a view into both states. Only while no commit is under way.
    pub(super) fn install_view(&self, state: &Arc<State>, view: Arc<crate::view::View>) -> bool {
        let mut inner = self.lock();
        let current = inner.told.as_ref().is_some_and(|told| Arc::ptr_eq(told, state));
        if current && inner.flights.is_empty() {
            let state = Arc::new(state.with_view(view));
            inner.told = Some(state.clone());
            inner.ahead = Some(state);
            return true;
        }
        false
    }
}

impl Inner {
    /// A reply from the last commit under way, if there is one.
    fn follow_last(&mut self) -> Option<oneshot::Receiver<Settled>> {
        let last = self.flights.back_mut()?;
        let (reply, landing) = oneshot::channel();
        last.replies.push(reply);
        Some(landing)
    }
}

/// The receipt; `None`: plan again.
async fn landed(landing: oneshot::Receiver<Settled>) -> Result<Option<Receipt>, Error> {
    match landing.await {
        Ok(Ok(receipt)) => Ok(Some(receipt)),
        Ok(Err(Refused::Again)) => Ok(None),
        Ok(Err(Refused::Because(why))) => Err(why),
        Err(_) => Err(Error::Closed),
    }
}
