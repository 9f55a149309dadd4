//! The mailboxes of people here, as delivery sees them.
use crate::blocked::landing;
use crate::submission::{is_notice, receipts};
use futures_util::future::BoxFuture;
use names::{AccountId, Address};
use std::fmt;
use std::time::Duration;
use store::{Account, DeliveryId, LineEnds, NewBlob, NewEmail, QuotaCheck, Receipt, ReceivedAt, Store};
use tokio::sync::Semaphore;

/// A message for one account.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) delivery: DeliveryId,
    pub(crate) blob: NewBlob,
    pub(crate) prefix_len: u32,
    pub(crate) received: ReceivedAt,
    pub(crate) original_recipient: String,
    pub(crate) quota: QuotaCheck,
    pub(crate) writer: Writer,
}

/// Who wrote a message.
#[derive(Debug, Clone)]
pub(crate) enum Writer {
    /// The server, to its customer: nothing keeps it out of INBOX.
    Server,
    /// Whom its envelope names.
    Somebody(Option<Address>),
}

/// Room held for a message that was announced; given back when dropped.
pub(crate) struct Held(#[expect(dead_code, reason = "it is held, not read")] Box<dyn Send + Sync>);

impl Held {
    pub(crate) fn new(held: impl Send + Sync + 'static) -> Self {
        Self(Box::new(held))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// Where mail for accounts goes.
pub(crate) trait Homes: Send + Sync {
    /// Holds room for `size` bytes that may come.
    fn reserve(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>>;

    /// Holds room for `size` bytes that have come, until they are delivered.
    fn promise(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>>;

    /// Puts a message into INBOX, or into junk where its writer is blocked, once for each delivery id. `None`: it was there before.
    fn deliver(&self, account: AccountId, mail: Mail) -> BoxFuture<'_, Result<Option<Receipt>, store::Error>>;
}

/// Notices that are matched to what they are about at once.
const MATCHED: usize = 8;
/// How long one waits for its turn; then it is not matched.
const TURN: Duration = Duration::from_secs(5);

/// The accounts of the store.
pub(crate) struct StoreHomes {
    store: Store,
    matching: Semaphore,
}

impl StoreHomes {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, matching: Semaphore::new(MATCHED) }
    }

    /// Takes note of what a notice says. Each costs a look through what the account has sent, so that they have turns; the
    /// message is in the mailbox already.
    async fn hear(&self, account: &Account, blob: &NewBlob) {
        if !is_notice(&blob.parsed) {
            return;
        }
        match tokio::time::timeout(TURN, self.matching.acquire()).await {
            Ok(turn) => {
                receipts::hear(&self.store, account, blob).await;
                drop(turn);
            }
            Err(_) => tracing::warn!(account = %account.id(), "a notice is not matched: too many come at once"),
        }
    }
}

impl Homes for StoreHomes {
    fn reserve(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        Box::pin(async move { Ok(Held::new(self.store.account(account).await?.reserve_quota(size).await?)) })
    }

    fn promise(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        Box::pin(async move { Ok(Held::new(self.store.account(account).await?.promise_quota(size).await?)) })
    }

    fn deliver(&self, account: AccountId, mail: Mail) -> BoxFuture<'_, Result<Option<Receipt>, store::Error>> {
        Box::pin(async move {
            let account = self.store.account(account).await?.acting_as(&format!("delivery d{:032x}", mail.delivery.0));
            let (mailbox, flags) = landing(&account, &mail).await?;
            let blob = mail.blob.clone();
            let email = NewEmail {
                flags,
                prefix_len: mail.prefix_len,
                original_recipient: Some(mail.original_recipient),
                once: Some(mail.delivery),
                quota: mail.quota,
                ..NewEmail::new(mail.blob, mail.received)
            };
            let receipt = account.append(mailbox, vec![email]).await?.receipt();
            if receipt.is_some() {
                self.hear(&account, &blob).await;
            }
            Ok(receipt)
        })
    }
}

/// Bytes read at a time.
const PIECE: u64 = 256 * 1024;

/// A stored message with what its parse says: it is read once more, and the store finds the bytes there already.
pub(crate) async fn read_again(store: &Store, hash: store::BlobHash) -> Result<NewBlob, store::Error> {
    let gone = || store::Error::Corrupt(format!("blob {hash} of the queue is not stored"));
    let source = store.engine().blobs().open(hash).await?.ok_or_else(gone)?;
    let mut writer = store.blob_writer(LineEnds::Keep);
    let mut at = 0;
    while at < source.size() {
        let bytes = source.read(at..at.saturating_add(PIECE).min(source.size())).await?;
        if bytes.is_empty() {
            return Err(gone());
        }
        writer.write(&bytes).await?;
        at += bytes.len() as u64;
    }
    writer.finish().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::time::Instant;

    const NOTICE: &[u8] = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nSeen.\r\n--b\r\n\
        Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n--b--\r\n";

    /// docs/limits.md: eight are matched at once, and one waits five seconds for that; it is in the mailbox all the same.
    #[tokio::test(start_paused = true)]
    async fn a_notice_that_must_wait_too_long_is_not_matched() {
        let (world, ..) = world::scripted::world();
        let engine = store::memory::Memory::new(world.clock.clone());
        let store = Store::open(Arc::new(engine), world, store::Settings::default()).await.unwrap();
        let anna = AccountId(1);
        store.create_account(anna, None, &[]).await.unwrap();
        let homes = StoreHomes::new(store.clone());
        let turns = homes.matching.acquire_many(8).await.unwrap();
        assert_eq!(homes.matching.available_permits(), 0);
        let mut writer = store.blob_writer(LineEnds::Keep);
        writer.write(NOTICE).await.unwrap();
        let mail = Mail {
            delivery: DeliveryId(1),
            blob: writer.finish().await.unwrap(),
            prefix_len: 0,
            received: ReceivedAt::default(),
            original_recipient: "anna@here.example".to_owned(),
            quota: QuotaCheck::Asked,
            writer: Writer::Somebody(None),
        };
        let begun = Instant::now();
        assert!(homes.deliver(anna, mail.clone()).await.unwrap().is_some());
        assert_eq!(begun.elapsed().as_secs(), 5);
        drop(turns);
        let mail = Mail { delivery: DeliveryId(2), ..mail };
        let begun = Instant::now();
        assert!(homes.deliver(anna, mail).await.unwrap().is_some());
        assert_eq!(begun.elapsed().as_secs(), 0);
    }
}
