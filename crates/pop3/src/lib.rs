//! POP3: [`wire`] is bytes in and values out, the session is what a command does.
//!
//! A session works on the snapshot of INBOX that it had at login (no lock: other sessions go on), and QUIT removes
//! what was marked and is still there, in one commit, before `+OK` (RFC 1939, 6).
mod session;
pub mod wire;
pub use session::{LoginRule, Pop3, Settings};
