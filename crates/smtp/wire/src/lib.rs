//! SMTP as bytes in and values out: commands, replies, data, and the client as a state machine.
//!
//! Server side: [`verb`] splits a line, [`Mail::parse`], [`Rcpt::parse`], [`Bdat::parse`] and [`Auth::parse`] read what
//! follows; [`DataReader`] and [`Chunk`] find the end of a message; [`Reply`] prints the answer. Client side:
//! [`Client`] says what to send and understands what comes back, [`DotStuffer`] writes a message.
//!
//! Invariants: no runtime, clock, store or log; nothing recurses; only CR LF ends a line of data; what a peer can
//! make this crate hold is bounded by [`MAX_REPLY_LINE`] and [`MAX_REPLY_LINES`].
mod auth;
mod bdat;
mod client;
mod command;
mod cursor;
mod data;
mod date_time;
mod error;
mod mail;
mod parameter;
mod path;
mod rcpt;
mod reply;
mod reply_reader;
mod stuffing;
mod terms;
mod xtext;
pub use auth::{Auth, MAX_AUTH_LINE, decode_base64};
pub use bdat::{Bdat, Chunk};
pub use client::{BodyForm, Capabilities, Client, ClientError, Dialect, Event, SessionLimits, Transaction, Unsendable};
pub use command::{MAX_COMMAND_LINE, Quirks, verb};
pub use data::{BareLineEnds, DataReader, LineEndWatch, Piece};
pub use date_time::DateTime;
pub use error::SyntaxError;
pub use mail::{Body, Mail, Ret};
pub use path::{ForwardPath, MAX_PATH, ReversePath};
pub use rcpt::{Notify, Rcpt};
pub use reply::{EnhancedCode, Reply};
pub use reply_reader::{MAX_REPLY_LINE, MAX_REPLY_LINES, ReplyError, ReplyReader};
pub use stuffing::DotStuffer;
pub use terms::{ByMode, DeliverBy, HoldFor, Priority};
pub use xtext::{decode_xtext, encode_unitext, encode_xtext, unitext_in_ascii};
