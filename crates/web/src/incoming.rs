//! The body of a request, as it comes: bounded in size, in what all of them hold together, and in how slowly it may come.
use crate::problem::{away, problem, refused};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use http_body_util::BodyExt;
use jmap_wire::RequestError;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use transport::Pace;

/// What the bodies of all requests may hold together, in KiB.
const ALL_KIB: usize = 256 * 1024;

/// Of the body of a request that is refused as many bytes are read; with a longer one the connection ends.
const DISCARDED: usize = 1024 * 1024;

/// Room for bodies.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

/// A whole body, with the room that it takes.
pub(crate) struct Held {
    pub(crate) bytes: Vec<u8>,
    share: Share,
}

/// A share of the room, which grows.
pub(crate) struct Share {
    room: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Share {
    /// Whether so many bytes can be held.
    pub(crate) fn holds(&mut self, bytes: usize) -> bool {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(1024).saturating_sub(held);
        let Ok(kib) = u32::try_from(more) else { return false };
        match (Arc::clone(&self.room).try_acquire_many_owned(kib), &mut self.held) {
            (Ok(more), Some(all)) => all.merge(more),
            (Ok(more), none) => *none = Some(more),
            (Err(_), _) => return false,
        }
        true
    }
}

/// Why there is no body.
pub(crate) enum Broken {
    /// It is longer than it may be.
    TooLong,
    /// All room is taken.
    NoRoom,
    /// It does not come.
    Slow,
    /// The client broke off.
    Gone,
}

impl Broken {
    /// The answer; `limit` is the name of the limit in JMAP.
    pub(crate) fn answer(&self, limit: &'static str) -> Response {
        match self {
            Self::TooLong => refused(&RequestError::Limit(limit)),
            Self::NoRoom => away(),
            Self::Slow => problem(StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
            Self::Gone => problem(StatusCode::BAD_REQUEST, "the body is broken off"),
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_KIB)))
    }
}

impl Room {
    /// Nothing that is held yet.
    pub(crate) fn nothing(&self) -> Share {
        Share { room: Arc::clone(&self.0), held: None }
    }

    /// Takes a whole body of at most `most` bytes.
    pub(crate) async fn whole(&self, body: Body, most: usize) -> Result<Held, Broken> {
        let mut pieces = Pieces::new(body);
        let mut held = Held { bytes: Vec::new(), share: self.nothing() };
        while let Some(piece) = pieces.next().await? {
            if held.bytes.len() + piece.len() > most {
                return Err(Broken::TooLong);
            }
            if !held.share.holds(held.bytes.len() + piece.len()) {
                return Err(Broken::NoRoom);
            }
            held.bytes.extend_from_slice(&piece);
        }
        Ok(held)
    }
}

/// Reads a body of which nobody wants anything, as far as [`DISCARDED`] and at the pace of any other: a connection of
/// HTTP/1.1 whose next bytes are those of a refused request could serve no other one (RFC 9112, 9.3).
pub(crate) async fn discard(body: Body) {
    let (mut pieces, mut read) = (Pieces::new(body), 0);
    while read < DISCARDED
        && let Ok(Some(piece)) = pieces.next().await
    {
        read += piece.len();
    }
}

/// A body in pieces.
pub(crate) struct Pieces {
    body: Body,
    pace: Pace,
}

impl Pieces {
    pub(crate) fn new(body: Body) -> Self {
        Self { body, pace: Pace::new() }
    }

    /// The next piece; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            let frame = tokio::time::timeout(self.pace.remaining(), self.body.frame()).await;
            let Some(frame) = frame.map_err(|_| Broken::Slow)? else { return Ok(None) };
            // trailers say nothing here
            if let Ok(piece) = frame.map_err(|_| Broken::Gone)?.into_data() {
                self.pace.took(piece.len());
                if !piece.is_empty() {
                    return Ok(Some(piece));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL_KIB, Broken, Room};
    use axum::body::Body;
    use futures_util::stream;
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    #[tokio::test(start_paused = true)]
    async fn j13_a_body_that_drips_is_not_waited_for() {
        let drips = stream::unfold((), |()| async {
            sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let begun = Instant::now();
        assert!(matches!(Room::default().whole(Body::from_stream(drips), 1_000).await, Err(Broken::Slow)));
        assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_body_and_all_bodies_have_a_size() {
        let room = Room::default();
        assert!(matches!(room.whole(Body::from(vec![0; 11]), 10).await, Err(Broken::TooLong)));
        let held = room.whole(Body::from(vec![0; 2048]), 4096).await.ok().unwrap();
        assert_eq!((held.bytes.len(), room.0.available_permits()), (2048, ALL_KIB - 2));
        drop(held);
        assert_eq!(room.0.available_permits(), ALL_KIB);
        let _all = std::sync::Arc::clone(&room.0).try_acquire_many_owned(u32::try_from(ALL_KIB).unwrap()).unwrap();
        assert!(matches!(room.whole(Body::from("x"), 10).await, Err(Broken::NoRoom)));
    }
}
