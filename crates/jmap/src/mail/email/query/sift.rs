//! Which emails fit a filter: what the views know first, then the record, then the header, then the text.
use super::census::{Census, Row};
use super::question::{Question, Test};
use crate::mail::email::body_lists::BodyLists;
use crate::opened::Opened;
use message::SearchScope;
use search::{Content, Effort, Halted, HeaderSearch, Needle, TextSearch, in_envelope};
use std::sync::Arc;
use store::{Email, EmailId};

/// Records that are read together.
const BATCH: usize = 100;
/// Rows that are looked at before others have their turn.
const ROWS: usize = 1_000;
/// Runs of messages that are opened ahead.
const AHEAD: usize = 2;
/// Header fields that `text` looks in (RFC 8621, 4.4.1).
const TEXT_FIELDS: [&[u8]; 5] = [b"from", b"to", b"cc", b"bcc", b"subject"];

/// What is known of each test, for one email.
type Known = Vec<Option<bool>>;

/// Decides what the views decide.
pub(super) struct Cheap<'q> {
    question: &'q Question,
    known: Known,
    stack: Vec<Option<bool>>,
}

impl<'q> Cheap<'q> {
    pub(super) fn new(question: &'q Question) -> Self {
        Self { question, known: Vec::new(), stack: Vec::new() }
    }

    /// Whether an email fits, as far as the views know.
    pub(super) fn decide(&mut self, census: &Census, row: &Row) -> Option<bool> {
        self.known.clear();
        self.known.extend(self.question.tests.iter().map(|test| by_row(census, row, test)));
        self.question.decide(&self.known, &mut self.stack)
    }
}

/// The rows that fit, or of which the views cannot tell.
pub(super) async fn may_fit(
    question: &Question,
    census: &Census,
    effort: &mut Effort<'_>,
) -> Result<Vec<usize>, Halted> {
    let mut cheap = Cheap::new(question);
    let mut fitting = Vec::new();
    for (nth, rows) in census.rows.chunks(ROWS).enumerate() {
        effort.spend(rows.len() * (1 + question.tests.len())).await?;
        let fit = rows.iter().enumerate().filter(|(_, row)| cheap.decide(census, row) != Some(false));
        fitting.extend(fit.map(|(at, _)| nth * ROWS + at));
    }
    Ok(fitting)
}

fn by_row(census: &Census, row: &Row, test: &Test) -> Option<bool> {
    let received = i64::try_from(row.received).unwrap_or(i64::MAX);
    Some(match test {
        Test::Mark { mark, wanted } => row.has(*mark) == *wanted,
        Test::Thread { mark, wanted, which } => census.in_thread(row, (*mark, *wanted), *which),
        Test::Before(moment) => received < *moment,
        Test::After(moment) => received >= *moment,
        Test::MinSize(size) => u64::from(row.size) >= *size,
        Test::MaxSize(size) => u64::from(row.size) < *size,
        Test::Never => false,
        Test::HasAttachment(_) | Test::Field(..) | Test::Body(_) | Test::Text(_) => return None,
    })
}

/// Sifts emails in their order, until there are enough.
pub(super) struct Sieve<'a> {
    pub(super) opened: &'a Opened,
    pub(super) question: &'a Question,
    pub(super) census: &'a Census,
}

