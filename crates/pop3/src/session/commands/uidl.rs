//! UIDL (RFC 1939, 7): the email's id, which outlives restarts and moves to another engine.
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};
use crate::wire::Command;

pub(in crate::session) const UIDL: Row = Row {
    name: "UIDL",
    when: When::Transaction,
    capability: Some("UIDL"),
    run: |session, command| uidl(session, command),
};

fn uidl(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        let no_such_message = session.words.no_such_message;
        let Some(maildrop) = session.maildrop() else { return Ok(Next::Fault(no_such_message)) };
        let view = maildrop.snapshot();
        if let Command::Uidl(Some(number)) = command {
            let Some(uidl) = view.uidl(number) else { return Ok(Next::Fault(no_such_message)) };
            session.ok(&format!("{} {uidl}", number.0)).await?;
            return Ok(Next::GoOn);
        }
        session.ok(session.words.unique_ids).await?;
        session.lines(view.uidls().map(|(number, uidl)| format!("{number} {uidl}"))).await?;
        Ok(Next::GoOn)
    })
}
