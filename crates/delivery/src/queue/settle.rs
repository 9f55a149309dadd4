//! What an attempt makes of an entry: who is done, who waits, who is given up, and what the sender hears. Pure.
use super::entry::{Entry, Pending};
use crate::envelope::Notify;
use crate::outbound::security::Security;
use crate::settings::Settings;
use journal::Tried;
use names::Address;
use std::net::SocketAddr;
use world::UnixTime;

/// What an attempt came to for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The next hop took it.
    Done(Words),
    /// Not now.
    Deferred(Words),
    /// Never.
    Failed(Words),
    /// It is thrown away, as an operator wishes: nobody hears of it but the journal.
    Discarded(Words),
}

impl Verdict {
    /// What was said.
    pub(crate) const fn words_mut(&mut self) -> &mut Words {
        match self {
            Self::Done(words) | Self::Deferred(words) | Self::Failed(words) | Self::Discarded(words) => words,
        }
    }

    /// Whether it is tried again.
    pub(crate) const fn is_deferred(&self) -> bool {
        matches!(self, Self::Deferred(_))
    }
}

/// What the next hop said, or why there was nobody to say anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    /// The status (RFC 3463), such as `5.1.1`.
    pub(crate) status: String,
    /// The reply, or a sentence of ours.
    pub(crate) text: String,
    /// Whose turn it was: name and address of the server; `None`: nobody was asked.
    pub(crate) server: Option<String>,
    /// Whether the text is that server's reply, and not a sentence of ours about it.
    pub(crate) quoted: bool,
    /// What was asked of that connection, by the name of its policy.
    pub(crate) policy: Option<&'static str>,
    /// How it was secured then.
    pub(crate) security: Option<Security>,
    /// Whether that server sends reports of its own (it offers DSN).
    pub(crate) reports: bool,
    /// What else the journal keeps of the attempt.
    pub(crate) contact: Box<Contact>,
}

/// What the journal keeps of an attempt, beside the words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contact {
    /// The address that was connected to.
    pub(crate) remote: Option<SocketAddr>,
    /// Version and cipher of TLS on that connection.
    pub(crate) tls: Option<String>,
    /// Those that were tried before in vain.
    pub(crate) tried: Vec<Tried>,
    /// The route by which it went; `None`: none fits.
    pub(crate) route: Option<String>,
    /// When the attempt began.
    pub(crate) began: Option<UnixTime>,
}

impl Words {
    pub(crate) fn own(status: &str, text: impl Into<String>) -> Self {
        Self { status: status.to_owned(), text: text.into(), ..Self::default() }
    }
}

/// What happened to one recipient, for the journal and the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) pending: Pending,
    pub(crate) action: Action,
    pub(crate) words: Words,
    /// Whether the sender is to get a report of it.
    pub(crate) report: bool,
}

/// The actions of RFC 3464, 2.3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Failed,
    Delayed,
    Delivered,
    Relayed,
    Expanded,
    /// None of them: thrown away, and no report says so.
    Discarded,
}

impl Action {
    /// As a report names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
            Self::Discarded => "discarded",
        }
    }
}

/// When an attempt is settled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The time of day.
    pub(crate) now: UnixTime,
    /// Whether what is too old by it is given up.
    pub(crate) ages_believed: bool,
}

impl From<UnixTime> for Moment {
    fn from(now: UnixTime) -> Self {
        Self { now, ages_believed: true }
    }
}

/// An entry after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settled {
    /// `None`: nobody is left.
    pub(crate) entry: Option<Entry>,
    pub(crate) told: Vec<Told>,
}

