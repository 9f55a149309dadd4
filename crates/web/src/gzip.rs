//! JSON as an answer, in gzip for who takes it (RFC 9110, 8.4.1.3; RFC 1952).
use crate::negotiate::takes_gzip;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::convert::Infallible;
use std::io::Write;

/// What is shorter is sent as it is.
const WORTH: usize = 1_024;
/// What is longer is compressed beside the other requests, not among them.
const LONG: usize = 64 * 1024;
/// Bytes of an answer that are handed out at a time.
const PIECE: usize = 64 * 1024;

/// Whether the client takes it.
pub(crate) fn takes(parts: &Parts) -> bool {
    takes_gzip(&parts.headers)
}

/// JSON as an answer that no cache keeps. `held` is kept until the client has taken it.
pub(crate) async fn json<T: Send + 'static>(text: Vec<u8>, takes_gzip: bool, held: T) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // RFC 8620, 2
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::VARY, "Accept-Encoding"),
    ];
    if !takes_gzip || text.len() < WORTH {
        return (StatusCode::OK, headers, pieces(text, held)).into_response();
    }
    let packed = if text.len() > LONG {
        tokio::task::spawn_blocking(move || gzip(&text)).await.ok().flatten()
    } else {
        gzip(&text)
    };
    let Some(packed) = packed else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut answer = (StatusCode::OK, headers, pieces(packed, held)).into_response();
    answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// A body that is handed out in pieces, and keeps `held` until the last one is taken.
pub(crate) fn pieces<T: Send + 'static>(bytes: Vec<u8>, held: T) -> ([(HeaderName, HeaderValue); 1], Body) {
    let length = [(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()))];
    let pieces = stream::unfold((Bytes::from(bytes), held), |(mut rest, held)| async move {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        Some((Ok::<_, Infallible>(piece), (rest, held)))
    });
    (length, Body::from_stream(pieces))
}

/// Quick, and nearly as small as it gets. Writing to memory does not fail.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
