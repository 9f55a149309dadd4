//! A post office for tests. Who lives in `example.org` stands in the names themselves.
use delivery::{Accepted, Asked, Envelope, Origin, Outcome, Refused, Sender};
use futures_util::future::BoxFuture;
use names::AccountId;
use smtp::{Mailing, Post};
use std::sync::{Arc, Mutex};
use store::{BlobWriter, Change, Growth, LineEnds, NewBlob, Partition, PartitionKind, Receipt, Store};
use world::UnixTime;

/// A message that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) envelope: Envelope,
    pub(crate) recipients: Vec<String>,
    pub(crate) bytes: Vec<u8>,
}

/// What was put into an account's Sent.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub(crate) account: AccountId,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct ScriptedPost {
    pub(crate) store: Store,
    pub(crate) taken: Arc<Mutex<Vec<Taken>>>,
    /// What was put into Sent.
    pub(crate) filed: Arc<Mutex<Vec<Filed>>>,
    /// What every message gets.
    pub(crate) refuses: Arc<Mutex<Option<Refused>>>,
}

impl Post for ScriptedPost {
    fn begin(&self, sender: Sender) -> Box<dyn Mailing> {
        Box::new(ScriptedMailing { post: self.clone(), sender, recipients: Vec::new() })
    }

    fn file(&self, account: AccountId, blob: NewBlob, _: UnixTime) -> BoxFuture<'_, Result<(), store::Error>> {
        Box::pin(async move {
            let bytes = self.bytes(&blob).await;
            self.filed.lock().unwrap().push(Filed { account, bytes });
            Ok(())
        })
    }

    fn writer(&self) -> BlobWriter {
        self.store.blob_writer(LineEnds::Keep)
    }
}

struct ScriptedMailing {
    post: ScriptedPost,
    sender: Sender,
    recipients: Vec<Asked>,
}

fn judge(asked: &Asked, origin: Origin) -> Result<(), Refused> {
    if asked.address.domain().as_str() != "example.org" && asked.address.local().as_str() != "postmaster" {
        return if origin.may_relay() { Ok(()) } else { Err(Refused::RelayingDenied) };
    }
    match asked.address.local().as_str() {
        "nobody" => Err(Refused::Unknown),
        "suspended" => Err(Refused::Suspended),
        "full" => Err(Refused::MailboxFull),
        "loop" => Err(Refused::Loop),
        "crowd" => Err(Refused::TooMany),
        "away" => Err(Refused::Unavailable),
        "noroom" => Err(Refused::NoSpace),
        _ => Ok(()),
    }
}

impl ScriptedPost {
    async fn receipt(&self) -> Receipt {
        let mut change = Change::new(Growth::Grows);
        change.put(b"test".to_vec(), 1, Vec::new());
        let partition = Partition { kind: PartitionKind::Queue, id: 1 };
        self.store.records().commit(partition, change).await.unwrap()
    }

    async fn bytes(&self, blob: &NewBlob) -> Vec<u8> {
        let source = self.store.engine().blobs().open(blob.hash).await.unwrap().unwrap();
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < source.size() {
            let from = bytes.len() as u64;
            bytes.extend_from_slice(&source.read(from..source.size().min(from + 65_536)).await.unwrap());
        }
        bytes
    }
}

impl Mailing for ScriptedMailing {
    fn recipient(&mut self, asked: Asked) -> BoxFuture<'_, Result<(), Refused>> {
        Box::pin(async move {
            judge(&asked, self.sender.origin)?;
            self.recipients.push(asked);
            Ok(())
        })
    }

    fn accept(self: Box<Self>, envelope: Envelope, blob: NewBlob) -> BoxFuture<'static, Result<Accepted, Refused>> {
        Box::pin(async move {
            if let Some(refused) = self.post.refuses.lock().unwrap().clone() {
                return Err(refused);
            }
            let receipt = self.post.receipt().await;
            let bytes = self.post.bytes(&blob).await;
            let recipients = self.recipients.iter().map(|asked| asked.address.to_string()).collect();
            self.post.taken.lock().unwrap().push(Taken { envelope, recipients, bytes });
            let outcome = |asked: &Asked| match asked.address.local().as_str() {
                "late" => Outcome::Refused(Refused::MailboxFull),
                _ => Outcome::Stored(receipt),
            };
            Ok(Accepted { id: "d1".to_owned(), outcomes: self.recipients.iter().map(outcome).collect() })
        })
    }
}
