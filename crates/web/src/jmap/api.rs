//! Requests of JMAP (RFC 8620, 3.1).
use super::{Asked, Rooms, enter, is_json};
use crate::incoming::discard;
use crate::places::Kind;
use crate::{gzip, problem};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jmap_wire::RequestError;
use std::sync::Arc;

pub(super) async fn api(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let Asked { parts, body, session, handlers } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    // RFC 8620, 3.6.1: "The content type of the request was not application/json" is notJSON
    if !is_json(&parts) {
        discard(body).await;
        return problem::refused(&RequestError::NotJson("its type is not application/json".to_owned()));
    }
    let account = session.caller.account;
    let Some(place) = rooms.visitors.places.take(account, Kind::Request, jmap::CONCURRENT_REQUESTS) else {
        discard(body).await;
        return problem::refused(&RequestError::Limit("maxConcurrentRequests"));
    };
    let body = match rooms.visitors.bodies.whole(body, jmap::SIZE_REQUEST).await {
        Ok(body) => body,
        Err(broken) => return broken.answer("maxSizeRequest"),
    };
    // What has begun comes to its end, whether or not the client waits: some of it may be done already.
    let work = async move {
        let answered = rooms.jmap.answer(&session.caller, &body.bytes).await;
        drop(body);
        (answered.map(|response| serde_json::to_vec(&response)), place)
    };
    match handlers.to_the_end(work).await {
        // the place is given back when the answer is taken: who does not take his answers is not given more of them
        Some((Ok(Ok(text)), place)) => gzip::json(text, gzip::takes(&parts), place).await,
        Some((Err(error), _)) => problem::error(&error),
        Some((Ok(Err(_)), _)) | None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
