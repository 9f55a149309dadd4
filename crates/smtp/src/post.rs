//! The post office behind the session: it takes recipients and messages.
use delivery::{Accepted, Asked, Delivery, Envelope, Recipient, Refused, Sender};
use futures_util::future::BoxFuture;
use names::AccountId;
use store::{BlobWriter, Flags, LineEnds, NewBlob, NewEmail, ReceivedAt, Role, Store, SystemFlags};
use world::UnixTime;

/// Takes mail. The session knows no more of routing and of the store than this; [`PostOffice`] is the real one.
pub trait Post: Send + Sync {
    /// Begins one message from `sender`.
    fn begin(&self, sender: Sender) -> Box<dyn Mailing>;

    /// Puts what `account` has sent into its Sent mailbox, once.
    fn file(&self, account: AccountId, blob: NewBlob, sent_at: UnixTime) -> BoxFuture<'_, Result<(), store::Error>>;

    /// Begins the bytes of a message, whose line ends are settled.
    fn writer(&self) -> BlobWriter;
}

/// One message on its way in. Dropped, nothing of it is kept.
pub trait Mailing: Send {
    /// Takes a recipient, or says why not.
    fn recipient(&mut self, asked: Asked) -> BoxFuture<'_, Result<(), Refused>>;

    /// Takes the message for the recipients taken; one outcome for each, in their order. What it says is on disk.
    fn accept(self: Box<Self>, envelope: Envelope, blob: NewBlob) -> BoxFuture<'static, Result<Accepted, Refused>>;
}

/// The post office of this machine.
#[derive(Clone)]
pub struct PostOffice {
    /// What happens to mail.
    pub delivery: Delivery,
    /// Where it is kept.
    pub store: Store,
}

impl Post for PostOffice {
    fn begin(&self, sender: Sender) -> Box<dyn Mailing> {
        Box::new(Letter { delivery: self.delivery.clone(), sender, recipients: Vec::new() })
    }

    fn file(&self, account: AccountId, blob: NewBlob, sent_at: UnixTime) -> BoxFuture<'_, Result<(), store::Error>> {
        Box::pin(async move {
            let account = self.store.account(account).await?.acting_as("send once");
            let mailboxes = account.mailboxes().await?;
            let sent = mailboxes.role(Role::Sent).ok_or(store::Error::NoSuchMailbox)?.id;
            // a program that files first and sends then has put it there already
            if account.same_letter(sent, &blob).await?.is_some() {
                return Ok(());
            }
            let flags = Flags { system: SystemFlags::SEEN, ..Flags::default() };
            let email = NewEmail { flags, ..NewEmail::new(blob, ReceivedAt::utc(sent_at)) };
            account.append(sent, vec![email]).await?;
            Ok(())
        })
    }

    fn writer(&self) -> BlobWriter {
        self.store.blob_writer(LineEnds::Keep)
    }
}

struct Letter {
    delivery: Delivery,
    sender: Sender,
    recipients: Vec<Recipient>,
}

impl Mailing for Letter {
    fn recipient(&mut self, asked: Asked) -> BoxFuture<'_, Result<(), Refused>> {
        Box::pin(async move {
            let recipient = self.delivery.recipient(&self.sender, asked).await?;
            self.recipients.push(recipient);
            Ok(())
        })
    }

    fn accept(self: Box<Self>, envelope: Envelope, blob: NewBlob) -> BoxFuture<'static, Result<Accepted, Refused>> {
        Box::pin(async move { self.delivery.accept(envelope, blob, self.recipients).await })
    }
}
