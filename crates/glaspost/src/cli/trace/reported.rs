//! What others say of TLS with the servers here, as people read it: the sums, how sessions failed, and all together.
use crate::cli::table::Table;
use crate::cli::{moment, or_dash};
use admin::{TlsFailureView, TlsReportView, TlsReportsView};

/// The whole page.
pub(super) fn page(view: &TlsReportsView) -> String {
    let TlsReportsView { reported, left_out, reports, good, failed } = view;
    let mut sums =
        Table::titled(["DOMAIN", "SUBMITTER", "POLICY", "REPORTS", "WELL", "FAILED", "NEWEST", "FROM", "BY"]);
    for one in reported {
        let by = one.delivery.clone().unwrap_or_else(|| "https".to_owned());
        sums.row(&[
            one.domain.clone(),
            one.submitter.clone(),
            one.policy.clone(),
            one.reports.to_string(),
            one.good.to_string(),
            one.failed.to_string(),
            day(one.newest_ms),
            or_dash(one.address),
            by,
        ]);
    }
    let more = match left_out {
        0 => String::new(),
        left_out => format!("  … and {left_out} more; `--domain` and `--since` show fewer\n"),
    };
    let total = format!("  {reports} reports: {good} sessions went well, {failed} did not\n");
    if reported.is_empty() {
        return total;
    }
    format!("{}{more}\n{}{total}", sums.render(), failures(reported))
}

/// How sessions failed, and an empty line; nothing where all went well.
fn failures(reported: &[TlsReportView]) -> String {
    if reported.iter().all(|one| one.failures.is_empty()) {
        return String::new();
    }
    let mut table = Table::titled(["DOMAIN", "SUBMITTER", "POLICY", "SESSIONS", "RESULT", "SENT FROM", "TO", "REASON"]);
    for one in reported {
        for failure in &one.failures {
            table.row(&[
                one.domain.clone(),
                one.submitter.clone(),
                one.policy.clone(),
                failure.sessions.to_string(),
                failure.result.clone(),
                said(&failure.sending),
                host(failure),
                said(&failure.reason),
            ]);
        }
    }
    let more = match reported.iter().map(|one| one.failures_left_out).fold(0, u64::saturating_add) {
        0 => String::new(),
        more => format!("  … and at most {more} more kinds of failures\n"),
    };
    format!("{}{more}\n", table.render())
}

fn host(failure: &TlsFailureView) -> String {
    match (failure.receiving.as_str(), failure.receiving_address.as_str()) {
        (host, "") => said(host),
        ("", address) => address.to_owned(),
        (host, address) => format!("{host} ({address})"),
    }
}

fn said(text: &str) -> String {
    or_dash(Some(text).filter(|text| !text.is_empty()))
}

/// The day of a moment.
fn day(ms: u64) -> String {
    moment(ms / 1000).split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    //! What docs/tracing.md shows is what is printed.
    use super::*;

    const DOC: &str = include_str!("../../../../../docs/tracing.md");

    fn reported(submitter: &str, good: u64, failures: Vec<TlsFailureView>) -> TlsReportView {
        TlsReportView {
            domain: "telfortglasvezel.nl".to_owned(),
            submitter: submitter.to_owned(),
            contact: None,
            policy: "sts".to_owned(),
            reports: 1,
            good,
            failed: failures.iter().map(|failure| failure.sessions).sum(),
            failures,
            failures_left_out: 0,
            newest_ms: 1_795_910_400_000,
            came_ms: 1_795_999_000_000,
            address: Some("198.51.100.25".parse().unwrap()),
            delivery: Some("d4c1f7a06b2e95d308e2ab41907c6f512".to_owned()),
        }
    }

    fn expired(sessions: u64) -> TlsFailureView {
        TlsFailureView {
            result: "certificate-expired".to_owned(),
            sending: "198.51.100.9".to_owned(),
            receiving: "mx.telfortglasvezel.nl".to_owned(),
            receiving_address: "192.0.2.25".to_owned(),
            reason: String::new(),
            sessions,
        }
    }

    fn view(reported: Vec<TlsReportView>) -> TlsReportsView {
        let (good, failed) = (reported.iter().map(|one| one.good).sum(), reported.iter().map(|one| one.failed).sum());
        TlsReportsView { reports: reported.len() as u64, left_out: 0, good, failed, reported }
    }

    #[test]
    fn the_page_is_as_the_manual_shows_it() {
        let posted = TlsReportView {
            address: Some("203.0.113.7".parse().unwrap()),
            delivery: None,
            ..reported("Verre Post", 412, Vec::new())
        };
        let page = page(&view(vec![reported("mx.elders.example", 5_326, vec![expired(303)]), posted]));
        let indented: String =
            page.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect();
        assert!(DOC.contains(&indented), "docs/tracing.md should show\n{indented}");
    }

    #[test]
    fn a_stranger_s_words_cannot_colour_a_terminal_and_what_is_left_out_is_told() {
        let mut hostile = reported("a\u{1b}[31m\u{202e}\r\nb", 1, vec![expired(1)]);
        (hostile.failures_left_out, hostile.failures[0].receiving) = (7, "\u{2066}x".to_owned());
        let page = page(&TlsReportsView { left_out: 3, ..view(vec![hostile]) });
        assert!(page.lines().flat_map(str::chars).all(|c| !texts::is_unshown(c)), "{page:?}");
        assert!(page.contains("and 3 more;") && page.contains("and at most 7 more kinds"), "{page}");
        assert_eq!(super::page(&view(Vec::new())), "  0 reports: 0 sessions went well, 0 did not\n");
    }
}
