//! Downloads (RFC 8620, 6.2), as they are read. What comes from a stranger is never shown as a page of this site.
use super::file::{Pieces, attachment, streamed};
use super::{Asked, Rooms, enter, variable};
use crate::door::Session;
use crate::places::{Kind, Place};
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jmap::Blob;
use std::sync::Arc;

/// Downloads of an account at once.
const DOWNLOADS: usize = 16;
/// The longest type that is given back.
const MAX_TYPE: usize = 127;

/// A blob that somebody may read, and the place that he has for it.
pub(super) struct Opened {
    pub(super) blob: Blob,
    id: String,
    parts: Parts,
    session: Arc<Session>,
    place: Place,
}

pub(super) async fn download(
    State(rooms): State<Arc<Rooms>>,
    Path((account, blob, name)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    match Opened::open(&rooms, &account, blob, request).await {
        Ok(opened) => {
            let headers = headers(&name, variable(&opened.parts, "accept").as_deref());
            opened.answer(headers, rooms)
        }
        Err(answer) => answer,
    }
}

impl Opened {
    /// Opens what is asked for, or says why not.
    pub(super) async fn open(rooms: &Rooms, account: &str, id: String, request: Request) -> Result<Self, Response> {
        let Asked { parts, session, .. } = enter(rooms, request).await?;
        let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Download, DOWNLOADS) else {
            return Err(problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many downloads at once"));
        };
        match rooms.jmap.download(&session.caller, account, &id).await {
            Ok(Some(blob)) => Ok(Self { blob, id, parts, session, place }),
            Ok(None) => Err(problem::problem(StatusCode::NOT_FOUND, "there is no such blob")),
            Err(error) => Err(problem::error(&error)),
        }
    }

    /// The bytes, or that the client has them.
    pub(super) fn answer(self, mut headers: HeaderMap, rooms: Arc<Rooms>) -> Response {
        // RFC 8620, 6.2: what an id stands for never changes
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, immutable, max-age=31536000"));
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.id)) {
            headers.insert(header::ETAG, tag);
        }
        if is_known(&self.parts, &self.id) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        if let Some(size) = self.blob.size() {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
        }
        (headers, streamed(Pieces::Blob(self.blob), self.place, self.session, rooms)).into_response()
    }
}

fn headers(name: &str, media: Option<&str>) -> HeaderMap {
    attachment(name, media.filter(|media| is_media(media)).unwrap_or("application/octet-stream"))
}

/// Whether the client has the blob already (RFC 9110, 13.1.2).
fn is_known(parts: &Parts, blob: &str) -> bool {
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
    fn what_is_downloaded_is_never_shown() {
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
            let headers = headers(name, media);
            assert_eq!(headers["content-type"], told);
            assert_eq!(headers["content-disposition"], format!("attachment; {disposition}"));
            assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
        }
    }
}
