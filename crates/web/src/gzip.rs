//! JSON as an answer, in gzip for who takes it (RFC 9110, 8.4.1.3; RFC 1952).
use crate::negotiate::takes_gzip;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// What is shorter is sent as it is.
const WORTH: usize = 1_024;
/// What is longer is compressed beside the other requests, not among them.
const LONG: usize = 64 * 1024;

/// Whether the client takes it.
pub(crate) fn takes(parts: &Parts) -> bool {
    takes_gzip(&parts.headers)
}

/// JSON as an answer that no cache keeps.
pub(crate) async fn json(text: Vec<u8>, takes_gzip: bool) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // RFC 8620, 2
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::VARY, "Accept-Encoding"),
    ];
    if !takes_gzip || text.len() < WORTH {
        return (StatusCode::OK, headers, text).into_response();
    }
    let packed = if text.len() > LONG {
        tokio::task::spawn_blocking(move || gzip(&text)).await.ok().flatten()
    } else {
        gzip(&text)
    };
    let Some(packed) = packed else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut answer = (StatusCode::OK, headers, packed).into_response();
    answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// Quick, and nearly as small as it gets. Writing to memory does not fail.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
