//! One connection to another server: the client's machine of `smtp-wire`, driven over a conversation.
mod open;

use super::broken::{Broken, lost, told, unexpected};
use super::form::{Form, Pieces};
use super::security::{Plan, Security, Wish};
use crate::queue::Pending;
use crate::routes::Course;
use futures_util::FutureExt as _;
use journal::Tried;
use names::Domain;
use smtp_wire::{BodyForm, Capabilities, Client, DotStuffer, Event, ForwardPath, Reply, Transaction, Unsendable};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use store::BlobSource;
use transport::{Conversation, TlsInfo};

/// How long goodbye may take.
const GOODBYE: Duration = Duration::from_secs(10);
/// Bytes of a message that are in memory at once.
pub(super) const PIECE: u64 = 64 * 1024;

/// A connection that is ready for a transaction.
pub(crate) struct Line {
    conversation: Conversation,
    client: Client,
    /// How long each answer is waited for.
    patience: Duration,
    /// Messages that went by it.
    mails: u32,
    /// The domains to which they went.
    domains: Vec<Domain>,
    /// Name and address of the other server.
    pub(crate) server: String,
    /// By what it was made.
    plan: Plan,
    /// Who decided that it goes there.
    pub(crate) course: Course,
    /// Those that were tried before in vain; the first message by this connection tells of them.
    pub(crate) tried: Vec<Tried>,
    pub(crate) ends: Ends,
    /// Whether it was used for a message before.
    pub(crate) used: bool,
}

/// Between what a connection is, and how: another message may go by one with the same ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ends {
    /// The name of the other server.
    pub(crate) host: String,
    pub(crate) at: At,
    /// Our own address, where it was chosen, and our name there.
    pub(crate) from: Option<(IpAddr, Domain)>,
    /// Whether the name comes from the DNS, and not from an operator.
    pub(crate) found: bool,
    /// The plan, in so many words, and which route: what is asked of the connection, and as whom we log in.
    pub(crate) plan: String,
}

/// Where the other server is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum At {
    Address(SocketAddr),
    /// A socket of this machine.
    Socket(PathBuf),
}

/// What came of one transaction.
pub(crate) enum Sent {
    /// A reply for each recipient, before anything of the message was sent.
    Refused(Vec<Reply>),
    /// A reply for each recipient, after the whole message.
    Answered(Vec<Reply>),
    /// Nothing was said: the server lacks what the message needs.
    Unsendable(Unsendable),
}

impl Line {
    /// Whether it goes to a socket of this machine, and over no network.
    pub(crate) const fn is_local(&self) -> bool {
        matches!(self.ends.at, At::Socket(_))
    }

    /// The address that it goes to; `None`: a socket of this machine.
    pub(crate) fn remote(&self) -> Option<SocketAddr> {
        (!self.is_local()).then_some(self.conversation.peer.remote)
    }

    /// How the connection is protected.
    pub(crate) fn tls(&self) -> Option<String> {
        self.conversation.peer.tls.as_ref().map(|TlsInfo { version, cipher, .. }| format!("{version} {cipher}"))
    }

    /// How the connection is secured.
    pub(crate) fn security(&self) -> Security {
        self.plan.security(self.conversation.peer.tls.as_ref())
    }

    /// Whether a message with this wish may go over it.
    pub(crate) fn suits(&self, wish: Wish) -> bool {
        wish <= self.plan.wish
    }

    /// What the handshake came to.
    pub(crate) fn tls_info(&self) -> Option<&TlsInfo> {
        self.conversation.peer.tls.as_ref()
    }