impl Sieve<'_> {
    /// The rows that fit, in order; `enough` says, of each that fits, whether more are wanted.
    pub(super) async fn sift(
        &self,
        rows: &[usize],
        effort: &mut Effort<'_>,
        mut enough: impl FnMut(&Row) -> bool + Send,
    ) -> Result<Vec<usize>, Halted> {
        let mut fitting = Vec::new();
        let dear = self.dear(rows, effort).await?;
        let mut next = 0;
        while next < rows.len() {
            // so many of which the views cannot tell, and some of what stands between
            let mut asked = 0;
            let end = (next..rows.len()).find(|at| {
                asked += usize::from(dear.get(*at).copied().unwrap_or(false));
                asked > BATCH || at - next >= ROWS
            });
            let end = end.unwrap_or(rows.len());
            let batch = rows.get(next..end).unwrap_or_default();
            for at in self.batch(batch, effort).await? {
                fitting.push(at);
                if self.census.rows.get(at).is_some_and(&mut enough) {
                    return Ok(fitting);
                }
            }
            next = end;
        }
        Ok(fitting)
    }

    /// Of which rows the views cannot tell.
    async fn dear(&self, rows: &[usize], effort: &mut Effort<'_>) -> Result<Vec<bool>, Halted> {
        let mut cheap = Cheap::new(self.question);
        let mut dear = Vec::with_capacity(rows.len());
        for some in rows.chunks(ROWS) {
            effort.spend(some.len() * (1 + self.question.tests.len())).await?;
            let rows = some.iter().map(|at| self.census.rows.get(*at));
            dear.extend(rows.map(|row| row.and_then(|row| cheap.decide(self.census, row)).is_none()));
        }
        Ok(dear)
    }

    async fn batch(&self, rows: &[usize], effort: &mut Effort<'_>) -> Result<Vec<usize>, Halted> {
        effort.spend(rows.len() * (1 + self.question.tests.len())).await?;
        let mut states: Vec<(usize, Known, Option<bool>)> = Vec::with_capacity(rows.len());
        let mut stack = Vec::new();
        for at in rows {
            let Some(row) = self.census.rows.get(*at) else { continue };
            let known: Known = self.question.tests.iter().map(|test| by_row(self.census, row, test)).collect();
            let whole = self.question.decide(&known, &mut stack);
            states.push((*at, known, whole));
        }
        let open = |states: &[(usize, Known, Option<bool>)]| -> Vec<usize> {
            (0..states.len()).filter(|nth| states.get(*nth).is_some_and(|state| state.2.is_none())).collect()
        };
        let asked = open(&states);
        if asked.is_empty() {
            return Ok(kept(states));
        }
        let id = |nth: &usize| states.get(*nth).and_then(|state| self.census.rows.get(state.0)).map(|row| row.email);
        let ids: Vec<EmailId> = asked.iter().filter_map(id).collect();
        effort.reads().await?;
        let emails = self.opened.account.emails(&ids).await?;
        let mut dear: Vec<(usize, Arc<Email>)> = Vec::new();
        for (nth, email) in asked.into_iter().zip(emails) {
            let Some((_, known, whole)) = states.get_mut(nth) else { continue };
            match email {
                // it is gone, or cannot be read
                None => *whole = Some(false),
                Some(email) => {
                    self.by_record(known, &email);
                    *whole = self.question.decide(known, &mut stack);
                    if whole.is_none() {
                        dear.push((nth, email));
                    }
                }
            }
            effort.spend(1 + self.question.tests.len()).await?;
        }
        let mut ahead = self.opened.account.ahead(AHEAD);
        dear.iter().for_each(|(_, email)| ahead.push(Arc::clone(email)));
        for (nth, email) in dear {
            let Some((_, known, whole)) = states.get_mut(nth) else { continue };
            let fits = match ahead.next().await {
                Some(Ok(source)) => {
                    let mut content = Content::opened(email, Some(source));
                    match self.by_bytes(known, &mut content, effort).await {
                        Err(Halted::Store(error @ store::Error::Corrupt(_))) => unreadable(&error),
                        fits => fits?,
                    }
                }
                Some(Err(error @ store::Error::Corrupt(_))) => unreadable(&error),
                Some(Err(error)) => return Err(error.into()),
                None => false,
            };
            *whole = Some(fits);
        }
        Ok(kept(states))
    }

    fn by_record(&self, known: &mut Known, email: &Email) {
        let lists = std::cell::OnceCell::new();
        for (test, known) in self.question.tests.iter().zip(known.iter_mut()) {
            let found =
                |name: &[u8], needle: &Needle| in_envelope(&email.parsed.envelope, name, needle).map(|score| score > 0);
            match test {
                Test::HasAttachment(wanted) => {
                    let structure = &email.parsed.structure;
                    let lists: &BodyLists = lists.get_or_init(|| BodyLists::of(structure));
                    *known = Some(lists.has_attachment(structure) == *wanted);
                }
                Test::Field(name, needle) => *known = found(name, needle),
                Test::Text(needle) => {
                    let any = TEXT_FIELDS.iter().any(|name| found(name, needle) == Some(true));
                    *known = any.then_some(true);
                }
                _ => {}
            }
        }
    }

    /// What the bytes say, once nothing else has decided.
    async fn by_bytes(
        &self,
        known: &mut Known,
        content: &mut Content,
        effort: &mut Effort<'_>,
    ) -> Result<bool, Halted> {
        let account = &self.opened.account;
        let unknown = |known: &Known, nth: usize| known.get(nth).copied().flatten().is_none();
        let tests = || self.question.tests.iter().enumerate();
        let fields: Vec<(usize, &[u8], &Needle)> = tests()
            .filter_map(|(nth, test)| match test {
                Test::Field(name, needle) if unknown(known, nth) => Some((nth, name.as_slice(), needle)),
                _ => None,
            })
            .collect();
        let mut stack = Vec::new();
        if !fields.is_empty() {
            let mut headers = HeaderSearch::new(fields);
            headers.run(&content.own_header(account).await?, effort).await?;
            for (nth, score) in headers.scores() {
                set(known, nth, score > 0);
            }
            if let Some(whole) = self.question.decide(known, &mut stack) {
                return Ok(whole);
            }
        }
        let texts: Vec<(usize, SearchScope, &Needle)> = tests()
            .filter_map(|(nth, test)| match test {
                Test::Body(needle) | Test::Text(needle) if unknown(known, nth) => {
                    Some((nth, SearchScope::Content, needle))
                }
                _ => None,
            })
            .collect();
        let mut search = TextSearch::new(&texts);
        search.run(account, content, effort).await?;
        for (nth, score) in search.scores() {
            set(known, nth, score > 0);
        }
        Ok(self.question.decide(known, &mut stack).unwrap_or(false))
    }
}

fn set(known: &mut Known, nth: usize, value: bool) {
    if let Some(place) = known.get_mut(nth) {
        *place = Some(value);
    }
}

/// An email whose bytes cannot be read has none of them, and harms no other.
fn unreadable(error: &store::Error) -> bool {
    tracing::error!(%error, "a message was not searched");
    false
}

fn kept(states: Vec<(usize, Known, Option<bool>)>) -> Vec<usize> {
    states.into_iter().filter(|(.., whole)| *whole == Some(true)).map(|(at, ..)| at).collect()
}
