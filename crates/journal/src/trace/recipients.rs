//! How it stands with each recipient of a message.
use super::Trace;
use crate::{Attempt, Event};
use serde::{Deserialize, Serialize};
use world::UnixTime;

/// What has become of a message for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It was accepted; nothing more is known.
    Accepted,
    /// It waits for another attempt.
    Deferred,
    /// It is in a mailbox here.
    Delivered,
    /// Another server took it over.
    Relayed,
    /// It was thrown away, as a route asks.
    Discarded,
    /// It was given up.
    Failed,
}

impl Fate {
    /// The name, as it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Discarded => "discarded",
            Self::Failed => "failed",
        }
    }
}

/// One recipient of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientTrace {
    /// Where it goes.
    pub recipient: String,
    /// What the sender wrote, where that is something else.
    pub original: Option<String>,
    /// What has become of it.
    pub fate: Fate,
    /// Since when.
    pub at: UnixTime,
    /// The last attempt, where there was one.
    pub last: Option<Attempt>,
}

impl Trace {
    /// Each recipient that the journal names, in the order in which he came up.
    pub fn recipients(&self) -> Vec<RecipientTrace> {
        let mut recipients: Vec<RecipientTrace> = Vec::new();
        for entry in &self.events {
            let (recipient, original, fate, last) = match &entry.event {
                Event::Accepted { to, .. } => {
                    for to in to {
                        accepted(&mut recipients, to.to_string(), entry.at);
                    }
                    continue;
                }
                Event::Stored { recipient, .. } => (recipient, None, Fate::Delivered, None),
                Event::Deferred(attempt) => {
                    (&attempt.recipient, attempt.original.as_ref(), Fate::Deferred, Some(attempt))
                }
                Event::Failed(attempt) => (&attempt.recipient, attempt.original.as_ref(), Fate::Failed, Some(attempt)),
                Event::Relayed(attempt) => {
                    (&attempt.recipient, attempt.original.as_ref(), Fate::Relayed, Some(attempt))
                }
                Event::Discarded(attempt) => {
                    (&attempt.recipient, attempt.original.as_ref(), Fate::Discarded, Some(attempt))
                }
                _ => continue,
            };
            let one = RecipientTrace {
                recipient: recipient.to_string(),
                original: original.map(ToString::to_string),
                fate,
                at: entry.at,
                last: last.cloned(),
            };
            place(&mut recipients, one);
        }
        recipients
    }
}

/// Notes that a recipient was accepted. What became of the message may have been journalled before: it is in the mailbox a
/// moment earlier.
fn accepted(recipients: &mut Vec<RecipientTrace>, to: String, at: UnixTime) {
    let known = |one: &RecipientTrace| one.recipient == to || one.original.as_ref() == Some(&to);
    if !recipients.iter().any(known) {
        recipients.push(RecipientTrace { recipient: to, original: None, fate: Fate::Accepted, at, last: None });
    }
}

/// Puts what is known now of a recipient in the place of what was known before.
fn place(recipients: &mut Vec<RecipientTrace>, one: RecipientTrace) {
    let same = |known: &RecipientTrace| known.recipient == one.recipient && known.original == one.original;
    // an alias stands as the sender wrote it until it is known where it leads
    let alias = |known: &RecipientTrace| {
        known.fate == Fate::Accepted && one.original.as_ref().is_some_and(|original| *original == known.recipient)
    };
    match recipients.iter().position(same).or_else(|| recipients.iter().position(alias)) {
        Some(at) => {
            if let Some(known) = recipients.get_mut(at) {
                *known = one;
            }
        }
        None => recipients.push(one),
    }
}
