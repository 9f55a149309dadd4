use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::time::Duration;

/// A certificate of an authority, with the authority's own.
struct Chain {
    end_entity: CertificateDer<'static>,
    authority: CertificateDer<'static>,
}

fn chain(name: &str) -> Chain {
    let mut of_authority = CertificateParams::default();
    of_authority.distinguished_name.push(DnType::CommonName, "an authority");
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = of_authority.self_signed(&key).unwrap().der().clone();
    let issuer = Issuer::new(of_authority, key);
    let own = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let end_entity = own.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().clone();
    Chain { end_entity, authority }
}

fn spki(certificate: &CertificateDer<'_>) -> Vec<u8> {
    X509Certificate::from_der(certificate).unwrap().1.tbs_certificate.subject_pki.raw.to_vec()
}

/// The record that stands for `certificate`.
fn record(usage: u8, selector: u8, matching: u8, certificate: &CertificateDer<'_>) -> Tlsa {
    let selected = if selector == 1 { spki(certificate) } else { certificate.to_vec() };
    let data = match matching {
        1 => Sha256::digest(selected).to_vec(),
        2 => Sha512::digest(selected).to_vec(),
        _ => selected,
    };
    Tlsa { usage, selector, matching, data }
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000))
}

fn judged(records: &[Tlsa], name: &str, chain: &Chain) -> Result<(), CertificateFault> {
    judge(records, &[name.to_owned()], &chain.end_entity, std::slice::from_ref(&chain.authority), now())
}

#[test]
fn every_usable_kind_of_record_stands_for_its_certificate_and_no_other() {
    let (chain, other) = (chain("mx.example"), chain("mx.example"));
    for selector in 0..=1 {
        for matching in 0..=2 {
            for (usage, right, wrong) in
                [(3, &chain.end_entity, &other.end_entity), (2, &chain.authority, &other.authority)]
            {
                let right = record(usage, selector, matching, right);
                let wrong = record(usage, selector, matching, wrong);
                let kind = format!("{usage} {selector} {matching}");
                assert_eq!(judged(std::slice::from_ref(&right), "mx.example", &chain), Ok(()), "{kind}");
                let not = judged(std::slice::from_ref(&wrong), "mx.example", &chain);
                assert_eq!(not, Err(CertificateFault::Dane), "{kind}");
                // one that fits is enough
                assert_eq!(judged(&[wrong, right], "mx.example", &chain), Ok(()), "{kind}");
            }
        }
    }
}

#[test]
fn names_count_for_an_authority_only() {
    let chain = chain("mx.example");
    let by_key = record(3, 1, 1, &chain.end_entity);
    assert_eq!(judged(&[by_key], "other.example", &chain), Ok(()));
    let by_authority = [record(2, 1, 1, &chain.authority)];
    assert_eq!(judged(&by_authority, "other.example", &chain), Err(CertificateFault::Name));
    // RFC 7672, 3.2.3: the next hop's name will do too
    let names = ["other.example".to_owned(), "mx.example".to_owned()];
    let authority = std::slice::from_ref(&chain.authority);
    assert_eq!(judge(&by_authority, &names, &chain.end_entity, authority, now()), Ok(()));
}

#[test]
fn time_counts_for_an_authority_only() {
    let chain = chain("mx.example");
    let late = UnixTime::since_unix_epoch(Duration::from_secs(90_000_000_000));
    let at = |records: &[Tlsa]| {
        let authority = std::slice::from_ref(&chain.authority);
        judge(records, &["mx.example".to_owned()], &chain.end_entity, authority, late)
    };
    assert_eq!(at(&[record(3, 0, 1, &chain.end_entity)]), Ok(()));
    assert_eq!(at(&[record(2, 0, 1, &chain.authority)]), Err(CertificateFault::Expired));
}

#[test]
fn an_authority_that_is_not_sent_is_not_believed() {
    let chain = chain("mx.example");
    let records = [record(2, 0, 0, &chain.authority)];
    let judged = judge(&records, &["mx.example".to_owned()], &chain.end_entity, &[], now());
    assert_eq!(judged, Err(CertificateFault::Dane));
}

#[test]
fn an_authority_that_did_not_issue_it_is_not_enough() {
    let (chain, other) = (chain("mx.example"), chain("mx.example"));
    let sent = [other.authority.clone()];
    let judged =
        judge(&[record(2, 1, 1, &other.authority)], &["mx.example".to_owned()], &chain.end_entity, &sent, now());
    assert!(judged.is_err());
}

#[test]
fn only_the_strongest_digest_counts() {
    let (chain, other) = (chain("mx.example"), chain("mx.example"));
    let weak = record(3, 1, 1, &chain.end_entity);
    let strong_of_another = record(3, 1, 2, &other.end_entity);
    assert_eq!(judged(&[weak.clone(), strong_of_another], "x", &chain), Err(CertificateFault::Dane));
    // of another selector it is another matter, and one of a wrong length is none
    let of_another_selector = record(3, 0, 2, &other.end_entity);
    assert_eq!(judged(&[weak.clone(), of_another_selector], "x", &chain), Ok(()));
    let broken = Tlsa { usage: 3, selector: 1, matching: 2, data: vec![7; 63] };
    assert_eq!(judged(&[weak, broken], "x", &chain), Ok(()));
}

#[test]
fn unusable_records_stand_for_nothing() {
    let chain = chain("mx.example");
    for usage in [0, 1, 4, 255] {
        let records = [record(usage, 1, 1, &chain.end_entity), record(usage, 1, 1, &chain.authority)];
        assert_eq!(judged(&records, "mx.example", &chain), Err(CertificateFault::Dane));
    }
}

#[test]
fn rubbish_in_a_record_or_a_certificate_is_no_match() {
    let chain = chain("mx.example");
    for cut in 0..chain.end_entity.len() {
        let certificate = CertificateDer::from(chain.end_entity[..cut].to_vec());
        let record = record(3, 0, 1, &chain.end_entity);
        let by_key = Tlsa { selector: 1, ..record.clone() };
        assert!(judge(&[record, by_key], &[], &certificate, &[], now()).is_err());
    }
}
