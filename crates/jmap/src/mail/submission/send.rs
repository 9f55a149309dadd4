//! A message is given to the queue: by the rules and the code of a submission by SMTP (RFC 6409), and written down first.
use super::envelope::{Envelope, derived};
use crate::context::Context;
use crate::mail::stored_header::stored_header;
use crate::mail::trace::prefix;
use crate::opened::Opened;
use crate::refusal;
use crate::settings::Settings;
use delivery::{
    Accepted, Asked, Body, Delivered, MailAsked, Notify, Origin, Outcome, RcptAsked, Recipient, RecipientStatus,
    Refused, Sender, Submission, SubmissionError, TlsWish, UndoStatus,
};
use jmap_wire::SetError;
use message::{Date, HeaderLine, HeaderPass, message_ids, missing_fields, new_message_id};
use names::Address;
use std::sync::Arc;
use store::{DeliveryId, Email, LineEnds, MessageSource, NewBlob, ObjectId};

/// Bytes read at a time.
const PIECE: u64 = 256 * 1024;
/// Received fields, beyond which a message goes round in circles (RFC 5321, 6.3).
const MAX_RECEIVED: u32 = 100;

/// A message with its header read, and the envelope that it goes in.
pub(super) struct Letter {
    email: Arc<Email>,
    source: MessageSource,
    header: HeaderPass,
    /// Its Message-ID, or the one that it gets.
    message_id: String,
    pub(super) envelope: Envelope,
    mail: MailAsked,
    rcpt: Vec<RcptAsked>,
}

impl Letter {
    /// Reads a message and its envelope, and asks everything that may be asked before anything is done.
    ///
    /// # Errors
    /// What SetError stands for it (RFC 8621, 7.5).
    pub(super) async fn read(
        context: &Context<'_>,
        opened: &Opened,
        email: Arc<Email>,
        (envelope, identity): (Option<Envelope>, &str),
    ) -> Result<Self, SetError> {
        let set = |error: store::Error| refusal::set(&error);
        let settings = &context.parts.settings;
        let limit = settings.max_message_size.bytes();
        if email.size > limit {
            return Err(SetError::new("tooLarge").with("maxSize", limit));
        }
        let source = opened.account.open(&email).await.map_err(set)?;
        let header = stored_header(&email, &source).await.map_err(set)?;
        if header.is_cut() {
            return Err(SetError::new("invalidEmail").because("its header is too large"));
        }
        // RFC 5322, 2.2: what is a field to one reader would be none to another, and none to the checks below
        if header.has_bare_line_ends() {
            return Err(SetError::new("invalidEmail").because("its header has lines that do not end with CR LF"));
        }
        if header.facts().received > MAX_RECEIVED {
            return Err(SetError::new("invalidEmail").because("it went round in circles"));
        }
        let envelope = envelope.unwrap_or_else(|| derived(header.block(), identity));
        if envelope.rcpt_to.is_empty() {
            return Err(SetError::new("noRecipients"));
        }
        if envelope.rcpt_to.len() > settings.max_recipients {
            return Err(SetError::new("tooManyRecipients").with("maxRecipients", settings.max_recipients as u64));
        }
        let now = context.parts.world.clock.now();
        let mut mail = envelope.mail_from.mail(now, settings.max_delayed_send).map_err(|error| match error {
            SubmissionError::Address => SetError::new("forbiddenMailFrom").because("the sender is no address"),
            error => SetError::invalid(&["envelope"]).because(error.to_string()),
        })?;
        if mail.wishes.release.is_none() && !settings.undo_time.is_zero() {
            mail.wishes.release =
                Some(delivery::Release { at: now.plus(settings.undo_time), over: false, asked: None });
        }
        // RFC 8689, 5: holds where MAIL did not say REQUIRETLS
        let says_no =
            |field: message::Field<'_>| field.is("TLS-Required") && field.unfolded().eq_ignore_ascii_case(b"no");
        if mail.wishes.tls == TlsWish::Usual && header.fields().any(says_no) {
            mail.wishes.tls = TlsWish::NotRequired;
        }
        let rcpt = recipients(&envelope)?;
        let message_id = message_id(&header)
            .unwrap_or_else(|| new_message_id(context.parts.world.random.wide(), settings.host_name.as_str()));
        let letter = Self { email, source, header, message_id, envelope, mail, rcpt };
        letter.may_send(context).await?;
        Ok(letter)
    }

