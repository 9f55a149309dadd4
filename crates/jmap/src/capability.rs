//! Capabilities (RFC 8620, 2): what is advertised, and what is said of it.
use crate::limits;
use crate::mail::email::SORT_OPTIONS;
use crate::methods;
use crate::opened::Opened;
use crate::settings::Settings;
use serde_json::{Value, json};

/// What a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Capability {
    /// RFC 8620.
    Core,
    /// Mailboxes, threads, emails (RFC 8621, 1.3.1).
    Mail,
    /// Identities and sending (RFC 8621, 1.3.2).
    Submission,
    /// The notice of absence (RFC 8621, 1.3.3).
    Vacation,
}

impl Capability {
    /// Every one that this server can have.
    const ALL: [Self; 4] = [Self::Core, Self::Mail, Self::Submission, Self::Vacation];

    /// Its URN.
    pub(crate) const fn urn(self) -> &'static str {
        match self {
            Self::Core => "urn:ietf:params:jmap:core",
            Self::Mail => "urn:ietf:params:jmap:mail",
            Self::Submission => "urn:ietf:params:jmap:submission",
            Self::Vacation => "urn:ietf:params:jmap:vacationresponse",
        }
    }

    /// Those that this server has: a method belongs to each.
    pub(crate) fn there() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|capability| methods::all().any(|method| method.capability == *capability))
    }

    /// The one of a URN, where this server has it.
    pub(crate) fn named(urn: &str) -> Option<Self> {
        Self::there().find(|capability| capability.urn() == urn)
    }

    /// What the session object says of it.
    pub(crate) fn in_session(self, settings: &Settings) -> Value {
        match self {
            Self::Core => json!({
                "maxSizeUpload": settings.max_message_size.bytes(),
                "maxConcurrentUpload": limits::CONCURRENT_UPLOADS,
                "maxSizeRequest": limits::SIZE_REQUEST,
                "maxConcurrentRequests": limits::CONCURRENT_REQUESTS,
                "maxCallsInRequest": limits::CALLS_IN_REQUEST,
                "maxObjectsInGet": limits::OBJECTS_IN_GET,
                "maxObjectsInSet": limits::OBJECTS_IN_SET,
                "collationAlgorithms": limits::COLLATIONS,
            }),
            Self::Mail | Self::Submission | Self::Vacation => json!({}),
        }
    }

    /// What the session object says of it in an account; nothing where the account has it not.
    pub(crate) fn in_account(self, opened: &Opened, settings: &Settings) -> Option<Value> {
        match self {
            Self::Core => None,
            Self::Mail => Some(json!({
                "maxMailboxesPerEmail": null,
                "maxMailboxDepth": store::MAX_DEPTH,
                "maxSizeMailboxName": store::MAX_NAME,
                "maxSizeAttachmentsPerEmail": settings.max_message_size.bytes(),
                "emailQuerySortOptions": SORT_OPTIONS,
                "mayCreateTopLevelMailbox": opened.own,
            })),
            Self::Submission => opened.own.then(|| json!({"maxDelayedSend": 0, "submissionExtensions": {}})),
            Self::Vacation => opened.own.then(|| json!({})),
        }
    }
}
