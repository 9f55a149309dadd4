//! Literals as they are announced: kept with their command, streamed (APPEND), or refused (RFC 3501, 4.3; RFC 7888).
use super::commands::append;
use super::completion::{Completion, Ended};
use super::phase::Phase;
use super::{Session, command};
use imap_wire::reply::{Code, Status, condition};
use imap_wire::{Append, Cursor, Error, Head, Limits};

/// What a client may send of a refused literal that it does not wait with, before the session ends.
const SKIPPED: u64 = 1 << 20;

impl Session {
    /// Decides what becomes of a literal. Nothing of it has been read.
    pub(super) async fn literal(&mut self, size: u64, sync: bool) -> Result<(), Ended> {
        let limits = match self.phase {
            Phase::NotAuthenticated => Limits::BEFORE_LOGIN,
            Phase::Authenticated(_) | Phase::Selected(_) => Limits::AFTER_LOGIN,
        };
        let bytes = self.talk.framer.command().to_vec();
        let mut args = Cursor::new(&bytes).with_names(self.phase.names());
        let head = Head::read(&mut args);
        if let (Ok(head), Some(login)) = (&head, self.phase.login())
            && head.name == append::APPEND.name
        {
            let account = login.account.clone();
            match args.space().and_then(|()| Append::read(&mut args)) {
                // The literal is the mailbox's name.
                Err(Error::Announced) => {}
                Ok(append) => {
                    self.talk.counts.commands += 1;
                    self.talk.tag = head.tag.to_owned();
                    let completion = append::receive(&account, &mut self.talk, append, (size, sync)).await?;
                    return self.complete(command::find(append::APPEND.name), &completion).await;
                }
                Err(error) => return self.refuse_literal(&error.into(), head.tag, (size, sync)),
            }
        }
        if self.talk.framer.has_room(size, &limits) {
            self.talk.framer.keep_literal();
            return if sync { self.talk.go_ahead("go ahead").await } else { Ok(()) };
        }
        let bad = Completion { code: Some(Code::TooBig), ..Completion::bad("the literal is too large") };
        match head {
            Ok(head) => self.refuse_literal(&bad, head.tag, (size, sync)),
            Err(head) => self.refuse_literal(&bad, head.tag.unwrap_or("*"), (size, sync)),
        }
    }

    fn refuse_literal(&mut self, bad: &Completion, tag: &str, (size, sync): (u64, bool)) -> Result<(), Ended> {
        self.talk.framer.refuse_literal(size, sync);
        self.refused(bad, Some(tag))?;
        if !sync && size > SKIPPED {
            // RFC 7888, 4: who sends so much unasked is cut off rather than read to the end.
            condition(self.talk.out(), None, Status::Bye, Some(&Code::TooBig), "the literal is too large");
            return Err(Ended::Said);
        }
        Ok(())
    }
}
