use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Write;

/// RFC 8460, appendix B, without the line ends that its page breaks strings at.
const EXAMPLE: &str = r#"{
  "organization-name": "Company-X",
  "date-range": {
    "start-datetime": "2016-04-01T00:00:00Z",
    "end-datetime": "2016-04-01T23:59:59Z"
  },
  "contact-info": "sts-reporting@company-x.example",
  "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
  "policies": [{
    "policy": {
      "policy-type": "sts",
      "policy-string": ["version: STSv1","mode: testing",
            "mx: *.mail.company-y.example","max_age: 86400"],
      "policy-domain": "company-y.example",
      "mx-host": ["*.mail.company-y.example"]
    },
    "summary": {
      "total-successful-session-count": 5326,
      "total-failure-session-count": 303
    },
    "failure-details": [{
      "result-type": "certificate-expired",
      "sending-mta-ip": "2001:db8:abcd:0012::1",
      "receiving-mx-hostname": "mx1.mail.company-y.example",
      "failed-session-count": 100
    }, {
      "result-type": "starttls-not-supported",
      "sending-mta-ip": "2001:db8:abcd:0013::1",
      "receiving-mx-hostname": "mx2.mail.company-y.example",
      "receiving-ip": "203.0.113.56",
      "failed-session-count": 200,
      "additional-information": "https://reports.company-x.example/report_info?id=5065427c-23d3#StarttlsNotSupported"
    }, {
      "result-type": "validation-failure",
      "sending-mta-ip": "198.51.100.62",
      "receiving-ip": "203.0.113.58",
      "receiving-mx-hostname": "mx-backup.mail.company-y.example",
      "failed-session-count": 3,
      "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"
    }]
  }]
}"#;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn example() -> Value {
    serde_json::from_str(EXAMPLE).unwrap()
}

fn of(json: &Value) -> Result<ReceivedReport, ReportFault> {
    received_report(ReportForm::Json, json.to_string().as_bytes())
}

/// The example with another value at this place.
fn with(place: &str, value: Value) -> Value {
    let mut json = example();
    *json.pointer_mut(place).unwrap() = value;
    json
}

#[test]
fn the_rfc_s_own_example_is_read_packed_and_not() {
    let report = received_report(ReportForm::Json, EXAMPLE.as_bytes()).unwrap();
    assert_eq!(received_report(ReportForm::Gzip, &packed(EXAMPLE.as_bytes())), Ok(report.clone()));
    assert_eq!((report.submitter.as_str(), report.id.len()), ("Company-X", 36));
    assert_eq!(report.contact.as_deref(), Some("sts-reporting@company-x.example"));
    assert_eq!((report.from.secs(), report.until.secs()), (1_459_468_800, 1_459_555_199));
    let [policy] = report.policies.as_slice() else { panic!("{report:?}") };
    assert_eq!((policy.domain.as_str(), policy.kind.as_str()), ("company-y.example", "sts"));
    assert_eq!((policy.good, policy.failed, policy.failures.len(), policy.left_out), (5_326, 303, 3, 0));
    let last = ReportedFailure {
        result: "validation-failure".to_owned(),
        sending: "198.51.100.62".to_owned(),
        receiving: "mx-backup.mail.company-y.example".to_owned(),
        receiving_address: "203.0.113.58".to_owned(),
        reason: "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED".to_owned(),
        sessions: 3,
    };
    assert_eq!(policy.failures.last(), Some(&last));
}

#[test]
fn what_is_unknown_or_not_said_is_no_fault() {
    let mut json = with("/policies/0/policy/mx-host", json!("*.mail.company-y.example"));
    json["more"] = json!({"deep": [[1, {"x": null}]]});
    json["contact-info"] = Value::Null;
    json["policies"][0].as_object_mut().unwrap().remove("failure-details");
    let report = of(&json).unwrap();
    assert_eq!((report.contact, report.policies[0].failures.len()), (None, 0));
    assert_eq!(of(&with("/policies", json!([]))).unwrap().policies, []);
    assert!(of(&with("/date-range/end-datetime", json!("2016-04-02T01:59:59+02:00"))).is_ok());
}

