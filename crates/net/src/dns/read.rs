//! What an answer of the DNS says: which records belong to the name that was asked, and who vouches for them.
use hickory_resolver::net::{DnsError as Answered, NetError, NoRecords};
use hickory_resolver::proto::dnssec::Proof as Validated;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use world::{Answer, DnsError, Proof};

/// The records of `kind` at the end of the aliases that lead away from `asked`. What else stands in an answer, however
/// well it is signed, is about other names, and no answer to this question.
pub(super) fn answer<T>(
    answers: &[Record],
    asked: &Name,
    kind: RecordType,
    pick: impl Fn(&RData) -> Option<T>,
) -> Result<Answer<T>, DnsError> {
    let mut at = asked;
    let mut proofs = Vec::new();
    // each step takes another record, so a circle ends
    for _ in 0..answers.len() {
        let alias = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *at => Some((&target.0, proof(record))),
            _ => None,
        });
        let Some((target, by)) = alias else { break };
        proofs.push(by);
        at = target;
    }
    let found = || answers.iter().filter(|record| record.record_type() == kind && record.name == *at);
    proofs.extend(found().map(proof));
    let records: Vec<T> = found().filter_map(|record| pick(&record.data)).collect();
    let (Some(first), Some(all)) = (proofs.first(), proofs.iter().min()) else { return Err(DnsError::NoSuchRecord) };
    if records.is_empty() {
        return Err(DnsError::NoSuchRecord);
    }
    Ok(Answer { records, proof: *all, first: *first, name: plain(at) })
}

/// The addresses of both families as one answer, as authentic as the weaker half.
pub(super) fn both<T>(mut first: Answer<T>, second: Answer<T>) -> Answer<T> {
    first.records.extend(second.records);
    first.proof = first.proof.min(second.proof);
    first.first = first.first.min(second.first);
    first
}

/// RFC 4033, 5: what could not be determined is as good as unsigned; what is bogus has not come so far.
fn proof(record: &Record) -> Proof {
    if record.proof == Validated::Secure { Proof::Secure } else { Proof::Insecure }
}

/// A name as the house writes it; the root is empty (a null MX, RFC 7505, 3).
pub(super) fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a denial about where mail goes comes from a zone that may deny it. A resolver that validates takes one whose
/// records are unsigned for that of an unsigned zone, without asking whether the name is in that zone: anybody's SOA would
/// take TLSA records away. Who leaves the SOA out (RFC 2308, 2.2) is believed about MX alone, where much of it is found.
fn vouched(nothing: &NoRecords, kind: RecordType) -> bool {
    match (&nothing.soa, kind) {
        (Some(soa), RecordType::MX | RecordType::TLSA) => soa.name.zone_of(nothing.query.name()),
        (None, RecordType::TLSA) => false,
        _ => true,
    }
}

