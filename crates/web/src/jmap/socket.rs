//! JMAP by WebSocket (RFC 8887): requests, each answered when it is done, and what changes, on one connection.
use super::{Asked, Rooms, enter};
use crate::door::Session;
use crate::handlers::Handlers;
use crate::places::{Kind, Place};
use crate::problem;
use crate::websocket::{self, Closing, Incoming, Spoken};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use jmap::{Push, StateChange};
use jmap_wire::RequestError;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, timeout};

/// The sub-protocol (RFC 8887, 4.1).
const PROTOCOL: &str = "jmap";
/// The version of the protocol (RFC 6455, 4.1).
const VERSION: &str = "13";
/// How long a client may leave what it is told.
const WRITE: Duration = Duration::from_secs(60);
/// How long a message may take from its first byte to its last.
const MESSAGE: Duration = Duration::from_secs(60);
/// How often a client that is silent is asked for a sign of life; silent once more, it is gone.
const QUIET: Duration = Duration::from_secs(240);

type Stream = TokioIo<Upgraded>;
/// An answer to come, with its place: who does not take his answers is not given more of them.
type Answering = BoxFuture<'static, (String, Option<Place>)>;

/// One conversation.
struct Conversation {
    rooms: Arc<Rooms>,
    session: Arc<Session>,
    handlers: Handlers,
    output: WriteHalf<Stream>,
    push: Option<Push>,
    answering: FuturesUnordered<Answering>,
    _place: Place,
}

pub(super) async fn socket(State(rooms): State<Arc<Rooms>>, mut request: Request) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let Asked { parts, session, handlers, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (Some(accept), Some(upgrade)) = (websocket::accept(&parts, PROTOCOL), upgrade) else {
        return no_handshake(&parts);
    };
    let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Listener, super::LISTENERS) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many listeners of this account");
    };
    let working = handlers.clone();
    handlers.upgraded(async move {
        let Ok(stream) = upgrade.await else { return };
        let (input, output) = tokio::io::split(TokioIo::new(stream));
        let answering = FuturesUnordered::new();
        let talk = Conversation { rooms, session, handlers: working, output, push: None, answering, _place: place };
        talk.run(input).await;
    });
    let Ok(accept) = HeaderValue::try_from(accept) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL)),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// RFC 6455, 4.4: who speaks another version hears which one is spoken here.
fn no_handshake(parts: &Parts) -> Response {
    if parts.headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version == VERSION) {
        return problem::problem(StatusCode::BAD_REQUEST, "this is asked by WebSocket, with the sub-protocol `jmap`");
    }
    let mut answer = problem::problem(StatusCode::UPGRADE_REQUIRED, "WebSocket is spoken here in version 13");
    let fields = answer.headers_mut();
    // RFC 9110, 15.5.22: 426 says what to change to
    fields.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
    answer
}

impl Conversation {
    async fn run(mut self, mut input: ReadHalf<Stream>) {
        let (session, world) = (Arc::clone(&self.session), self.rooms.visitors.world.clone());
        let stopping = self.handlers.stopping().clone();
        let why = tokio::select! {
            why = self.talk(&mut input) => why,
            () = session.over(&world) => Some(Closing::Policy),
            () = stopping.cancelled() => Some(Closing::GoingAway),
        };
        if let Some(why) = why {
            let _ = self.say(websocket::close(why)).await;
        }
        let _ = timeout(WRITE, self.output.shutdown()).await;
    }

    /// Talks until there is nothing more to say; gives what is to be said last.
    async fn talk(&mut self, input: &mut ReadHalf<Stream>) -> Option<Closing> {
        let (mut incoming, mut buffer) = (Incoming::new(jmap::SIZE_REQUEST), BytesMut::new());
        let mut silent = Silence::new();
        // what is held of a message that has begun, and until when it must be whole
        let (mut room, mut whole_by) = (self.rooms.visitors.bodies.nothing(), None);
        loop {
            tokio::select! {
                read = input.read_buf(&mut buffer) => match read {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => silent = Silence::new(),
                },
                () = until(whole_by) => return Some(Closing::Policy),
                Some((answer, place)) = self.answering.next(), if !self.answering.is_empty() => {
                    self.say(websocket::text(&answer)).await?;
                    drop(place);
                }
                change = next(&mut self.push) => match change {
                    Ok(change) => self.say(websocket::text(&told(change))).await?,
                    Err(error) => {
                        tracing::info!(%error, "a listener is let go");
                        return Some(Closing::GoingAway);
                    }
                },
                () = tokio::time::sleep_until(silent.until) => match silent.asked {
                    true => return Some(Closing::GoingAway),
                    false => {
                        silent = Silence { until: Instant::now() + QUIET, asked: true };
                        self.say(websocket::ping()).await?;
                    }
                },
            }
            loop {
                match incoming.next(&mut buffer) {
                    Ok(None) => break,
                    Ok(Some(Spoken::Text(text))) => self.hear(text).await?,
                    Ok(Some(Spoken::Ping(payload))) => self.say(websocket::pong(&payload)).await?,
                    Ok(Some(Spoken::Pong)) => {}
                    Ok(Some(Spoken::Close(answer))) => return Some(answer),
                    Err(why) => return Some(why),
                }
            }
            match buffer.len() + incoming.held() {
                0 => (room, whole_by) = (self.rooms.visitors.bodies.nothing(), None),
                held if room.holds(held) => {
                    whole_by = whole_by.or_else(|| Some(Instant::now() + MESSAGE));
                }
                _ => return Some(Closing::Later),
            }
        }
    }

