//! WebSocket (RFC 6455), the server's side: frames in and out as values, and the handshake's sum. No extension is offered.
mod frame;
mod handshake;
pub(crate) use frame::{Closing, Incoming, Spoken, close, ping, pong, text};
pub(crate) use handshake::accept;
