//! A report as it goes out: JSON, packed, in a message (RFC 8460, 4.4 and 5).
use super::day::Day;
use super::gzip::gzip;
use jiff::Timestamp;
use message::{Builder, BuiltPart, Date, HeaderWriter, Multipart, new_message_id};
use names::{Address, Domain};
use serde_json::{Value, json};

/// The media type of a packed report (RFC 8460, 6.4).
pub(super) const MEDIA_TYPE: &str = "application/tlsrpt+gzip";
/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;

/// A report about one domain and one day.
pub(super) struct Report<'a> {
    pub(super) about: &'a Domain,
    /// The first second of the day.
    pub(super) from: u64,
    pub(super) day: &'a Day,
    /// This server.
    pub(super) host: &'a Domain,
    /// Who answers for it.
    pub(super) postmaster: &'a str,
    pub(super) id: String,
}

fn moment(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

impl Report<'_> {
    fn until(&self) -> u64 {
        self.from + DAY - 1
    }

    fn json(&self) -> Value {
        let policies = self.day.0.iter().map(|(applied, sessions)| {
            let mut policy = json!({ "policy-type": applied.kind, "policy-domain": self.about.as_str() });
            if !applied.lines.is_empty() {
                policy["policy-string"] = json!(applied.lines);
            }
            if !applied.hosts.is_empty() {
                policy["mx-host"] = json!(applied.hosts);
            }
            let details = sessions.failures.iter().map(|(failure, count)| {
                let mut detail = json!({ "result-type": failure.result, "failed-session-count": count });
                if !failure.host.is_empty() {
                    detail["receiving-mx-hostname"] = json!(failure.host);
                }
                if !failure.address.is_empty() {
                    detail["receiving-ip"] = json!(failure.address);
                }
                detail
            });
            let mut one = json!({
                "policy": policy,
                "summary": {
                    "total-successful-session-count": sessions.good,
                    "total-failure-session-count": sessions.failed,
                },
            });
            let details: Vec<Value> = details.collect();
            if !details.is_empty() {
                one["failure-details"] = json!(details);
            }
            one
        });
        json!({
            "organization-name": self.host.as_str(),
            "date-range": { "start-datetime": moment(self.from), "end-datetime": moment(self.until()) },
            "contact-info": self.postmaster,
            "report-id": self.id,
            "policies": policies.collect::<Vec<_>>(),
        })
    }

    /// The packed JSON.
    pub(super) fn packed(&self) -> Vec<u8> {
        gzip(self.json().to_string().as_bytes())
    }

    /// A message to `to` with it (RFC 8460, 5.3).
    pub(super) fn message(&self, to: &Address, now: u64, random: u128) -> Vec<u8> {
        let host = self.host.as_str();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let subject = format!("Report Domain: {} Submitter: {host} Report-ID: <{}>", self.about, self.id);
        let header = HeaderWriter::new()
            .addresses("From", &[(None, &format!("postmaster@{host}"))])
            .addresses("To", &[(None, &to.to_string())])
            .text("Subject", &subject)
            .field("Date", &Date::utc(now).to_string())
            .field("Message-ID", &new_message_id(random, host))
            .field("TLS-Report-Domain", self.about.as_str())
            .field("TLS-Report-Submitter", host)
            // RFC 8689, 5: it may have to say that TLS is what does not work
            .field("TLS-Required", "No")
            .field("Auto-Submitted", "auto-generated");
        let text = format!("This is an aggregate report about TLS of {host}, for {} (RFC 8460).\n", self.about);
        // RFC 8460, 5.1
        let name = format!("{host}!{}!{}!{}.json.gz", self.about, self.from, self.until());
        let parts = [BuiltPart::text(&text), BuiltPart::file(MEDIA_TYPE, &name, &self.packed())];
        let random = u64::try_from(random & u128::from(u64::MAX)).unwrap_or(0);
        Builder::new(header).multipart(Multipart::TlsReport, &parts, random)
    }
}

#[cfg(test)]
mod tests {
    use super::super::day::{Applied, Failure};
    use super::*;

    #[test]
    fn a_report_says_what_was_counted() {
        let mut day = Day::default();
        let lines = vec!["version: STSv1".to_owned(), "mode: enforce".to_owned()];
        let sts = Applied { kind: "sts".to_owned(), lines, hosts: vec!["*.far.example".to_owned()] };
        day.count(sts.clone(), None);
        let failure = |result: &str| Failure {
            result: result.to_owned(),
            host: "mx.far.example".to_owned(),
            address: "192.0.2.1".to_owned(),
        };
        day.count(sts.clone(), Some(failure("certificate-expired")));
        day.count(sts, Some(failure("certificate-expired")));
        let (about, host) = ("far.example".parse().unwrap(), "mx.here.example".parse().unwrap());
        let postmaster = "postmaster@here.example";
        let report =
            Report { about: &about, from: 1_767_225_600, day: &day, host: &host, postmaster, id: "1.x".to_owned() };
        let expected = json!({
            "organization-name": "mx.here.example",
            "date-range": {"start-datetime": "2026-01-01T00:00:00Z", "end-datetime": "2026-01-01T23:59:59Z"},
            "contact-info": "postmaster@here.example",
            "report-id": "1.x",
            "policies": [{
                "policy": {
                    "policy-type": "sts",
                    "policy-string": ["version: STSv1", "mode: enforce"],
                    "policy-domain": "far.example",
                    "mx-host": ["*.far.example"],
                },
                "summary": {"total-successful-session-count": 1, "total-failure-session-count": 2},
                "failure-details": [{
                    "result-type": "certificate-expired",
                    "receiving-mx-hostname": "mx.far.example",
                    "receiving-ip": "192.0.2.1",
                    "failed-session-count": 2,
                }],
            }],
        });
        assert_eq!(report.json(), expected);
        let message = report.message(&"r@far.example".parse().unwrap(), 1_767_312_000, 7);
        let text = String::from_utf8(message).unwrap();
        for part in [
            "TLS-Report-Domain: far.example\r\n",
            "TLS-Report-Submitter: mx.here.example\r\n",
            "report-type=\"tlsrpt\"",
            "Content-Type: application/tlsrpt+gzip;",
            "mx.here.example!far.example!1767225600!1767311999.json.gz",
            "Content-Transfer-Encoding: base64",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
