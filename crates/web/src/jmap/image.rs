//! An image of the web that a message shows, asked for by this server. See `docs/jmap.md`, "HTML of a message".
use super::{Asked, Rooms, enter, variable};
use crate::places::Kind;
use crate::{gzip, problem};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Images of an account that are asked for or wait for that.
const WAITING: usize = 200;

pub(super) async fn image(State(rooms): State<Arc<Rooms>>, Path(seal): Path<String>, request: Request) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let reader = session.caller.account;
    let url = variable(&parts, "url").unwrap_or_default();
    let Some(image) = rooms.pictures.sealed(reader, &seal, &url) else {
        return problem::problem(StatusCode::NOT_FOUND, "no message that was shown has this image");
    };
    let Some(place) = rooms.visitors.places.take(reader, Kind::Image, WAITING) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many images at once");
    };
    let Some(picture) = rooms.pictures.ask(reader, image).await else {
        return problem::problem(StatusCode::BAD_GATEWAY, "this image cannot be had");
    };
    let mut share = rooms.visitors.bodies.nothing();
    if !share.holds(picture.bytes.len()) {
        return problem::away();
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(picture.media)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"image\"")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    // what it holds is given back when it is taken
    (headers, gzip::pieces(picture.bytes, (place, share))).into_response()
}
