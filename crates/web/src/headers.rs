//! The headers that stand on every answer.
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Nothing is loaded, framed, sniffed or told to other sites; a page that needs more says so itself.
const STANDARD: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // RFC 6797, 6.1: who came by TLS once comes by TLS for two years
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Adds those that the page has not set itself.
pub(crate) fn add(headers: &mut HeaderMap) {
    for (name, value) in STANDARD {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
