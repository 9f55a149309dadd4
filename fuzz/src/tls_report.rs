//! Where a domain wants reports about TLS (RFC 8460): text records, each ended by a NUL.
use policy::{MAX_REPORT_TARGETS, ReportTarget, report_targets};

pub(crate) fn tls_report(data: &[u8]) {
    let texts: Vec<Vec<u8>> = data.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    let targets = report_targets(&texts);
    assert!(targets.len() <= MAX_REPORT_TARGETS);
    for target in targets {
        if let ReportTarget::Https { host, path } = target {
            // it becomes a line of a request: nothing in it ends one
            assert!(path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()), "{path}");
            assert!(!host.as_str().is_empty());
        }
    }
}
