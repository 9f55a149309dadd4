//! Messages opened before they are asked for: a client that fetches one after another fetches the next one too.
use super::maildrop::Maildrop;
use crate::wire::MessageNumber;
use std::collections::VecDeque;
use std::time::Duration;
use store::{Error, MessageSource};

/// How long what nobody asks for is kept.
pub(super) const QUIET: Duration = Duration::from_secs(5);
/// Records read at a time.
const RECORDS: u32 = 64;

/// What is open of the messages to come.
#[derive(Default)]
pub(super) struct Ahead {
    /// The message that was asked for last.
    last: Option<u32>,
    coming: Option<Coming>,
}

struct Coming {
    numbers: VecDeque<u32>,
    messages: store::Ahead,
    /// The first message whose record has not been read.
    next: u32,
}

impl Ahead {
    /// Forgets what is open.
    pub(super) fn forget(&mut self) {
        self.coming = None;
    }

    /// Whether anything is open.
    pub(super) const fn holds(&self) -> bool {
        self.coming.is_some()
    }

    /// Opens a message; nothing where it is gone.
    pub(super) async fn open(
        &mut self,
        maildrop: &Maildrop,
        number: MessageNumber,
    ) -> Result<Option<MessageSource>, Error> {
        let in_order = self.last.is_some_and(|last| last.checked_add(1) == Some(number.0));
        self.last = Some(number.0);
        if !in_order {
            self.forget();
            return maildrop.open_message(number).await;
        }
        let coming = self.coming.get_or_insert_with(|| Coming::from(maildrop, number.0));
        match coming.take(maildrop, number.0).await? {
            Some(source) => Ok(Some(source)),
            // What could not be opened ahead is tried by itself, and tells why.
            None => maildrop.open_message(number).await,
        }
    }
}

impl Coming {
    fn from(maildrop: &Maildrop, first: u32) -> Self {
        Self { numbers: VecDeque::new(), messages: maildrop.ahead(), next: first }
    }

    /// The message of a number, with those before it let go.
    async fn take(&mut self, maildrop: &Maildrop, number: u32) -> Result<Option<MessageSource>, Error> {
        if self.numbers.len() < RECORDS as usize / 2 {
            let (numbers, emails) = maildrop.records(self.next, RECORDS).await?;
            self.next = self.next.saturating_add(RECORDS);
            self.numbers.extend(numbers);
            emails.into_iter().for_each(|email| self.messages.push(email));
        }
        while self.numbers.front().is_some_and(|first| *first <= number) {
            let (first, source) = (self.numbers.pop_front(), self.messages.next().await);
            if first == Some(number) {
                return Ok(source.and_then(Result::ok));
            }
        }
        Ok(None)
    }
}
