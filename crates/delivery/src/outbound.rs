//! Bringing a message to another server (RFC 5321, 3.3 and 5). A courier belongs to one lane and keeps its connection
//! for the next message.
mod asked;
mod broken;
mod dane;
mod dial;
mod form;
pub(crate) mod hosts;
mod kept;
pub(crate) mod line;
mod outcome;
pub(crate) mod security;
pub(crate) mod weak;
use crate::envelope::{Body, Return};
use crate::queue::settle::{Contact, Verdict, Words};
use crate::queue::{Entry, Pending};
use crate::routes::Course;
use crate::settings::Settings;
use crate::sts::Policies;
use crate::tls_report::TlsReports;
use broken::{Broken, one_line};
use form::Fitted;
use line::{Line, Sent};
use message::Unconvertible;
use names::{Address, Domain};
use security::Wish;
use smtp_wire::{ForwardPath, Mail, Notify, Rcpt, Reply, Ret, ReversePath, Transaction, Unsendable};
use std::collections::HashMap;
use std::sync::Arc;
use store::BlobSource;
use transport::Connect;
use weak::Weak;
use world::{UnixTime, World};

pub(crate) use kept::Kept;

/// What is to be brought.
pub(crate) struct Load<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) source: &'a dyn BlobSource,
    /// Which way.
    pub(crate) course: &'a Course,
    /// In whose name; `None` for the null reverse-path.
    pub(crate) sender: &'a Option<Address>,
    pub(crate) recipients: &'a [&'a Pending],
}

/// What came of it.
pub(crate) enum Attempted {
    /// A server, or the DNS, has spoken: a verdict for each recipient.
    Reached(Vec<(Address, Verdict)>),
    /// No server could be reached: the whole lane rests.
    Unreachable(Words),
}

impl Attempted {
    /// A verdict for each of `recipients`.
    pub(crate) fn verdicts(self, recipients: &[&Pending]) -> Vec<(Address, Verdict)> {
        match self {
            Self::Reached(verdicts) => verdicts,
            Self::Unreachable(words) => for_all(recipients, &Verdict::Deferred(words)),
        }
    }
}

fn for_all(recipients: &[&Pending], verdict: &Verdict) -> Vec<(Address, Verdict)> {
    recipients.iter().map(|pending| (pending.address.clone(), verdict.clone())).collect()
}

/// What is known of other servers and their domains.
pub(crate) struct Known {
    /// Servers that choke on TLS.
    pub(crate) weak: Weak,
    /// The policies of domains (MTA-STS).
    pub(crate) policies: Policies,
    /// What is told to domains that want to hear of it.
    pub(crate) reports: TlsReports,
}

/// Brings messages of one lane.
pub(crate) struct Courier {
    connect: Arc<dyn Connect>,
    world: World,
    settings: Arc<Settings>,
    /// What other servers are known for, to all couriers.
    known: Arc<Known>,
    line: Option<Box<Line>>,
    kept: Arc<Kept>,
    /// What the server said last when it asked for patience.
    patience: Option<Words>,
}

impl Courier {
    pub(crate) fn new(
        connect: Arc<dyn Connect>,
        world: World,
        settings: Arc<Settings>,
        known: Arc<Known>,
        kept: Arc<Kept>,
    ) -> Self {
        Self { connect, world, settings, known, line: None, kept, patience: None }
    }

    /// Its connection, when there is no more message for it.
    pub(crate) fn part(&mut self) -> Option<Box<Line>> {
        self.line.take()
    }

    /// What a server said that asked for patience in the last attempt (421: it hangs up, RFC 5321, 3.8).
    pub(crate) fn asks_for_patience(&mut self) -> Option<Words> {
        self.patience.take()
    }

    /// Brings a message to `domain`.
    pub(crate) async fn bring(&mut self, domain: &Domain, load: &Load<'_>) -> Attempted {
        self.patience = None;
        let each_once = each_once(load.recipients);
        let each_once: Vec<&Pending> = each_once.iter().collect();
        let most = self.settings.max_recipients.max(1);
        let mut verdicts = Vec::with_capacity(each_once.len());
        // a server may take fewer at once than are brought to it: the others come next
        while let Some(rest) = each_once.get(verdicts.len()..).filter(|rest| !rest.is_empty()) {
            let recipients = rest.get(..most).unwrap_or(rest);
            let load = Load { recipients, ..*load };
            match self.bring_some(domain, &load).await {
                Attempted::Reached(more) => verdicts.extend(more),
                Attempted::Unreachable(words) if verdicts.is_empty() => return Attempted::Unreachable(words),
                unreachable @ Attempted::Unreachable(_) => verdicts.extend(unreachable.verdicts(recipients)),
            }
        }
        Attempted::Reached(verdicts)
    }

