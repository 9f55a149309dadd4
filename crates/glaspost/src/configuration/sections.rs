//! The tables of the file, one section each, in the order of the manual.
use super::field::section;
use super::period::Period;
use super::relay_domain::RelayDomain;
use clap::ValueEnum;
use ipnet::IpNet;
use names::{ByteSize, Domain};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

/// What a bad HELO or EHLO name gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HeloRule {
    /// `550 Bad HELO`.
    Strict,
    /// Any name is taken.
    Lenient,
}

/// A language that customers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// Nederlands
    Nl,
    /// English
    En,
}

impl Language {
    /// The one in which the server says things.
    pub(crate) const fn spoken(self) -> texts::Language {
        match self {
            Self::Nl => texts::Language::Dutch,
            Self::En => texts::Language::English,
        }
    }
}

/// When answers of the DNS are validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dnssec {
    /// Where the resolvers pass signatures on.
    Offered,
    /// Whatever they pass on.
    Always,
    /// Not at all.
    Off,
}

/// What another server does when TLS to this one fails (RFC 8461).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MtaStsMode {
    /// It delivers as ever: how a policy is taken back.
    None,
    /// It delivers, and reports.
    Testing,
    /// It does not deliver.
    Enforce,
}

section! {
    /// The provider and this machine.
    General {
        /// The name of this machine as other mail servers see it: greeting, EHLO, Received.
        host_name: Option<Domain> = None;
        /// The domain of a login name that is written without one.
        default_domain: Option<Domain> = None;
        /// The folder of the store, the journal and the control socket.
        data: PathBuf = PathBuf::from("/var/lib/glaspost");
        /// The customers' own networks: who may use the legacy relay.
        own_networks: Vec<IpNet> = Vec::new();
        /// The language of customers: `nl` or `en`. Delivery reports come in both, this one first.
        language: Language = Language::Nl;
        /// The largest message taken by any way: SMTP, LMTP, IMAP. EHLO announces it as SIZE.
        max_message_size: ByteSize = ByteSize::mib(50);
        /// The largest header of a message taken by SMTP or LMTP.
        max_header_size: ByteSize = ByteSize::mib(1);
        /// Whether the running server shuts itself out of all files but its own folders, those of this file, of the
        /// certificates and of the password files, and connects by TCP to the ports of mail, DNS and HTTPS and those that
        /// this file names only (Landlock). Where the kernel cannot, the log says so. A certificate in a new folder then
        /// needs a restart, not a reload.
        confined: bool = true;
    }
}

section! {
    /// Mail from the Internet, for local recipients and the domains of `relay-domains` only (port 25).
    Mx {
        /// What a bad HELO name gets: `strict` or `lenient`.
        helo: HeloRule = HeloRule::Lenient;
        /// Recipients in one transaction (RFC 5321 asks for at least 100).
        max_recipients: usize = 1_000;
        /// Domains that live on other servers and whose mail is taken all the same and sent on, by a `[[route]]` or to those of
        /// their MX that come before this one: `[{ domain = "klant.example", recipients-file = "/etc/glaspost/klant" }]`. The
        /// file has an address a line, or the part before the `@`; all others are refused. With `any-recipient = true` in its
        /// place whatever comes is taken, and what their server then refuses goes back to senders who may be forged.
        relay_domains: Vec<RelayDomain> = Vec::new();
        /// How long to wait for a command.
        timeout: Period = Period::mins(5);
    }
}

section! {
    /// MTA-STS (RFC 8461): other servers are told that mail to the domains here travels under TLS. The policy of a domain
    /// stands at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`, so an `https` listener must have a certificate for that
    /// name, and the DNS a TXT record at `_mta-sts.DOMAIN`, `v=STSv1; id=…`, with an id that changes with the policy.
    /// What others report of it shows `glaspost trace reported`, where a TXT record at `_smtp._tls.DOMAIN` asks for that
    /// (TLSRPT, RFC 8460): `v=TLSRPTv1; rua=https://NAME/tls-reports`, by a name of the `https` listener, or an address here.
    MtaSts {
        /// What another server does when TLS fails: `enforce` (not deliver), `testing` (deliver and report), or `none`, to take
        /// an earlier policy back. Without it there is no policy.
        mode: Option<MtaStsMode> = None;
        /// The servers that take mail, as the MX records name them; `*.` in front stands for one label. By default
        /// `host-name`.
        hosts: Vec<String> = Vec::new();
        /// How long other servers keep the policy; at most a year.
        max_age: Period = Period::days(7);
    }
}

