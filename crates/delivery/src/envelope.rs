//! What came with a message: from whom, for whom, and what the sender asked to be told (RFC 5321, 2.3.1; RFC 3461).
use crate::wishes::{TlsWish, Wishes};
use names::{AccountId, Address};
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{DeliveryId, ObjectId};

/// By which door a message came in. It decides whether it may leave again, and who may get a report about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// From the Internet, for people here.
    Internet,
    /// From a customer who logged in.
    Submission,
    /// From the customers' own networks.
    Relay,
    /// From another mail server of ours, for people here.
    Lmtp,
    /// From this server itself: a report to a sender.
    Own,
    /// From this server itself: a report about TLS, to another domain (RFC 8460).
    TlsReport,
}

impl Origin {
    /// Whether such a message may go to people elsewhere.
    pub const fn may_relay(self) -> bool {
        match self {
            Self::Submission | Self::Relay | Self::Own | Self::TlsReport => true,
            Self::Internet | Self::Lmtp => false,
        }
    }
}

/// Who sends, as far as routing and the journal care.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The reverse-path; `None` for the null one (RFC 5321, 4.5.5).
    pub reverse_path: Option<Address>,
    /// By which door.
    pub origin: Origin,
    /// The account that logged in.
    pub account: Option<AccountId>,
    /// The session, for the journal.
    pub peer: Option<journal::Peer>,
}

/// About what the sender wants to be told for one recipient (RFC 3461, 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// That it was delivered.
    pub success: bool,
    /// That it was given up.
    pub failure: bool,
    /// That it is late.
    pub delay: bool,
}

impl Notify {
    /// NOTIFY=NEVER.
    pub const NEVER: Self = Self { success: false, failure: false, delay: false };

    /// What a sender hears who did not say (RFC 3461, 4.1): of failure, and a customer of delay too. A stranger may be
    /// forged, and a delay is no loss.
    pub const fn unasked(origin: Origin) -> Self {
        Self { success: false, failure: true, delay: origin.may_relay() }
    }

    /// What either asks for.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            success: self.success || other.success,
            failure: self.failure || other.failure,
            delay: self.delay || other.delay,
        }
    }
}

impl Default for Notify {
    /// Without NOTIFY a customer hears of failure and of delay.
    fn default() -> Self {
        Self { success: false, failure: true, delay: true }
    }
}

/// How much of the message a report brings back (RFC 3461, 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Return {
    /// RET=FULL.
    Full,
    /// RET=HDRS.
    Headers,
}

/// What the bytes of a message ask of the ways they go (RFC 6152, RFC 3030).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// Lines of ASCII.
    #[default]
    SevenBit,
    /// Lines of any bytes.
    EightBitMime,
    /// Any bytes at all.
    Binary,
}

/// What was said about the message as a whole.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Who sends.
    pub sender: Sender,
    /// RET.
    pub ret: Option<Return>,
    /// ENVID, still in its xtext form (RFC 3461, 4.4).
    pub envid: Option<String>,
    /// BODY.
    pub body: Body,
    /// Whether SMTPUTF8 was asked for (RFC 6531).
    pub utf8: bool,
    /// MT-PRIORITY, as it was granted: from -9 to 9 (RFC 6710).
    pub priority: i8,
    /// What is asked of its time and its ways.
    pub wishes: Wishes,
    /// How many bytes at the beginning of the message are our own Return-Path and Received.
    pub prefix_len: u32,
    /// How many bytes of them are our Return-Path: what goes out begins behind it.
    pub return_path_len: u32,
    /// How the message came, for the journal.
    pub arrival: Option<journal::Arrival>,
    /// The object of the sender's account in which is written down what becomes of it.
    pub submission: Option<ObjectId>,
    /// The id of the delivery, where its sender knew it before: [`crate::Delivery::begin`].
    pub delivery: Option<DeliveryId>,
}

impl Envelope {
    /// From `sender`, who asks for nothing, with nothing of ours before the message.
    pub const fn of(sender: Sender) -> Self {
        Self {
            sender,
            ret: None,
            envid: None,
            body: Body::SevenBit,
            utf8: false,
            priority: 0,
            wishes: Wishes { release: None, by: None, tls: TlsWish::Usual },
            prefix_len: 0,
            return_path_len: 0,
            arrival: None,
            submission: None,
            delivery: None,
        }
    }
}

/// Prints a delivery's id: `d` and 32 digits.
pub(crate) struct Delivery(pub(crate) DeliveryId);

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{:032x}", self.0.0)
    }
}
