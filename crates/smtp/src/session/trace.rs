//! The trace fields that we put before a message, as one prefix (RFC 5321, 4.4).
use super::Session;
use super::phase::Begun;
use message::Date;
use smtp_wire::Dialect;
use std::net::IpAddr;
use world::UnixTime;

/// Return-Path and Received.
pub(super) struct Trace {
    /// The bytes of both.
    pub(super) bytes: Vec<u8>,
    /// How many of them are Return-Path.
    pub(super) return_path_len: usize,
}

impl Trace {
    pub(super) fn new(session: &Session, begun: &Begun) -> Self {
        let return_path = format!("Return-Path: {}\r\n", begun.mail.reverse_path);
        let (session, greeted) = (session, &begun.greeted);
        let peer = &session.talk.peer;
        let with = with(session, begun);
        let tls = peer.tls.as_ref().map(|tls| format!("(using {} with cipher {})\r\n\t", tls.version, tls.cipher));
        let from = if session.door().hides_client && session.login.is_some() {
            // differs from RFC 5321, 4.4: without FROM, because where a customer is nobody needs to know
            String::new()
        } else {
            format!("from {} ({})\r\n\t", greeted.name, literal(peer.remote.ip()))
        };
        // RFC 5321, 4.4: without FOR, since the bytes are shared by all recipients
        let received = format!(
            "Received: {from}{tls}by {host} (Glaspost) with {with} id {id};\r\n\t{date}\r\n",
            tls = tls.unwrap_or_default(),
            host = session.door().host_name,
            id = peer.session,
            date = date(session.house.parts.world.clock.now()),
        );
        Self { return_path_len: return_path.len(), bytes: [return_path, received].concat().into_bytes() }
    }
}

/// The protocol's name: RFC 3848, and RFC 6531, 4.3 for SMTPUTF8.
fn with(session: &Session, begun: &Begun) -> String {
    let mut name = match (session.door().dialect, begun.mail.utf8, begun.greeted.extended) {
        (Dialect::Smtp, true, _) => "UTF8SMTP",
        (Dialect::Lmtp, true, _) => "UTF8LMTP",
        (Dialect::Smtp, false, true) => "ESMTP",
        (Dialect::Smtp, false, false) => return "SMTP".to_owned(),
        (Dialect::Lmtp, false, _) => "LMTP",
    }
    .to_owned();
    if session.talk.peer.tls.is_some() {
        name.push('S');
    }
    if session.login.is_some() {
        name.push('A');
    }
    name
}

/// RFC 5321, 4.1.3.
fn literal(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

/// The date of a moment, as header fields write it.
pub(super) fn date(now: UnixTime) -> Date {
    Date::utc(i64::try_from(now.secs()).unwrap_or(i64::MAX))
}