    /// What was asked of the connection.
    pub(crate) fn policy(&self) -> &'static str {
        self.plan.policy.name()
    }

    /// What the server offers.
    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.client.capabilities()
    }

    /// Whether another message may go by this connection.
    pub(crate) fn is_open(&self) -> bool {
        !self.client.is_over()
    }

    /// Whether the other side has said nothing since the last message: it has not taken leave meanwhile.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let input = &mut self.conversation.input;
        input.buffered().is_empty() && input.fill().now_or_never().is_none()
    }

    /// Whether it takes another message, for this domain (RFC 9422, 4: MAILMAX, RCPTDOMAINMAX).
    pub(crate) fn takes_another(&self, domain: &Domain) -> bool {
        let limits = &self.capabilities().limits;
        let mails = limits.mails.is_none_or(|most| self.mails < most.get());
        let room =
            limits.domains.is_none_or(|most| self.domains.len() < usize::try_from(most.get()).unwrap_or(usize::MAX));
        mails && (room || self.domains.contains(domain))
    }

    /// As many recipients as one message may have (RFC 9422, 4: RCPTMAX).
    pub(crate) fn first_of<'r>(&self, recipients: &'r [&'r Pending]) -> &'r [&'r Pending] {
        let most = self.capabilities().limits.recipients.and_then(|most| usize::try_from(most.get()).ok());
        most.and_then(|most| recipients.get(..most)).unwrap_or(recipients)
    }

    fn count(&mut self, transaction: &Transaction) {
        self.mails = self.mails.saturating_add(1);
        let domains = transaction.recipients.iter().filter_map(|rcpt| match &rcpt.forward_path {
            ForwardPath::Mailbox(address) => Some(address.domain().clone()),
            ForwardPath::Postmaster => None,
        });
        for domain in domains {
            if !self.domains.contains(&domain) {
                self.domains.push(domain);
            }
        }
    }

    /// Sends one message to its recipients, in this form; the bytes begin at `from` in `source`.
    pub(crate) async fn send(
        &mut self,
        transaction: &Transaction,
        form: &Form,
        source: &dyn BlobSource,
        from: u64,
    ) -> Result<Sent, Broken> {
        if let Err(unsendable) = self.client.send(transaction) {
            return Ok(Sent::Unsendable(unsendable));
        }
        self.count(transaction);
        let way = match self.event(self.patience).await? {
            Event::SendBody(way) => way,
            Event::Finished(replies) => return Ok(Sent::Refused(replies)),
            other => return Err(unexpected(&other)),
        };
        self.message(way, form, source, from).await.map(Sent::Answered).map_err(|broken| match broken {
            Broken::Lost(cause) => Broken::Unanswered(cause),
            other => other,
        })
    }

    async fn message(
        &mut self,
        way: BodyForm,
        form: &Form,
        source: &dyn BlobSource,
        from: u64,
    ) -> Result<Vec<Reply>, Broken> {
        self.body(way, form, source, from).await?;
        self.client.body_sent();
        // RFC 5321, 4.5.3.2: ten minutes after the last dot, five for all else
        match self.event(self.patience.saturating_mul(2)).await? {
            Event::Finished(replies) => Ok(replies),
            other => Err(unexpected(&other)),
        }
    }

    async fn body(&mut self, way: BodyForm, form: &Form, source: &dyn BlobSource, from: u64) -> Result<(), Broken> {
        // RFC 3030, 2: the chunk stands behind its command, which nothing answers before
        let command = self.client.outgoing();
        self.say(&command).await?;
        let mut stuffer = DotStuffer::new();
        let mut dresser = form.dresser();
        let mut out = Vec::new();
        let mut pieces = Pieces::new(source, from);
        while let Some(piece) = pieces.next().await.map_err(Broken::Stored)? {
            self.piece(way, &mut stuffer, dresser.piece(&piece), &mut out).await?;
        }
        self.piece(way, &mut stuffer, &dresser.rest(), &mut out).await?;
        if way == BodyForm::DotStuffed {
            out.clear();
            stuffer.finish(&mut out);
            self.say(&out).await?;
        }
        self.conversation.output.flush().await.map_err(lost)
    }

    async fn piece(
        &mut self,
        way: BodyForm,
        stuffer: &mut DotStuffer,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        match way {
            BodyForm::Raw => self.say(piece).await,
            BodyForm::DotStuffed => {
                out.clear();
                stuffer.write(piece, out);
                self.say(out).await
            }
        }
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.conversation.output.write(bytes).await.map_err(lost)
    }

    /// Waits for the next event, at most `wait` for each answer, however slowly it comes.
    async fn event(&mut self, wait: Duration) -> Result<Event, Broken> {
        loop {
            let outgoing = self.client.outgoing();
            if !outgoing.is_empty() {
                self.say(&outgoing).await?;
            }
            self.conversation.output.flush().await.map_err(lost)?;
            let heard = tokio::time::timeout(wait, self.heard()).await;
            if let Some(event) = heard.unwrap_or_else(|_| Err(Broken::Lost("it took too long to answer".to_owned())))? {
                return Ok(event);
            }
        }
    }

    /// What each recipient of the transaction was answered before the connection broke.
    pub(super) fn broken_off(&mut self) -> Vec<Option<Reply>> {
        self.client.broken_off()
    }

    /// Reads until there is an event, or a whole reply without one: the next has its own time.
    async fn heard(&mut self) -> Result<Option<Event>, Broken> {
        let before = self.client.replies();
        loop {
            if self.conversation.input.buffered().is_empty() && self.conversation.input.fill().await.map_err(lost)? == 0
            {
                return Err(Broken::Lost("it hung up".to_owned()));
            }
            let heard = self.client.receive(self.conversation.input.buffered());
            let (used, event) = heard.map_err(|error| Broken::Lost(told(&error.to_string())))?;
            self.conversation.input.consume(used);
            if event.is_some() || self.client.replies() > before {
                return Ok(event);
            }
        }
    }

    /// Says QUIT and hangs up; an answer is not waited for long.
    pub(crate) async fn close(mut self) {
        self.client.quit();
        // what is sent is sent: how the other side takes leave changes nothing
        let _ = tokio::time::timeout(GOODBYE, async {
            if self.event(GOODBYE).await.is_ok() {
                self.conversation.goodbye().await;
            }
        })
        .await;
    }
}