/// What a failed question means for the name that was asked.
pub(super) fn denied(error: &NetError, asked: &Name, kind: RecordType) -> DnsError {
    let by_code = |code: ResponseCode, about: &Name| match code {
        // RFC 2308, 2.1: the code is about the last name of a chain of aliases; the alias itself exists
        ResponseCode::NXDomain if about == asked => DnsError::NoSuchName,
        ResponseCode::NXDomain | ResponseCode::NoError => DnsError::NoSuchRecord,
        code => DnsError::Temporary(code.to_string()),
    };
    match error {
        NetError::Dns(Answered::NoRecordsFound(nothing)) if !vouched(nothing, kind) => DnsError::Bogus,
        NetError::Dns(Answered::NoRecordsFound(nothing)) => by_code(nothing.response_code, nothing.query.name()),
        NetError::Dns(Answered::DnssecBogus) => DnsError::Bogus,
        // a denial that no signature covers: fine in a zone that is not signed, or not wholly (RFC 5155, 6)
        NetError::Dns(Answered::Nsec { query, response, proof, .. }) => match proof {
            Validated::Bogus => DnsError::Bogus,
            _ => by_code(response.response_code, query.name()),
        },
        other => DnsError::Temporary(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::rdata::{A, CNAME};

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn alias(from: &str, to: &str, proof: Validated) -> Record {
        let mut record = Record::from_rdata(name(from), 60, RData::CNAME(CNAME(name(to))));
        record.proof = proof;
        record
    }

    fn address(at: &str, last: u8, proof: Validated) -> Record {
        let mut record = Record::from_rdata(name(at), 60, RData::A(A::new(192, 0, 2, last)));
        record.proof = proof;
        record
    }

    fn read(answers: &[Record]) -> Result<Answer<u8>, DnsError> {
        answer(answers, &name("mx.example."), RecordType::A, |data| match data {
            RData::A(address) => Some(address.octets()[3]),
            _ => None,
        })
    }

    #[test]
    fn an_answer_is_as_authentic_as_its_weakest_record() {
        use Validated::{Indeterminate, Insecure, Secure};
        for (answers, records, proof, first, at) in [
            (vec![address("MX.example.", 1, Secure)], vec![1], Proof::Secure, Proof::Secure, "mx.example"),
            (vec![address("mx.example.", 1, Indeterminate)], vec![1], Proof::Insecure, Proof::Insecure, "mx.example"),
            (
                vec![alias("mx.example.", "b.example.", Secure), address("b.example.", 2, Insecure)],
                vec![2],
                Proof::Insecure,
                Proof::Secure,
                "b.example",
            ),
            (
                vec![address("b.example.", 2, Secure), alias("mx.example.", "b.example.", Secure)],
                vec![2],
                Proof::Secure,
                Proof::Secure,
                "b.example",
            ),
            // of another name, signed by its owner: it is not believed about this one
            (
                vec![address("evil.example.", 9, Secure), address("mx.example.", 1, Secure)],
                vec![1],
                Proof::Secure,
                Proof::Secure,
                "mx.example",
            ),
        ] {
            let answer = read(&answers).unwrap();
            assert_eq!((answer.records, answer.proof, answer.first, answer.name.as_str()), (records, proof, first, at));
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_answer() {
        use Validated::Secure;
        let circle = [alias("mx.example.", "b.example.", Secure), alias("b.example.", "mx.example.", Secure)];
        for answers in [&[][..], &[address("evil.example.", 9, Secure)], &circle] {
            assert_eq!(read(answers), Err(DnsError::NoSuchRecord));
        }
    }

    #[test]
    fn q06_a_denial_by_the_wrong_zone_is_none() {
        use hickory_resolver::proto::op::Query;
        use hickory_resolver::proto::rr::rdata::SOA;
        let denial = |kind, zone: Option<&str>| {
            let mut nothing =
                NoRecords::new(Query::query(name("_25._tcp.mx.signed.example."), kind), ResponseCode::NoError);
            let soa = |zone| SOA::new(name(zone), name("x."), 1, 1, 1, 1, 1);
            nothing.soa = zone.map(|zone| Box::new(Record::from_rdata(name(zone), 60, soa(zone))));
            denied(&NetError::Dns(Answered::NoRecordsFound(nothing)), &name("_25._tcp.mx.signed.example."), kind)
        };
        for (kind, zone, means) in [
            (RecordType::TLSA, Some("signed.example."), DnsError::NoSuchRecord),
            (RecordType::TLSA, Some("example."), DnsError::NoSuchRecord),
            (RecordType::TLSA, Some("insecure.example."), DnsError::Bogus),
            (RecordType::TLSA, None, DnsError::Bogus),
            (RecordType::MX, Some("insecure.example."), DnsError::Bogus),
            (RecordType::MX, None, DnsError::NoSuchRecord),
            (RecordType::A, None, DnsError::NoSuchRecord),
        ] {
            assert_eq!(denial(kind, zone), means, "{kind} {zone:?}");
        }
    }
}
