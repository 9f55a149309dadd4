//! The HTML of a message as a document of its own: cleaned, under a policy that lets nothing run and nothing be asked but of
//! this server, for a frame of the webmail (docs/security.md: W01, W05, W11). See `docs/jmap.md`, "HTML of a message".
use super::{Asked, Rooms, enter, variable};
use crate::places::Kind;
use crate::{gzip, problem};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jmap::Embedded;
use markup::{Images, TooMuch};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::HashMap;
use std::sync::Arc;

/// Messages of an account that are cleaned, wait to be, or are taken by the browser.
const WAITING: usize = 40;
/// Images from this server, styles of the message, and nothing else. The sandbox holds also where the document is opened by
/// itself: no script, no form, no leaving but by a link into another page.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
/// For a frame that is printed: asking for that counts as a dialog. Still nothing runs.
const PRINTED: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-same-origin allow-modals";
/// Images that a browser shows and that are no documents.
const SHOWN: [&str; 7] = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif", "image/bmp"];

pub(super) async fn html(
    State(rooms): State<Arc<Rooms>>,
    Path((account, email, part)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let reader = session.caller.account;
    let Some(place) = rooms.visitors.places.take(reader, Kind::Html, WAITING) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many messages are cleaned at once");
    };
    // who waits holds nothing yet
    let Some(turn) = rooms.cleaning.take(reader).await else { return problem::away() };
    let found = match rooms.jmap.html(&session.caller, (&account, &email, &part), markup::LONGEST).await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::problem(StatusCode::NOT_FOUND, "there is no such HTML"),
        Err(error) => return problem::error(&error),
    };
    if found.is_cut {
        return refused(TooMuch::Long);
    }
    let mut images = Images { embedded: embedded(&account, &found.embedded), remote: None };
    let policy = if variable(&parts, "print").as_deref() == Some("1") { PRINTED } else { POLICY };
    if variable(&parts, "remote").as_deref() == Some("1") {
        let pictures = rooms.pictures.clone();
        images.remote = Some(Arc::new(move |image| pictures.address(reader, image)));
    }
    // it takes a core for as long as it takes, which `markup` bounds, also where nobody waits for it any more
    let cleaned = tokio::task::spawn_blocking(move || {
        let cleaned = markup::clean(&found.text, &images).map(|cleaned| markup::page(&cleaned));
        drop(turn);
        (cleaned, place)
    });
    match cleaned.await {
        Ok((Ok(page), place)) => {
            let mut share = rooms.visitors.bodies.nothing();
            if !share.holds(page.len()) {
                return problem::away();
            }
            shown(policy, gzip::pieces(page.into_bytes(), (place, share)))
        }
        Ok((Err(too_much), _)) => refused(too_much),
        Err(error) => {
            tracing::error!(%error, "a message could not be cleaned");
            problem::problem(StatusCode::INTERNAL_SERVER_ERROR, "this HTML cannot be shown")
        }
    }
}

/// Where the images are that came with the message.
fn embedded(account: &str, parts: &[Embedded]) -> HashMap<String, String> {
    let shown = parts.iter().filter(|part| SHOWN.contains(&part.media.as_str()));
    let address = |part: &Embedded| {
        let media = utf8_percent_encode(&part.media, NON_ALPHANUMERIC);
        format!("/jmap/download/{account}/{}/image?accept={media}", part.blob)
    };
    shown.map(|part| (part.content_id.clone(), address(part))).collect()
}

/// In pieces: what the page holds is given back when it is taken.
fn shown(policy: &'static str, page: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, page).into_response()
}

/// In the same frame, which then sees that it has no message.
fn refused(too_much: TooMuch) -> Response {
    let problem = problem::problem(StatusCode::UNPROCESSABLE_ENTITY, &too_much.to_string());
    ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))], problem).into_response()
}
