//! Downloads (RFC 8620, 6.2), as they are read. What comes from a stranger is never shown as a page of this site.
use super::{Asked, Rooms, enter, variable};
use crate::places::Kind;
use crate::problem;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::sync::Arc;

/// Downloads of an account at once.
const DOWNLOADS: usize = 16;
/// The longest type that is given back.
const MAX_TYPE: usize = 127;
/// What an `ext-value` has in percents (RFC 8187, 3.2.1).
const NAME: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

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
    let pieces = stream::unfold((found, place), |(mut blob, place)| async move {
        match blob.next().await {
            Ok(Some(piece)) => Some((Ok(piece), (blob, place))),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "a download was broken off");
                Some((Err(error), (blob, place)))
            }
        }
    });
    (headers, Body::from_stream(pieces)).into_response()
}

fn headers(name: &str, media: Option<&str>, blob: &str) -> HeaderMap {
    let mut headers = attachment(name, media.filter(|media| is_media(media)).unwrap_or("application/octet-stream"));
    let mut set = |name, value: String| HeaderValue::try_from(value).map(|value| headers.insert(name, value)).is_ok();
    // RFC 8620, 6.2: what an id stands for never changes
    set(header::CACHE_CONTROL, "private, immutable, max-age=31536000".to_owned());
    set(header::ETAG, format!("\"{blob}\""));
    headers
}

/// What is said of a file that is kept and never shown.
pub(super) fn attachment(name: &str, media: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: String| HeaderValue::try_from(value).map(|value| headers.insert(name, value)).is_ok();
    set(header::CONTENT_TYPE, media.to_owned());
    let quoted: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    // RFC 6266, 4.3 and 5
    let encoded = utf8_percent_encode(name, NAME);
    set(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{quoted}\"; filename*=UTF-8''{encoded}"));
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned());
    headers
}

/// Whether the client has the blob already (RFC 9110, 13.1.2).
fn is_known(parts: &Parts, blob: &str) -> bool {
    let told = parts.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    told.flat_map(|value| value.split(',')).any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == blob)
}

const fn is_plain(letter: char) -> bool {
    matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\' | '/')
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