    async fn bring_some(&mut self, domain: &Domain, load: &Load<'_>) -> Attempted {
        let (kept, wish) = (self.kept.clone(), Wish::of(load.entry));
        let mut kept = Some(kept.as_ref());
        let tls = load.entry.wishes.tls;
        let suits = |line: &Line| {
            let goes_there = line.course.is_same(load.course) && line.suits(wish);
            line.is_open() && goes_there && asked::suits(tls, line).is_ok()
        };
        loop {
            let line = match self.line.take().filter(|line| suits(line)) {
                Some(line) => line,
                None => match self.dial(domain, load, kept).await {
                    Ok(line) => line,
                    Err(Verdict::Deferred(words)) => return Attempted::Unreachable(words),
                    Err(verdict) => return Attempted::Reached(for_all(load.recipients, &verdict)),
                },
            };
            if !line.takes_another(domain) {
                line.close().await;
                kept = None;
                continue;
            }
            let (used, known) = (line.used, of_line(&line));
            match self.transact(line, load).await {
                // what may have arrived is not sent again at once. RFC 5321, 4.5.4.1 and RFC 1047: without the last
                // answer it is sent again; twice is better than never
                Err(cut @ Cut { broken: Broken::Unanswered(_), .. }) => return broken_off(load, &cut, &known),
                // a connection that was used before may have been closed meanwhile, or have had its share of messages:
                // then a new one is made, once
                Err(_) if used => {}
                Ok(Answers { early: true, .. }) if used && self.patience.is_some() => {}
                Ok(Answers { verdicts, .. }) => return Attempted::Reached(verdicts),
                Err(cut) => return broken_off(load, &cut, &known),
            }
            self.patience = None;
            kept = None;
        }
    }

    /// One transaction, with as many recipients as the server takes; keeps the line when it is good for another.
    async fn transact(&mut self, mut line: Box<Line>, load: &Load<'_>) -> Result<Answers, Cut> {
        let recipients = line.first_of(load.recipients);
        let load = &Load { recipients, ..*load };
        let from = u64::from(load.entry.return_path_len);
        let about = of_line(&line);
        line.tried.clear();
        let mut asked = transaction(load, self.world.clock.now());
        asked.mail.require_tls &= !line.is_local();
        let fitted = form::fit(asked, line.capabilities(), load.source, from).await;
        let fitted = fitted.map_err(|error| Cut { broken: Broken::Stored(error), answered: Vec::new() })?;
        let sent = match fitted {
            Fitted::Never(why) => Err(unconvertible(why, &about)),
            Fitted::Goes(transaction, form) => match line.send(&transaction, &form, load.source, from).await {
                Ok(Sent::Refused(replies)) => Ok((replies, true)),
                Ok(Sent::Answered(replies)) => Ok((replies, false)),
                Ok(Sent::Unsendable(why)) => Err(unsendable(&why, &about)),
                Err(broken) => return Err(Cut { broken, answered: line.broken_off() }),
            },
        };
        let answers = match sent {
            Ok((replies, early)) => {
                let hangs_up = replies.iter().find(|reply| reply.code == 421);
                self.patience = hangs_up.map(|reply| words(reply, &about));
                let verdicts = load.recipients.iter().zip(&replies);
                let verdicts = verdicts.map(|(pending, reply)| (pending.address.clone(), verdict(reply, &about)));
                Answers { verdicts: verdicts.collect(), early }
            }
            Err(verdict) => Answers { verdicts: for_all(load.recipients, &verdict), early: true },
        };
        if line.is_open() {
            line.used = true;
            self.line = Some(line);
        }
        Ok(answers)
    }
}

/// A transaction that broke off.
struct Cut {
    broken: Broken,
    /// What each of its recipients was answered before that: those are done, whatever becomes of the others (RFC 2033, 4.2).
    answered: Vec<Option<Reply>>,
}

/// What came of one transaction.
struct Answers {
    verdicts: Vec<(Address, Verdict)>,
    /// Whether they came before any of the message was sent: then it has certainly not arrived.
    early: bool,
}

/// What is known of every message by a connection.
fn of_line(line: &Line) -> Words {
    let contact = Contact { remote: line.remote(), tls: line.tls(), tried: line.tried.clone(), ..Contact::default() };
    Words {
        server: Some(line.server.clone()),
        policy: Some(line.policy()),
        security: Some(line.security()),
        reports: line.capabilities().dsn,
        contact: Box::new(contact),
        ..Words::default()
    }
}

/// Each address once, though several recipients lead to it: it is asked to tell what is wanted by any of them.
fn each_once(recipients: &[&Pending]) -> Vec<Pending> {
    let mut once: Vec<Pending> = Vec::with_capacity(recipients.len());
    let mut known = HashMap::new();
    for pending in recipients {
        let place = *known.entry(&pending.address).or_insert(once.len());
        match once.get_mut(place) {
            Some(first) => first.notify = first.notify.or(pending.notify),
            None => once.push((*pending).clone()),
        }
    }
    once
}

