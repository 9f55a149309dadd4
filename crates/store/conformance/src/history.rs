//! Random histories of several accounts against the model, with the store opened again at random points.
use crate::bench::Bench;
use crate::model::{Message, Model};
use names::AccountId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{
    Account, Annotated, CheckDepth, Copied, EmailId, EntryName, Expunge, FlagChange, Flags, Keyword, LineEnds,
    MailboxId, MailboxName, ModSeq, NewEmail, ReceivedAt, Settings, Store, SystemFlags, Uid,
};
use world::scripted::{ScriptedClock, SeededRandom};
use world::{Clock, Random, World};

const ACCOUNTS: u64 = 3;
const STEPS: usize = 250;
const WORDS: [&str; 4] = ["$Junk", "$Forwarded", "Work", "later"];

/// Random histories: append, copy, move, flags, expunge, mailboxes, prune, on several accounts; opened again at
/// random; equal to the model after each opening and at the end, with a clean check and a change log that replays to
/// the same.
pub async fn histories_leave_a_clean_store(bench: &dyn Bench) {
    history(bench, 0x6C61_7370_6F73_7401, STEPS).await;
}

struct History {
    store: Store,
    world: World,
    clock: Arc<ScriptedClock>,
    random: SeededRandom,
    models: Vec<Model>,
    pruned: bool,
    letters: u64,
}

async fn history(bench: &dyn Bench, seed: u64, steps: usize) {
    let (world, clock, _) = world::scripted::world();
    let store = Store::open(bench.open().await, world.clone(), Settings::default()).await.expect("a store");
    let random = SeededRandom::new(seed);
    let mut history = History { store, world, clock, random, models: Vec::new(), pruned: false, letters: 0 };
    for id in 0..ACCOUNTS {
        history.store.create_account(AccountId(id), None, &[]).await.expect("an account");
        let mut model = Model::default();
        let inbox = history.account(id).await.mailboxes().await.expect("mailboxes").inbox().expect("INBOX").id;
        model.add(inbox, MailboxName::inbox());
        history.models.push(model);
    }
    for step in 0..steps {
        if history.below(40) == 0 {
            let (engine, world) = (bench.open().await, history.world.clone());
            history.store = Store::open(engine, world, Settings::default()).await.expect("the store again");
            history.compare().await;
        }
        let id = history.below(ACCOUNTS);
        history.step(id, step).await;
    }
    history.compare().await;
    let engine = bench.open().await;
    history.store = Store::open(engine, history.world.clone(), Settings::default()).await.expect("the store again");
    history.compare().await;
    let report = history.store.check(CheckDepth::Bytes).await.expect("a check");
    assert!(report.is_clean(), "{:#?}", report.faults);
    assert_eq!(report.accounts, ACCOUNTS);
    history.end().await;
}

impl History {
    fn below(&self, limit: u64) -> u64 {
        self.random.number() % limit
    }

    async fn account(&self, id: u64) -> Account {
        self.store.account(AccountId(id)).await.expect("the account").acting_as("history")
    }

    async fn compare(&self) {
        for (id, model) in (0..).zip(&self.models) {
            let account = self.account(id).await;
            model.compare(&account).await;
            if !self.pruned {
                model.replay(&account, ModSeq(0)).await;
            }
        }
    }

    /// Removes everything: no record, no link is left.
    async fn end(&self) {
        for id in 0..ACCOUNTS {
            self.store.delete_account(AccountId(id)).await.expect("the account goes");
        }
        assert_eq!(self.store.accounts(None, 10).await.expect("a list"), []);
        let blobs = self.store.engine().blobs();
        let later = self.clock.now().plus(Duration::from_secs(10 * 365 * 24 * 3600));
        blobs.collect(later, Duration::ZERO).await.expect("a collection");
        assert!(blobs.page(None, 10).await.expect("a page").is_empty());
    }

    async fn step(&mut self, id: u64, step: usize) {
        let account = self.account(id).await;
        match self.below(100) {
            0..35 => self.append(&account).await,
            35..45 => self.create_mailbox(&account, step).await,
            45..60 => self.store_flags(&account).await,
            60..70 => self.copy(&account).await,
            70..80 => self.move_to(&account).await,
            80..90 => self.expunge(&account).await,
            90..93 => self.delete_mailbox(&account).await,
            93..96 => self.rename_mailbox(&account, step).await,
            96..98 if step > STEPS / 2 => self.prune(&account).await,
            98..100 => self.annotate(&account, step).await,
            _ => self.append(&account).await,
        }
    }

