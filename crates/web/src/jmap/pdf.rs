//! A PDF that came with a message, for the viewer of the browser: the one thing of a stranger's that is shown as a document, and
//! only where its bytes begin as one (docs/security.md: W09). See `docs/jmap.md`, "PDF".
use super::Rooms;
use super::download::Opened;
use super::file::{Disposition, headers};
use crate::problem;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
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
    let mut opened = match Opened::open(&rooms, &account, blob, request).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    match opened.blob.begins_with(BEGIN).await {
        Ok(true) => opened.answer(headers(Disposition::Inline, &name, "application/pdf", POLICY), rooms),
        Ok(false) => problem::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "this is no PDF"),
        Err(error) => problem::error(&error.into()),
    }
}
