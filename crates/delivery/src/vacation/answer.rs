//! A message that has come is answered, where its reader is away: after the commit, beside the delivery, and dropped where
//! that would wait for anything for long.
use super::answering::READ;
use super::memory::{Known, Memory, Proof, fingerprint, partition};
use super::reply::Reply;
use super::rules::{self, Asks};
use super::{KeptVacation, Vacation};
use crate::blocked::is_blocked;
use crate::delivery::Inner;
use crate::envelope::{Body, Origin};
use crate::error::Error;
use crate::queue::{Entry, Pending, QueueId};
use crate::report::RETURN_PATH;
use crate::routing::{DirectoryAway, Resolved, Target};
use crate::wishes::{TlsWish, Wishes};
use directory::Directory;
use message::{Limits, Parsed, Parser};
use names::{AccountId, Address};
use store::{BlobHash, DeliveryId, LineEnds, ModSeq, ObjectKind};
use world::UnixTime;

/// The most of a header that is read.
const HEADER: u64 = 64 * 1024;
/// How often an answer is tried again when others of the account were written first: there are no more at once.
const TRIES: usize = READ * 2;

/// A message that is in a mailbox here.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) delivery: DeliveryId,
    pub(crate) account: AccountId,
    /// The account's own address.
    pub(crate) own: Address,
    /// From whom its envelope says that it is.
    pub(crate) sender: Option<Address>,
    /// By which door it came.
    pub(crate) origin: Origin,
    /// What it asks of TLS.
    pub(crate) tls: TlsWish,
    pub(crate) blob: BlobHash,
    /// How many bytes at its beginning are ours.
    pub(crate) prefix_len: u32,
}

impl Arrived {
    /// That of an entry, brought to `account` by `pending`.
    pub(crate) fn of(entry: &Entry, account: AccountId, pending: &Pending) -> Self {
        Self {
            delivery: entry.delivery,
            account,
            own: pending.address.clone(),
            sender: entry.reverse_path.clone(),
            origin: entry.origin,
            tls: entry.wishes.tls,
            blob: entry.blob,
            prefix_len: entry.prefix_len,
        }
    }
}

/// An answer that is to be made.
struct Due<'a> {
    arrived: &'a Arrived,
    vacation: &'a Vacation,
    /// To whom.
    sender: &'a Address,
    /// From whom: the address of the reader's by which it came.
    from: &'a Address,
    asks: &'a Asks,
    answers: &'a Parsed,
    now: UnixTime,
}

impl Inner {
    /// Has a message answered that is on disk now. Returns at once.
    pub(crate) fn answer(&self, arrived: Arrived) {
        // RFC 3834, 2: the null reverse-path is never answered
        let (Some(sender), Some(inner)) = (arrived.sender.clone(), self.me.upgrade()) else { return };
        let Some(place) = self.answering.look() else {
            if self.answering.tells(self.world.clock.now()) {
                tracing::warn!(account = %arrived.account, "too many messages come at once: some are not looked at for an answer");
            }
            return;
        };
        self.tracker.spawn(async move {
            let _place = place;
            if let Err(error) = inner.answer_or_error(&arrived, &sender).await {
                tracing::warn!(account = %arrived.account, %error, "no answer, although its reader is away");
            }
        });
    }

    async fn answer_or_error(&self, arrived: &Arrived, sender: &Address) -> Result<(), Error> {
        let account = self.store.account(arrived.account).await?;
        // who never was away costs nothing
        if account.object_state(ObjectKind::Vacation).await? == ModSeq(0) {
            return Ok(());
        }
        let now = self.world.clock.now();
        let vacation = KeptVacation::of(&account).await?.vacation;
        if !vacation.is_on(now) {
            return Ok(());
        }
        let Some(_place) = self.answering.read().await else { return Ok(()) };
        let Some(header) = self.header(arrived).await? else { return Ok(()) };
        let asks = match rules::read(sender, &arrived.own, &header) {
            Ok(asks) => asks,
            Err(silent) => {
                tracing::debug!(account = %arrived.account, ?silent, "not answered");
                return Ok(());
            }
        };
        if self.is_own(arrived, sender).await? {
            return Ok(());
        }
        let mut parser = Parser::new(Limits::default());
        parser.push(&header);
        let answers = parser.finish();
        // a sender who is blocked learns nothing, not even that his mail comes
        if is_blocked(&account, Some(sender), &answers.envelope.from).await? {
            return Ok(());
        }
        let Some(from) = self.addressed(arrived, &asks).await? else { return Ok(()) };
        let due = Due { arrived, vacation: &vacation, sender, from, asks: &asks, answers: &answers, now };
        self.reply(&due).await
    }

    /// The header of what has come; `None` where it has no end that is near enough.
    async fn header(&self, arrived: &Arrived) -> Result<Option<Vec<u8>>, Error> {
        let from = u64::from(arrived.prefix_len);
        let source = self.store.engine().blobs().open(arrived.blob).await.map_err(store::Error::from)?;
        let Some(source) = source else { return Ok(None) };
        let end = from.saturating_add(HEADER).min(source.size());
        let bytes = source.read(from..end).await.map_err(store::Error::from)?;
        let header = memchr::memmem::find(&bytes, b"\r\n\r\n").and_then(|at| bytes.get(..at + 4));
        Ok(header.map(<[u8]>::to_vec))
    }