    /// RFC 6409, 6.1: whether it may go in this name; and whether the account may send at all.
    async fn may_send(&self, context: &Context<'_>) -> Result<(), SetError> {
        let directory = &context.parts.directory;
        let away = |error: directory::Error| {
            tracing::warn!(%error, "sender not looked up");
            SetError::new("serverFail").because("not possible just now; please try again later")
        };
        let account = directory.account(&context.caller.address).await.map_err(away)?;
        if account.held.is_some() {
            return Err(SetError::new("forbiddenToSend").because("sending is stopped; please call the service desk"));
        }
        if let Some(sender) = &self.mail.sender
            && !directory.may_send_as(context.caller.account, sender).await.map_err(away)?
        {
            return Err(SetError::new("forbiddenMailFrom"));
        }
        let wrong = |field: &str| SetError::new("invalidEmail").with("properties", vec![property(field)]);
        // RFC 8621, 4.6 lets a draft be without From; RFC 5322, 3.6 nothing that is sent
        if !self.header.fields().any(|field| field.is("From")) {
            return Err(wrong("From"));
        }
        // not From alone: Sender and what is resent are in somebody's name as well
        let names = delivery::originators(&self.header).map_err(|unreadable| wrong(unreadable.0))?;
        for name in names {
            if !directory.may_send_as(context.caller.account, &name).await.map_err(away)? {
                return Err(SetError::new("forbiddenFrom").because(format!("`{name}` is no address of this account")));
            }
        }
        Ok(())
    }

    /// As it is written down before it is sent.
    pub(super) fn submission(&self, context: &Context<'_>, identity: String, by: DeliveryId) -> Submission {
        let now = context.parts.world.clock.now();
        let release = self.mail.wishes.release;
        let queued = |asked: &RcptAsked| RecipientStatus {
            address: asked.address.to_string(),
            reply: "250 2.1.5 queued".to_owned(),
            delivered: Delivered::Queued,
            displayed: false,
        };
        Submission {
            identity,
            email: self.email.id.to_string(),
            thread: self.email.thread.to_string(),
            mail_from: self.envelope.mail_from.clone(),
            rcpt_to: self.envelope.rcpt_to.clone(),
            send_at: release.map_or(now, |release| release.at).secs(),
            undo: if release.is_some() { UndoStatus::Pending } else { UndoStatus::Final },
            recipients: self.rcpt.iter().map(queued).collect(),
            reports: Vec::new(),
            receipts: Vec::new(),
            message_id: Some(self.message_id.trim_matches(['<', '>']).to_owned()),
            queue: None,
            delivery: Some(by),
            hidden_until: None,
            taken: false,
        }
    }

    /// Takes its recipients, one by one, and gives it to the queue.
    ///
    /// # Errors
    /// Nothing was sent.
    pub(super) async fn send(
        &self,
        context: &Context<'_>,
        (submission, by): (ObjectId, DeliveryId),
    ) -> Result<Accepted, SetError> {
        let delivery = &context.parts.delivery;
        self.take_allowance(context).await?;
        let sender = Sender {
            reverse_path: self.mail.sender.clone(),
            origin: Origin::Submission,
            account: Some(context.caller.account),
            peer: Some(context.caller.peer.clone()),
        };
        let mut recipients: Vec<Recipient> = Vec::with_capacity(self.rcpt.len());
        let mut invalid = Vec::new();
        for asked in &self.rcpt {
            let notify = asked.notify.unwrap_or_else(|| Notify::unasked(Origin::Submission));
            let address = asked.address.clone();
            let asked = Asked { address: address.clone(), size: self.email.size, notify, orcpt: asked.orcpt.clone() };
            match delivery.recipient(&sender, asked).await {
                Ok(recipient) => recipients.push(recipient),
                Err(Refused::Unavailable | Refused::NoPostmaster | Refused::NoSpace | Refused::FullForNow) => {
                    return Err(SetError::new("serverFail").because("not possible just now; please try again later"));
                }
                Err(refused) => {
                    tracing::info!(%address, %refused, "recipient refused");
                    invalid.push(address.to_string());
                }
            }
        }
        if !invalid.is_empty() {
            return Err(SetError::new("invalidRecipients").with("invalidRecipients", invalid));
        }
        let Written { blob, prefix_len, return_path_len, eight_bit } =
            self.write(context).await.map_err(|error| refusal::set(&error))?;
        let utf8 = !self.header.block().is_ascii()
            || self.mail.sender.iter().chain(self.rcpt.iter().map(|asked| &asked.address)).any(Address::needs_utf8);
        let envelope = delivery::Envelope {
            ret: self.mail.ret,
            envid: self.mail.envid.clone(),
            body: if eight_bit { Body::EightBitMime } else { Body::SevenBit },
            utf8,
            wishes: self.mail.wishes.clone(),
            prefix_len,
            return_path_len,
            submission: Some(submission),
            delivery: Some(by),
            ..delivery::Envelope::of(sender)
        };
        delivery.accept(envelope, blob, recipients).await.map_err(|refused| {
            tracing::warn!(%refused, "a message was not taken");
            match refused {
                Refused::MailboxFull => SetError::new("overQuota").because("a recipient has no room"),
                _ => SetError::new("serverFail").because("not possible just now; please try again later"),
            }
        })
    }

