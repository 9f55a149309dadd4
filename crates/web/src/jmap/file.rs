//! What is said of a file that goes out, and its bytes as they are read. What comes from a stranger is kept by who asks, and
//! never shown as a page of this site; what may be shown says so itself.
use super::Rooms;
use crate::door::Session;
use crate::places::Place;
use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use futures_util::stream;
use jmap::{Blob, Export, PartsFile};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::sync::Arc;

/// What an `ext-value` has in percents (RFC 8187, 3.2.1).
const NAME: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

/// What is done with a file (RFC 6266, 4.2).
#[derive(Debug, Clone, Copy)]
pub(super) enum Disposition {
    /// It is kept.
    Attachment,
    /// It is shown, by a viewer of the browser's own.
    Inline,
}

/// What is said of a file that is kept and never shown.
pub(super) fn attachment(name: &str, media: &str) -> HeaderMap {
    headers(Disposition::Attachment, name, media, "default-src 'none'; sandbox; frame-ancestors 'none'")
}

/// What is said of a file, and the policy under which it stands.
pub(super) fn headers(disposition: Disposition, name: &str, media: &str, policy: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: String| HeaderValue::try_from(value).map(|value| headers.insert(name, value)).is_ok();
    set(header::CONTENT_TYPE, media.to_owned());
    let quoted: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    // RFC 6266, 4.3 and 5
    let encoded = utf8_percent_encode(name, NAME);
    let done = match disposition {
        Disposition::Attachment => "attachment",
        Disposition::Inline => "inline",
    };
    set(header::CONTENT_DISPOSITION, format!("{done}; filename=\"{quoted}\"; filename*=UTF-8''{encoded}"));
    set(header::CONTENT_SECURITY_POLICY, policy.to_owned());
    headers
}

const fn is_plain(letter: char) -> bool {
    matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\' | '/')
}

/// Bytes of the room `jmap` that are read piece by piece.
pub(super) enum Pieces {
    Blob(Blob),
    Export(Export),
    Parts(Box<PartsFile>),
}

impl Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, BoxError> {
        match self {
            Self::Blob(blob) => Ok(blob.next().await?),
            Self::Export(export) => Ok(export.next().await?),
            Self::Parts(parts) => Ok(parts.next().await?),
        }
    }
}

/// A body that is read as it is taken, and has its place until then. A login that ends takes along what it has begun.
pub(super) fn streamed(pieces: Pieces, place: Place, session: Arc<Session>, rooms: Arc<Rooms>) -> Body {
    Body::from_stream(stream::unfold(
        (pieces, place, session, rooms),
        |(mut pieces, place, session, rooms)| async move {
            let told = if session.is_over(rooms.visitors.world.clock.now()) {
                Err(BoxError::from("its login has ended"))
            } else {
                pieces.next().await
            };
            match told {
                Ok(Some(piece)) => Some((Ok(piece), (pieces, place, session, rooms))),
                Ok(None) => None,
                Err(error) => {
                    tracing::warn!(%error, "a file was broken off");
                    Some((Err(error), (pieces, place, session, rooms)))
                }
            }
        },
    ))
}
