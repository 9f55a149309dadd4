//! JMAP by HTTP (RFC 8620, 2, 3.1, 6 and 7.3): where it is asked, and what carries the bytes. What they mean is the room
//! `jmap`'s.
mod api;
mod download;
mod events;
mod export;
mod file;
mod html;
mod image;
mod import;
mod login;
mod parts;
mod pdf;
mod session;
mod socket;
mod start;
mod upload;
pub(crate) use start::Start;

use crate::door::Session;
use crate::handlers::Handlers;
use crate::turns::Turns;
use crate::{Pictures, Visitors};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jmap::Jmap;
use std::sync::Arc;
use transport::Peer;

/// Where uploads go: they may take longer than other requests.
pub(crate) const UPLOADS: &str = "/jmap/upload/";

/// Where files go in: they may take as long.
pub(crate) const IMPORTS: &str = "/jmap/import/";

/// Listeners of an account at once, by EventSource and by WebSocket.
const LISTENERS: usize = 20;

/// What the pages of JMAP need.
pub(crate) struct Rooms {
    pub(crate) jmap: Jmap,
    pub(crate) visitors: Visitors,
    pub(crate) pictures: Pictures,
    /// Turns to clean HTML in.
    pub(crate) cleaning: Turns,
    /// What the webmail asks first.
    pub(crate) start: Start,
}

/// A request of somebody who is in.
struct Asked {
    parts: Parts,
    body: Body,
    session: Arc<Session>,
    handlers: Handlers,
}

/// The pages.
pub(crate) fn pages(rooms: Arc<Rooms>) -> Router {
    Router::new()
        .route("/.well-known/jmap", get(session::session))
        .route("/jmap/session", get(session::session))
        .route("/jmap/start", get(start::start))
        .route("/jmap/api", post(api::api))
        .route("/jmap/upload/{account}", post(upload::upload))
        .route("/jmap/download/{account}/{blob}/{name}", get(download::download))
        .route("/jmap/parts/{account}/{email}/{parts}/{name}", get(parts::parts))
        .route("/jmap/pdf/{account}/{blob}/{name}", get(pdf::pdf))
        .route("/jmap/export/{account}/{*what}", get(export::export))
        .route("/jmap/import/{account}/{place}", post(import::import))
        .route("/jmap/html/{account}/{email}/{part}", get(html::html))
        .route("/jmap/image/{seal}", get(image::image))
        .route("/jmap/events", get(events::events))
        .route("/jmap/ws", get(socket::socket))
        .route("/jmap/login", post(login::log_in))
        .route("/jmap/logout", post(login::log_out))
        .with_state(rooms)
}

/// Who asks; or the answer to who may not.
async fn enter(rooms: &Rooms, request: Request) -> Result<Asked, Response> {
    let (parts, body) = request.into_parts();
    let (Some(peer), Some(handlers)) = (parts.extensions.get::<Arc<Peer>>(), parts.extensions.get::<Handlers>()) else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let handlers = handlers.clone();
    match rooms.visitors.door.enter(&parts, peer).await {
        Ok(session) => Ok(Asked { parts, body, session, handlers }),
        Err(refused) => Err(refused.answer(&parts)),
    }
}

/// Whether the body is JSON, as its type says.
fn is_json(parts: &Parts) -> bool {
    let told = parts.headers.get(axum::http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = told.and_then(|told| told.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// A variable of the query as it is written; the first one of that name.
fn written<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let mut pairs = parts.uri.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// The same, decoded (RFC 3986, 2.1).
fn variable(parts: &Parts, name: &str) -> Option<String> {
    percent_encoding::percent_decode_str(written(parts, name)?).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
