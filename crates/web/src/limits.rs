//! What one connection may cost.
use crate::handlers::Handlers;
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto::Builder;
use std::time::Duration;

/// How long a client may take to send the header of a request, and, by HTTP/1.1, to begin the next one: who is silent for
/// longer is closed on, as RFC 9112, 9.5 permits.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest header of a request.
const HEADER_BYTES: usize = 16 * 1024;
const HEADER_LIST_BYTES: u32 = 16 * 1024;
/// Requests of one connection at once (HTTP/2).
const STREAMS: u32 = 100;
/// Streams that were begun and reset before they were looked at: more, and the connection ends (CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// What a stream may send before it is read, and what all of a connection may (HTTP/2).
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// What is kept of answers that a stream's client does not take (HTTP/2).
const SEND_BUFFER: usize = 64 * 1024;
/// How often a client of HTTP/2 is asked for a sign of life, and how long it may take to give one.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// After how long without a request a connection ends.
pub(crate) const IDLE: Duration = Duration::from_secs(60);
/// How long the requests of a connection may go on when the server stops, or when it was idle.
pub(crate) const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long one request may take from its header until its answer begins.
pub(crate) const REQUEST: Duration = Duration::from_secs(60);

/// How long an upload may take; what it must send meanwhile says [`transport::Pace`].
pub(crate) const UPLOAD: Duration = Duration::from_secs(3_600);

/// Connections with these limits.
pub(crate) fn connections(handlers: Handlers) -> Builder<Handlers> {
    let mut builder = Builder::new(handlers);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_LIST_BYTES)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}
