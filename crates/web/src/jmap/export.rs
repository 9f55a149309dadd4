//! An account's mail and contacts as files, as they are written (`docs/jmap-account.md`).
use super::file::{Pieces, attachment, streamed};
use super::{Asked, Rooms, enter};
use crate::places::Kind;
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Files that an account takes out at once.
const EXPORTS: usize = 2;

pub(super) async fn export(
    State(rooms): State<Arc<Rooms>>,
    Path((account, what)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Asked { session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Export, EXPORTS) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "two files are taken out of this account already");
    };
    let file = match rooms.jmap.export(&session.caller, &account, &what).await {
        Ok(file) => file,
        Err(jmap::Error::NotFound) => return problem::problem(StatusCode::NOT_FOUND, "there is no such file"),
        Err(error) => return problem::error(&error),
    };
    let mut headers = attachment(file.name(), file.media());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    (headers, streamed(Pieces::Export(file), place, session, rooms)).into_response()
}
