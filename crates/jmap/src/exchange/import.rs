//! In: an mbox file or one message into a mailbox, vCards into the contacts; each as it comes.
mod cards;
mod mail;

use super::{CARDS_SIZE, IMPORT_SIZE, own};
use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::Jmap;
use cards::Cards;
use mail::Mail;
use serde_json::{Value, json};
use store::{MailboxId, Rights};

/// Of those that were not taken in, so many are told one by one.
const MOST_TOLD: usize = 100;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `application/mbox`: messages one behind the other.
    Mbox,
    /// `message/rfc822`: one message.
    Message,
    /// `text/vcard`.
    Vcards,
}

impl Kind {
    /// That of a media type; nothing for one that is not taken in.
    #[must_use]
    pub fn of(media: &str) -> Option<Self> {
        match media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/mbox" => Some(Self::Mbox),
            "message/rfc822" | "message/global" => Some(Self::Message),
            "text/vcard" | "text/x-vcard" => Some(Self::Vcards),
            _ => None,
        }
    }
}

/// What came of a file so far.
#[derive(Debug, Default)]
struct Outcome {
    imported: u64,
    already_there: u64,
    refused: Vec<(u64, String)>,
    /// How many were refused in all.
    refused_total: u64,
}

impl Outcome {
    fn refuse(&mut self, index: u64, reason: impl Into<String>) {
        self.refused_total += 1;
        if self.refused.len() < MOST_TOLD {
            self.refused.push((index, reason.into()));
        }
    }

    fn told(&self) -> Value {
        let refused = self.refused.iter().map(|(index, reason)| json!({"index": index, "reason": reason}));
        json!({
            "imported": self.imported,
            "alreadyThere": self.already_there,
            "refused": refused.collect::<Vec<_>>(),
            "refusedTotal": self.refused_total,
        })
    }
}

/// A file on its way in. Dropped unfinished, what was taken in stays.
pub struct Import {
    target: Target,
    taken: u64,
}

enum Target {
    Mail(Box<Mail>),
    Cards(Cards),
}

impl Jmap {
    /// Begins to take a file into the caller's own account: into a mailbox, or where `place` is `contacts` into those.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such place for such a file.
    pub async fn import(&self, caller: &Caller, account: &str, place: &str, kind: Kind) -> Result<Import, Error> {
        let opened = own(self, caller, account).await?;
        let target = match (kind, place) {
            (Kind::Vcards, "contacts") => Target::Cards(Cards::new(self.clone(), caller)),
            (Kind::Vcards, _) | (_, "contacts") => return Err(Error::NotFound),
            (Kind::Mbox | Kind::Message, id) => {
                let mailbox: MailboxId = id.parse().map_err(|_| Error::NotFound)?;
                if !opened.sees(mailbox) || !opened.rights(mailbox).contains(Rights::INSERT) {
                    return Err(Error::NotFound);
                }
                let parts = self.parts();
                let most = parts.settings.max_message_size.bytes();
                let now = parts.world.clock.now().secs();
                // contacts are told of by the act that takes them in
                let told = format!("into {mailbox}, from {}", caller.peer.remote.ip());
                parts.admin.note(&admin::Caller::customer(&caller.address), "account import", &caller.address, &told);
                Target::Mail(Box::new(Mail::new(parts.store.clone(), opened.account, mailbox, (kind, most, now))))
            }
        };
        Ok(Import { target, taken: 0 })
    }
}

impl Import {
    /// Takes more bytes.
    ///
    /// # Errors
    /// Beyond `maxSizeImport`, for what is no such file, or when the store is away.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        let most = match self.target {
            Target::Mail(_) => IMPORT_SIZE,
            Target::Cards(_) => CARDS_SIZE,
        };
        if self.taken > most {
            // what came before is there
            if let Target::Mail(mail) = &mut self.target {
                mail.commit().await?;
            }
            return Err(jmap_wire::RequestError::Limit("maxSizeImport").into());
        }
        match &mut self.target {
            Target::Mail(mail) => mail.write(bytes).await,
            Target::Cards(cards) => cards.write(bytes).await,
        }
    }

    /// Ends it; what it gives is the answer.
    ///
    /// # Errors
    /// As [`Import::write`].
    pub async fn finish(self) -> Result<Value, Error> {
        let outcome = match self.target {
            Target::Mail(mail) => mail.finish().await?,
            Target::Cards(cards) => cards.finish().await?,
        };
        Ok(outcome.told())
    }
}

#[cfg(test)]
mod tests;