/// Applies `verdicts`, by address, to those recipients of `entry` that are still there.
pub(crate) fn settle(
    entry: &Entry,
    verdicts: &[(Address, Verdict)],
    moment: impl Into<Moment>,
    settings: &Settings,
) -> Settled {
    let moment = moment.into();
    let mut left = Vec::new();
    let mut told = Vec::new();
    for pending in &entry.recipients {
        let verdict = verdicts.iter().find(|(address, _)| *address == pending.address).map(|(_, verdict)| verdict);
        match verdict {
            None => left.push(pending.clone()),
            // it went there before, whatever came of the server now: the sender is to be told
            Some(_) if pending.relayed.is_some() => {
                let words = Words { server: pending.relayed.clone(), ..Words::own("2.0.0", "relayed before") };
                told.push(done(entry, pending, &words));
            }
            Some(Verdict::Done(words)) => told.push(done(entry, pending, words)),
            Some(Verdict::Failed(words)) => told.push(failed(entry, pending, words.clone())),
            Some(Verdict::Discarded(words)) => {
                let (pending, words) = (pending.clone(), words.clone());
                told.push(Told { pending, action: Action::Discarded, words, report: false });
            }
            Some(Verdict::Deferred(words)) => deferred(entry, pending, words, moment, settings, &mut left, &mut told),
        }
    }
    let entry = if left.is_empty() { None } else { Some(Entry { recipients: left, ..entry.clone() }) };
    Settled { entry, told }
}

impl Settled {
    /// Keeps those of whom the sender cannot be told just now that another server has their message.
    pub(crate) fn owe(&mut self, entry: &Entry, due: UnixTime) {
        let owed = self.told.iter().filter(|told| told.report && told.action == Action::Relayed);
        let owed = owed.map(|told| Pending {
            relayed: Some(told.words.server.clone().unwrap_or_default()),
            due,
            ..told.pending.clone()
        });
        let owed: Vec<Pending> = owed.collect();
        if !owed.is_empty() {
            let left = self.entry.get_or_insert_with(|| Entry { recipients: Vec::new(), ..entry.clone() });
            left.recipients.extend(owed);
        }
    }
}

fn done(entry: &Entry, pending: &Pending, words: &Words) -> Told {
    let action = if pending.account.is_some() { Action::Delivered } else { Action::Relayed };
    // RFC 3461, 5.2.2: where the next server knows DSN, the wish went along and the report is its affair
    let passed_on = action == Action::Relayed && words.reports;
    // RFC 2852, 4: by-trace asks each server that hands a message on to say so
    let traced =
        action == Action::Relayed && entry.wishes.by.is_some_and(|by| by.trace) && pending.notify != Notify::NEVER;
    let report = (pending.notify.success && !passed_on || traced) && entry.reverse_path.is_some();
    Told { pending: pending.clone(), action, words: words.clone(), report }
}

fn failed(entry: &Entry, pending: &Pending, words: Words) -> Told {
    // RFC 5321, 4.5.5 and RFC 3461, 6.1: nothing is ever sent about a message with the null reverse-path
    // and nothing about a mailbox here: what was accepted for it is not bounced to a sender who may be forged
    let report = pending.account.is_none() && pending.notify.failure && entry.reverse_path.is_some();
    Told { pending: pending.clone(), action: Action::Failed, words, report }
}

fn deferred(
    entry: &Entry,
    pending: &Pending,
    words: &Words,
    Moment { now, ages_believed }: Moment,
    settings: &Settings,
    left: &mut Vec<Pending>,
    told: &mut Vec<Told>,
) {
    let local = pending.account.is_some();
    let end = entry.ends(settings.give_up_after);
    // a clock that jumped makes nothing too old, but what its sender bound to a time is
    let returns = entry.wishes.returns_at().is_some_and(|at| now >= at);
    if !local && (returns || now >= end && ages_believed) {
        // RFC 3463, 3.5: X.4.7, delivery time expired; the last words stay the other server's
        let status = if returns { "5.4.7" } else { "4.4.7" };
        let words = Words { status: status.to_owned(), ..words.clone() };
        told.push(failed(entry, pending, words));
        return;
    }
    let mut waits = pending.clone();
    waits.attempts = waits.attempts.saturating_add(1);
    waits.due = now.plus(settings.wait_of(waits.attempts, entry.delivery));
    if !local && now < end {
        waits.due = waits.due.min(end);
    }
    waits.reply = Some(words.text.clone());
    let late = ages_believed && now >= entry.is_late_at(settings.warn_after);
    let late = !local && (late || entry.wishes.tells_at().is_some_and(|at| now >= at));
    let report = late && entry.warns(&waits);
    waits.warned |= report;
    told.push(Told { pending: waits.clone(), action: Action::Delayed, words: words.clone(), report });
    left.push(waits);
}
