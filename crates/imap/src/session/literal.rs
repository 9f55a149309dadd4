//! Literals as they are announced: kept with their command, streamed (APPEND, REPLACE), or refused (RFC 3501, 4.3; RFC 7888).
use super::commands::{append, metadata, replace};
use super::completion::{Completion, Ended};
use super::messages::Addressing;
use super::phase::Phase;
use super::{Session, command};
use imap_wire::reply::{Code, Status};
use imap_wire::{Append, Cursor, Error, Head, Limits, Replace};

/// What a client may send of a refused literal that it does not wait with, before the session ends.
const SKIPPED: u64 = 1 << 20;

/// A command whose message streams to the store.
enum Streamed {
    Append(Append),
    Replace(Replace, Addressing),
}

/// Reads the arguments of such a command; nothing for any other, or where it may not come.
fn streamed(name: &str, args: &mut Cursor<'_>, phase: &Phase) -> Option<Result<Streamed, Error>> {
    if name == append::APPEND.name && phase.login().is_some() {
        return Some(args.space().and_then(|()| Append::read(args)).map(Streamed::Append));
    }
    let commands = [(replace::REPLACE.name, Addressing::Sequence), (replace::UID_REPLACE.name, Addressing::Uid)];
    let (_, by) = commands.into_iter().find(|(known, _)| *known == name && matches!(phase, Phase::Selected(_)))?;
    Some(args.space().and_then(|()| Replace::read(args)).map(|replace| Streamed::Replace(replace, by)))
}

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
        if let Ok(head) = &head {
            if self.phase.is_uid_only() && command::needs_numbers(&head.name) {
                return self.refuse_literal(&Completion::uid_required(), head.tag, (size, sync));
            }
            match streamed(&head.name, &mut args, &self.phase) {
                // The literal is a name.
                None | Some(Err(Error::Announced)) => {}
                Some(Ok(streamed)) => {
                    self.talk.counts.commands += 1;
                    self.talk.tag = head.tag.to_owned();
                    return self.stream(&head.name, streamed, (size, sync)).await;
                }
                Some(Err(error)) => return self.refuse_literal(&error.into(), head.tag, (size, sync)),
            }
        }
        if self.talk.framer.has_room(size, &limits) {
            self.talk.framer.keep_literal();
            return if sync { self.talk.go_ahead("go ahead").await } else { Ok(()) };
        }
        let bad = match (&head, self.phase.login()) {
            (Ok(head), Some(login)) if head.name == metadata::SETMETADATA.name => metadata::too_large(login),
            _ => Completion { code: Some(Code::TooBig), ..Completion::bad("the literal is too large") },
        };
        match head {
            Ok(head) => self.refuse_literal(&bad, head.tag, (size, sync)),
            Err(head) => self.refuse_literal(&bad, head.tag.unwrap_or("*"), (size, sync)),
        }
    }

    /// Runs a command whose message streams to the store.
    async fn stream(&mut self, name: &str, streamed: Streamed, literal: (u64, bool)) -> Result<(), Ended> {
        let completion = match (streamed, &mut self.phase) {
            (Streamed::Append(append), phase @ (Phase::Authenticated(_) | Phase::Selected(_))) => {
                append::receive(phase, &mut self.talk, append, Some(literal)).await?
            }
            (Streamed::Replace(replace, by), Phase::Selected(selected)) => {
                selected.look(&mut self.talk).await?;
                replace::receive(selected, &mut self.talk, (replace, by), Some(literal)).await?
            }
            (Streamed::Append(_), Phase::NotAuthenticated)
            | (Streamed::Replace(..), Phase::NotAuthenticated | Phase::Authenticated(_)) => {
                self.talk.framer.refuse_literal(literal.0, literal.1);
                Completion::bad("not now")
            }
        };
        self.complete(command::find(name), &completion).await
    }

    fn refuse_literal(&mut self, bad: &Completion, tag: &str, (size, sync): (u64, bool)) -> Result<(), Ended> {
        self.talk.framer.refuse_literal(size, sync);
        self.refused(bad, Some(tag))?;
        if !sync && size > SKIPPED {
            // RFC 7888, 4: who sends so much unasked is cut off rather than read to the end.
            self.talk.tell(Status::Bye, Some(&Code::TooBig), "the literal is too large");
            return Err(Ended::Said);
        }
        Ok(())
    }
}
