//! Parts of a message as one zip file, as it is written. See `docs/jmap.md`, "Parts of a message".
use super::file::{Pieces, attachment, streamed};
use super::{Asked, Rooms, enter};
use crate::places::Kind;
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Such files of an account at once: each keeps a core busy.
const FILES: usize = 2;

pub(super) async fn parts(
    State(rooms): State<Arc<Rooms>>,
    Path((account, email, parts, name)): Path<(String, String, String, String)>,
    request: Request,
) -> Response {
    let Asked { session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Parts, FILES) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "two such files are on their way already");
    };
    let file = match rooms.jmap.parts_file(&session.caller, (&account, &email, &parts)).await {
        Ok(Some(file)) => file,
        Ok(None) => return problem::problem(StatusCode::NOT_FOUND, "there are no such parts"),
        Err(error) => return problem::error(&error),
    };
    let mut headers = attachment(&name, "application/zip");
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    (headers, streamed(Pieces::Parts(Box::new(file)), place, session, rooms)).into_response()
}
