//! The session object (RFC 8620, 2 and 2.2).
use super::{Asked, Rooms, enter};
use crate::{gzip, origin, problem};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

pub(super) async fn session(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    // its addresses are those of the name by which the client came
    let Some(base) = origin::base(&parts) else {
        return problem::problem(StatusCode::BAD_REQUEST, "the request names no host");
    };
    match rooms.jmap.session(&session.caller, &base).await {
        Ok(object) => gzip::json(object.to_string().into_bytes(), gzip::takes(&parts), ()).await,
        Err(error) => problem::error(&error),
    }
}
