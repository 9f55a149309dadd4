//! vCards, taken in so many at a time that no file of them is held whole.
use super::Outcome;
use crate::caller::Caller;
use crate::error::Error;
use crate::exchange::mbox::{Line, Lines};
use crate::jmap::Jmap;
use admin::{AccountAct, Request, Response};
use contacts::{LeftOut, LeftOutCause, MAX_VCARDS};
use names::Address;

/// Bytes from which on those that are whole are taken in.
const ENOUGH: usize = 256 * 1024;
/// Cards that are taken in at once.
const CARDS: usize = 500;

pub(super) struct Cards {
    jmap: Jmap,
    address: Address,
    lines: Lines,
    coming: Coming,
    outcome: Outcome,
}

/// What has come and is not taken in yet.
#[derive(Default)]
struct Coming {
    /// Whole cards, and the one that is coming.
    text: String,
    /// Where the last whole card ends.
    whole: usize,
    /// Which ones of the file the whole cards are.
    numbers: Vec<u64>,
    /// How many cards of the file stand before the one that is coming.
    before: u64,
    /// It has begun, and has no end so far.
    open: bool,
    /// It is too large: the rest of it is passed over.
    skips: bool,
}

impl Cards {
    pub(super) fn new(jmap: Jmap, caller: &Caller) -> Self {
        Self {
            jmap,
            address: caller.address.clone(),
            lines: Lines::default(),
            coming: Coming::default(),
            outcome: Outcome::default(),
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.lines.push(bytes);
        self.take(false).await
    }

    pub(super) async fn finish(mut self) -> Result<Outcome, Error> {
        self.take(true).await?;
        let too_large = self.coming.end();
        self.refuse(too_large);
        self.bring().await?;
        Ok(self.outcome)
    }

    async fn take(&mut self, at_end: bool) -> Result<(), Error> {
        while let Some(line) = self.lines.next(at_end) {
            let too_large = self.coming.take(&line);
            self.refuse(too_large);
            if self.coming.is_enough() {
                self.bring().await?;
            }
        }
        Ok(())
    }

    fn refuse(&mut self, too_large: Option<u64>) {
        if let Some(number) = too_large {
            self.outcome.refuse(number, "tooLarge");
        }
    }

    /// Has the whole cards taken in.
    async fn bring(&mut self) -> Result<(), Error> {
        let (vcards, numbers) = self.coming.split();
        if vcards.trim().is_empty() {
            return Ok(());
        }
        let act = AccountAct::ImportContacts { address: self.address.clone(), vcards };
        let caller = admin::Caller::customer(&self.address);
        match Box::pin(self.jmap.parts().admin.run(&caller, Request::Account(act))).await {
            Ok(Response::ContactsImported { created, replaced, refused, .. }) => {
                self.outcome.imported += created;
                self.outcome.already_there += replaced;
                for LeftOut { index, cause, told } in refused {
                    let number = usize::try_from(index).ok().and_then(|index| numbers.get(index));
                    self.outcome.refuse(number.copied().unwrap_or(self.coming.before), reason(cause, told));
                }
                Ok(())
            }
            // none of them can be read
            Err(admin::Error::BadRequest(reason)) => {
                numbers.into_iter().for_each(|number| self.outcome.refuse(number, reason.as_str()));
                Ok(())
            }
            Ok(_) => Err(store::Error::Closed.into()),
            Err(error) => {
                tracing::warn!(%error, "contacts are not taken in");
                Err(store::Error::Closed.into())
            }
        }
    }
}

impl Coming {
    /// Takes a line. Gives the number of a card that is over and was too large.
    fn take(&mut self, line: &Line<'_>) -> Option<u64> {
        let mut too_large = None;
        if is(line, b"BEGIN") {
            // RFC 6350, 3.3: none stands in another, so one that is open has no end, and is refused by who reads it
            too_large = if self.open { self.close() } else { None };
            (self.open, self.skips) = (true, false);
        }
        if !self.skips {
            self.text.push_str(&String::from_utf8_lossy(line.bytes));
        }
        // an end of nothing is nothing, also to who reads it
        if self.open && is(line, b"END") {
            too_large = self.close();
        } else if self.text.len() - self.whole > MAX_VCARDS - ENOUGH {
            self.skips = true;
            self.text.truncate(self.whole);
        }
        too_large
    }

    /// The card that is coming is over, by its end or because another begins. Gives its number where it was too large.
    fn close(&mut self) -> Option<u64> {
        let number = self.before;
        self.before += 1;
        self.open = false;
        self.whole = self.text.len();
        if std::mem::take(&mut self.skips) {
            return Some(number);
        }
        self.numbers.push(number);
        None
    }

    /// Nothing more comes: what is left is a card without an end, if anything.
    fn end(&mut self) -> Option<u64> {
        let left = self.text.get(self.whole..).is_some_and(|rest| !rest.trim().is_empty());
        if self.open || left { self.close() } else { None }
    }

    fn is_enough(&self) -> bool {
        self.whole >= ENOUGH || self.numbers.len() >= CARDS
    }

    /// The whole cards, with their numbers; they are no longer here.
    fn split(&mut self) -> (String, Vec<u64>) {
        let rest = self.text.split_off(std::mem::take(&mut self.whole));
        (std::mem::replace(&mut self.text, rest), std::mem::take(&mut self.numbers))
    }
}

/// Whether a line is the first or the last of a card, as who reads it sees it: with a mark in front, and white space within.
fn is(line: &Line<'_>, word: &[u8]) -> bool {
    let bytes = line.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line.bytes);
    let mut parts = bytes.splitn(2, |byte| *byte == b':');
    let (Some(name), Some(value)) = (parts.next(), parts.next()) else { return false };
    let is_word = name.trim_ascii_end().eq_ignore_ascii_case(word);
    line.begins && is_word && value.trim_ascii().eq_ignore_ascii_case(b"VCARD")
}

/// Why a card was left out, as clients read it.
fn reason(cause: LeftOutCause, told: String) -> String {
    match cause {
        LeftOutCause::TooLarge => "tooLarge".to_owned(),
        LeftOutCause::Full => "full".to_owned(),
        LeftOutCause::Invalid => told,
    }
}
