//! vCards, taken in so many at a time that no file of them is held whole.
use super::Outcome;
use crate::caller::Caller;
use crate::error::Error;
use crate::exchange::mbox::Lines;
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
    /// Whole cards, and the one that is coming.
    text: String,
    /// Where the last whole card ends.
    whole: usize,
    /// Which ones of the file the whole cards are.
    numbers: Vec<u64>,
    /// How many cards of the file have an end so far.
    ended: u64,
    /// The card that is coming is too large: the rest of it is passed over.
    skips: bool,
    outcome: Outcome,
}

impl Cards {
    pub(super) fn new(jmap: Jmap, caller: &Caller) -> Self {
        Self {
            jmap,
            address: caller.address.clone(),
            lines: Lines::default(),
            text: String::new(),
            whole: 0,
            numbers: Vec::new(),
            ended: 0,
            skips: false,
            outcome: Outcome::default(),
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.lines.push(bytes);
        self.take(false).await
    }

    pub(super) async fn finish(mut self) -> Result<Outcome, Error> {
        self.take(true).await?;
        // a card without an end is refused by who reads it
        if self.text.get(self.whole..).is_some_and(|rest| !rest.trim().is_empty()) {
            self.numbers.push(self.ended);
        }
        self.whole = self.text.len();
        self.bring().await?;
        Ok(self.outcome)
    }

    async fn take(&mut self, at_end: bool) -> Result<(), Error> {
        while let Some(line) = self.lines.next(at_end) {
            let ends = line.begins && line.bytes.trim_ascii().eq_ignore_ascii_case(b"END:VCARD");
            if !self.skips {
                self.text.push_str(&String::from_utf8_lossy(line.bytes));
            }
            if ends {
                if std::mem::take(&mut self.skips) {
                    self.outcome.refuse(self.ended, "tooLarge");
                } else {
                    self.numbers.push(self.ended);
                }
                self.ended += 1;
                self.whole = self.text.len();
            } else if self.text.len() - self.whole > MAX_VCARDS - ENOUGH {
                self.skips = true;
                self.text.truncate(self.whole);
            }
            if self.whole >= ENOUGH || (ends && self.numbers.len() >= CARDS) {
                self.bring().await?;
            }
        }
        Ok(())
    }

    /// Has the whole cards taken in.
    async fn bring(&mut self) -> Result<(), Error> {
        let rest = self.text.split_off(self.whole);
        let vcards = std::mem::replace(&mut self.text, rest);
        self.whole = 0;
        let numbers = std::mem::take(&mut self.numbers);
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
                    self.outcome.refuse(number.copied().unwrap_or(self.ended), reason(cause, told));
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

/// Why a card was left out, as clients read it.
fn reason(cause: LeftOutCause, told: String) -> String {
    match cause {
        LeftOutCause::TooLarge => "tooLarge".to_owned(),
        LeftOutCause::Full => "full".to_owned(),
        LeftOutCause::Invalid => told,
    }
}
