//! Whom to believe: HELO names and sending rates; what other domains ask of those who send to them.
//!
//! [`HeloPolicy`] judges what a client calls itself; [`Rates`] counts what an address sends, [`Allowance`] what one
//! account does; [`StsPolicy`] is a domain's wish about TLS, [`ReceivedReport`] what others say of TLS with ours;
//! [`OwnNames`] tells which verdicts about senders bear our name. All take values and the passed clock, and know no store.
//! Neighbours: `names`, `world`, `message`.
mod allowance;
mod error;
mod helo;
mod mta_sts;
mod rates;
mod received_report;
mod tls_report;
mod verdict;
pub use allowance::{Allowance, AllowanceLimits};
pub use error::Error;
pub use helo::{HeloFault, HeloPolicy, HeloRule};
pub use mta_sts::{MAX_POLICY, StsFault, StsMode, StsPolicy, announced};
pub use rates::{Counted, Rate, Rates, Span};
pub use received_report::{
    MAX_FAILURES, MAX_REPORT, ReceivedReport, ReportFault, ReportForm, ReportedFailure, ReportedPolicy, received_report,
};
pub use tls_report::{MAX_REPORT_TARGETS, ReportTarget, report_targets};
pub use verdict::OwnNames;
