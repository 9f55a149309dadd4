//! One message on its way through a connection: MAIL, RCPT, the data, the answers (RFC 5321, 3.3).
use super::{BodyForm, Capabilities, Dialect};
use crate::{Body, ByMode, EnhancedCode, Mail, Rcpt, Reply, unitext_in_ascii};
use std::collections::VecDeque;
use thiserror::Error;

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// From whom, and what the message needs. SIZE is filled in from `size`.
    pub mail: Mail,
    /// To whom; at least one.
    pub recipients: Vec<Rcpt>,
    /// The size of the message in bytes, as it is stored.
    pub size: u64,
}

/// Why a message cannot go to this server.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unsendable {
    /// It needs SMTPUTF8, which the server does not offer (RFC 6531, 3.2).
    #[error("the server takes no letters beyond ASCII in addresses and headers")]
    NeedsUtf8,
    /// It needs 8BITMIME, which the server does not offer (RFC 6152, 3): it must be encoded first.
    #[error("the server takes ASCII only")]
    NeedsEightBit,
    /// It needs BINARYMIME, which the server does not offer (RFC 3030, 3).
    #[error("the server does not take binary messages")]
    NeedsBinaryMime,
    /// It is larger than what the server takes (RFC 1870, 6.1).
    #[error("the server takes at most {limit} bytes")]
    TooLarge {
        /// What it takes.
        limit: u64,
    },
    /// It must go by TLS all the way, which the server does not promise (RFC 8689, 4.2.1).
    #[error("the server does not offer REQUIRETLS")]
    NeedsRequireTls,
    /// It must come back when it is late, which the server does not promise (RFC 2852, 4).
    #[error("the server does not deliver by a time")]
    NeedsDeliverBy,
    /// There is less time left than the server asks for (RFC 2852, 4).
    #[error("the server needs at least {seconds} seconds")]
    TooSoon {
        /// What it asks for.
        seconds: u32,
    },
    /// There is no recipient.
    #[error("no recipient")]
    NoRecipient,
    /// The connection is not ready for a transaction.
    #[error("the connection is not ready")]
    NotReady,
}

/// What to do after an answer.
pub(super) enum Step {
    Wait,
    Body(BodyForm),
    Finished { replies: Vec<Reply>, reset: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Mail,
    Rcpt(usize),
    Data,
    /// The driver is sending the body; nothing is awaited yet.
    Body,
    Outcome,
}

/// How far a transaction has come.
#[derive(Debug)]
pub(super) struct Progress {
    dialect: Dialect,
    /// What was asked and not answered.
    asked: VecDeque<Asked>,
    /// What is asked one by one, without PIPELINING.
    later: VecDeque<(Asked, Vec<u8>)>,
    /// What waits for the answer to RSET.
    held: Vec<u8>,
    form: BodyForm,
    size: u64,
    replies: Vec<Option<Reply>>,
    /// The recipients that were taken, of which LMTP answers one after the other.
    taken: VecDeque<usize>,
    mail_refused: bool,
}

impl Progress {
    /// The first commands, and what is known then.
    pub(super) fn begin(
        transaction: &Transaction,
        offered: &Capabilities,
        dialect: Dialect,
    ) -> Result<(Self, Vec<u8>), Unsendable> {
        let form = check(transaction, offered)?;
        let mut commands = VecDeque::new();
        commands.push_back((Asked::Mail, line(&mail(transaction, offered).to_string())));
        for (at, rcpt) in transaction.recipients.iter().enumerate() {
            let asked = if offered.dsn { of(rcpt, transaction.mail.utf8) } else { Rcpt::to(rcpt.forward_path.clone()) };
            commands.push_back((Asked::Rcpt(at), line(&asked.to_string())));
        }
        let later = if offered.pipelining { VecDeque::new() } else { commands.split_off(1) };
        let asked = commands.iter().map(|(asked, _)| *asked).collect();
        let first = commands.into_iter().flat_map(|(_, text)| text).collect();
        let progress = Self {
            dialect,
            asked,
            later,
            held: Vec::new(),
            form,
            size: transaction.size,
            replies: vec![None; transaction.recipients.len()],
            taken: VecDeque::new(),
            mail_refused: false,
        };
        Ok((progress, first))
    }

    pub(super) fn hold(&mut self, first: Vec<u8>) {
        self.held = first;
    }

