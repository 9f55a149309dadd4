//! Response codes (RFC 3501, 7.1; RFC 5530; RFC 4315; RFC 4469; RFC 5267; RFC 5464; RFC 5465; RFC 6154; RFC 7162; RFC 8474; RFC 9585).
use crate::{Flag, SequenceSet};
use std::borrow::Cow;
use std::fmt;

/// The names that a `CAPABILITY` code lists.
pub type CapabilityList = Vec<Cow<'static, str>>;

/// How much of a URL is told to be bad.
const SHOWN: usize = 1_000;

/// `resp-text-code`, without its brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A text that the person must see.
    Alert,
    /// The charset is not known; these are.
    BadCharset(&'static [&'static str]),
    /// What the server can do now.
    Capability(CapabilityList),
    /// The flags that can be kept, and whether new keywords can be.
    PermanentFlags(Vec<Flag>, bool),
    /// The mailbox is selected without leave to change it.
    ReadOnly,
    /// The mailbox is selected with leave to change it.
    ReadWrite,
    /// The mailbox does not exist; CREATE would help.
    TryCreate,
    /// The next UID.
    UidNext(u32),
    /// The mailbox's UIDVALIDITY.
    UidValidity(u32),
    /// The first message without `\Seen`, by sequence number.
    Unseen(u32),
    /// Under which UID APPEND put the message: UIDVALIDITY, UID (RFC 4315, 3).
    AppendUid(u32, SequenceSet),
    /// Which UIDs became which: UIDVALIDITY, source, destination (RFC 4315, 3).
    CopyUid(u32, SequenceSet, SequenceSet),
    /// RFC 7162, 3.1.2.1
    HighestModSeq(u64),
    /// What UNCHANGEDSINCE kept back (RFC 7162, 3.1.3).
    Modified(SequenceSet),
    /// The mailbox selected before is no longer (RFC 7162, 3.2.11).
    Closed,
    /// The mailbox's id (RFC 8474, 4.1 and 4.2).
    MailboxId(String),
    /// A part is coded in a way that is not known (RFC 3516, 4.3).
    UnknownCte,
    /// A mailbox cannot have that special use (RFC 6154, 3).
    UseAttr,
    /// Name or password is wrong (RFC 5530, 3, as all below).
    AuthenticationFailed,
    /// This may not be done by this account.
    AuthorizationFailed,
    /// Not without TLS.
    PrivacyRequired,
    /// Only the provider can help.
    ContactAdmin,
    /// Temporarily not possible.
    Unavailable,
    /// Somebody expunged what was asked for.
    ExpungeIssued,
    /// Something stored is damaged.
    Corruption,
    /// The client did what it should not.
    ClientBug,
    /// The server did what it should not.
    ServerBug,
    /// It can never be done.
    Cannot,
    /// A limit is reached.
    Limit,
    /// The account is full.
    OverQuota,
    /// It exists already.
    AlreadyExists,
    /// There is no such mailbox.
    NonExistent,
    /// Not allowed.
    NoPerm,
    /// Somebody else holds it just now.
    InUse,
    /// The literal is larger than the server takes (RFC 7889, 4).
    TooBig,
    /// A URL that APPEND could not take (RFC 4469, 4.1), as [`Code::bad_url`] makes it.
    BadUrl(String),
    /// The search of this tag is not kept up to date (RFC 5267, 4.3.1).
    NoUpdate(String),
    /// Events are no longer told, or cannot be (RFC 5465, 3.1 and 5.8).
    NotificationOverflow,
    /// An event is not known; these are (RFC 5465, 3.1).
    BadEvent(&'static [&'static str]),
    /// The size of the largest value that was left out (RFC 5464, 4.2.1).
    MetadataLongEntries(u64),
    /// A value is too large: how large it may be (RFC 5464, 4.3).
    MetadataMaxSize(u64),
    /// There are too many annotations (RFC 5464, 4.3).
    MetadataTooMany,
    /// The command is one by sequence number, after UIDONLY was enabled (RFC 9586, 3.1).
    UidRequired,
    /// A command is at work (RFC 9585, 4): its tag, and where it is known how much is done of how much.
    InProgress(String, Option<(u32, u32)>),
}

impl Code {
    /// BADURL: `url-resp-text` has any TEXT-CHAR but a bracket (RFC 4469, 5); what is more than a URL is shown as `?`.
    pub fn bad_url(url: &[u8]) -> Self {
        let shown = |byte: &u8| if matches!(byte, 0x21..=0x7e) && !b"\"\\]".contains(byte) { *byte } else { b'?' };
        Self::BadUrl(url.iter().take(SHOWN).map(shown).map(char::from).collect())
    }

