//! Delivery as a whole, on the engine in memory, with scripted DNS, clock, mailboxes and servers.
mod bench;
mod form;
mod forwards;
mod intake;
mod outbound;
mod queue;
mod report;
mod security;
mod server;
mod sts;
mod success;
mod tls_report;
mod web;
