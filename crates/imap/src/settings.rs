//! How a listener's IMAP sessions behave.
use names::ByteSize;
use std::time::Duration;
use store::{MailboxName, Role};
use texts::Language;

/// Settings of one IMAP listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether a password may come without TLS (port 143 as the settings page promises it). Default `false`.
    pub login_without_tls: bool,
    /// Largest message that APPEND takes. Default 50 MiB.
    pub max_message_size: ByteSize,
    /// Whether APPEND takes headers with bytes beyond ASCII from who has not enabled UTF-8. Default `true`, which differs
    /// from RFC 9755, 4: old mail and spam have such headers, and programs that move it enable nothing.
    pub eight_bit_headers: bool,
    /// How long a client may be silent before login. Default 60 s.
    pub wait_before_login: Duration,
    /// How long it may be silent after login, within IDLE too. Default 30 min, the least that RFC 3501, 5.4 allows.
    pub wait_after_login: Duration,
    /// How long a client may be silent within a literal. Default 5 min.
    pub wait_in_literal: Duration,
    /// How long a client may leave a reply unread. Default 60 s.
    pub wait_to_write: Duration,
    /// How long one SEARCH may work. Default 10 s.
    pub search_time: Duration,
    /// How many SEARCHes read messages at the same time, all sessions of the listener together. Default 2.
    pub searches: usize,
    /// How many accounts of others one session watches by NOTIFY. Default 100.
    pub watched_accounts: usize,
    /// What GETMETADATA tells as `/shared/comment` of the server. Default: nothing.
    pub server_comment: Option<String>,
    /// A URI by which the provider is reached, as `/shared/admin` (RFC 5464, 3.2.1.1). Default: nothing.
    pub server_admin: Option<String>,
    /// The address of JMAP's session object, which GETJMAPACCESS tells (RFC 9698). Default: nothing.
    pub jmap: Option<String>,
    /// Whether each account has a `\Seen` of its own in what others share with it; else it sees and sets the owner's.
    /// Default `true`.
    pub own_seen: bool,
    /// The provider's own language: what LANGUAGE calls `default` (RFC 5255, 3.3). Default Dutch.
    pub language: Language,
    /// BAD commands in a row after which the session ends. Default 20.
    pub max_errors: u32,
    /// What new accounts have, and what it is for: created again under its name, it is for that again. Default: nothing.
    pub standard: Vec<(MailboxName, Role)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            login_without_tls: false,
            max_message_size: ByteSize::mib(50),
            eight_bit_headers: true,
            wait_before_login: Duration::from_secs(60),
            wait_after_login: Duration::from_secs(30 * 60),
            wait_in_literal: Duration::from_secs(5 * 60),
            wait_to_write: Duration::from_secs(60),
            search_time: Duration::from_secs(10),
            searches: 2,
            watched_accounts: 100,
            server_comment: None,
            server_admin: None,
            jmap: None,
            own_seen: true,
            language: Language::Dutch,
            max_errors: 20,
            standard: Vec::new(),
        }
    }
}
