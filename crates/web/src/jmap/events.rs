//! Changes as they happen, to who keeps asking (RFC 8620, 7.3).
use super::{Asked, Rooms, enter, variable, written};
use crate::door::Session;
use crate::places::{Kind, Place};
use crate::problem;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use jmap::{Push, StateChange};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often a listener who wants no pings is looked after, lest the network forgets him.
const QUIET: Duration = Duration::from_secs(240);
/// The shortest time between pings, and the longest.
const PINGS: std::ops::RangeInclusive<u64> = 30..=900;

/// What is said where there is nothing to tell. No empty line comes after it: jmap-client takes one for an event.
const COMMENT: &str = ":\n";

/// What a listener asks for.
struct Wish {
    types: String,
    closes_after_state: bool,
    /// How often he wants to be told that nothing happened.
    ping: Option<Duration>,
}

/// One listener.
struct Listener {
    rooms: Arc<Rooms>,
    push: Push,
    /// What is told before anything else.
    first: Option<StateChange>,
    session: Arc<Session>,
    stopping: CancellationToken,
    closes_after_state: bool,
    /// How often he is told that nothing happened.
    ping: Option<Duration>,
    next_ping: Instant,
    over: bool,
    _place: Place,
}

pub(super) async fn events(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let Asked { parts, session, handlers, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Wish { types, closes_after_state, ping } = match Wish::read(&parts) {
        Ok(wish) => wish,
        Err(wrong) => return problem::problem(StatusCode::BAD_REQUEST, wrong),
    };
    let Some(place) = rooms.visitors.places.take(session.caller.account, Kind::Listener, super::LISTENERS) else {
        return problem::problem(StatusCode::TOO_MANY_REQUESTS, "too many listeners of this account");
    };
    let last = parts.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let (push, first) = match rooms.jmap.push(&session.caller, &types, last).await {
        Ok(begun) => begun,
        Err(error) => return problem::error(&error),
    };
    let listener = Listener {
        push,
        first,
        session,
        stopping: handlers.stopping().clone(),
        closes_after_state,
        next_ping: Instant::now() + ping.unwrap_or(QUIET),
        ping,
        over: false,
        rooms,
        _place: place,
    };
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (headers, Body::from_stream(listener.stream())).into_response()
}

impl Wish {
    /// The variables of the URL (RFC 8620, 7.3), or what is wrong. Who leaves one out hears of everything, until he leaves, and nothing
    /// beside.
    fn read(parts: &Parts) -> Result<Self, &'static str> {
        let asked = |name, usual: &str| match written(parts, name) {
            Some(_) => variable(parts, name),
            None => Some(usual.to_owned()),
        };
        let types = asked("types", "*").filter(|types| types == "*" || types.split(',').all(is_type_name));
        let types = types.ok_or("`types` is `*`, or names of types between commas")?;
        let closes_after_state = match asked("closeafter", "no").as_deref() {
            Some("state") => true,
            Some("no") => false,
            _ => return Err("`closeafter` is `state` or `no`"),
        };
        // "a positive integer value representing a length of time in seconds ... or 0"
        let ping = asked("ping", "0").and_then(|ping| ping.parse::<u64>().ok());
        let ping = Some(ping.ok_or("`ping` is a number of seconds, or 0")?).filter(|ping| *ping > 0);
        let ping = ping.map(|ping| Duration::from_secs(ping.clamp(*PINGS.start(), *PINGS.end())));
        Ok(Self { types, closes_after_state, ping })
    }
}

/// Whether it may be the name of a type; one that is not known here is one of which there is nothing to tell.
fn is_type_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*')
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
        // a first line, so that the client sees at once that it is heard
        let begun = stream::iter([Ok(Bytes::from_static(COMMENT.as_bytes()))]);
        let events = stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok(Bytes::from(event)), listener))
        });
        futures_util::StreamExt::chain(begun, events)
    }

    /// The next event; nothing when it is over.
    async fn next(&mut self) -> Option<String> {
        if self.over {
            return None;
        }
        if let Some(first) = self.first.take() {
            return Some(self.told(&first));
        }
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => None,
            () = self.session.over(&self.rooms.visitors.world) => None,
            change = self.push.next() => match change {
                Ok(change) => Some(self.told(&change)),
                Err(error) => {
                    tracing::info!(%error, "a listener is let go");
                    None
                }
            },
            () = tokio::time::sleep_until(self.next_ping) => {
                self.next_ping = Instant::now() + self.ping.unwrap_or(QUIET);
                Some(match self.ping {
                    Some(ping) => format!("event: ping\ndata: {{\"interval\":{}}}\n\n", ping.as_secs()),
                    None => COMMENT.to_owned(),
                })
            }
        }
    }

    fn told(&mut self, change: &StateChange) -> String {
        // "closeafter: state ... end the connection after pushing a state event"
        self.over = self.closes_after_state;
        self.next_ping = Instant::now() + self.ping.unwrap_or(QUIET);
        format!("id: {}\nevent: state\ndata: {}\n\n", change.id, change.object)
    }
}
