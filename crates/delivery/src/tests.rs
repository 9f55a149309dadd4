//! Delivery as a whole, on the engine in memory, with scripted DNS, clock, mailboxes and servers.
mod bench;
mod form;
mod intake;
mod outbound;
mod queue;
mod report;
mod server;
mod success;
