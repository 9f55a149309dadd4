//! Uploads (RFC 8620, 6.1), as they come.
use super::{Asked, Rooms, enter};
use crate::incoming::{Pieces, discard};
use crate::places::Kind;
use crate::{gzip, problem};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jmap_wire::RequestError;
use serde_json::Value;
use std::sync::Arc;

/// The longest type that is kept.
const MAX_TYPE: usize = 255;

pub(super) async fn upload(State(rooms): State<Arc<Rooms>>, Path(account): Path<String>, request: Request) -> Response {
    let Asked { parts, body, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let places = (session.caller.account, Kind::Upload, jmap::CONCURRENT_UPLOADS);
    let Some(_place) = rooms.visitors.places.take(places.0, places.1, places.2) else {
        discard(body).await;
        return problem::refused(&RequestError::Limit("maxConcurrentUpload"));
    };
    let upload = match rooms.jmap.upload(&session.caller, &account, &media(&parts.headers)).await {
        Ok(upload) => upload,
        Err(error) => {
            discard(body).await;
            return problem::error(&error);
        }
    };
    match store(upload, body).await {
        Ok(told) => {
            let mut answer = gzip::json(told.to_string().into_bytes(), false, ()).await;
            // RFC 8620, 6.1: "201"
            *answer.status_mut() = StatusCode::CREATED;
            answer
        }
        Err(answer) => answer,
    }
}

async fn store(mut upload: jmap::Upload, body: Body) -> Result<Value, Response> {
    let mut pieces = Pieces::new(body);
    while let Some(piece) = pieces.next().await.map_err(|broken| broken.answer("maxSizeUpload"))? {
        upload.write(&piece).await.map_err(|error| problem::error(&error))?;
    }
    upload.finish().await.map_err(|error| problem::error(&error).into_response())
}

fn media(headers: &HeaderMap) -> String {
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if told.len() > MAX_TYPE { String::new() } else { told.to_owned() }
}
