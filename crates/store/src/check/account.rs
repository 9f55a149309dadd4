//! One account: head, mailboxes, change log, and what the other files find.
use super::{CheckReport, Look};
use crate::engine::{Partition, PartitionKind};
use crate::error::Error;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::mailbox::{Counters, Mailbox, MailboxName};
use crate::records::KeyRange;
use crate::schema::{self, HeadRecord, counts_unread_threads, kind, read_log, read_mailbox, read_once};
use crate::store::Store;
use names::AccountId;
use std::collections::{BTreeMap, BTreeSet};

/// What the records of an account say in sum.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) mailboxes: BTreeMap<MailboxId, Mailbox>,
    /// Those whose unread threads an earlier release counted, in its way.
    pub(super) former: BTreeSet<MailboxId>,
    /// As counted from memberships and threads.
    pub(super) counted: BTreeMap<MailboxId, Counters>,
    pub(super) used: u64,
    pub(super) emails: u64,
    pub(super) tombs: u64,
    pub(super) keywords: u32,
}

impl Store {
    /// Looks at one account while its writers wait.
    pub(super) async fn check_account(&self, id: AccountId, report: &mut CheckReport) -> Result<(), Error> {
        let account = self.handle(id);
        let _quiet = account.quiet().await;
        let partition = Partition::new(PartitionKind::Account, id.0);
        let mut look = Look { engine: &**self.engine(), partition, account: id, report };
        let Some(head) = look.get(vec![schema::head()]).await?.pop().flatten() else {
            look.fault("it has records and no head that can be read".into());
            return Ok(());
        };
        let Some(record) = look.decoded(&schema::head(), HeadRecord::decode(&head.payload)) else { return Ok(()) };
        look.report.accounts += 1;
        if record.leaving {
            return Ok(()); // half of it is gone by intent
        }
        let mut sums = Sums::default();
        look.mailboxes(&record, head.version, &mut sums).await?;
        look.keywords(&mut sums).await?;
        look.members(head.version, &mut sums).await?;
        look.emails(&mut sums).await?;
        look.tombs(&sums).await?;
        look.uses().await?;
        look.threads(&mut sums).await?;
        look.thread_keys().await?;
        look.log(&record, head.version).await?;
        look.once().await?;
        look.subscriptions().await?;
        look.metadata(&sums).await?;
        look.sharing(&sums).await?;
        look.objects(&record).await?;
        look.former().await?;
        look.unknown().await?;
        look.compare(&record, &sums);
        Ok(())
    }
}

impl Look<'_> {
    async fn mailboxes(&mut self, head: &HeadRecord, modseq: u64, sums: &mut Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::MAILBOX]);
        let (mut names, mut roles) = (BTreeSet::new(), BTreeSet::new());
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                let read = KeyReader::new(&key, kind::MAILBOX).and_then(|mut key| key.u64());
                let mailbox = read.and_then(|id| read_mailbox(MailboxId(id), &value.payload));
                let Some(mailbox) = self.decoded(&key, mailbox) else { continue };
                self.report.mailboxes += 1;
                if !names.insert(mailbox.name.clone()) {
                    self.fault(format!("two mailboxes have the name `{}`", mailbox.name));
                }
                if mailbox.role.is_some_and(|role| !roles.insert(role)) {
                    self.fault(format!("mailbox {}: another has its role", mailbox.id));
                }
                if mailbox.modseq.0 > modseq || mailbox.id.0 >= head.next_id || mailbox.uid_validity > head.uid_validity
                {
                    self.fault(format!("mailbox {}: it is ahead of the account's head", mailbox.id));
                }
                if !counts_unread_threads(&value.payload) {
                    sums.former.insert(mailbox.id);
                }
                sums.mailboxes.insert(mailbox.id, mailbox);
            }
        }
        if !sums.mailboxes.values().any(|mailbox| mailbox.name.is_inbox()) {
            self.fault("it has no INBOX".into());
        }
        Ok(())
    }

    async fn keywords(&mut self, sums: &mut Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::KEYWORD]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                let number = KeyReader::new(&key, kind::KEYWORD).and_then(|mut key| key.u32());
                if self.decoded(&key, number) != Some(sums.keywords) {
                    self.fault("the table of keywords has a gap".into());
                }
                let word = crate::codec::Decoder::new(&value.payload, "keyword", 1)
                    .and_then(|mut record| record.text().map(str::to_owned));
                self.decoded(&key, word);
                sums.keywords += 1;
            }
        }
        Ok(())
    }

    /// Every modseq from the floor on has its entry.
    async fn log(&mut self, head: &HeadRecord, modseq: u64) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::LOG]);
        let mut expected = head.log_floor + 1;
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                let found = KeyReader::new(&key, kind::LOG).and_then(|mut key| key.u64());
                let Some(found) = self.decoded(&key, found) else { continue };
                if found != expected {
                    self.fault(format!("the change log goes from {} to {found}", expected.saturating_sub(1)));
                }
                expected = found.saturating_add(1);
                self.decoded(&key, read_log(&value.payload));
            }
        }
        if expected != modseq + 1 {
            self.fault(format!("the change log ends at {}, the head at {modseq}", expected.saturating_sub(1)));
        }
        Ok(())
    }

    async fn once(&mut self) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::ONCE]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                self.decoded(&key, read_once(&value.payload));
            }
        }
        Ok(())
    }

    async fn subscriptions(&mut self) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::SUBSCRIPTION]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, _) in page {
                let name = key.get(1..).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default();
                self.decoded(&key, MailboxName::new(name));
            }
        }
        Ok(())
    }

    /// What earlier releases wrote and nobody reads: that it can be read is enough.
    async fn former(&mut self) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::DATE]);
        while self.page(&mut range).await?.is_some() {}
        Ok(())
    }

    async fn unknown(&mut self) -> Result<(), Error> {
        for mut range in [
            KeyRange { from: Vec::new(), to: vec![kind::HEAD] },
            KeyRange { from: vec![kind::LAST + 1], to: vec![u8::MAX; 64] },
        ] {
            while let Some(page) = self.page(&mut range).await? {
                for (key, _) in page {
                    self.fault(format!("record {} is of no known kind", data_encoding::HEXLOWER.encode(&key)));
                }
            }
        }
        Ok(())
    }

    fn compare(&mut self, head: &HeadRecord, sums: &Sums) {
        for (name, kept, counted) in [
            ("bytes in use", head.used, sums.used),
            ("emails", head.emails, sums.emails),
            ("tombstones", head.tombs, sums.tombs),
        ] {
            if kept != counted {
                self.fault(format!("{name}: the head says {kept}, there are {counted}"));
            }
        }
        for (id, mailbox) in &sums.mailboxes {
            let mut counted = sums.counted.get(id).copied().unwrap_or_default();
            if sums.former.contains(id) {
                counted.unread_threads = mailbox.counters.unread_threads;
            }
            if mailbox.counters != counted {
                self.fault(format!("mailbox {id}: it says {:?}, there are {counted:?}", mailbox.counters));
            }
        }
    }
}
