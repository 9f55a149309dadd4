//! How a protocol talks: a [`Link`] per connection, bounded [`Input`], an [`Output`] that waits for its peer.
//!
//! A protocol implements [`Service`]; `net` and the transcripts are the only two makers of a [`Link`]. The session
//! owns its loop: it turns the link into a [`Conversation`] and reads and writes until it is done.
//!
//! ```
//! use std::time::Duration;
//! use transport::{Conversation, InputError, Line};
//!
//! async fn session(mut talk: Conversation) -> Result<(), InputError> {
//!     talk.output.write(b"220 ready\r\n").await?;
//!     talk.output.flush().await?;
//!     while let Line::Complete { bytes, .. } = talk.input.line(512, Duration::from_secs(300)).await? {
//!         talk.output.write(if bytes.as_ref() == b"NOOP" { b"250 yes\r\n" } else { b"500 what?\r\n" }).await?;
//!         // answers are flushed when nothing more is buffered, so pipelined commands share a segment
//!         if talk.input.buffered().is_empty() {
//!             talk.output.flush().await?;
//!         }
//!     }
//!     talk.goodbye().await;
//!     Ok(())
//! }
//! ```
//!
//! A session that sees HTTP in its first line ([`looks_like_http`]) calls [`Conversation::refuse`] and ends without a
//! word; one whose input gives [`InputError::TlsOnPlainPort`] just ends, alert and observer have been served.
//!
//! Invariants: neither side holds heap while nothing is buffered (but for a compressed stream, which keeps its windows); at most [`Input::BUFFER`] bytes of input and
//! [`Output::BUFFER`] bytes of output wait in a conversation; every wait has a limit that the caller names.
//!
//! [`transcript`] runs conversations written down in plain text, [`scripted`] makes links out of memory; both are
//! for tests.
mod conversation;
mod deflate;
mod http;
mod https;
mod input;
mod link;
mod observer;
mod outbound;
mod output;
mod pace;
mod patience;
mod peer;
pub mod scripted;
mod shared;
pub mod transcript;
mod undeflated;
pub use conversation::Conversation;
pub use http::looks_like_http;
pub use https::{Https, HttpsAnswer, HttpsFault, HttpsRequest};
pub use input::{Input, InputError, Line, LineEnding};
pub use link::{LastWords, Link, Service, StartTls, Stream};
pub use observer::{Observer, Refusal};
pub use outbound::{CertificateFault, Connect, Demand, Destination, Hello, NotOfTheInternet, Reach};
pub use output::Output;
pub use pace::Pace;
pub use patience::{Load, Patience};
pub use peer::{Peer, SessionId, TlsInfo};
