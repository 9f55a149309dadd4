//! Whether the resolvers pass signatures on. Behind some that do not, whatever is signed would seem forged, and no mail
//! would leave: who does not insist on DNSSEC does without it there.
use super::read::denied;
use hickory_resolver::TokioResolver;
use hickory_resolver::lookup::Lookup;
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
        let found = resolver.lookup(Name::root(), RecordType::DNSKEY).await;
        let secure = |found: Lookup| found.answers().iter().any(|record| record.proof == Proof::Secure);
        let passed = passed(found.map(secure))?;
        if let Err(why) = &passed {
            tracing::warn!(
                why,
                "the resolvers pass no signatures on: nothing is validated (DNSSEC), and DANE is left out"
            );
        }
        Ok(self.note(passed.is_ok()))
    }

    /// Remembers whether they were passed on just now; says whether they are to be counted on.
    fn note(&self, passed: bool) -> bool {
        let mut ours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // who asked at the same time may have got them
        if !matches!(*ours, Known::Passed) {
            *ours = if passed { Known::Passed } else { Known::Not(Instant::now() + STRIPPED) };
        }
        matches!(*ours, Known::Passed)
    }

    fn known(&self) -> Known {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the keys of the root came with their signatures, or why not.
///
/// # Errors
/// When that cannot be told.
fn passed(secure: Result<bool, NetError>) -> Result<Result<(), String>, DnsError> {
    match secure {
        Ok(true) => Ok(Ok(())),
        Ok(false) => Ok(Err("they came without".to_owned())),
        Err(error @ NetError::Dns(Answered::ResponseCode(ResponseCode::ServFail))) => {
            Err(denied(&error, &Name::root(), RecordType::DNSKEY))
        }
        // no keys at all, or forged ones: a resolver that knows nothing of DNSSEC
        Err(error @ NetError::Dns(_)) => Ok(Err(error.to_string())),
        Err(error) => Err(denied(&error, &Name::root(), RecordType::DNSKEY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::net::NoRecords;
    use hickory_resolver::proto::op::Query;

    #[test]
    fn only_an_answer_tells_whether_they_are_passed_on() {
        let code = |code| NetError::Dns(Answered::ResponseCode(code));
        let nothing = NoRecords::new(Query::query(Name::root(), RecordType::DNSKEY), ResponseCode::NoError);
        for (found, expected) in [
            (Ok(true), Some(true)),
            (Ok(false), Some(false)),
            (Err(NetError::Dns(Answered::NoRecordsFound(nothing))), Some(false)),
            (Err(NetError::Dns(Answered::DnssecBogus)), Some(false)),
            (Err(code(ResponseCode::NotImp)), Some(false)),
            (Err(code(ResponseCode::ServFail)), None),
            (Err(NetError::Timeout), None),
        ] {
            let name = format!("{found:?}");
            assert_eq!(passed(found).ok().map(|passed| passed.is_ok()), expected, "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_passed_them_on_once_is_held_to_it_and_who_did_not_is_asked_again_after_an_hour() {
        let offered = Offered::default();
        assert!(matches!(offered.known(), Known::Nothing));
        assert!(!offered.note(false));
        tokio::time::advance(STRIPPED - Duration::from_secs(1)).await;
        assert!(matches!(offered.known(), Known::Not(until) if Instant::now() < until));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(matches!(offered.known(), Known::Not(until) if Instant::now() > until));
        assert!(offered.note(true));
        assert!(offered.note(false), "what was asked at the same time takes nothing back");
        assert!(matches!(offered.known(), Known::Passed));
    }
}