    pub(super) fn held(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    pub(super) fn body_sent(&mut self) {
        if self.asked.front() == Some(&Asked::Body) {
            self.asked = self.outcomes();
        }
    }

    /// The server hangs up: who has no answer yet gets this one.
    pub(super) fn closed(self, reply: &Reply) -> Vec<Reply> {
        let reply = reply.clone().shortened();
        self.replies.into_iter().map(|known| known.unwrap_or_else(|| reply.clone())).collect()
    }

    /// The connection is gone: what is known of each.
    pub(super) fn broken_off(self) -> Vec<Option<Reply>> {
        self.replies
    }

    /// Takes an answer; appends what is to be said next.
    pub(super) fn answered(&mut self, reply: Reply, out: &mut Vec<u8>) -> Step {
        let reply = reply.shortened();
        match self.asked.pop_front() {
            Some(Asked::Mail) if !reply.is_positive() => {
                self.mail_refused = true;
                self.later.clear();
                self.fill(&reply);
            }
            Some(Asked::Mail) | None => {}
            Some(Asked::Rcpt(at)) => self.recipient(at, reply),
            // RFC 5321, 4.1.1.4: 354
            Some(Asked::Data) if reply.code / 100 == 3 => {
                self.asked.push_front(Asked::Body);
                return Step::Body(self.form);
            }
            // RFC 5321, 4.3.2: a yes is no answer to DATA. Nothing was sent, so nothing can have been taken
            Some(Asked::Data) if reply.is_positive() => {
                self.fill(&Reply::new(451, EnhancedCode(4, 5, 0), format!("it said {} to DATA", reply.code)));
                return self.finished(true);
            }
            Some(Asked::Data) => {
                self.fill(&reply);
                return self.finished(true);
            }
            // the answer came while the body was being sent: it is the last word, unless it says yes
            Some(Asked::Body) => {
                self.asked = self.outcomes();
                return self.answered(reply, out);
            }
            Some(Asked::Outcome) => match (self.dialect, self.taken.pop_front()) {
                (Dialect::Lmtp, Some(at)) => self.set(at, reply),
                _ => self.fill(&reply),
            },
        }
        self.go_on(out)
    }

    /// One answer for SMTP, one for each recipient that was taken for LMTP.
    fn outcomes(&self) -> VecDeque<Asked> {
        let answers = if self.dialect == Dialect::Lmtp { self.taken.len().max(1) } else { 1 };
        std::iter::repeat_n(Asked::Outcome, answers).collect()
    }

    fn recipient(&mut self, at: usize, reply: Reply) {
        // 250, 251 and 252 take the recipient (RFC 5321, 4.3.2)
        if reply.is_positive() && !self.mail_refused {
            self.taken.push_back(at);
        } else {
            self.set(at, reply);
        }
    }

    fn set(&mut self, at: usize, reply: Reply) {
        if let Some(place) = self.replies.get_mut(at) {
            place.get_or_insert(reply);
        }
    }

    fn fill(&mut self, reply: &Reply) {
        for place in &mut self.replies {
            place.get_or_insert_with(|| reply.clone());
        }
    }

    /// What comes when an answer has been dealt with.
    fn go_on(&mut self, out: &mut Vec<u8>) -> Step {
        if !self.asked.is_empty() {
            return Step::Wait;
        }
        if let Some((asked, text)) = self.later.pop_front() {
            self.asked.push_back(asked);
            out.extend(text);
            return Step::Wait;
        }
        if self.replies.iter().all(Option::is_some) {
            // refused before its data: the server still has the begun transaction
            return self.finished(self.taken.is_empty() && !self.mail_refused);
        }
        match self.form {
            BodyForm::DotStuffed => {
                self.asked.push_back(Asked::Data);
                out.extend_from_slice(b"DATA\r\n");
                Step::Wait
            }
            BodyForm::Raw => {
                self.asked.push_back(Asked::Body);
                out.extend(line(&format!("BDAT {} LAST", self.size)));
                Step::Body(self.form)
            }
        }
    }

    fn finished(&mut self, reset: bool) -> Step {
        Step::Finished { replies: std::mem::take(&mut self.replies).into_iter().flatten().collect(), reset }
    }
}

fn line(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\r\n"].concat()
}

/// Whether the server takes such a message, and in which form.
fn check(transaction: &Transaction, offered: &Capabilities) -> Result<BodyForm, Unsendable> {
    if transaction.recipients.is_empty() {
        return Err(Unsendable::NoRecipient);
    }
    if transaction.mail.utf8 && !offered.utf8 {
        return Err(Unsendable::NeedsUtf8);
    }
    if transaction.mail.require_tls && !offered.require_tls {
        return Err(Unsendable::NeedsRequireTls);
    }
    if let Some(by) = transaction.mail.by.filter(|by| by.mode == ByMode::Return) {
        match offered.deliver_by {
            None => return Err(Unsendable::NeedsDeliverBy),
            Some(seconds) if by.seconds < i64::from(seconds.max(1)) => return Err(Unsendable::TooSoon { seconds }),
            Some(_) => {}
        }
    }
    if let Some(limit) = offered.size.filter(|limit| *limit > 0 && transaction.size > *limit) {
        return Err(Unsendable::TooLarge { limit });
    }
    match transaction.mail.body {
        // RFC 3030, 3: BINARYMIME goes by BDAT alone
        Some(Body::BinaryMime) if offered.binary_mime && offered.chunking => Ok(BodyForm::Raw),
        Some(Body::BinaryMime) => Err(Unsendable::NeedsBinaryMime),
        Some(Body::EightBitMime) if !offered.eight_bit_mime => Err(Unsendable::NeedsEightBit),
        Some(Body::SevenBit | Body::EightBitMime) | None => Ok(BodyForm::DotStuffed),
    }
}

/// RCPT; RFC 6533, 3: without SMTPUTF8 the address that the sender wrote goes in ASCII.
fn of(rcpt: &Rcpt, utf8: bool) -> Rcpt {
    let orcpt = rcpt.orcpt.as_deref().map(|orcpt| if utf8 { orcpt.to_owned() } else { unitext_in_ascii(orcpt) });
    Rcpt { orcpt, ..rcpt.clone() }
}

/// MAIL with what the server knows; a body that needs more has been refused before.
fn mail(transaction: &Transaction, offered: &Capabilities) -> Mail {
    let wanted = &transaction.mail;
    Mail {
        reverse_path: wanted.reverse_path.clone(),
        size: offered.size.map(|_| transaction.size),
        body: wanted.body.filter(|body| *body != Body::SevenBit || offered.eight_bit_mime),
        utf8: wanted.utf8,
        ret: wanted.ret.filter(|_| offered.dsn),
        envid: wanted.envid.clone().filter(|_| offered.dsn),
        auth: wanted.auth.clone().filter(|_| !offered.auth.is_empty()),
        // RFC 4865, 1: between a sender and his own server only
        hold: None,
        by: wanted.by.filter(|_| offered.deliver_by.is_some()),
        priority: wanted.priority.filter(|_| offered.priority),
        require_tls: wanted.require_tls,
    }
}
