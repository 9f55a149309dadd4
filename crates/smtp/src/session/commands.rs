//! The rows of the command table.
use super::table::Command;
use super::{auth, data, hello, mail, plain, rcpt, starttls};
use smtp_wire::Dialect;

/// RFC 5321, 4.1.1.1.
pub(super) const HELO: Command = Command {
    name: "HELO",
    dialect: Some(Dialect::Smtp),
    junk: true,
    run: |session, phase, arguments| Box::pin(hello::helo(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.1.
pub(super) const EHLO: Command = Command {
    name: "EHLO",
    dialect: Some(Dialect::Smtp),
    junk: true,
    run: |session, phase, arguments| Box::pin(hello::ehlo(session, phase, arguments)),
};

/// RFC 2033, 4.1.
pub(super) const LHLO: Command = Command {
    name: "LHLO",
    dialect: Some(Dialect::Lmtp),
    junk: true,
    run: |session, phase, arguments| Box::pin(hello::ehlo(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.2.
pub(super) const MAIL: Command = Command {
    name: "MAIL",
    dialect: None,
    junk: false,
    run: |session, phase, arguments| Box::pin(mail::mail(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.3.
pub(super) const RCPT: Command = Command {
    name: "RCPT",
    dialect: None,
    junk: false,
    run: |session, phase, arguments| Box::pin(rcpt::rcpt(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.4.
pub(super) const DATA: Command = Command {
    name: "DATA",
    dialect: None,
    junk: false,
    run: |session, phase, arguments| Box::pin(data::data(session, phase, arguments)),
};

/// RFC 3030, 2.
pub(super) const BDAT: Command = Command {
    name: "BDAT",
    dialect: None,
    junk: false,
    run: |session, phase, arguments| Box::pin(data::bdat(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.5.
pub(super) const RSET: Command = Command {
    name: "RSET",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(plain::rset(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.9.
pub(super) const NOOP: Command = Command {
    name: "NOOP",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(plain::noop(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.10.
pub(super) const QUIT: Command = Command {
    name: "QUIT",
    dialect: None,
    junk: false,
    run: |session, phase, arguments| Box::pin(plain::quit(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.6.
pub(super) const VRFY: Command = Command {
    name: "VRFY",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(plain::vrfy(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.7.
pub(super) const EXPN: Command = Command {
    name: "EXPN",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(plain::expn(session, phase, arguments)),
};

/// RFC 5321, 4.1.1.8.
pub(super) const HELP: Command = Command {
    name: "HELP",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(plain::help(session, phase, arguments)),
};

/// RFC 3207, 4.
pub(super) const STARTTLS: Command = Command {
    name: "STARTTLS",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(starttls::starttls(session, phase, arguments)),
};

/// RFC 4954, 4.
pub(super) const AUTH: Command = Command {
    name: "AUTH",
    dialect: None,
    junk: true,
    run: |session, phase, arguments| Box::pin(auth::auth(session, phase, arguments)),
};
