//! HTTPS: what browsers and other servers fetch.
//!
//! [`Web`] is the protocol behind a listener: HTTP/1.1 and HTTP/2 on a connection that `net` has secured. A page is a
//! file of its own, and a row of [`Web::new`]. The first one is the policy of MTA-STS (RFC 8461), which tells other
//! servers that mail to the domains here travels under TLS.
//!
//! Invariants: every answer has the security headers of `headers`; no request waits for ever, and none is larger than
//! `limits` says; a connection on which nothing happens ends.
mod activity;
mod headers;
mod limits;
mod mta_sts;
mod service;
pub use mta_sts::{LONGEST as LONGEST_POLICY, MtaSts, MtaStsMode};
pub use service::{Parts, Web};