    /// Whether an address leads to this account and to no other one here.
    async fn is_own(&self, arrived: &Arrived, address: &Address) -> Result<bool, Error> {
        if Directory::folded(address) == Directory::folded(&arrived.own) {
            return Ok(true);
        }
        let resolved = self.residents.resolve(address).await.map_err(|error| Error::Report(error.to_string()))?;
        let Resolved::Targets(targets) = resolved else { return Ok(false) };
        let mut accounts = targets.iter().filter_map(|target| match target {
            Target::Account(account, _) | Target::Taken(account, _) => Some(*account),
            Target::Remote(_) => None,
        });
        // what stands for several people is nobody's own: each of them would answer
        Ok(accounts.next() == Some(arrived.account) && accounts.next().is_none())
    }

    /// RFC 5230, 4.5: the first of the reader's addresses in To, Cc, Bcc or their Resent- kin. What comes to him only because
    /// his domain takes everything is no address of his, and who writes there does not learn it.
    async fn addressed<'a>(&self, arrived: &Arrived, asks: &'a Asks) -> Result<Option<&'a Address>, Error> {
        let away = |error: DirectoryAway| Error::Report(error.to_string());
        for address in &asks.addressed {
            if self.is_own(arrived, address).await? && self.residents.is_named(address).await.map_err(away)? {
                return Ok(Some(address));
            }
        }
        Ok(None)
    }

    /// Puts an answer into the queue and notes whom it is for, in one commit, unless he has had one.
    async fn reply(&self, due: &Due<'_>) -> Result<(), Error> {
        let Due { arrived, vacation, sender, now, .. } = *due;
        let who = fingerprint(
            &[vacation.subject.as_deref(), vacation.text.as_deref(), vacation.html.as_deref()]
                .map(Option::unwrap_or_default)
                .join("\0")
                .into_bytes(),
            sender,
        );
        let proof = if arrived.origin == Origin::Submission { Proof::LoggedIn } else { Proof::None };
        let known = |memory: &mut Memory| memory.note(who, proof, now, vacation.pause());
        let records = self.queue.ledger.records();
        match known(&mut Memory::read(records, arrived.account).await?) {
            Known::New => {}
            Known::Answered => return Ok(()),
            Known::Full => {
                self.left_out(arrived, now, "its account has answered as many as it may remember");
                return Ok(());
            }
        }
        let recipients = self.report_to(sender).await?;
        if !is_somebody(&recipients) {
            return Ok(());
        }
        if !self.answering.allows(sender, proof, now) {
            self.left_out(arrived, now, "as many as may have left to such senders");
            return Ok(());
        }
        let id = QueueId { partition: partition(arrived.account), number: self.world.random.number() };
        let entry = self.answer_entry(id, due, recipients).await?;
        for _ in 0..TRIES {
            let mut memory = Memory::read(records, arrived.account).await?;
            if known(&mut memory) != Known::New {
                return Ok(());
            }
            match self.queue.ledger.create_beside(id, &entry, &memory.beside(arrived.account)).await {
                Ok(_) => {
                    self.answered(arrived.delivery, arrived.account, sender, &entry);
                    self.queue.offer(id, &entry);
                    return Ok(());
                }
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Changed(id))
    }

    /// Tells that an answer is left out, now and then.
    fn left_out(&self, arrived: &Arrived, now: UnixTime, why: &str) {
        if self.answering.tells(now) {
            tracing::warn!(account = %arrived.account, "answers are left out: {why}");
        }
    }

    /// The answer, as the queue keeps it.
    async fn answer_entry(&self, id: QueueId, due: &Due<'_>, recipients: Vec<Pending>) -> Result<Entry, Error> {
        let Due { arrived, vacation, sender, from, asks, answers, now } = *due;
        // the name belongs to the account's own address: another one may be there so that it is not seen
        let name = match Directory::folded(from) == Directory::folded(&arrived.own) {
            true => self.residents.name(from).await.map_err(|error| Error::Report(error.to_string()))?,
            false => None,
        };
        let reply = Reply {
            vacation,
            from,
            name: name.as_deref(),
            to: sender,
            subject: asks.subject.as_deref(),
            answers,
            language: self.settings.languages.first().copied().unwrap_or(texts::Language::English),
            host: self.settings.host_name.as_str(),
            now,
            random: self.world.random.wide(),
        };
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(RETURN_PATH).await?;
        writer.write(&reply.build()).await?;
        let blob = writer.finish().await?;
        let prefix_len = u32::try_from(RETURN_PATH.len()).unwrap_or(0);
        Ok(Entry {
            delivery: id.delivery(self.world.random.number()),
            // RFC 3834, 3.3: nothing is ever said about an answer
            reverse_path: None,
            origin: Origin::Own,
            account: None,
            listener: None,
            priority: 0,
            reroute: None,
            ret: None,
            envid: None,
            body: Body::SevenBit,
            utf8: sender.needs_utf8() || from.needs_utf8(),
            blob: blob.hash,
            size: blob.size,
            prefix_len,
            return_path_len: prefix_len,
            created: now,
            hold: None,
            submission: None,
            // RFC 8689, 5: what repeats its subject goes no less safely than the message
            wishes: Wishes { tls: arrived.tls, ..Wishes::default() },
            recipients,
        })
    }
}

/// Whether these are one person, with a mailbox here and another address at the most: what stands for several would
/// multiply the answer.
fn is_somebody(recipients: &[Pending]) -> bool {
    let is_here = |pending: &&Pending| pending.account.is_some() || pending.taken_from.is_some();
    let here = recipients.iter().filter(is_here).count();
    !recipients.is_empty() && here <= 1 && recipients.len() - here <= 1
}