    /// RFC 6409, 6: as much as an account may send, over all doors.
    async fn take_allowance(&self, context: &Context<'_>) -> Result<(), SetError> {
        let Some(limits) = &context.parts.settings.allowance else { return Ok(()) };
        let senders = context.parts.delivery.senders();
        let account = context.caller.account;
        let limited = |error: policy::Error| SetError::new("rateLimit").because(error.to_string());
        let peer = &context.caller.peer;
        senders.message(account, limits, peer).await.map_err(limited)?;
        for asked in &self.rcpt {
            senders.recipient(account, limits, &asked.address, peer).await.map_err(limited)?;
        }
        Ok(())
    }

    /// Writes it as it goes out: behind our trace, with what it lacks, without who is in Bcc.
    async fn write(&self, context: &Context<'_>) -> Result<Written, store::Error> {
        let world = &context.parts.world;
        let date = Date::utc(i64::try_from(world.clock.now().secs()).unwrap_or(i64::MAX));
        let (prefix, return_path_len) = prefix(context, self.mail.sender.as_ref());
        let facts = self.header.facts();
        let added = missing_fields(&facts, &context.caller.address.to_string(), date, &self.message_id);
        let mut writer = context.parts.store.blob_writer(LineEnds::ToCrlf);
        writer.write(&prefix).await?;
        writer.write(&added).await?;
        writer.write(&self.header.block_without(|line| goes(line, &context.parts.settings))).await?;
        let mut eight_bit = !self.header.block().is_ascii();
        let mut at = u64::from(self.email.prefix_len) + self.header.block().len() as u64;
        while at < self.source.size() {
            let bytes = self.source.read(at..at.saturating_add(PIECE).min(self.source.size())).await?;
            if bytes.is_empty() {
                return Err(store::Error::Corrupt("a message is shorter than its record says".to_owned()));
            }
            eight_bit |= !bytes.is_ascii();
            writer.write(&bytes).await?;
            at += bytes.len() as u64;
        }
        Ok(Written {
            blob: writer.finish().await?,
            prefix_len: u32::try_from(prefix.len()).unwrap_or(u32::MAX),
            return_path_len,
            eight_bit,
        })
    }
}

/// What a message loses when it is sent.
fn goes(line: &HeaderLine<'_>, settings: &Settings) -> bool {
    // RFC 8601, 5: it may be for people here, whom nobody but this server tells in its name what was found out
    line.is_blind_copy() || settings.own_names.are_claimed_by(line.raw)
}

/// The Message-ID of a header, as a program that answers with a notice would name it.
fn message_id(header: &HeaderPass) -> Option<String> {
    let field = header.fields().find(|field| field.is("Message-ID"))?;
    String::from_utf8(message_ids(&field.unfolded(), 1).pop()?.to_vec()).ok()
}

/// The property of an Email that is a field that says who sends (RFC 8621, 4.1.2 and 4.1.3).
fn property(field: &str) -> String {
    match field {
        "From" | "Sender" => field.to_ascii_lowercase(),
        resent => format!("header:{resent}"),
    }
}

/// What is asked of each recipient.
fn recipients(envelope: &Envelope) -> Result<Vec<RcptAsked>, SetError> {
    let (mut rcpt, mut invalid) = (Vec::new(), Vec::new());
    for to in &envelope.rcpt_to {
        match to.rcpt() {
            Ok(asked) => rcpt.push(asked),
            // what is an address has a parameter that is wrong
            Err(error) if error != SubmissionError::Address && to.email.parse::<Address>().is_ok() => {
                return Err(SetError::invalid(&["envelope"]).because(error.to_string()));
            }
            Err(_) => invalid.push(to.email.clone()),
        }
    }
    if invalid.is_empty() {
        Ok(rcpt)
    } else {
        Err(SetError::new("invalidRecipients").with("invalidRecipients", invalid))
    }
}

/// A message as it goes out.
struct Written {
    blob: NewBlob,
    prefix_len: u32,
    return_path_len: u32,
    eight_bit: bool,
}

/// What a submission knows once the queue has it: who has it already.
pub(super) fn taken(submission: &mut Submission, accepted: &Accepted) {
    (submission.taken, submission.delivery) = (true, None);
    for (known, outcome) in submission.recipients.iter_mut().zip(&accepted.outcomes) {
        match outcome {
            // the worker may have been faster
            _ if known.delivered != Delivered::Queued || known.reply != "250 2.1.5 queued" => {}
            Outcome::Stored(_) => {
                known.delivered = Delivered::Yes;
                known.reply = "250 2.0.0 delivered".to_owned();
            }
            Outcome::Queued(..) => {}
            Outcome::Refused(refused) => {
                known.delivered = Delivered::No;
                known.reply = format!("550 {refused}");
            }
        }
    }
    submission.queue = accepted.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Queued(id, _) => Some(*id),
        Outcome::Stored(_) | Outcome::Refused(_) => None,
    });
}