section! {
    /// Mail from customers, who log in (port 587).
    Submission {
        /// What a bad HELO name gets: `strict` or `lenient`.
        helo: HeloRule = HeloRule::Strict;
        /// Names that the strict rule takes although the DNS denies them: mail programs use them.
        helo_names: Vec<String> = vec!["smtpclient.apple".to_owned()];
        /// Recipients in one transaction.
        max_recipients: usize = 100;
        /// Messages that one account may send in an hour, over all listeners.
        messages_per_hour: u32 = 200;
        /// Messages that one account may send in a day.
        messages_per_day: u32 = 1_000;
        /// Recipients to which one account may send in an hour.
        recipients_per_hour: u32 = 1_000;
        /// Recipients to which one account may send in an hour and to which it has not sent in the last 90 days.
        new_recipients_per_hour: u32 = 300;
        /// The same in a day.
        new_recipients_per_day: u32 = 1_000;
        /// How long a message may be held until a time that its sender sets (FUTURERELEASE). `0 s` for not at all.
        max_hold: Period = Period::days(30);
        /// How long what is sent by JMAP waits, so that it can be called back. `0 s` for not at all.
        undo_time: Period = Period::secs(0);
        /// The highest priority that a sender may ask for, from -9 to 9 (MT-PRIORITY); higher ones are lowered to it.
        max_priority: i8 = 4;
        /// Whether Received says neither the address nor the name of the customer's machine.
        hide_client_address: bool = false;
        /// How long to wait for a command.
        timeout: Period = Period::mins(5);
    }
}

section! {
    /// The legacy relay: the customers' own networks, no login, no TLS.
    Relay {
        /// What a bad HELO name gets: `strict` or `lenient`.
        helo: HeloRule = HeloRule::Lenient;
        /// Recipients in one transaction.
        max_recipients: usize = 100;
        /// Messages that one address may send in an hour.
        messages_per_hour: u32 = 500;
        /// Recipients to which one address may send in an hour.
        recipients_per_hour: u32 = 5_000;
        /// How long to wait for a command.
        timeout: Period = Period::mins(5);
    }
}

section! {
    /// Other mail servers that deliver into this one (LMTP).
    Lmtp {
        /// Recipients in one transaction.
        max_recipients: usize = 1_000;
        /// Whether they check senders (SPF, DKIM, DMARC) and say so in Authentication-Results under `host-name`: then such
        /// fields stay, and the webmail tells what they say. Only where they remove those that strangers wrote (RFC 8601, 5).
        /// Without it, as at every other listener, no field comes in that bears a name of this server.
        trusts_verdicts: bool = false;
        /// How long to wait for a command.
        timeout: Period = Period::mins(5);
    }
}

section! {
    /// IMAP.
    Imap {
        /// How long a client may take to log in.
        login_timeout: Period = Period::mins(1);
        /// How long a client may be silent after that (RFC 3501 asks for at least 30 minutes).
        idle_timeout: Period = Period::mins(30);
        /// How long one search may work, its waits for others not counted.
        search_time: Period = Period::secs(10);
        /// Searches that read messages at the same time, those of one listener together; one account has one.
        searches: usize = 2;
        /// How many accounts that share mailboxes one program may watch without selecting them (NOTIFY).
        watched_accounts: usize = 100;
        /// What programs show of this server as its comment (METADATA: `/shared/comment`). By default nothing.
        server_comment: Option<String> = None;
        /// How the provider is reached, as a URI such as `mailto:helpdesk@example.nl` (METADATA: `/shared/admin`). By
        /// default nothing.
        server_admin: Option<String> = None;
        /// Whether everybody has a `\Seen` of his own in mailboxes that others share with him; else it is the owner's.
        own_seen: bool = true;
        /// Whether a mail program that has not said that it knows UTF-8 in headers may file messages that have bytes beyond
        /// ASCII there. RFC 9755, 4 says no, but no program asks first, and then old mail could not be moved here.
        eight_bit_headers: bool = true;
    }
}

section! {
    /// POP3.
    Pop3 {
        /// How long a client may be silent (RFC 1939 asks for at least 10 minutes).
        timeout: Period = Period::mins(10);
    }
}

section! {
    /// The webmail, and whose it is.
    Webmail {
        /// What customers call you, at most 40 characters: on the page where they log in, in the webmail's bar and title, and on
        /// the page of settings, which names `default-domain` otherwise.
        name: Option<String> = None;
        /// A file of SVG or PNG with your logo, at most 64 KiB, shown where the name is.
        logo: Option<PathBuf> = None;
        /// Your colour, for links and buttons, such as `#0b57a4`. It must be readable on the webmail's grounds (WCAG 1.4.3).
        accent: Option<String> = None;
        /// The same for dark screens; by default `accent`, made lighter until it is readable there.
        accent_dark: Option<String> = None;
    }
}

