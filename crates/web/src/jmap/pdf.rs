//! A PDF that came with a message, for the viewer of the browser: the one thing of a stranger's that is shown as a document, and
//! only where its bytes begin as one (docs/security.md: W09). See `docs/jmap.md`, "PDF".
use super::download::{DOWNLOADS, is_known, keep};
use super::file::{Disposition, Pieces, headers, streamed};
use super::{Asked, Rooms, enter};
use crate::places::Kind;
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// For a frame of this site, where the viewer may set itself up and nothing else is had. A sandbox would keep browsers' own
/// viewers out; they run what a document brings along without reach of this site, and `nosniff` keeps it from becoming another.
const POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";
/// How a PDF begins (ISO 32000-2, 7.5.2).
const BEGIN: &[u8] = b"%PDF-";

pub(super) async fn pdf(
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
    let mut found = match rooms.jmap.download(&session.caller, &account, &blob).await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::problem(StatusCode::NOT_FOUND, "there is no such blob"),
        Err(error) => return problem::error(&error),
    };
    match found.begins_with(BEGIN).await {
        Ok(true) => {}
        Ok(false) => return problem::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "this is no PDF"),
        Err(error) => return problem::error(&error.into()),
    }
    let mut headers = shown(&name, &blob);
    if is_known(&parts, &blob) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Some(size) = found.size() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    (headers, streamed(Pieces::Blob(found), place, session, rooms)).into_response()
}

fn shown(name: &str, blob: &str) -> HeaderMap {
    let mut headers = headers(Disposition::Inline, name, "application/pdf", POLICY);
    keep(&mut headers, blob);
    headers
}
