//! Whether the resolvers pass signatures on. Behind some that do not, whatever is signed would seem forged, and no mail
//! would leave: who does not insist on DNSSEC does without it there.
use super::read::denied;
use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError as Answered, NetError};
use hickory_resolver::proto::dnssec::Proof;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use world::DnsError;

/// How long a resolver that passes none on is not asked again for it.
const STRIPPED: Duration = Duration::from_secs(3_600);

/// What is known of the resolvers.
#[derive(Default)]
pub(super) struct Offered(Mutex<Known>);

#[derive(Default, Clone, Copy)]
enum Known {
    #[default]
    Nothing,
    /// They have passed signatures on. They are held to it from then on: one that stops may be made to.
    Passed,
    /// They have not, and are not asked before this moment.
    Not(Instant),
}

impl Offered {
    /// Whether `resolver`, which validates, gets the keys of the root with their signatures.
    ///
    /// # Errors
    /// When no answer came at all, or the resolver failed: then nothing is known.
    pub(super) async fn by(&self, resolver: &TokioResolver) -> Result<bool, DnsError> {
        match self.known() {
            Known::Passed => return Ok(true),
            Known::Not(until) if Instant::now() < until => return Ok(false),
            Known::Nothing | Known::Not(_) => {}
        }
        let root = Name::root();
        let (known, why) = match resolver.lookup(root.clone(), RecordType::DNSKEY).await {
            Ok(found) if found.answers().iter().any(|record| record.proof == Proof::Secure) => (Known::Passed, None),
            Ok(_) => (Known::Not(Instant::now() + STRIPPED), Some("they came without".to_owned())),
            Err(error @ NetError::Dns(Answered::ResponseCode(ResponseCode::ServFail))) => {
                return Err(denied(&error, &root, RecordType::DNSKEY));
            }
            Err(error @ NetError::Dns(_)) => (Known::Not(Instant::now() + STRIPPED), Some(error.to_string())),
            Err(error) => return Err(denied(&error, &root, RecordType::DNSKEY)),
        };
        if let Some(why) = why {
            tracing::warn!(
                why,
                "the resolvers pass no signatures on: nothing is validated (DNSSEC), and DANE is left out"
            );
        }
        let mut ours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // who asked at the same time may have got them
        if !matches!(*ours, Known::Passed) {
            *ours = known;
        }
        Ok(matches!(*ours, Known::Passed))
    }

    fn known(&self) -> Known {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
