//! One session, from its greeting to its end.
mod command;
mod commands;
mod completion;
mod content;
mod contexts;
mod findings;
mod flags;
mod glances;
mod header_watch;
mod ids;
mod kept;
mod language;
mod literal;
mod matches;
mod matching;
mod messages;
mod names;
mod news;
mod numbers;
mod orders;
mod phase;
mod place;
mod progress;
mod refusal;
mod report;
mod resync;
mod selected;
mod sent_once;
mod sorting;
mod talk;
mod threading;
mod tree;
mod watching;

use crate::service::House;
use command::{Command, Run};
use commands::capability::capabilities;
use completion::{Completion, Ended};
use directory::{Leash, Leashed};
pub(crate) use findings::Findings;
use futures_util::FutureExt;
use futures_util::future::OptionFuture;
use imap_wire::reply::{Code, Status};
use imap_wire::{BadHead, Cursor, Head, Limits};
use phase::Phase;
use report::Report;
use selected::{Expunges, Own};
use std::sync::Arc;
use talk::{Read, Talk};
use transport::{Link, Refusal, looks_like_http};

/// A session.
pub(crate) struct Session {
    talk: Talk,
    phase: Phase,
    report: Report,
    /// BAD commands since the last good one.
    errors: u32,
    leashed: Option<Leashed>,
}

impl Session {
    pub(crate) fn new(house: Arc<House>, link: Link) -> Self {
        let report = Report::new(&house);
        let conversation = link.into_lines(house.settings.wait_to_write);
        let (leash, leashed) = Leash::new();
        let talk = Talk::new(house, conversation, leash);
        Self { talk, phase: Phase::NotAuthenticated, report, errors: 0, leashed: Some(leashed) }
    }

    /// Serves the client until one of the two has enough. Says whether it is still there to be waited for.
    pub(crate) async fn run(&mut self) -> bool {
        self.report.opened(&self.talk);
        let overstayed = self.leashed.take().map(Leashed::over);
        let ended = tokio::select! {
            served = self.serve() => match served {
                Ok(never) => match never {},
                Err(ended) => ended,
            },
            () = OptionFuture::from(overstayed).map(drop) => Ended::Overstayed,
        };
        let bye = match &ended {
            Ended::Said | Ended::Gone(_) | Ended::Overstayed => None,
            Ended::Stopped => Some("the server is stopping, please come back in a minute"),
            Ended::Garbled => Some("nothing that comes can be read any more"),
            Ended::Silent => Some("you were silent for too long"),
            Ended::Revoked => Some("this account has changed, please log in again"),
            Ended::MailboxDeleted => Some("the selected mailbox was deleted by another session"),
        };
        if let Some(text) = bye {
            let code = matches!(ended, Ended::Stopped).then_some(Code::Unavailable);
            self.talk.tell(Status::Bye, code.as_ref(), text);
        }
        let account = self.phase.login().map(|login| login.account.id());
        self.report.closed(&self.talk, account, &ended);
        // Whoever is gone does not hear it.
        !matches!(ended, Ended::Gone(_) | Ended::Overstayed) && self.talk.flush().await.is_ok()
    }