/// What is asked of the other server.
fn transaction(load: &Load<'_>, now: UnixTime) -> Transaction {
    let entry = load.entry;
    let reverse_path = match load.sender {
        Some(address) => ReversePath::Mailbox(address.clone()),
        None => ReversePath::Null,
    };
    let utf8 = entry.utf8 || load.recipients.iter().any(|pending| pending.address.needs_utf8());
    let mail = Mail {
        body: match entry.body {
            Body::SevenBit => None,
            Body::EightBitMime => Some(smtp_wire::Body::EightBitMime),
            Body::Binary => Some(smtp_wire::Body::BinaryMime),
        },
        utf8,
        ret: entry.ret.map(|ret| match ret {
            Return::Full => Ret::Full,
            Return::Headers => Ret::Headers,
        }),
        envid: entry.envid.clone(),
        ..asked::mail(entry, reverse_path, now)
    };
    let rcpt = |pending: &&Pending| Rcpt {
        // RFC 3461, 5.2.1: what the sender did not ask for is not asked for in his name
        notify: (pending.notify != crate::Notify::unasked(entry.origin)).then_some(Notify {
            success: pending.notify.success,
            failure: pending.notify.failure,
            delay: pending.notify.delay,
        }),
        orcpt: pending.orcpt.clone(),
        ..Rcpt::to(ForwardPath::Mailbox(pending.address.clone()))
    };
    Transaction {
        mail,
        recipients: load.recipients.iter().map(rcpt).collect(),
        size: entry.size.saturating_sub(u64::from(entry.return_path_len)),
    }
}

/// What a reply means for a recipient (RFC 5321, 4.2.1).
fn verdict(reply: &Reply, about: &Words) -> Verdict {
    let words = words(reply, about);
    match reply.code / 100 {
        2 => Verdict::Done(words),
        5 => Verdict::Failed(words),
        _ => Verdict::Deferred(words),
    }
}

/// A reply, as it is told.
fn words(reply: &Reply, about: &Words) -> Words {
    Words { status: status(reply), text: one_line(reply), quoted: true, ..about.clone() }
}

/// The enhanced status, or the one that the code alone allows (RFC 3463, 2).
fn status(reply: &Reply) -> String {
    reply.enhanced.map_or_else(|| format!("{}.0.0", reply.code / 100), |enhanced| enhanced.to_string())
}

fn unsendable(why: &Unsendable, about: &Words) -> Verdict {
    let words = |status: &str, text: String| Words { status: status.to_owned(), text, ..about.clone() };
    match why {
        // RFC 6152, 3: it was not looked at whether it could be converted
        Unsendable::NeedsEightBit => Verdict::Failed(words("5.6.3", why.to_string())),
        // RFC 6531, 3.5 and RFC 3463: X.6.7, non-ASCII addresses not permitted
        Unsendable::NeedsUtf8 => Verdict::Failed(words("5.6.7", why.to_string())),
        Unsendable::NeedsBinaryMime => Verdict::Failed(words("5.6.1", why.to_string())),
        // RFC 8689, 7: X.7.30, REQUIRETLS support required
        Unsendable::NeedsRequireTls => Verdict::Failed(words("5.7.30", why.to_string())),
        // RFC 3463: X.3.3, system not capable of selected features; X.4.7, delivery time expired
        Unsendable::NeedsDeliverBy => Verdict::Failed(words("5.3.3", why.to_string())),
        Unsendable::TooSoon { .. } => Verdict::Failed(words("5.4.7", why.to_string())),
        // RFC 1870, 6.1
        Unsendable::TooLarge { .. } => Verdict::Failed(words("5.3.4", why.to_string())),
        Unsendable::NoRecipient | Unsendable::NotReady => Verdict::Deferred(words("4.3.0", why.to_string())),
    }
}

/// RFC 6152, 3 (2) and RFC 3463, 3.7: X.6.3, conversion required but not supported.
fn unconvertible(why: Unconvertible, about: &Words) -> Verdict {
    let text = format!("the server takes ASCII only, and the message cannot be converted: {why}");
    Verdict::Failed(Words { status: "5.6.3".to_owned(), text, ..about.clone() })
}

fn broken_off(load: &Load<'_>, Cut { broken, answered }: &Cut, about: &Words) -> Attempted {
    let Words { status, text, quoted, .. } = broken.words();
    let words = Words { status, text, quoted, ..about.clone() };
    let verdicts = load.recipients.iter().enumerate().map(|(at, pending)| {
        let answer = answered.get(at).and_then(Option::as_ref).map(|reply| verdict(reply, about));
        (pending.address.clone(), answer.unwrap_or_else(|| Verdict::Deferred(words.clone())))
    });
    Attempted::Reached(verdicts.collect())
}
