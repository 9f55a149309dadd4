//! Reading the change log.
use super::Account;
use super::emails::flags_of;
use crate::change::{Changes, LogEntry, Touched};
use crate::engine::{Found, MAX_PAGE, Read};
use crate::error::Error;
use crate::head::Keywords;
use crate::id::{ModSeq, Uid};
use crate::key::KeyReader;
use crate::schema::{self, LogItem, kind, read_log};

impl Account {
    /// The change log after `since`, at most `limit` entries (and at most 1,000), as of the last commit on disk.
    ///
    /// # Errors
    /// [`Error::CannotCalculateChanges`] when entries after `since` are not kept any more, or `since` never was.
    pub async fn changes(&self, since: ModSeq, limit: usize) -> Result<Changes, Error> {
        let told = self.head.told().await?;
        if since.0 < told.record.log_floor || since.0 > told.modseq {
            return Err(Error::CannotCalculateChanges(since));
        }
        if since.0 == told.modseq {
            return Ok(Changes { entries: Vec::new(), more: false });
        }
        let scan = Read::Scan {
            from: schema::log(since.0.saturating_add(1)),
            to: schema::log(told.modseq.saturating_add(1)),
            limit: limit.clamp(1, MAX_PAGE),
            reverse: false,
        };
        let found = self.head.ground.engine.read(self.head.partition(), vec![scan]).await?;
        let Some(Found::Many { items, more, corrupt }) = found.into_iter().next() else {
            return Err(Error::Corrupt("the engine gave no page".into()));
        };
        // An entry that cannot be read is one that is not kept: who asks resynchronises.
        if !corrupt.is_empty() {
            return Err(Error::CannotCalculateChanges(since));
        }
        // Pruned between the question and the read.
        if self.head.told().await?.record.log_floor > since.0 {
            return Err(Error::CannotCalculateChanges(since));
        }
        let mut entries = Vec::with_capacity(items.len());
        for (key, value) in items {
            let modseq = ModSeq(KeyReader::new(&key, kind::LOG)?.u64()?);
            let record = read_log(&value.payload)?;
            let touched = record.items.into_iter().filter_map(|item| touched(item, &told.keywords)).collect();
            entries.push(LogEntry { modseq, time: record.time, who: record.who, touched });
        }
        Ok(Changes { entries, more })
    }
}

fn touched(item: LogItem, keywords: &Keywords) -> Option<Touched> {
    Some(match item {
        LogItem::Arrived { mailbox, uid, email, new } => Touched::Arrived { mailbox, uid: Uid::new(uid)?, email, new },
        LogItem::Flags { mailbox, uid, email, before, modseq } => Touched::Flags {
            mailbox,
            uid: Uid::new(uid)?,
            email,
            before: flags_of(before.system, &before.keywords, keywords),
            modseq: ModSeq(modseq),
        },
        LogItem::Expunged { mailbox, uid, email, before, modseq, saved, last } => Touched::Expunged {
            mailbox,
            uid: Uid::new(uid)?,
            email,
            before: flags_of(before.system, &before.keywords, keywords),
            modseq: ModSeq(modseq),
            saved,
            last,
        },
        LogItem::MailboxCreated { mailbox } => Touched::MailboxCreated { mailbox },
        LogItem::MailboxChanged { mailbox, name, role } => Touched::MailboxChanged { mailbox, name, role },
        LogItem::MailboxRemoved { mailbox, name, role, uid_validity } => {
            Touched::MailboxRemoved { mailbox, name, role, uid_validity }
        }
        LogItem::Subscription { name, before } => Touched::Subscription { name, before },
        LogItem::Quota { before } => Touched::Quota { before },
        LogItem::Metadata { of, entries } => Touched::Metadata { of, entries },
        LogItem::Pruned => Touched::Pruned,
        LogItem::Acl { mailbox, account, address, granted, denied } => {
            Touched::Acl { mailbox, account, address, granted, denied }
        }
        LogItem::Object { of, id, touch } => Touched::Object { of, id, touch },
        LogItem::Once { .. } | LogItem::Sharer { .. } => return None,
    })
}
