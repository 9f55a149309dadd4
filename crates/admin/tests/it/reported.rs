//! What others report of TLS with the servers here is looked at.
use crate::place::place;
use admin::{Caller, Error, Permission, Request, Response, TraceAct};
use directory::Role;
use journal::Peer;
use policy::ReportForm;

fn act(domain: Option<&str>) -> Request {
    let domain = domain.map(|domain| domain.parse().unwrap());
    Request::Trace(TraceAct::Reported { domain, since: None, until: None })
}

#[tokio::test]
async fn who_may_look_sees_what_was_reported_and_by_whom() {
    let place = place().await;
    let report = serde_json::json!({
        "organization-name": "far.example\u{202e}", "report-id": "1", "contact-info": "tls@far.example",
        "date-range": {"start-datetime": "2026-01-01T00:00:00Z", "end-datetime": "2026-01-01T23:59:59Z"},
        "policies": [{
            "policy": {"policy-type": "tlsa", "policy-domain": "example.org"},
            "summary": {"total-successful-session-count": 5, "total-failure-session-count": 2},
            "failure-details": [{"result-type": "dnssec-invalid", "failed-session-count": 2}],
        }],
    });
    let peer =
        Peer { session: "s1".into(), remote: "192.0.2.4:9".parse().unwrap(), listener: "https".into(), tls: None };
    let bytes = report.to_string().into_bytes();
    place.delivery.posted_report(ReportForm::Json, bytes, peer).await.unwrap();
    let Response::TlsReports(view) = place.run(act(None)).await.unwrap() else { panic!() };
    assert_eq!((view.reports, view.good, view.failed, view.left_out), (1, 5, 2, 0));
    let [one] = &view.reported[..] else { panic!("{view:?}") };
    assert_eq!(
        (one.domain.as_str(), one.policy.as_str(), one.submitter.as_str()),
        ("example.org", "tlsa", "far.example\u{202e}")
    );
    assert_eq!((one.newest_ms, one.address), (1_767_225_600_000, Some("192.0.2.4".parse().unwrap())));
    assert_eq!(
        (one.delivery.as_deref(), one.failures[0].result.as_str(), one.failures[0].sessions),
        (None, "dnssec-invalid", 2)
    );
    let Response::TlsReports(none) = place.run(act(Some("voorbeeld.nl"))).await.unwrap() else { panic!() };
    assert_eq!((none.reports, none.reported.len()), (0, 0));
    assert_eq!(act(None).permission(), Permission::Look);
    let customer = Caller::staff("anna", Role::User);
    assert!(matches!(place.admin.run(&customer, act(None)).await, Err(Error::NotPermitted(_))));
}