#[test]
fn what_is_wrong_is_told() {
    use ReportFault::{Dates, Name, Policies};
    let long = json!("x".repeat(MAX_TEXT + 1));
    for (place, value, fault) in [
        ("/organization-name", json!(""), Name("organization-name")),
        ("/organization-name", long.clone(), Name("organization-name")),
        ("/report-id", long, Name("report-id")),
        ("/report-id", json!("1\r\n2"), Name("report-id")),
        ("/date-range/start-datetime", json!("yesterday"), Dates),
        ("/date-range/start-datetime", json!("2016-04-01"), Dates),
        ("/date-range/start-datetime", json!("1916-04-01T00:00:00Z"), Dates),
        ("/date-range/end-datetime", json!("2016-03-31T23:59:59Z"), Dates),
        ("/policies/0/policy/policy-domain", json!("no domain"), Name("policy-domain")),
        ("/policies", Value::from(vec![example()["policies"][0].clone(); MAX_POLICIES + 1]), Policies),
    ] {
        assert_eq!(of(&with(place, value)), Err(fault), "{place}");
    }
    assert!(of(&with("/policies", Value::from(vec![example()["policies"][0].clone(); MAX_POLICIES]))).is_ok());
}

#[test]
fn another_type_is_a_fault_and_its_words_are_not_repeated() {
    for (place, value) in [
        ("/organization-name", json!(7)),
        ("/date-range", json!("2016")),
        ("/report-id", Value::Null),
        ("/contact-info", json!(["a"])),
        ("/policies", json!({})),
        ("/policies/0/policy/policy-type", json!({})),
        ("/policies/0/summary/total-successful-session-count", json!("\u{1b}[2J")),
        ("/policies/0/summary/total-failure-session-count", json!(-1)),
        ("/policies/0/summary/total-failure-session-count", json!(1.5)),
        ("/policies/0/failure-details/0/failed-session-count", Value::Null),
        ("/policies/0/failure-details/0/sending-mta-ip", json!(1)),
    ] {
        let fault = of(&with(place, value)).unwrap_err();
        assert!(matches!(fault, ReportFault::Shape { line: 1, .. }), "{place}: {fault:?}");
        assert!(!fault.to_string().contains("[2J"));
    }
    for text in ["", "{", "[]", "null", "{\"report-id\": \"1\", \"report-id\": \"2\"}"] {
        let fault = received_report(ReportForm::Json, text.as_bytes()).unwrap_err();
        assert!(matches!(fault, ReportFault::Shape { .. }), "{text}: {fault:?}");
    }
    let deep = format!("{{\"x\":{}", "[".repeat(MAX_REPORT - 5));
    assert!(matches!(received_report(ReportForm::Json, deep.as_bytes()), Err(ReportFault::Shape { .. })));
}

#[test]
fn a_report_has_an_end() {
    let space = " ".repeat(MAX_REPORT - EXAMPLE.len());
    let longest = format!("{EXAMPLE}{space}");
    assert!(received_report(ReportForm::Json, longest.as_bytes()).is_ok());
    for form in [ReportForm::Json, ReportForm::Gzip] {
        assert_eq!(received_report(form, format!("{longest} ").as_bytes()), Err(ReportFault::TooLong));
    }
    let detail = example()["policies"][0]["failure-details"][0].clone();
    let many = of(&with("/policies/0/failure-details", Value::from(vec![detail; MAX_FAILURES + 7]))).unwrap();
    assert_eq!((many.policies[0].failures.len(), many.policies[0].left_out), (MAX_FAILURES, 7));
    let long = of(&with("/policies/0/failure-details/0/result-type", json!("é".repeat(1_000)))).unwrap();
    assert_eq!(long.policies[0].failures[0].result, "é".repeat(127));
    let controls = of(&with("/policies/0/policy/policy-type", json!("\u{1b}[2J".repeat(200)))).unwrap();
    assert!(controls.policies[0].kind.starts_with("\u{fffd}[2J") && controls.policies[0].kind.len() <= MAX_TEXT);
}

#[test]
fn m13_a_bomb_is_not_unpacked_to_its_end() {
    let room = usize::try_from(MAX_UNPACKED).unwrap() - EXAMPLE.len();
    let fits = packed(format!("{EXAMPLE}{}", " ".repeat(room)).as_bytes());
    assert!(received_report(ReportForm::Gzip, &fits).is_ok());
    let bomb = packed(format!("{EXAMPLE}{}", " ".repeat(room + 1)).as_bytes());
    assert_eq!(received_report(ReportForm::Gzip, &bomb), Err(ReportFault::TooMuch));
    // a thousand to one, as far as it goes: no more than the limit is ever held
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    (0..256).for_each(|_| encoder.write_all(&vec![b' '; 1 << 20]).unwrap());
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < MAX_REPORT);
    assert_eq!(unpacked(&bomb), Err(ReportFault::TooMuch));
}

