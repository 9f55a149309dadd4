//! Downloads (RFC 8620, 6.2), as they are read. What comes from a stranger is never shown as a page of this site.
use super::file::{Pieces, attachment, streamed};
use super::{Asked, Rooms, enter, variable};
use crate::places::Kind;
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Downloads of an account at once.
pub(super) const DOWNLOADS: usize = 16;
/// The longest type that is given back.
const MAX_TYPE: usize = 127;
pub(super) async fn download(
    State(rooms): State<Arc<Rooms>>,
    Path((account, blob, name)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Download, DOWNLOADS) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many downloads at once");
    };
    let found = match rooms.jmap.download(&session.caller, &account, &blob).await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::problem(StatusCode::NOT_FOUND, "there is no such blob"),
        Err(error) => return problem::error(&error),
    };
    let mut headers = headers(&name, variable(&parts, "accept").as_deref(), &blob);
    if is_known(&parts, &blob) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Some(size) = found.size() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    (headers, streamed(Pieces::Blob(found), place, session, rooms)).into_response()
}

fn headers(name: &str, media: Option<&str>, blob: &str) -> HeaderMap {
    let mut headers = attachment(name, media.filter(|media| is_media(media)).unwrap_or("application/octet-stream"));
    keep(&mut headers, blob);
    headers
}

/// RFC 8620, 6.2: what an id stands for never changes.
pub(super) fn keep(headers: &mut HeaderMap, blob: &str) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, immutable, max-age=31536000"));
    if let Ok(tag) = HeaderValue::try_from(format!("\"{blob}\"")) {
        headers.insert(header::ETAG, tag);
    }
}

/// Whether the client has the blob already (RFC 9110, 13.1.2).
pub(super) fn is_known(parts: &Parts, blob: &str) -> bool {
    let told = parts.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    told.flat_map(|value| value.split(',')).any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == blob)
}

/// A type with parameters, as a field may bear it: nothing that ends the field or begins another.
fn is_media(media: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (kind, parameters) = media.split_once(';').unwrap_or((media, ""));
    let names = kind.trim().split_once('/');
    // a page of this site would take these for its own scripts and styles
    let runs = |kind: &str| ["script", "css", "wasm"].iter().any(|part| kind.to_ascii_lowercase().contains(part));
    !runs(kind)
        && media.len() <= MAX_TYPE
        && names.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && parameters.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::headers;

    #[test]
    fn what_is_downloaded_is_kept_and_never_shown() {
        for (name, media, told, disposition) in [
            (
                "a.txt",
                Some("text/plain; charset=utf-8"),
                "text/plain; charset=utf-8",
                "filename=\"a.txt\"; filename*=UTF-8''a.txt",
            ),
            (
                "é\"\r\nX: y",
                None,
                "application/octet-stream",
                "filename=\"____X: y\"; filename*=UTF-8''%C3%A9%22%0D%0AX%3A%20y",
            ),
            ("x", Some("text/html\r\nX: y"), "application/octet-stream", "filename=\"x\"; filename*=UTF-8''x"),
            ("x", Some("text"), "application/octet-stream", "filename=\"x\"; filename*=UTF-8''x"),
        ] {
            let headers = headers(name, media, "b1");
            assert_eq!(headers["content-type"], told);
            assert_eq!(headers["content-disposition"], format!("attachment; {disposition}"));
            assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
        }
    }
}
