//! A report about TLS with our servers (RFC 8460), as anybody may write it: the first byte says whether it is packed.
use policy::{MAX_FAILURES, ReportForm};

pub(crate) fn received_report(data: &[u8]) {
    let Some((form, bytes)) = data.split_first() else { return };
    let form = if *form == b'g' { ReportForm::Gzip } else { ReportForm::Json };
    let Ok(report) = policy::received_report(form, bytes) else { return };
    assert!(report.from <= report.until);
    assert!(!report.submitter.is_empty() && !report.id.is_empty() && report.policies.len() <= 16);
    let mut texts = vec![&report.submitter, &report.id];
    texts.extend(&report.contact);
    for policy in &report.policies {
        assert!(policy.failures.len() <= MAX_FAILURES);
        texts.push(&policy.kind);
        for failure in &policy.failures {
            texts.extend([&failure.result, &failure.sending, &failure.receiving]);
            texts.extend([&failure.receiving_address, &failure.reason]);
        }
    }
    assert!(texts.iter().all(|text| text.len() <= 255 && !text.contains(char::is_control)));
}
