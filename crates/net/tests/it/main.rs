//! Real sockets on loopback, a real TLS client, certificates made for the test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::large_futures, reason = "a test that cannot go on fails")]
mod acceptance;
mod certificates;
mod dns;
mod ending;
mod house;
mod https;
mod inherited;
mod outbound;
mod proxies;
mod stress;
mod tls;
