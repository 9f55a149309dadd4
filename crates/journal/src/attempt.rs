//! One attempt to bring a message on: where it went, how the connection was protected, what was said.
use crate::Text;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// One attempt to bring a message to one recipient. Fields that came later may be missing in old records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attempt {
    /// The delivery's id.
    pub delivery: Text,
    /// The queue entry's id.
    pub queue: Text,
    /// The address it goes to.
    pub recipient: Text,
    /// The address that the sender wrote, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Text>,
    /// The server that was asked, name and address.
    pub server: Option<Text>,
    /// The address and port that were connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// Version and cipher of TLS on that connection.
    pub tls: Option<Text>,
    /// The route that it took; none where no route fits and the domain's own servers were asked, `by hand` where an
    /// operator had rerouted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Text>,
    /// What was asked of that connection: `clear`, `opportunistic`, `required`, `verified`, `mta-sts-testing`, `mta-sts`, `dane`, or
    /// `dane-unusable` (TLS, by records that nobody can use).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Text>,
    /// How it was secured then: `none`, `encrypted`, by an `authority` that vouches for a name
    /// that is certain, by `mta-sts`, by `dane`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secured: Option<Text>,
    /// Those that were tried before in the same attempt, in their order; at most [`Self::MOST_TRIED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
    /// The status (RFC 3463), such as `5.1.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Text>,
    /// The last words of that server, or why there were none.
    pub reply: Text,
    /// How many attempts were made, this one included.
    pub attempts: u32,
    /// How long the attempt took, in milliseconds; it was over when the event was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// When the next one is due, in milliseconds since 1970, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_ms: Option<u64>,
    /// Bytes.
    pub size: u64,
}

impl Attempt {
    /// More servers of one attempt are not written down.
    pub const MOST_TRIED: usize = 20;
}

/// A server that was tried in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its name and address.
    pub server: Text,
    /// What it said, or why it said nothing.
    pub reply: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As releases before wrote it.
    const OLD: &str = r#"{"delivery":"d1","queue":"q1","recipient":"x@far.example","server":"mx (192.0.2.1)","tls":null,
        "reply":"250 ok","attempts":1,"size":9}"#;

    #[test]
    fn what_was_written_before_is_read() {
        let attempt: Attempt = serde_json::from_str(OLD).unwrap();
        assert_eq!((attempt.recipient.as_str(), attempt.attempts, attempt.size), ("x@far.example", 1, 9));
        assert_eq!((attempt.remote, attempt.policy, attempt.took_ms), (None, None, None));
    }
}