    /// Says something; nothing where the client does not take it.
    async fn say(&mut self, frame: Vec<u8>) -> Option<()> {
        timeout(WRITE, self.output.write_all(&frame)).await.ok()?.ok()?;
        timeout(WRITE, self.output.flush()).await.ok()?.ok()
    }

    /// RFC 8887, 4.3
    async fn hear(&mut self, text: String) -> Option<()> {
        let head = match jmap_wire::Envelope::read(text.as_bytes()) {
            Ok(head) => head,
            Err(error) => return self.say(websocket::text(&refused(&error, None))).await,
        };
        match head.kind.as_deref() {
            Some("Request") => self.request(text, head.id).await,
            Some("WebSocketPushEnable") => self.enable(&head.members).await,
            Some("WebSocketPushDisable") => {
                self.push = None;
                Some(())
            }
            _ => {
                let error = RequestError::NotRequest("`@type` is none that is known");
                self.say(websocket::text(&refused(&error, head.id.as_deref()))).await
            }
        }
    }

    async fn request(&mut self, text: String, id: Option<String>) -> Option<()> {
        let account = self.session.caller.account;
        let places = &self.rooms.visitors.places;
        let Some(place) = places.take(account, Kind::Request, jmap::CONCURRENT_REQUESTS) else {
            let error = RequestError::Limit("maxConcurrentRequests");
            return self.say(websocket::text(&refused(&error, id.as_deref()))).await;
        };
        let mut share = self.rooms.visitors.bodies.nothing();
        if !share.holds(text.len()) {
            return self.say(websocket::text(&unavailable(id.as_deref()))).await;
        }
        let (rooms, session, handlers) = (Arc::clone(&self.rooms), Arc::clone(&self.session), self.handlers.clone());
        let work = async move {
            let answered = rooms.jmap.answer(&session.caller, text.as_bytes()).await;
            drop((text, share));
            (answered, place)
        };
        self.answering.push(Box::pin(async move {
            let Some((done, place)) = handlers.to_the_end(work).await else {
                return (unavailable(id.as_deref()), None);
            };
            let answer = match done {
                Ok(response) => answered(&response, id),
                Err(jmap::Error::Request(error)) => refused(&error, id.as_deref()),
                Err(error) => {
                    tracing::warn!(%error, "a request was not answered");
                    unavailable(id.as_deref())
                }
            };
            (answer, Some(place))
        }));
        Some(())
    }

    /// WebSocketPushEnable (RFC 8887, 4.3.5.2)
    async fn enable(&mut self, members: &Map<String, Value>) -> Option<()> {
        let types = match members.get("dataTypes") {
            None | Some(Value::Null) => Some("*".to_owned()),
            Some(Value::Array(types)) => {
                types.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|types| types.join(","))
            }
            Some(_) => None,
        };
        let Some(types) = types else {
            let error = RequestError::NotRequest("`dataTypes` is no list of strings");
            return self.say(websocket::text(&refused(&error, None))).await;
        };
        let last = members.get("pushState").and_then(Value::as_str);
        match self.rooms.jmap.push(&self.session.caller, &types, last).await {
            Ok((push, first)) => {
                self.push = Some(push);
                match first {
                    Some(first) => self.say(websocket::text(&told(first))).await,
                    None => Some(()),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "nothing is watched");
                self.say(websocket::text(&unavailable(None))).await
            }
        }
    }
}

/// How long nothing came, and whether a sign of life was asked for.
struct Silence {
    until: Instant,
    asked: bool,
}

impl Silence {
    fn new() -> Self {
        Self { until: Instant::now() + QUIET, asked: false }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

async fn next(push: &mut Option<Push>) -> Result<StateChange, jmap::Error> {
    match push {
        Some(push) => push.next().await,
        None => std::future::pending().await,
    }
}

/// A StateChange with its pushState (RFC 8887, 4.3.5.1).
fn told(change: StateChange) -> String {
    let mut object = change.object;
    object["pushState"] = change.id.into();
    object.to_string()
}

/// A response (RFC 8887, 4.3.2).
fn answered(response: &jmap_wire::Response, id: Option<String>) -> String {
    let mut told = serde_json::to_value(response).unwrap_or_default();
    told["@type"] = "Response".into();
    if let Some(id) = id {
        told["requestId"] = id.into();
    }
    told.to_string()
}

/// Why a request was not begun (RFC 8887, 4.3.4).
fn refused(error: &RequestError, id: Option<&str>) -> String {
    let mut told = error.problem();
    told["@type"] = "RequestError".into();
    told["requestId"] = id.into();
    told.to_string()
}

fn unavailable(id: Option<&str>) -> String {
    let detail = "not possible just now; please try again later";
    json!({"@type": "RequestError", "requestId": id, "type": "about:blank", "status": 503, "detail": detail})
        .to_string()
}
