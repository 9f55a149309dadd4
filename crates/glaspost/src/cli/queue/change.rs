//! What is done to messages of the queue: to one, or to many, some hundred at a time.
use super::which::{Meant, Which};
use crate::cli::act::{Desk, at_desk, done, unexpected};
use crate::cli::terminal::confirm;
use crate::cli::{Global, changed, print_json};
use crate::failure::Failure;
use admin::{QueueAct, QueueChange, QueueFilter, Request, Response};
use delivery::QueueId;

/// A change as it is told of.
pub(crate) struct Change {
    pub(crate) change: QueueChange,
    /// Its name, such as `queue hold`.
    pub(crate) name: &'static str,
    /// What has become of what was changed.
    pub(crate) said: &'static str,
    /// How it is undone, with `ID` for which ones.
    pub(crate) undo: &'static str,
}

impl Change {
    /// Makes the change.
    pub(crate) fn make(self, global: &Global, meant: Meant, reason: Option<String>) -> Result<(), Failure> {
        match meant.which()? {
            Which::One(id) => self.one(global, id, reason),
            Which::Many(filter) => {
                let reason = reason.ok_or_else(super::reason_is_missing)?;
                at_desk(global, async |desk: &mut Desk| self.many(global, desk, filter, reason).await)
            }
        }
    }

    /// As [`Self::make`], once it is confirmed: it cannot be undone.
    pub(crate) fn make_confirmed(
        self,
        global: &Global,
        meant: Meant,
        reason: String,
        confirmed: Option<&str>,
    ) -> Result<(), Failure> {
        match meant.which()? {
            Which::One(id) => {
                let name = id.to_string();
                confirm(&format!("{name} goes for good, and its sender is not told."), &name, confirmed)?;
                self.one(global, id, Some(reason))
            }
            Which::Many(filter) => at_desk(global, async |desk: &mut Desk| {
                let ids = all(desk, &filter).await?;
                let number = ids.len().to_string();
                let lost = format!("{number} messages go for good, and their senders are not told.");
                confirm(&lost, &number, confirmed)?;
                self.these(global, desk, &ids, &filter, &reason).await
            }),
        }
    }

    fn one(self, global: &Global, id: QueueId, reason: Option<String>) -> Result<(), Failure> {
        let Self { change, name, said, undo } = self;
        done(global, Request::Queue(QueueAct::Change { id, change, reason }))?;
        let id = id.to_string();
        changed(global, name, &id, &format!("{id}: {said}\n{}", undo.replace("ID", &id)))
    }

    async fn many(self, global: &Global, desk: &mut Desk, filter: QueueFilter, reason: String) -> Result<(), Failure> {
        let (mut number, mut after) = (0, None);
        loop {
            let (filter, change, reason) = (filter.clone(), self.change.clone(), reason.clone());
            let request = Request::Queue(QueueAct::ChangeEach { filter, change, reason, after });
            let Response::QueueChanged { messages, next } = desk.ask(request).await? else { return Err(unexpected()) };
            number += messages;
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        self.told(global, number)
    }

    /// Changes those that were counted, and none that came since.
    async fn these(
        self,
        global: &Global,
        desk: &mut Desk,
        ids: &[QueueId],
        filter: &QueueFilter,
        reason: &str,
    ) -> Result<(), Failure> {
        let mut number = 0;
        for ids in ids.chunks(AT_A_CALL) {
            let (ids, filter, reason) = (ids.to_vec(), filter.clone(), reason.to_owned());
            let request = QueueAct::ChangeThese { ids, filter, change: self.change.clone(), reason };
            let Response::QueueChanged { messages, .. } = desk.ask(Request::Queue(request)).await? else {
                return Err(unexpected());
            };
            number += messages;
        }
        self.told(global, number)
    }

    fn told(self, global: &Global, number: u64) -> Result<(), Failure> {
        let Self { name, said, undo, .. } = self;
        if global.json {
            return print_json(&serde_json::json!({ "ok": true, "act": name, "messages": number }));
        }
        eprintln!("messages: {number}\neach: {said}\n{}", undo.replace("ID", "(with the same words)"));
        Ok(())
    }
}

/// Messages of one request.
const AT_A_CALL: usize = 500;

/// Which messages are meant.
async fn all(desk: &mut Desk, filter: &QueueFilter) -> Result<Vec<QueueId>, Failure> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let request = Request::Queue(QueueAct::List { filter: filter.clone(), after });
        let Response::Queue { entries, next } = desk.ask(request).await? else { return Err(unexpected()) };
        ids.extend(entries.iter().map(|entry| entry.id));
        match next {
            Some(next) => after = Some(next),
            None => return Ok(ids),
        }
    }
}
