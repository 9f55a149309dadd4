//! The threads of many emails, and the emails of many threads, a part of them at a time.
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::BTreeSet;
use store::{EmailId, Error, ThreadId};

/// Emails of one thread that are looked at, the newest ones; deleted ones are among them for a while.
pub(crate) const MAX_LOOKED_AT: usize = 10_000;
/// Emails whose records are read at a time.
const AT_ONCE: usize = 500;

/// The threads that emails are in.
///
/// # Errors
/// What the store says.
pub(crate) async fn threads_of(
    opened: &Opened,
    emails: impl IntoIterator<Item = EmailId>,
) -> Result<BTreeSet<ThreadId>, Error> {
    let emails: Vec<EmailId> = emails.into_iter().collect();
    let mut threads = BTreeSet::new();
    for some in emails.chunks(AT_ONCE) {
        threads.extend(opened.account.emails(some).await?.into_iter().flatten().map(|email| email.thread));
    }
    Ok(threads)
}

/// The emails of threads, in the order asked.
///
/// # Errors
/// `cannotCalculateChanges` where one has more than are looked at.
pub(crate) async fn all_in(opened: &Opened, threads: &[ThreadId]) -> Result<Vec<Vec<EmailId>>, MethodError> {
    let inside = opened.account.thread_emails(threads, MAX_LOOKED_AT).await.map_err(|error| refusal::method(&error))?;
    if inside.iter().any(|emails| emails.len() >= MAX_LOOKED_AT) {
        return Err(MethodError::CannotCalculateChanges);
    }
    Ok(inside)
}