    /// The word of a code without arguments.
    const fn word(&self) -> Option<&'static str> {
        Some(match self {
            Self::Alert => "ALERT",
            Self::ReadOnly => "READ-ONLY",
            Self::ReadWrite => "READ-WRITE",
            Self::TryCreate => "TRYCREATE",
            Self::Closed => "CLOSED",
            Self::UseAttr => "USEATTR",
            Self::UnknownCte => "UNKNOWN-CTE",
            Self::AuthenticationFailed => "AUTHENTICATIONFAILED",
            Self::AuthorizationFailed => "AUTHORIZATIONFAILED",
            Self::PrivacyRequired => "PRIVACYREQUIRED",
            Self::ContactAdmin => "CONTACTADMIN",
            Self::Unavailable => "UNAVAILABLE",
            Self::ExpungeIssued => "EXPUNGEISSUED",
            Self::Corruption => "CORRUPTION",
            Self::ClientBug => "CLIENTBUG",
            Self::ServerBug => "SERVERBUG",
            Self::Cannot => "CANNOT",
            Self::Limit => "LIMIT",
            Self::OverQuota => "OVERQUOTA",
            Self::AlreadyExists => "ALREADYEXISTS",
            Self::NonExistent => "NONEXISTENT",
            Self::NoPerm => "NOPERM",
            Self::InUse => "INUSE",
            Self::TooBig => "TOOBIG",
            Self::NotificationOverflow => "NOTIFICATIONOVERFLOW",
            Self::MetadataTooMany => "METADATA TOOMANY",
            Self::UidRequired => "UIDREQUIRED",
            Self::BadCharset(_)
            | Self::Capability(_)
            | Self::PermanentFlags(..)
            | Self::UidNext(_)
            | Self::UidValidity(_)
            | Self::Unseen(_)
            | Self::AppendUid(..)
            | Self::CopyUid(..)
            | Self::HighestModSeq(_)
            | Self::Modified(_)
            | Self::InProgress(..)
            | Self::MailboxId(_)
            | Self::BadEvent(_)
            | Self::BadUrl(_)
            | Self::NoUpdate(_)
            | Self::MetadataLongEntries(_)
            | Self::MetadataMaxSize(_) => return None,
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadCharset(known) => write!(f, "BADCHARSET ({})", known.join(" ")),
            Self::Capability(names) => write!(f, "CAPABILITY {}", names.join(" ")),
            Self::PermanentFlags(flags, new) => {
                let mut names: Vec<String> = flags.iter().map(ToString::to_string).collect();
                if *new {
                    names.push("\\*".to_owned());
                }
                write!(f, "PERMANENTFLAGS ({})", names.join(" "))
            }
            Self::UidNext(uid) => write!(f, "UIDNEXT {uid}"),
            Self::UidValidity(validity) => write!(f, "UIDVALIDITY {validity}"),
            Self::Unseen(number) => write!(f, "UNSEEN {number}"),
            Self::AppendUid(validity, uids) => write!(f, "APPENDUID {validity} {uids}"),
            Self::CopyUid(validity, from, to) => write!(f, "COPYUID {validity} {from} {to}"),
            Self::HighestModSeq(mod_sequence) => write!(f, "HIGHESTMODSEQ {mod_sequence}"),
            Self::Modified(set) => write!(f, "MODIFIED {set}"),
            Self::MailboxId(id) => write!(f, "MAILBOXID ({id})"),
            Self::BadEvent(known) => write!(f, "BADEVENT ({})", known.join(" ")),
            // A tag holds neither quotes nor backslashes (RFC 3501, 9).
            Self::NoUpdate(tag) => write!(f, "NOUPDATE \"{tag}\""),
            Self::BadUrl(url) => write!(f, "BADURL \"{url}\""),
            Self::MetadataLongEntries(size) => write!(f, "METADATA LONGENTRIES {size}"),
            Self::MetadataMaxSize(size) => write!(f, "METADATA MAXSIZE {size}"),
            // A tag holds neither quotes nor backslashes (RFC 3501, 9).
            Self::InProgress(tag, Some((done, goal))) => write!(f, "INPROGRESS (\"{tag}\" {done} {goal})"),
            Self::InProgress(tag, None) => write!(f, "INPROGRESS (\"{tag}\" NIL NIL)"),
            plain => f.write_str(plain.word().unwrap_or_default()),
        }
    }
}