    fn model(&mut self, account: &Account) -> &mut Model {
        let at = usize::try_from(account.id().0).expect("a small number");
        &mut self.models[at]
    }

    async fn append(&mut self, account: &Account) {
        let mut emails = Vec::new();
        let count = 1 + self.below(3);
        for _ in 0..count {
            // Few texts, so that accounts share blobs; many replies, so that there are threads.
            self.letters += 1;
            let (own, to) = (self.below(60), self.below(60));
            let subject = self.below(3);
            let body = "line of text\n".repeat(usize::try_from(self.below(200)).unwrap_or(0));
            let text =
                format!("Message-ID: <{own}@x>\nIn-Reply-To: <{to}@x>\nSubject: Re: subject {subject}\n\n{body}");
            let mut writer = self.store.blob_writer(LineEnds::ToCrlf);
            writer.write(text.as_bytes()).await.expect("a write");
            let blob = writer.finish().await.expect("a blob");
            let flags = self.flags();
            emails.push(NewEmail { flags, ..NewEmail::new(blob, ReceivedAt::utc(self.clock.now())) });
        }
        let number = self.random.number();
        let mailbox = self.model(account).pick(number);
        let appended = account.append(mailbox, emails.clone()).await.expect("an append").into_value();
        let model = self.model(account);
        for (appended, email) in appended.iter().zip(emails) {
            model.sizes.insert(appended.email, email.blob.size);
            arrive(model, mailbox, appended.uid, Message { email: appended.email, flags: words(&email.flags) });
        }
    }

    fn flags(&self) -> Flags {
        let system =
            SystemFlags::from_bits(self.random.number().to_le_bytes()[0] & self.random.number().to_le_bytes()[0]);
        let word = usize::try_from(self.below(12)).unwrap_or(0);
        Flags { system, keywords: WORDS.get(word).and_then(|word| Keyword::new(word)).into_iter().collect() }
    }

    /// A mailbox and some of its UIDs.
    fn some(&mut self, account: &Account) -> (MailboxId, Vec<Uid>) {
        let (number, mask) = (self.random.number(), self.random.number());
        let model = self.model(account);
        let mailbox = model.pick(number);
        let uids = model.mailbox(mailbox).messages.keys().copied();
        (mailbox, uids.filter(|uid| mask >> (uid % 61) & 1 == 1).filter_map(Uid::new).collect())
    }

    async fn store_flags(&mut self, account: &Account) {
        let (mailbox, mut uids) = self.some(account);
        let flags = self.flags();
        let change = match self.below(3) {
            0 => FlagChange::Replace(flags),
            1 => FlagChange::Add(flags),
            _ => FlagChange::Remove(flags),
        };
        uids.push(Uid::MAX); // not there: skipped
        account.store_flags(mailbox, &uids, &change, None).await.expect("a store");
        let messages = &mut self.model(account).mailbox(mailbox).messages;
        for uid in uids {
            let Some(message) = messages.get_mut(&uid.get()) else { continue };
            match &change {
                FlagChange::Replace(flags) => message.flags = words(flags),
                FlagChange::Add(flags) => message.flags.extend(words(flags)),
                FlagChange::Remove(flags) => message.flags = message.flags.difference(&words(flags)).cloned().collect(),
            }
        }
    }

    async fn copy(&mut self, account: &Account) {
        let (from, mut uids) = self.some(account);
        uids.truncate(10);
        let number = self.random.number();
        let to = self.model(account).pick(number);
        let copied = account.copy(from, &uids, to).await.expect("a copy").into_value();
        assert_eq!(copied.len(), uids.len());
        let model = self.model(account);
        for Copied { from: uid, to: there } in copied {
            let message = model.mailbox(from).messages[&uid.get()].clone();
            assert_eq!(message.email, there.email);
            arrive(model, to, there.uid, message);
        }
    }

    async fn move_to(&mut self, account: &Account) {
        let (from, uids) = self.some(account);
        let number = self.random.number();
        let to = self.model(account).pick(number);
        let moved = account.move_to(from, &uids, to).await.expect("a move").into_value();
        assert_eq!(moved.len(), uids.len());
        let model = self.model(account);
        for Copied { from: uid, to: there } in moved {
            let message = model.mailbox(from).messages.remove(&uid.get()).expect("it was there");
            arrive(model, to, there.uid, message);
        }
    }

