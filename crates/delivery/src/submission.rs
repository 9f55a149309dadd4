//! What an account has given to the queue by JMAP (RFC 8621, 7), kept as an object of the account: the worker of the queue
//! writes down what became of each recipient, beside its own record.
mod heard;
pub(crate) use heard::is_notice;
mod parameters;
pub(crate) mod receipts;
mod status;
pub use parameters::{EnvelopeAddress, MailAsked, Parameter, RcptAsked, SubmissionError};

use crate::delivery::{Delivery, Inner};
use crate::error::Error;
use crate::queue::ledger::Turn;
use crate::queue::{Entry, QueueId, stored};
use bytes::Bytes;
use journal::Event;
use serde::{Deserialize, Serialize};
use store::{Account, DeliveryId, ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged, Outcome};

/// How often a change is tried again when others were first.
const TRIES: usize = 1_000;
/// Reports that one submission names, and notices.
const MAX_REPORTS: usize = 100;

/// Whether it can still be called back (RFC 8621, 7: `undoStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UndoStatus {
    /// It waits for its time.
    Pending,
    /// It is on its way, or there.
    Final,
    /// It was called back.
    Canceled,
}

/// What is known of one recipient (RFC 8621, 7: `DeliveryStatus`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientStatus {
    /// As the sender wrote him.
    pub address: String,
    /// What the last server said.
    pub reply: String,
    /// Whether it is there.
    pub delivered: Delivered,
    /// Whether its reader's program says that it was displayed (RFC 8098).
    #[serde(default)]
    pub displayed: bool,
}

/// Whether a message is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivered {
    /// It is tried, or will be.
    Queued,
    /// It is in the mailbox.
    Yes,
    /// It was given up.
    No,
    /// Another server has it.
    Unknown,
}

/// A message that was given to the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// In whose name.
    pub identity: String,
    /// The email.
    pub email: String,
    /// Its thread.
    pub thread: String,
    /// The sender of the envelope.
    pub mail_from: EnvelopeAddress,
    /// Its recipients.
    pub rcpt_to: Vec<EnvelopeAddress>,
    /// When it is let go, in seconds since 1970.
    pub send_at: u64,
    /// Whether it can be called back.
    pub undo: UndoStatus,
    /// What became of each recipient.
    pub recipients: Vec<RecipientStatus>,
    /// Reports about it, by their blobs.
    pub reports: Vec<String>,
    /// Notices that it was displayed, or what else became of it, by their blobs.
    #[serde(default)]
    pub receipts: Vec<String>,
    /// The Message-ID by which they name it, without angle brackets.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Its entry in the queue, while it waits.
    pub queue: Option<QueueId>,
    /// The delivery by which it goes, as long as nothing is known of that.
    #[serde(default, with = "stored::some_delivery")]
    pub delivery: Option<DeliveryId>,
    /// The state of the account's submissions until which no client saw it.
    #[serde(default)]
    pub hidden_until: Option<u64>,
    /// Whether the queue has taken it. What it has not is nothing that a client sees.
    pub taken: bool,
}

impl Submission {
    /// Reads one as it is kept.
    ///
    /// # Errors
    /// [`store::Error::Corrupt`].
    pub fn read(value: &[u8]) -> Result<Self, store::Error> {
        serde_json::from_slice(value).map_err(|error| store::Error::Corrupt(format!("submission: {error}")))
    }

    /// As it is kept.
    ///
    /// # Errors
    /// [`store::Error::Corrupt`].
    pub fn encode(&self) -> Result<Bytes, store::Error> {
        Ok(serde_json::to_vec(self).map_err(|error| store::Error::Corrupt(error.to_string()))?.into())
    }

    /// Changes one of an account, whoever else does so meanwhile; nothing where it is not there any more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn change(
        account: &Account,
        id: ObjectId,
        change: impl Fn(&mut Self) + Send + Sync,
    ) -> Result<Option<Outcome<Self>>, store::Error> {
        for _ in 0..TRIES {
            let state: ModSeq = account.object_state(ObjectKind::Submission).await?;
            let found = account.some_objects(ObjectKind::Submission, &[id]).await?;
            let Some(value) = found.into_iter().flatten().next() else { return Ok(None) };
            let mut submission = Self::read(&value)?;
            let was_taken = submission.taken;
            change(&mut submission);
            if submission.taken && !was_taken {
                submission.hidden_until = Some(state.0);
            }
            let changes = [ObjectChange::Replace(id, submission.encode()?)];
            let outcome = account.change_objects(ObjectKind::Submission, Some(state), &changes).await?;
            match outcome.value() {
                ObjectsChanged::Done(done) if done.iter().all(Option::is_none) => return Ok(None),
                ObjectsChanged::Done(_) => return Ok(Some(outcome.map(|_| submission))),
                ObjectsChanged::StateMismatch => {}
            }
        }
        Err(store::Error::Conflict)
    }
}

impl Delivery {
    /// Calls back what waits for its time, in the name of `by`; whether it could be.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn call_back(&self, id: QueueId, by: &str) -> Result<bool, Error> {
        self.0.call_back(id, by).await
    }
}

impl Inner {
    async fn call_back(&self, id: QueueId, by: &str) -> Result<bool, Error> {
        for _ in 0..TRIES {
            let Some(old) = self.queue.ledger.read(id).await? else { return Ok(false) };
            if !waits(&old.entry) {
                return Ok(false);
            }
            match self.queue.ledger.turn(&Turn { old: &old, new: None, reports: &[], fence: None }).await {
                Ok(_) => {
                    tracing::info!(queue_id = %id, by, "called back by its sender");
                    self.journal.record(Event::Act {
                        by: by.into(),
                        act: "queue remove".into(),
                        subject: id.to_string().into(),
                        reason: Some("called back by its sender".into()),
                    });
                    return Ok(true);
                }
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Changed(id))
    }
}

/// Whether an entry waits for its sender's time, and nobody has it.
fn waits(entry: &Entry) -> bool {
    entry.wishes.waits_until().is_some()
}
