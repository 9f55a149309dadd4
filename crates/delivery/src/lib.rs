//! What happens to mail: routing, local delivery, the outbound queue, DSNs.
//!
//! A session asks [`Delivery::recipient`] at RCPT and [`Delivery::accept`] after the data; [`Delivery::run`] owns the
//! queue. Invariants: what is answered is on disk; a target here is never bounced; nothing is sent about a message
//! with the null reverse-path; every commit of the queue's owner carries its lease.
mod accept;
mod aims;
mod allowances;
mod attempt;
mod away;
mod blocked;
mod causes;
mod delivery;
mod envelope;
mod error;
mod homecoming;
mod homes;
mod next_hop;
mod notice;
mod operator;
mod originators;
mod outbound;
mod queue;
mod received_reports;
mod relay_domains;
mod report;
mod routes;
mod routing;
mod senders;
mod settings;
mod source;
mod srs;
mod srs_key;
mod sts;
mod submission;
mod telling;
mod tls_report;
mod underway;
mod upkeep;
mod vacation;
mod wishes;
pub use accept::{Accepted, Outcome};
pub use allowances::Senders;
pub use blocked::{BlockPattern, BlockPatternError, BlockedSender, BlockedSenders, Blocking, Unblocking};
pub use causes::{AtDestination, CauseCount};
pub use delivery::{Delivery, Parts};
pub use envelope::{Body, Envelope, Notify, Origin, Return, Sender};
pub use error::Error;
pub use next_hop::{NextHop, NextHopError};
pub use notice::Notice;
pub use operator::{Act, Done, Filter, Load, Operator, QueuePage, Queued};
pub use originators::{UnreadableOriginator, originators};
pub use queue::{Destination, Entry, Hold, LaneState, PARTITIONS, Pending, QueueId, QueueIdError};
pub use received_reports::{Filed, ReportRefused, TlsReportCounts, TlsReportSum};
pub use relay_domains::{People, RelayDomain, RelayDomains};
pub use routes::{Login, Pattern, PatternError, Place, Relay, Route, Routes, SenderPattern, TlsRule, Transport};
pub use routing::{Asked, DirectoryAway, Recipient, Refused, Residents, Resolved, Target};
pub use settings::Settings;
pub use source::{Source, SourceAddress};
pub use submission::{
    Delivered, EnvelopeAddress, MailAsked, Parameter, RcptAsked, RecipientStatus, Submission, SubmissionError,
    UndoStatus,
};
pub use underway::{Aftermath, Looking, Underway};
pub use vacation::{KeptVacation, Vacation, VacationError};
pub use wishes::{DeliverBy, Late, Release, TlsWish, Wishes};

#[cfg(test)]
mod tests;
