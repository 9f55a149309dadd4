//! LIST (RFC 1939, 5).
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};
use crate::wire::Command;

pub(in crate::session) const LIST: Row =
    Row { name: "LIST", when: When::Transaction, capability: None, run: |session, command| list(session, command) };

fn list(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        let no_such_message = session.words.no_such_message;
        let Some(maildrop) = session.maildrop() else { return Ok(Next::Fault(no_such_message)) };
        if let Command::List(Some(number)) = command {
            let Some(message) = maildrop.message(number) else { return Ok(Next::Fault(no_such_message)) };
            let line = format!("{} {}", number.0, message.size);
            session.ok(&line).await?;
            return Ok(Next::GoOn);
        }
        let view = maildrop.snapshot();
        let (count, size) = view.totals();
        session.ok(&format!("{count} messages ({size} octets)")).await?;
        session.lines(view.messages().map(|(number, message)| format!("{number} {}", message.size))).await?;
        Ok(Next::GoOn)
    })
}
