//! What a client of HTTP gets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test prepares must be there")]
mod calls;
mod doors;
mod events;
mod files;
mod house;
mod html;
mod http2;
mod limits;
mod parts;
mod policy;
mod settings;
mod sockets;
mod start;
mod tls_reports;