section! {
    /// Passwords.
    Passwords {
        /// The fewest characters of a new password. Those of an import are taken as they are.
        min_length: usize = 10;
        /// A file of passwords that thieves know: SHA-1 in hex, one a line, sorted, perhaps with `:count` behind, as Pwned
        /// Passwords gives it. A new password that stands in it is refused.
        breached: Option<PathBuf> = None;
        /// A file with a key of at least 32 characters, for whose user alone it is readable: passwords go through it before
        /// they are hashed, so that the store alone lets nobody guess them. They do at their next login. Without the file nobody
        /// logs in any more: keep a copy apart from the store's. To change the key, put a new line in front.
        pepper: Option<PathBuf> = None;
        /// Memory of a new hash (argon2id); at most 128 MiB. As many are hashed at once as `hashed-at-once` says.
        hash_memory: ByteSize = ByteSize::mib(19);
        /// Passes of a new hash over that memory; at most 16.
        hash_passes: u32 = 2;
        /// Passwords that are hashed at once; 0 for as many as there are cores.
        hashed_at_once: usize = 0;
        /// How long a right password is remembered, so that programs that log in each minute cost no hash each time. 0 for not
        /// at all.
        remembered: Period = Period::mins(1);
    }
}

impl Passwords {
    /// What a new hash costs.
    pub(crate) fn hash_cost(&self) -> directory::HashCost {
        let memory_kib = u32::try_from(self.hash_memory.bytes() / 1024).unwrap_or(u32::MAX);
        directory::HashCost { memory_kib, passes: self.hash_passes, ..directory::HashCost::default() }
    }
}

section! {
    /// Where mail is kept.
    StoreSection {
        /// Free space that is never given to new mail, so that reading and deleting go on when the disk is full.
        /// At most 5 % of the file system is kept back.
        reserve: ByteSize = ByteSize::mib(256);
        /// How long deleted mail can be brought back, and how far back a mail program can ask what changed.
        keep_deleted: Period = Period::days(14);
        /// Entries that programs may note on one mailbox (METADATA); as many of those that are shared as of each account's
        /// own. RFC 5464 asks for at least 10.
        metadata_entries: usize = 50;
        /// The largest value of such an entry: 1 KiB to 64 KiB.
        metadata_value: ByteSize = ByteSize::kib(16);
        /// All names and values of such entries in one account.
        metadata_total: ByteSize = ByteSize::mib(4);
        /// The most messages of an account, copies in several mailboxes counted once; 0 for as many as its quota holds.
        max_messages: u64 = 0;
    }
}

section! {
    /// Names and addresses.
    Dns {
        /// The resolvers to ask. Default: those of the machine.
        servers: Vec<SocketAddr> = Vec::new();
        /// Whether answers about where mail goes are validated (DNSSEC): `offered`, where the resolvers pass signatures on, as
        /// common ones do, else not, with a warning in the log; `always`, so that behind one that strips them mail to other
        /// servers waits, and its reason says so; `off`.
        dnssec: Dnssec = Dnssec::Offered;
        /// A file of the keys by which they are validated, always: DNSKEY records as a zone file has them, one a line. With
        /// keys of inner zones put those of the root, which are the default: what is signed under no key here is not believed.
        trust_anchors: Option<PathBuf> = None;
    }
}

section! {
    /// What happened, for the service desk.
    Journal {
        /// How long sessions and refusals are kept.
        keep_sessions: Period = Period::days(14);
        /// How long deliveries are kept, and what others report about TLS with the servers here; at most 90 days.
        keep_deliveries: Period = Period::days(30);
        /// The space that the journal may take.
        max_size: ByteSize = ByteSize::gib(1);
    }
}

section! {
    /// Limits against hostile networks and broken programs.
    Limits {
        /// Whether the limits by address and account are kept. A test of one's own may switch them off.
        enabled: bool = true;
        /// Connections of all listeners at once.
        connections: usize = 10_000;
        /// From how many hundredths of those on clients who have not logged in are waited for shortly, and sent away at
        /// their first error. 0 for never.
        stress_at: u8 = 80;
        /// How long they are waited for then.
        stress_timeout: Period = Period::secs(10);
        /// How long they are waited for when no connection more can be taken.
        full_timeout: Period = Period::secs(3);
        /// Connections from one address at once; an IPv6 /64 counts as one.
        connections_per_address: usize = 50;
        /// New connections from one address in a minute.
        new_connections_per_minute: u32 = 300;
        /// Sessions of one account by one service at once.
        sessions_per_account: usize = 20;
        /// Wrong passwords for one account from one network in ten minutes, before the pair is shut out.
        wrong_passwords: u32 = 10;
        /// Accounts that one network may try with wrong passwords in an hour.
        accounts_per_network: u32 = 20;
        /// Commands in error after which a session ends; by SMTP each is answered a second later from half on.
        errors: u32 = 20;
        /// Commands without mail after which an SMTP session ends; each is answered a second later from half on.
        junk_commands: u32 = 100;
        /// TLS handshakes at once; further ones wait.
        handshakes: usize = 256;
        /// How long a TLS handshake may take.
        handshake_timeout: Period = Period::secs(10);
        /// How long a client may leave an answer unread.
        write_timeout: Period = Period::secs(60);
        /// How long sessions may go on after SIGTERM.
        stop_timeout: Period = Period::secs(8);
    }
}