#[test]
fn what_is_no_gzip_is_told() {
    let whole = packed(EXAMPLE.as_bytes());
    let mut damaged = whole.clone();
    let sum = damaged.len() - 6;
    damaged[sum] ^= 1;
    for wrong in [EXAMPLE.as_bytes(), b"", &whole[..whole.len() - 1], &damaged] {
        assert_eq!(received_report(ReportForm::Gzip, wrong), Err(ReportFault::NotGzip));
    }
    // with the name of a file, as some write it (RFC 1952, 2.3.1)
    let mut named = flate2::GzBuilder::new().filename("a!b!1!2.json").write(Vec::new(), Compression::fast());
    named.write_all(EXAMPLE.as_bytes()).unwrap();
    assert!(received_report(ReportForm::Gzip, &named.finish().unwrap()).is_ok());
}

#[test]
fn forms_by_media_type() {
    for (text, form) in [
        ("application/tlsrpt+gzip", Some(ReportForm::Gzip)),
        ("Application/TLSRPT+JSON ; charset=utf-8", Some(ReportForm::Json)),
        ("application/json", None),
        ("application/tlsrpt+gzipped", None),
        ("", None),
    ] {
        assert_eq!(ReportForm::of(text), form, "{text}");
    }
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("\\PC{1,20}").unwrap()
}

fn any_failure() -> impl Strategy<Value = ReportedFailure> {
    (text(), text(), text(), text(), text(), any::<u64>()).prop_map(
        |(result, sending, receiving, receiving_address, reason, sessions)| ReportedFailure {
            result,
            sending,
            receiving,
            receiving_address,
            reason,
            sessions,
        },
    )
}

fn any_policy() -> impl Strategy<Value = ReportedPolicy> {
    let failures = proptest::collection::vec(any_failure(), 0..5);
    (0..9_u8, text(), any::<u64>(), any::<u64>(), failures).prop_map(|(number, kind, good, failed, failures)| {
        let domain = format!("d{number}.example").parse().unwrap();
        ReportedPolicy { domain, kind, good, failed, failures, left_out: 0 }
    })
}

/// The report as its sender would write it.
fn written(report: &ReceivedReport) -> Value {
    let moment = |at: UnixTime| Timestamp::from_second(i64::try_from(at.secs()).unwrap()).unwrap().to_string();
    let failure = |one: &ReportedFailure| {
        json!({
            "result-type": one.result, "sending-mta-ip": one.sending, "receiving-mx-hostname": one.receiving,
            "receiving-ip": one.receiving_address, "failure-reason-code": one.reason, "failed-session-count": one.sessions,
        })
    };
    let policy = |one: &ReportedPolicy| {
        json!({
            "policy": {"policy-type": one.kind, "policy-domain": one.domain.as_str()},
            "summary": {"total-successful-session-count": one.good, "total-failure-session-count": one.failed},
            "failure-details": one.failures.iter().map(failure).collect::<Vec<_>>(),
        })
    };
    json!({
        "organization-name": report.submitter, "report-id": report.id, "contact-info": report.contact,
        "date-range": {"start-datetime": moment(report.from), "end-datetime": moment(report.until)},
        "policies": report.policies.iter().map(policy).collect::<Vec<_>>(),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        (submitter, id, contact) in (text(), text(), proptest::option::of(text())),
        (from, length) in (0..4_000_000_000_u64, 0..1_000_000_u64),
        policies in proptest::collection::vec(any_policy(), 0..4),
    ) {
        let (from, until) = (UnixTime::from_secs(from), UnixTime::from_secs(from + length));
        let report = ReceivedReport { submitter, id, contact, from, until, policies };
        let json = written(&report).to_string();
        prop_assert_eq!(received_report(ReportForm::Gzip, &packed(json.as_bytes())), Ok(report.clone()));
        prop_assert_eq!(received_report(ReportForm::Json, json.as_bytes()), Ok(report));
    }
}
