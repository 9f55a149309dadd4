//! HTTPS: what browsers and other servers fetch.
//!
//! [`Web`] is the protocol behind a listener: HTTP/1.1 and HTTP/2 on a connection that `net` has secured. A page is a
//! file of its own, and a row of [`Web::new`]. There is the policy of MTA-STS (RFC 8461), which tells other servers that
//! mail to the domains here travels under TLS, and the page of settings, which tells customers what to set up.
//!
//! Invariants: every answer has the security headers of `headers`; no request waits for ever, and none is larger than
//! `limits` says; a connection on which nothing happens ends.
mod activity;
mod document;
mod headers;
mod limits;
mod mta_sts;
mod negotiate;
mod service;
mod settings;
pub use mta_sts::{LONGEST as LONGEST_POLICY, MtaSts, MtaStsMode};
pub use service::{Parts, Web};
pub use settings::{PATH as SETTINGS_PATH, SettingsPage};
