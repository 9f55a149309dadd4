//! The keywords of EHLO and LHLO, one row each: when it is offered, what stands behind it, and the parameters of MAIL
//! and RCPT that it owns. A parameter whose keyword is not offered is unknown.
use super::Session;
use directory::Mechanism;
use smtp_wire::DateTime;

/// A row.
struct Keyword {
    keyword: &'static str,
    /// The parameters of MAIL and RCPT that it owns.
    owns: &'static [&'static str],
    /// What stands behind the name; `None` where it is not offered.
    offer: fn(&Session) -> Option<String>,
}

const KEYWORDS: &[Keyword] = &[
    // RFC 2920
    Keyword { keyword: "PIPELINING", owns: &[], offer: always },
    // RFC 1870
    Keyword {
        keyword: "SIZE",
        owns: &["SIZE"],
        offer: |session| Some(session.door().limits.max_message_size.to_string()),
    },
    // RFC 6152
    Keyword { keyword: "8BITMIME", owns: &["BODY"], offer: always },
    // RFC 6531
    Keyword { keyword: "SMTPUTF8", owns: &["SMTPUTF8"], offer: always },
    // RFC 3030
    Keyword { keyword: "CHUNKING", owns: &[], offer: always },
    // RFC 3030
    Keyword { keyword: "BINARYMIME", owns: &["BODY"], offer: always },
    // RFC 3461
    Keyword { keyword: "DSN", owns: &["RET", "ENVID", "NOTIFY", "ORCPT"], offer: always },
    // RFC 2034
    Keyword { keyword: "ENHANCEDSTATUSCODES", owns: &[], offer: always },
    // RFC 3207
    Keyword { keyword: "STARTTLS", owns: &[], offer: |session| session.may_start_tls().then(String::new) },
    // RFC 4954
    Keyword { keyword: "AUTH", owns: &["AUTH"], offer: mechanisms },
    // RFC 4865
    Keyword { keyword: "FUTURERELEASE", owns: &["HOLDFOR", "HOLDUNTIL"], offer: longest_hold },
    // RFC 2852
    Keyword { keyword: "DELIVERBY", owns: &["BY"], offer: |session| session.door().delivers_by.then(String::new) },
    // RFC 6710
    Keyword {
        keyword: "MT-PRIORITY",
        owns: &["MT-PRIORITY"],
        offer: |session| session.door().max_priority.map(|_| String::new()),
    },
    // RFC 8689, 2: only inside TLS; who relays nothing has nothing to promise
    Keyword { keyword: "REQUIRETLS", owns: &["REQUIRETLS"], offer: |session| session.promises_tls().then(String::new) },
    // RFC 9422
    Keyword {
        keyword: "LIMITS",
        owns: &[],
        offer: |session| Some(format!("RCPTMAX={}", session.door().limits.max_recipients)),
    },
    // RFC 5321, 4.1.1.8
    Keyword { keyword: "HELP", owns: &[], offer: always },
];

fn always(_: &Session) -> Option<String> {
    Some(String::new())
}

/// RFC 4954, 3: only where it would be answered; after the login it stays, for the parameter AUTH.
fn mechanisms(session: &Session) -> Option<String> {
    let names: Vec<&str> = Mechanism::ALL.iter().map(|mechanism| mechanism.name()).collect();
    (session.may_log_in() || session.login.is_some()).then(|| names.join(" "))
}

/// RFC 4865, 4: the longest interval, and the moment at which it ends.
fn longest_hold(session: &Session) -> Option<String> {
    let longest = session.door().limits.max_hold.as_secs();
    let now = session.house.parts.world.clock.now();
    (longest > 0).then(|| format!("{longest} {}", DateTime(now.secs().saturating_add(longest))))
}

/// The lines of the answer to EHLO, behind its first.
pub(super) fn offers(session: &Session) -> Vec<String> {
    let line = |row: &Keyword| {
        let behind = (row.offer)(session)?;
        Some(if behind.is_empty() { row.keyword.to_owned() } else { format!("{} {behind}", row.keyword) })
    };
    KEYWORDS.iter().filter_map(line).collect()
}

/// Whether a parameter of MAIL or RCPT belongs to something that is offered.
pub(super) fn owned(session: &Session, parameter: &str) -> bool {
    KEYWORDS.iter().any(|row| row.owns.contains(&parameter) && (row.offer)(session).is_some())
}
