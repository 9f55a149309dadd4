//! Every act of an operator, and of a customer on his own account, as a typed request with its permission.
//!
//! One code path: the command line, the admin API and the pages make a [`Request`], and [`Admin::run`] answers it.
//! [`control`] carries both over the control socket of a running server; on a stopped one the command line runs the
//! same request itself. Every act that changes something is told to the journal, with who did it. Passwords print as
//! `…` and are overwritten when dropped.
mod accounts;
mod admin;
mod aliases;
mod blocked;
mod caller;
mod check;
mod contacts;
pub mod control;
mod destination;
mod domains;
mod error;
mod forwarding;
mod import;
mod logins;
mod pace;
mod paging;
mod passwords;
mod plain_logins;
mod queue;
mod request;
mod response;
mod secret;
mod senders;
mod settings;
mod shares;
mod sizes;
mod trace;
mod vacations;
pub use accounts::AccountAct;
pub use admin::{Admin, Parts};
pub use aliases::AliasAct;
pub use caller::{Caller, Permission};
pub use destination::{CauseView, QueueDestinationView};
pub use domains::{DomainAct, Setting};
pub use error::{BadLine, Error, Weakness};
pub use forwarding::MAX_OWN_TARGETS;
pub use import::{MAX_BAD_LINES, MAX_IMPORT};
pub use logins::{LoginAdvice, LoginView};
pub use passwords::AskedBy;
pub use queue::{QueueAct, QueueChange, QueueFilter};
pub use request::Request;
pub use response::{
    AccountView, AliasView, BlockedSenderView, CheckView, DomainView, ForwardView, PlainLoginsView, QueueEntryView,
    QueueRecipientView, Response, ShareView, StoreStatsView,
};
pub use secret::SecretText;
pub use senders::{DelegateView, SenderAct};
pub use shares::ShareAct;
pub use sizes::StoreAct;
pub use trace::{
    DestinationView, RefusedView, TlsFailureView, TlsReportView, TlsReportsView, TraceAct, TraceEventView,
    TraceRecipientView, TraceRowView, TraceView,
};
