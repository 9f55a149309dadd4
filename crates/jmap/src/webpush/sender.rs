//! One message to a push service (RFC 8030, 5).
use super::Pushing;
use crate::core::subscription::Subscription;
use crate::jmap::Parts;
use serde_json::Value;
use std::time::Duration;
use transport::HttpsRequest;

/// How long a push service keeps a message for a device that is away, in seconds (RFC 8030, 5.2).
const TTL: &str = "86400";
/// How long a question may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest answer that is read.
const ANSWER: usize = 16 * 1024;
/// The waits between tries of one message.
const WAITS: [Duration; 4] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1_800)];

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The push service has it, or will never take it.
    Done,
    /// It has no such subscription any more.
    Gone,
}

/// Sends a message, and again where the push service is away or busy.
pub(super) async fn send(parts: &Parts, pushing: &Pushing, subscription: &Subscription, message: &Value) -> Sent {
    for wait in WAITS {
        match try_once(parts, pushing, subscription, message).await {
            Some(sent) => return sent,
            None => tokio::time::sleep(wait).await,
        }
    }
    try_once(parts, pushing, subscription, message).await.unwrap_or(Sent::Done)
}

/// Nothing where it may be tried again.
async fn try_once(parts: &Parts, pushing: &Pushing, subscription: &Subscription, message: &Value) -> Option<Sent> {
    let signing = pushing.signing(parts).await.ok()?;
    let text = message.to_string().into_bytes();
    let mut fields = vec![("TTL", TTL.to_owned())];
    let post = match &subscription.keys {
        Some(keys) => {
            let Some(body) = keys.encrypt(&text, &*parts.world.random) else { return Some(Sent::Done) };
            fields.push(("Content-Encoding", "aes128gcm".to_owned()));
            ("application/octet-stream", body)
        }
        // RFC 8620, 7.2: without keys it is not encrypted
        None => ("application/json", text),
    };
    let (host, contact) = (&subscription.url.host, &pushing.0.contact);
    fields.push(("Authorization", signing.authorization(host, contact, parts.world.clock.now())?));
    let (host, path) = (host.clone(), subscription.url.path.clone());
    let request = HttpsRequest { host, path, post: Some(post), fields, limit: ANSWER, timeout: PATIENCE };
    let _place = pushing.0.places.acquire().await.ok()?;
    match pushing.0.https.ask(request).await {
        Ok(answer) => match answer.status {
            // RFC 8030, 7.3: "404 ... or 410 (Gone)"
            404 | 410 => Some(Sent::Gone),
            429 | 500..=599 => None,
            _ => Some(Sent::Done),
        },
        Err(fault) => {
            tracing::debug!(%fault, "a push service was not reached");
            None
        }
    }
}
