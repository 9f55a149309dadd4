//! CLOSE (RFC 3501, 6.4.2) and UNSELECT (RFC 3691): leaving a mailbox, with and without expunging.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::phase::Phase;
use crate::session::refusal::refusal;
use imap_wire::Cursor;
use store::{Expunge, Rights};

pub(crate) const CLOSE: Command = Command {
    name: "CLOSE",
    capability: None,
    effect: Effect::Nothing,
    run: Run::Leave(|phase, _, args| Box::pin(close(phase, args))),
};

pub(crate) const UNSELECT: Command = Command {
    name: "UNSELECT",
    capability: Some("UNSELECT"),
    effect: Effect::Nothing,
    run: Run::Leave(|phase, _, args| {
        Box::pin(async move {
            Ok(match args.end() {
                Ok(()) => (phase.without_mailbox(), Completion::ok("done")),
                Err(error) => (phase, error.into()),
            })
        })
    }),
};

async fn close(phase: Phase, args: Cursor<'_>) -> Result<(Phase, Completion), Ended> {
    if let Err(error) = args.end() {
        return Ok((phase, error.into()));
    }
    let mut completion = Completion::ok("done");
    if let Phase::Selected(selected) = &phase {
        // RFC 3501, 6.4.2: no expunge from a mailbox opened by EXAMINE, and no EXPUNGE replies ever; RFC 4314, 4: nor
        // without the right to, which is no error.
        if !selected.read_only && !selected.deleted && selected.rights.contains(Rights::EXPUNGE) {
            match selected.account.expunge(selected.mailbox, Expunge::Deleted).await {
                Ok(_) | Err(store::Error::NoSuchMailbox) => {}
                Err(error) => completion = refusal(&error),
            }
        }
    }
    // The mailbox stays selected when its messages could not be removed: nothing is half done.
    let refused = completion.code.is_some();
    Ok((if refused { phase } else { phase.without_mailbox() }, completion))
}
