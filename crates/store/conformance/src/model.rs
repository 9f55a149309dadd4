//! What an account should hold, as simply as it can be said.
use std::collections::{BTreeMap, BTreeSet};
use store::{Account, Annotated, EmailId, MailboxId, MailboxName, ModSeq, Touched};

/// A message: its email, its flags and keywords by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) email: EmailId,
    pub(crate) flags: BTreeSet<String>,
}

/// A mailbox: its messages by UID, and the next UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: MailboxName,
    pub(crate) messages: BTreeMap<u32, Message>,
    pub(crate) next: u32,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Model {
    pub(crate) mailboxes: BTreeMap<MailboxId, Mailbox>,
    /// Size of each email.
    pub(crate) sizes: BTreeMap<EmailId, u64>,
    /// Annotations, by what has them and by their names.
    pub(crate) annotations: BTreeMap<(Annotated, String), Vec<u8>>,
}

impl Model {
    pub(crate) fn add(&mut self, id: MailboxId, name: MailboxName) {
        self.mailboxes.insert(id, Mailbox { name, messages: BTreeMap::new(), next: 1 });
    }

    /// The mailbox at a place of the list, whatever the number.
    pub(crate) fn pick(&self, number: u64) -> MailboxId {
        let at = usize::try_from(number).unwrap_or(0) % self.mailboxes.len();
        *self.mailboxes.keys().nth(at).expect("an account has INBOX")
    }

    pub(crate) fn mailbox(&mut self, id: MailboxId) -> &mut Mailbox {
        self.mailboxes.get_mut(&id).expect("a mailbox of the model")
    }

    /// Panics where the account is not what the model says.
    pub(crate) async fn compare(&self, account: &Account) {
        let mailboxes = account.mailboxes().await.expect("mailboxes");
        let names: Vec<_> = mailboxes.iter().map(|mailbox| (mailbox.id, mailbox.name.clone())).collect();
        assert_eq!(names.len(), self.mailboxes.len());
        let mut live = BTreeSet::new();
        for (id, name) in names {
            let expected = &self.mailboxes[&id];
            assert_eq!(name, expected.name);
            let view = account.view(id).await.expect("a view");
            assert_eq!(view.uid_next(), expected.next, "UIDNEXT of {name}");
            let found: BTreeMap<u32, Message> = view
                .iter()
                .map(|message| {
                    let words = message.keywords.iter().map(|word| word.as_str().to_owned());
                    let flags = message.system.names().map(str::to_owned).chain(words).collect();
                    (message.uid.get(), Message { email: message.email, flags })
                })
                .collect();
            assert_eq!(found, expected.messages, "messages of {name}");
            live.extend(expected.messages.values().map(|message| message.email));
            let counters = mailboxes.get(id).expect("the mailbox").counters;
            let with = |flag: &str| found.values().filter(|message| message.flags.contains(flag)).count() as u64;
            assert_eq!(counters.messages, found.len() as u64);
            assert_eq!((counters.unseen, counters.deleted), (counters.messages - with("\\Seen"), with("\\Deleted")));
        }
        let annotated: Vec<Annotated> =
            self.mailboxes.keys().copied().map(Annotated::Mailbox).chain([Annotated::Account]).collect();
        let found = account.annotations(account.id(), &annotated).await.expect("annotations");
        let found = annotated.into_iter().zip(found).flat_map(|(of, all)| {
            all.into_iter().map(move |one| ((of, one.name.as_str().to_owned()), one.value.to_vec()))
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), self.annotations);
        let quota = account.quota().await.expect("quota");
        let used: u64 = live.iter().map(|email| self.sizes[email]).sum();
        assert_eq!((quota.used, quota.emails), (used, live.len() as u64));
    }

    /// Plays the change log from `since`, when there was nothing, and panics where that is not what the model says.
    pub(crate) async fn replay(&self, account: &Account, since: ModSeq) {
        let mut places: BTreeMap<(MailboxId, u32), EmailId> = BTreeMap::new();
        let mut boxes = BTreeSet::new();
        let mut at = since;
        loop {
            let changes = account.changes(at, 100).await.expect("changes");
            for entry in &changes.entries {
                assert!(entry.modseq > at);
                at = entry.modseq;
                entry.touched.iter().for_each(|touched| play(touched, &mut places, &mut boxes));
            }
            if !changes.more {
                break;
            }
        }
        let expected = self
            .mailboxes
            .iter()
            .flat_map(|(id, mailbox)| mailbox.messages.iter().map(move |(uid, message)| ((*id, *uid), message.email)));
        assert_eq!(places, expected.collect());
        assert_eq!(boxes, self.mailboxes.keys().copied().collect());
    }
}

fn play(touched: &Touched, places: &mut BTreeMap<(MailboxId, u32), EmailId>, boxes: &mut BTreeSet<MailboxId>) {
    match touched {
        Touched::Arrived { mailbox, uid, email, .. } => {
            assert_eq!(places.insert((*mailbox, uid.get()), *email), None, "a UID came twice");
        }
        Touched::Expunged { mailbox, uid, email, .. } => {
            assert_eq!(places.remove(&(*mailbox, uid.get())), Some(*email));
        }
        Touched::Flags { mailbox, uid, email, .. } => {
            assert_eq!(places.get(&(*mailbox, uid.get())), Some(email));
        }
        Touched::MailboxCreated { mailbox } => assert!(boxes.insert(*mailbox)),
        Touched::MailboxRemoved { mailbox, .. } => assert!(boxes.remove(mailbox)),
        Touched::MailboxChanged { .. }
        | Touched::Subscription { .. }
        | Touched::Quota { .. }
        | Touched::Metadata { .. }
        | Touched::Acl { .. }
        | Touched::Object { .. }
        | Touched::Pruned => {}
    }
}