    async fn expunge(&mut self, account: &Account) {
        let (mailbox, uids) = self.some(account);
        let gone = match self.below(3) {
            0 => account.remove(mailbox, &uids).await.expect("a removal").into_value(),
            1 => account.expunge(mailbox, Expunge::DeletedAmong(&uids)).await.expect("an expunge").into_value(),
            _ => account.expunge(mailbox, Expunge::Deleted).await.expect("an expunge").into_value(),
        };
        let messages = &mut self.model(account).mailbox(mailbox).messages;
        for uid in gone {
            assert!(messages.remove(&uid.get()).is_some());
        }
    }

    async fn create_mailbox(&mut self, account: &Account, step: usize) {
        if self.model(account).mailboxes.len() > 6 {
            return;
        }
        let name = MailboxName::new(&format!("box {step}")).expect("a name");
        let id = *account.create_mailbox(&name, None).await.expect("a mailbox").value();
        self.model(account).add(id, name);
    }

    async fn delete_mailbox(&mut self, account: &Account) {
        let number = self.random.number();
        let id = self.model(account).pick(number);
        if self.model(account).mailbox(id).name.is_inbox() {
            return;
        }
        account.delete_mailbox(id).await.expect("it goes");
        let model = self.model(account);
        model.mailboxes.remove(&id);
        model.annotations.retain(|(of, _), _| *of != Annotated::Mailbox(id));
    }

    async fn rename_mailbox(&mut self, account: &Account, step: usize) {
        let number = self.random.number();
        let id = self.model(account).pick(number);
        let from = self.model(account).mailbox(id).name.clone();
        let to = MailboxName::new(&format!("renamed {step}")).expect("a name");
        account.rename_mailbox(&from, &to).await.expect("a rename");
        if !from.is_inbox() {
            self.model(account).mailbox(id).name = to;
            return;
        }
        let new = account.mailboxes().await.expect("mailboxes").named(&to).expect("the new one").id;
        let model = self.model(account);
        model.add(new, to);
        let inbox = model.annotations.range((Annotated::Mailbox(id), String::new())..);
        let inbox = inbox.take_while(|((of, _), _)| *of == Annotated::Mailbox(id));
        let copied = inbox.map(|((_, name), value)| ((Annotated::Mailbox(new), name.clone()), value.clone()));
        let copied: Vec<_> = copied.collect();
        model.annotations.extend(copied);
        let messages: Vec<Message> = std::mem::take(&mut model.mailbox(id).messages).into_values().collect();
        for (uid, message) in (1..).zip(messages) {
            arrive(model, new, Uid::new(uid).expect("a UID"), message);
        }
    }

    /// Sets or removes an annotation of the account or of a mailbox.
    async fn annotate(&mut self, account: &Account, step: usize) {
        let (number, name) = (self.random.number(), self.below(6));
        let of = match self.below(3) {
            0 => Annotated::Account,
            _ => Annotated::Mailbox(self.model(account).pick(number)),
        };
        let name = format!("/{}/name {name}", if name % 2 == 0 { "shared" } else { "private" });
        let value = (self.below(4) > 0).then(|| format!("value {step}").into_bytes());
        let new = (EntryName::new(&name).expect("a name"), value.clone().map(Into::into));
        account.set_annotations(account.id(), of, &[new]).await.expect("an annotation");
        let annotations = &mut self.model(account).annotations;
        match value {
            Some(value) => annotations.insert((of, name), value),
            None => annotations.remove(&(of, name)),
        };
    }

    async fn prune(&mut self, account: &Account) {
        self.clock.set(self.clock.now().plus(Duration::from_secs(9 * 24 * 3600)));
        account.prune(self.clock.now(), &()).await.expect("a pruning");
        self.pruned = true;
    }
}

fn words(flags: &Flags) -> BTreeSet<String> {
    let system = flags.system.names().map(str::to_owned);
    system.chain(flags.keywords.iter().map(|word| word.as_str().to_owned())).collect()
}

/// A message comes in under the next UID.
fn arrive(model: &mut Model, mailbox: MailboxId, uid: Uid, message: Message) {
    assert!(model.sizes.contains_key(&EmailId(message.email.0)));
    let mailbox = model.mailbox(mailbox);
    assert_eq!(uid.get(), mailbox.next);
    mailbox.next += 1;
    mailbox.messages.insert(uid.get(), message);
}
