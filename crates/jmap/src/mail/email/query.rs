//! Email/query (RFC 8621, 4.4).
mod census;
mod newest;
mod order;
mod question;
mod ranks;
mod sift;
#[cfg(test)]
mod tests;
pub(crate) use question::{Question, SORT_OPTIONS, terms};
pub(crate) use ranks::ranks;

use crate::capability::Capability;
use crate::context::Context;
use crate::jmap::Parts;
use crate::mail::reply::Results;
use crate::mail::window::window;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use census::{Census, Row};
use jmap_wire::{Arguments, MethodError, Place, Query};
use newest::Newest;
use search::{Effort, Halted};
use sift::Sieve;
use std::collections::HashSet;
use std::time::Duration;
use store::{EmailId, ModSeq, ThreadId};

pub(super) const QUERY: Method = Method {
    name: "Email/query",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

/// How long one query may work.
pub(crate) const SEARCH_TIME: Duration = Duration::from_secs(10);

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    let collapse = arguments.truth("collapseThreads")?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let question = Question::read(&opened, asked.filter.as_ref(), &asked.sort)?;
    let state = opened.state(state(&opened).await?);
    // what is kept of the mailbox is not counted
    let kept = question.within.filter(|_| question.is_mailbox()).and_then(|mailbox| opened.mailboxes.get(mailbox));
    let kept = kept.map(|mailbox| if collapse { mailbox.counters.threads } else { mailbox.counters.emails });
    let kept = kept.and_then(|kept| usize::try_from(kept).ok()).filter(|_| asked.calculate_total);
    // as many as are told, where nobody asks for what is behind them
    let enough = match (&asked.place, asked.limit) {
        (Place::At(position), Some(limit)) if *position >= 0 && (kept.is_some() || !asked.calculate_total) => {
            usize::try_from(position.saturating_add_unsigned(limit)).ok()
        }
        _ => None,
    };
    let found = find(context.parts, &opened, &question, collapse, enough).await?;
    let place = |anchor: &str| {
        let anchor: EmailId = anchor.parse().ok()?;
        found.iter().position(|found| found.email == anchor)
    };
    let window = window(&asked.place, asked.limit, found.len(), place)?;
    let told = found.get(window.range.clone()).unwrap_or_default();
    let ids = told.iter().map(|found| found.email.to_string()).collect();
    let total = if asked.calculate_total { kept.or(Some(found.len())) } else { None };
    let results = Results { state, is_logged: true, window, ids, total };
    Ok(vec![context.answer(results.answer(&opened))])
}

/// The state of a query: that of emails.
pub(super) async fn state(opened: &Opened) -> Result<ModSeq, MethodError> {
    Ok(opened.states().await.map_err(|error| refusal::method(&error))?.email)
}

/// A result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) email: EmailId,
    pub(crate) thread: ThreadId,
}

/// The results in their order: all of them, or at least `enough`.
pub(super) async fn find(
    parts: &Parts,
    opened: &Opened,
    question: &Question,
    collapse: bool,
    enough: Option<usize>,
) -> Result<Vec<Found>, MethodError> {
    let mut effort = Effort::within(&parts.searches, SEARCH_TIME, opened.caller);
    let found = search(opened, question, (collapse, enough), &mut effort).await;
    found.map_err(|halted| match halted {
        Halted::Store(error) => refusal::method(&error),
        // "the client SHOULD suggest that the user simplify their search"
        Halted::TooLong => MethodError::UnsupportedFilter("it takes too long; please narrow it".to_owned()),
    })
}

async fn search(
    opened: &Opened,
    question: &Question,
    (collapse, enough): (bool, Option<usize>),
    effort: &mut Effort<'_>,
) -> Result<Vec<Found>, Halted> {
    if let Some(newest) = Newest::of(question, collapse, enough)
        && opened.sees(newest.mailbox)
        && let Some(view) = opened.view(newest.mailbox).await?
        && let Some(found) = newest.find(question, &view)
    {
        return Ok(found);
    }
    let census = Census::take(opened, question).await?;
    let fitting: Vec<usize> = if question.is_mailbox() && !question.asks_threads() {
        (0..census.rows.len()).collect()
    } else {
        sift::may_fit(question, &census, effort).await?
    };
    effort.spend(census.rows.len()).await?;
    let mut ordered = order::order(opened, question, &census, fitting, effort).await?;
    let mut counted = Counted { collapse, threads: HashSet::new(), count: 0 };
    if question.is_dear() {
        let sieve = Sieve { opened, question, census: &census };
        let is_enough = |row: &Row| {
            counted.take(row);
            enough.is_some_and(|enough| counted.count >= enough)
        };
        ordered = sieve.sift(&ordered, effort, is_enough).await?;
    }
    let mut counted = Counted { collapse, threads: HashSet::new(), count: 0 };
    let rows = ordered.into_iter().filter_map(|at| census.rows.get(at));
    let found = rows.filter(|row| counted.take(row)).map(|row| Found { email: row.email, thread: row.thread });
    Ok(found.take(enough.unwrap_or(usize::MAX)).collect())
}

/// Results while they are counted.
struct Counted {
    collapse: bool,
    threads: HashSet<ThreadId>,
    count: usize,
}

impl Counted {
    /// Whether an email is a result: with `collapseThreads` the first one of its thread is.
    fn take(&mut self, row: &Row) -> bool {
        let is = !self.collapse || self.threads.insert(row.thread);
        self.count += usize::from(is);
        is
    }
}
