//! Files into an account, as they come (`docs/jmap-account.md`).
use super::{Asked, Rooms, enter};
use crate::incoming::{Pieces, discard};
use crate::places::Kind;
use crate::{gzip, problem};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use jmap::ImportKind;
use serde_json::Value;
use std::sync::Arc;

/// Files that are brought into an account at once.
const IMPORTS: usize = 2;

pub(super) async fn import(
    State(rooms): State<Arc<Rooms>>,
    Path((account, place)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Asked { parts, body, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(_place) = rooms.visitors.places.take(session.caller.account, Kind::Import, IMPORTS) else {
        discard(body).await;
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "two files are brought into this account already");
    };
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(kind) = ImportKind::of(media) else {
        discard(body).await;
        return problem::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/mbox, message/rfc822 or text/vcard");
    };
    let import = match rooms.jmap.import(&session.caller, &account, &place, kind).await {
        Ok(import) => import,
        Err(error) => {
            discard(body).await;
            return match error {
                jmap::Error::NotFound => problem::problem(StatusCode::NOT_FOUND, "there is no such place for it"),
                error => problem::error(&error),
            };
        }
    };
    match take(import, body, || session.is_over(rooms.visitors.world.clock.now())).await {
        Ok(told) => gzip::json(told.to_string().into_bytes(), false, ()).await,
        Err(answer) => answer,
    }
}

/// `is_over`: whether the login has ended, which takes along what it has begun.
async fn take(mut import: jmap::Import, body: Body, is_over: impl Fn() -> bool) -> Result<Value, Response> {
    let mut pieces = Pieces::new(body);
    while let Some(piece) = pieces.next().await.map_err(|broken| broken.answer("maxSizeImport"))? {
        if is_over() {
            return Err(problem::problem(StatusCode::UNAUTHORIZED, "its login has ended"));
        }
        import.write(&piece).await.map_err(|error| problem::error(&error))?;
    }
    import.finish().await.map_err(|error| problem::error(&error))
}