    /// Ends the connection so that the client has heard all that was said.
    pub(crate) async fn hang_up(self) {
        self.talk.conversation.goodbye().await;
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Ended> {
        // RFC 3501, 7.1.1: OK, never PREAUTH; the capabilities with it save a round trip.
        let greeting = Code::Capability(capabilities(false, &self.talk));
        self.talk.tell(Status::Ok, Some(&greeting), "Glaspost is ready");
        self.talk.flush().await?;
        loop {
            match self.next().await? {
                Read::Command(bytes) => self.command(&bytes).await?,
                Read::TooLong(start) => {
                    // A tag that is readable is answered, or the client waits for ever.
                    let tag = Head::read(&mut Cursor::new(&start)).map_or_else(|bad| bad.tag, |head| Some(head.tag));
                    let bad = Completion { code: Some(Code::TooBig), ..Completion::bad("the line is too long") };
                    self.refused(&bad, tag)?;
                }
                // In a box: what a message on its way needs is four times what a session at rest does.
                Read::Literal { size, sync } => Box::pin(self.literal(size, sync)).await?,
            }
        }
    }

    /// Waits for what the client says next.
    async fn next(&mut self) -> Result<Read, Ended> {
        let settings = &self.talk.house.settings;
        let (limits, wait) = match self.phase {
            Phase::NotAuthenticated => (Limits::BEFORE_LOGIN, settings.wait_before_login),
            Phase::Authenticated(_) | Phase::Selected(_) => (Limits::AFTER_LOGIN, settings.wait_after_login),
        };
        let wait = Talk::within(wait);
        let stop = self.talk.conversation.stop.clone();
        let mut revoked = self.phase.login().map(|login| login.revoked.clone());
        loop {
            // A mailbox of another account has its news there; asked for before the look, so that none is missed.
            let mut elsewhere = self.phase.elsewhere().map(store::Account::watch);
            // All that is to be said is with the client before the wait, which may be broken off by news.
            self.tell_news().await?;
            let revocation = async {
                match &mut revoked {
                    Some(revoked) => revoked.wait().await,
                    None => std::future::pending().await,
                }
            };
            let Self { phase, talk, .. } = self;
            let news = async {
                match phase.login_mut().and_then(|login| login.news.watching()) {
                    Some(watching) => watching.wait(elsewhere.as_mut()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Err(Ended::Stopped),
                _ = revocation => return Err(Ended::Revoked),
                () = news => {}
                read = talk.read(&limits, wait) => return read,
            }
        }
    }

    /// Tells what NOTIFY asks for while no command is in progress (RFC 5465, 3.1).
    async fn tell_news(&mut self) -> Result<(), Ended> {
        let Some(watching) = self.phase.login_mut().and_then(|login| login.news.watching()) else { return Ok(()) };
        // The mark is set before the look: a commit after the look wakes the wait.
        watching.mark();
        Box::pin(self.tell_watched()).await
    }

    async fn tell_watched(&mut self) -> Result<(), Ended> {
        if let Some(selected) = self.phase.selected_mut() {
            let wanted = selected.login.news.of_selected();
            if wanted.at_once {
                // RFC 5465, 6.1.2: numbers stay as they are until a command lets them change.
                let expunges = if wanted.delayed { Expunges::Held } else { Expunges::Told };
                selected.tell(&mut self.talk, expunges, &Own::default()).await?;
                selected.synchronised = selected.told_up_to();
            }
        }
        news::tell(&mut self.phase, &mut self.talk).await?;
        self.talk.flush().await
    }

    /// Answers one whole command.
    async fn command(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        if self.talk.counts.commands == 0 && looks_like_http(bytes) {
            self.talk.conversation.refuse(Refusal::HttpOnMailPort);
            return Err(Ended::Gone(transport::InputError::Closed));
        }
        if bytes.is_empty() {
            // quirk: some clients end a literal with one line end too many. It has no answer, and is counted.
            return self.error();
        }
        self.talk.counts.commands += 1;
        let mut args = Cursor::new(bytes).with_names(self.phase.names());
        let head = match Head::read(&mut args) {
            Ok(head) => head,
            Err(BadHead { tag, error }) => return self.refused(&error.into(), tag),
        };
        self.talk.tag.clear();
        self.talk.tag.push_str(head.tag);
        let Some(command) = command::find(&head.name) else {
            return self.refused(&Completion::bad("no such command"), Some(head.tag));
        };
        let completion = self.dispatch(command, args).await?;
        self.complete(Some(command), &completion).await
    }

    /// Runs the handler, if the command may come now.
    async fn dispatch(&mut self, command: &'static Command, args: Cursor<'_>) -> Result<Completion, Ended> {
        if self.phase.is_uid_only() && command::needs_numbers(command.name) {
            return Ok(Completion::uid_required());
        }
        let talk = &mut self.talk;
        // RFC 4314, 5.1.1: what was taken away is gone before the next command.
        if let (Run::Selected(_) | Run::Leave(_), Phase::Selected(selected)) = (&command.run, &mut self.phase) {
            selected.look(talk).await?;
        }
        let too_early = Completion::bad("log in first");
        match (&command.run, &mut self.phase) {
            (Run::Always(handler), phase) => handler(phase, talk, args).await,
            (
                Run::WithPhase(_) | Run::AfterLogin(_) | Run::Mailbox(_) | Run::Selected(_) | Run::Leave(_),
                Phase::NotAuthenticated,
            ) => Ok(too_early),
            (Run::BeforeLogin(_), Phase::Authenticated(_) | Phase::Selected(_)) => {
                Ok(Completion::bad("somebody is logged in already"))
            }
            (Run::WithPhase(handler), phase) => handler(phase, talk, args).await,
            (Run::AfterLogin(handler), phase) => match phase.login_mut() {
                Some(login) => handler(login, talk, args).await,
                None => Ok(too_early),
            },
            (Run::Selected(_) | Run::Leave(_), Phase::Authenticated(_)) => {
                Ok(Completion::bad("select a mailbox first"))
            }
            (Run::Selected(handler), Phase::Selected(selected)) => handler(selected, talk, args).await,
            (Run::BeforeLogin(transition) | Run::Mailbox(transition) | Run::Leave(transition), phase) => {
                let before = std::mem::replace(phase, Phase::NotAuthenticated);
                let (after, completion) = transition(before, talk, args).await?;
                self.phase = after;
                Ok(completion)
            }
        }
    }

    /// Says how a command ended, after what there is to tell beside it.
    async fn complete(&mut self, command: Option<&Command>, completion: &Completion) -> Result<(), Ended> {
        let tag = self.talk.tag.clone();
        // Before login a NO is a password that is wrong, or something like it: it counts as an error does.
        let guessing = completion.status == Status::No && matches!(self.phase, Phase::NotAuthenticated);
        if completion.status == Status::Bad || guessing {
            return self.refused(completion, Some(&tag));
        }
        self.errors = 0;
        let (held, removed) = (std::mem::take(&mut self.talk.holds_expunges), std::mem::take(&mut self.talk.removed));
        let expunges = command.and_then(|command| command.effect.expunges()).map(|expunges| match expunges {
            _ if held => Expunges::Held,
            Expunges::Told if removed => Expunges::Asked,
            expunges => expunges,
        });
        if let (Some(expunges), Some(selected)) = (expunges, self.phase.selected_mut()) {
            let by_uid = command.is_some_and(|command| command.name.starts_with("UID "));
            selected.tell(&mut self.talk, expunges, &Own { by_uid, ..Own::default() }).await?;
            selected.tell_what_is_synchronised(&mut self.talk);
        }
        if expunges.is_some() {
            news::tell(&mut self.phase, &mut self.talk).await?;
        }
        self.talk.added.clear();
        self.talk.counts.refused += u64::from(completion.status == Status::No);
        completion.print(&mut self.talk, Some(&tag));
        if std::mem::take(&mut self.talk.begin_tls) {
            self.begin_tls().await?;
        }
        if std::mem::take(&mut self.talk.begin_deflate) {
            self.begin_deflate().await?;
        }
        if std::mem::take(&mut self.talk.end_deflate) {
            self.end_deflate().await?;
        }
        self.talk.pass().await
    }

    /// Compression after COMPRESS; nothing may have been sent before its reply (RFC 4978, 3).
    async fn begin_deflate(&mut self) -> Result<(), Ended> {
        self.talk.flush().await?;
        self.talk.conversation.begin_deflate().await?;
        self.talk.framer = imap_wire::Framer::default();
        Ok(())
    }

    /// The end of compression, after UNAUTHENTICATE (RFC 8437, 4.1).
    async fn end_deflate(&mut self) -> Result<(), Ended> {
        self.talk.flush().await?;
        self.talk.conversation.end_deflate().await?;
        self.talk.framer = imap_wire::Framer::default();
        Ok(())
    }

    /// The handshake after STARTTLS; what the client sent before it is thrown away (RFC 3501, 6.2.1).
    async fn begin_tls(&mut self) -> Result<(), Ended> {
        self.talk.flush().await?;
        self.talk.conversation.start_tls().await?;
        self.talk.framer = imap_wire::Framer::default();
        self.talk.client = None;
        Ok(())
    }

    /// Says BAD, or NO before login.
    fn refused(&mut self, bad: &Completion, tag: Option<&str>) -> Result<(), Ended> {
        bad.print(&mut self.talk, tag);
        self.talk.counts.refused += 1;
        self.error()
    }

    /// Counts an error since the last good command; after too many the client is sent away.
    fn error(&mut self) -> Result<(), Ended> {
        self.errors += 1;
        let max_errors = if self.talk.conversation.is_pressed() { 1 } else { self.talk.house.settings.max_errors };
        if self.errors < max_errors {
            return Ok(());
        }
        self.report.too_many_errors(&self.talk, self.phase.login().map(|login| login.account.id()));
        self.talk.tell(Status::Bye, None, "too many errors");
        Err(Ended::Said)
    }
}
