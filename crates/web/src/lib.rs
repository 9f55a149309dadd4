//! HTTPS: what browsers and other servers fetch.
//!
//! [`Web`] is the protocol behind a listener: HTTP/1.1 and HTTP/2 on a connection that `net` has secured. A page is a
//! file of its own, and a row of [`Web::new`] or of `jmap::pages`: JMAP (RFC 8620), whose methods are the room `jmap`'s; the
//! policy of MTA-STS (RFC 8461), which tells other servers that mail to the domains here travels under TLS; where they post
//! what became of that (RFC 8460); the page of settings, which tells customers what to set up; and the webmail, where it was built.
//!
//! Invariants: every answer has the security headers of `headers`; no request waits for ever, and none is larger than
//! `limits` says; a connection on which nothing happens ends; who asks is found out by `door` alone.
mod activity;
mod brand;
mod document;
mod door;
mod gzip;
mod handlers;
mod headers;
mod incoming;
mod jmap;
mod limits;
mod mta_sts;
mod negotiate;
mod origin;
mod pictures;
mod places;
mod problem;
mod service;
mod settings;
mod tls_reports;
mod turns;
mod visitors;
mod webmail;
mod websocket;
pub use brand::{Accent, Brand, Colour, LARGEST_LOGO, LONGEST_NAME, Logo, LogoFault, NoColour, Unreadable};
pub use mta_sts::{LONGEST as LONGEST_POLICY, MtaSts, MtaStsMode};
pub use pictures::Pictures;
pub use service::{Parts, Web};
pub use settings::{PATH as SETTINGS_PATH, SettingsPage};
pub use visitors::Visitors;
