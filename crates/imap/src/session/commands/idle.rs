//! IDLE (RFC 2177): what is new is told when it happens, by the account's channel, never by polling; once NOTIFY was
//! used, what that asks for (RFC 5465, 4).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::news;
use crate::session::phase::Phase;
use crate::session::selected::{Expunges, Own};
use crate::session::talk::{Read, Talk};
use imap_wire::{Cursor, Limits};
use store::Account;

pub(crate) const IDLE: Command = Command {
    name: "IDLE",
    capability: Some("IDLE"),
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(idle(phase, talk, args))),
};

/// What ended a wait.
enum Woken {
    Changed,
    Line(Read),
}

async fn idle(phase: &mut Phase, talk: &mut Talk, args: Cursor<'_>) -> Answer {
    if let Err(error) = args.end() {
        return Ok(error.into());
    }
    let Some(login) = phase.login() else { return Ok(Completion::bad("log in first")) };
    let mut revoked = login.revoked.clone();
    let mut changed = login.account.watch();
    // A mailbox of another account has its news there.
    let mut elsewhere = phase.elsewhere().map(Account::watch);
    let stop = talk.conversation.stop.clone();
    talk.go_ahead("idling").await?;
    let wait = Talk::within(talk.house.settings.wait_after_login);
    loop {
        // The mark is set before the look: a commit after the look wakes the wait below.
        changed.borrow_and_update();
        if let Some(elsewhere) = &mut elsewhere {
            elsewhere.borrow_and_update();
        }
        if let Some(watching) = phase.login_mut().and_then(|login| login.news.watching()) {
            watching.mark();
        }
        if let Some(selected) = phase.selected_mut() {
            selected.tell(talk, Expunges::Told, &Own::default()).await?;
        }
        news::tell(phase, talk).await?;
        talk.flush().await?;
        let changed_elsewhere = async {
            match &mut elsewhere {
                Some(elsewhere) => elsewhere.changed().await,
                None => std::future::pending().await,
            }
        };
        let watched = async {
            match phase.login_mut().and_then(|login| login.news.watching()) {
                Some(watching) => watching.wait_for_others().await,
                None => std::future::pending().await,
            }
        };
        let woken = tokio::select! {
            () = stop.cancelled() => return Err(Ended::Stopped),
            _ = revoked.wait() => return Err(Ended::Revoked),
            // An account whose channel is closed wakes nobody any more.
            Ok(()) = changed.changed() => Woken::Changed,
            Ok(()) = changed_elsewhere => Woken::Changed,
            () = watched => Woken::Changed,
            read = talk.read(&Limits::BEFORE_LOGIN, wait) => Woken::Line(read?),
        };
        match woken {
            Woken::Changed => {}
            Woken::Line(Read::Command(line)) if line.eq_ignore_ascii_case(b"DONE") => {
                return Ok(Completion::ok("done"));
            }
            Woken::Line(Read::Literal { size, sync }) => {
                talk.framer.refuse_literal(size, sync);
                return Ok(Completion::bad("DONE ends IDLE, nothing else"));
            }
            Woken::Line(Read::Command(_) | Read::TooLong(_)) => {
                return Ok(Completion::bad("DONE ends IDLE, nothing else"));
            }
        }
    }
}
