//! Capabilities (RFC 8620, 2): what is advertised, and what is said of it.
use crate::caller::Caller;
use crate::limits;
use crate::mail::email::SORT_OPTIONS;
use crate::methods;
use crate::opened::Opened;
use crate::settings::Settings;
use crate::sharing::principal::principal_id;
use crate::{account, blob, contacts};
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
    /// Requests and what changes by WebSocket (RFC 8887).
    WebSocket,
    /// Push messages that are signed (RFC 9749).
    SignedPush,
    /// Blobs within requests (RFC 9404).
    Blob,
    /// Use and limits (RFC 9425).
    Quota,
    /// Address books and cards (RFC 9610).
    Contacts,
    /// Notices of what became of a message (RFC 9007).
    Mdn,
    /// Principals, and what is told of sharing (RFC 9670).
    Principals,
    /// What a customer sets of his own account: Glaspost's own (`docs/jmap-account.md`).
    Account,
}

impl Capability {
    /// Every one that this server can have.
    const ALL: [Self; 12] = [
        Self::Core,
        Self::WebSocket,
        Self::SignedPush,
        Self::Mail,
        Self::Submission,
        Self::Vacation,
        Self::Blob,
        Self::Quota,
        Self::Contacts,
        Self::Mdn,
        Self::Principals,
        Self::Account,
    ];

    /// Its URN.
    pub(crate) const fn urn(self) -> &'static str {
        match self {
            Self::Core => "urn:ietf:params:jmap:core",
            Self::Mail => "urn:ietf:params:jmap:mail",
            Self::Submission => "urn:ietf:params:jmap:submission",
            Self::Vacation => "urn:ietf:params:jmap:vacationresponse",
            Self::WebSocket => "urn:ietf:params:jmap:websocket",
            Self::SignedPush => "urn:ietf:params:jmap:webpush-vapid",
            Self::Blob => "urn:ietf:params:jmap:blob",
            Self::Quota => "urn:ietf:params:jmap:quota",
            Self::Contacts => "urn:ietf:params:jmap:contacts",
            Self::Mdn => "urn:ietf:params:jmap:mdn",
            Self::Principals => "urn:ietf:params:jmap:principals",
            Self::Account => "urn:glaspost:params:jmap:account",
        }
    }

    /// Those that this server has: a method belongs to each, but for the ways by which requests come and changes go.
    pub(crate) fn there() -> impl Iterator<Item = Self> {
        let has_method = |capability| methods::all().any(|method| method.capability == capability);
        Self::ALL.into_iter().filter(move |capability| {
            matches!(capability, Self::WebSocket | Self::SignedPush) || has_method(*capability)
        })
    }

    /// The one of a URN, where this server has it.
    pub(crate) fn named(urn: &str) -> Option<Self> {
        Self::there().find(|capability| capability.urn() == urn)
    }

    /// What the session object says of it.
    pub(crate) fn in_session(self, settings: &Settings, base: &str, push_key: &str) -> Value {
        match self {
            // RFC 8887, 3
            Self::WebSocket => {
                let host = base.strip_prefix("https://").unwrap_or(base);
                json!({"url": format!("wss://{host}/jmap/ws"), "supportsPush": true})
            }
            // RFC 9749, 3
            Self::SignedPush => json!({"applicationServerKey": push_key}),
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
            Self::Mail
            | Self::Submission
            | Self::Vacation
            | Self::Blob
            | Self::Quota
            | Self::Contacts
            | Self::Mdn
            | Self::Principals
            | Self::Account => json!({}),
        }
    }

    /// What the session object says of it in an account; nothing where the account has it not.
    pub(crate) fn in_account(self, opened: &Opened, caller: &Caller, settings: &Settings) -> Option<Value> {
        match self {
            Self::Core | Self::WebSocket | Self::SignedPush => None,
            Self::Mail => Some(json!({
                "maxMailboxesPerEmail": null,
                "maxMailboxDepth": store::MAX_DEPTH,
                "maxSizeMailboxName": store::MAX_NAME,
                "maxSizeAttachmentsPerEmail": settings.max_message_size.bytes(),
                "emailQuerySortOptions": SORT_OPTIONS,
                "mayCreateTopLevelMailbox": opened.own,
            })),
            Self::Submission => opened.own.then(|| {
                let delay = settings.max_delayed_send.as_secs();
                let mut extensions = json!({
                    "SIZE": [settings.max_message_size.bytes().to_string()],
                    "DSN": [],
                    "DELIVERBY": [],
                    "REQUIRETLS": [],
                });
                if delay > 0 {
                    // RFC 4865, 4: the longest interval; the latest moment, its second argument, moves with the clock
                    extensions["FUTURERELEASE"] = json!([delay.to_string()]);
                }
                json!({"maxDelayedSend": delay, "submissionExtensions": extensions})
            }),
            Self::Vacation | Self::Quota | Self::Mdn => opened.own.then(|| json!({})),
            Self::Blob => Some(blob::in_account()),
            Self::Contacts => opened.own.then(contacts::in_account),
            // RFC 9670, 1.5.1; they stand in the caller's own account
            Self::Principals => {
                opened.own.then(|| json!({"currentUserPrincipalId": principal_id(caller.account, &caller.address)}))
            }
            Self::Account => opened.own.then(|| account::in_account(settings)),
        }
    }
}
