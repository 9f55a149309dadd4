//! What the change log says of mailboxes, as one caller sees them.
use crate::mail::partway::Partway;
use crate::mail::sight::Sight;
use crate::opened::Opened;
use std::collections::{BTreeMap, BTreeSet};
use store::{EmailId, LogEntry, MailboxId, MailboxName, ModSeq, Role, Touched};

/// What happened to a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Its emails changed, and with them its counts.
    Counted,
    /// Something else of it changed too.
    Updated,
    Created,
    Destroyed,
}

/// What an entry of the log touches.
#[derive(Default)]
pub(super) struct Step {
    /// Each mailbox that the caller sees or saw: [`Fate::Counted`] or [`Fate::Updated`].
    touched: BTreeMap<MailboxId, Fate>,
    /// Levels of names that came or went: what is below has another parent, or another name.
    levels: BTreeSet<MailboxName>,
    /// Another mailbox is the trash: whether a thread is unread may be another thing everywhere (RFC 8621, 2).
    everywhere: bool,
}

/// What happened to mailboxes since a state.
pub(super) struct Fates<'o> {
    opened: &'o Opened,
    sight: Sight<'o>,
    /// Where the client knows a part of the first commit: that commit, and what it saw behind it of what it knows.
    behind: Option<(ModSeq, Sight<'o>)>,
    since: Partway,
    touched: BTreeMap<MailboxId, Fate>,
    /// Levels below which everything is touched already.
    levels: BTreeSet<MailboxName>,
    everywhere: bool,
}

impl<'o> Fates<'o> {
    /// Nothing yet; `log` is all that will come after `since`.
    pub(super) fn before(opened: &'o Opened, log: &[LogEntry], since: Partway) -> Self {
        let sight = Sight::before(opened, log);
        let first = log.split_first().filter(|(first, _)| since.knows_part_of(first.modseq));
        let behind = first.map(|(first, rest)| (first.modseq, Sight::before(opened, rest)));
        Self { opened, sight, behind, since, touched: BTreeMap::new(), levels: BTreeSet::new(), everywhere: false }
    }

    /// Whether the caller saw a mailbox then, as far as he knows.
    fn saw(&self, mailbox: MailboxId) -> bool {
        match &self.behind {
            Some((first, behind)) if self.since.knows(*first, mailbox.0) => behind.saw(mailbox),
            _ => self.sight.saw(mailbox),
        }
    }

    /// What an entry does to those that the caller sees or saw.
    pub(super) fn step(&self, entry: &LogEntry) -> Step {
        let mut step = Step::default();
        for touched in &entry.touched {
            match touched {
                Touched::MailboxCreated { mailbox } => self.came(&mut step, *mailbox, None),
                Touched::MailboxChanged { mailbox, name, role } => self.came(&mut step, *mailbox, Some((name, *role))),
                Touched::MailboxRemoved { mailbox, name, role, .. } => {
                    self.put(&mut step, *mailbox, Fate::Updated);
                    self.level(&mut step, name);
                    self.role(&mut step, *role);
                }
                Touched::Subscription { name, .. } if self.opened.own => {
                    if let Some(mailbox) = self.opened.mailboxes.named(name) {
                        self.put(&mut step, mailbox.id, Fate::Updated);
                    }
                }
                Touched::Acl { mailbox, account, .. } if *account == self.opened.caller => {
                    self.put(&mut step, *mailbox, Fate::Updated);
                    if let Some(mailbox) = self.opened.mailboxes.get(*mailbox) {
                        self.level(&mut step, &mailbox.name);
                    }
                }
                Touched::Arrived { mailbox, .. }
                | Touched::Flags { mailbox, .. }
                | Touched::Expunged { mailbox, .. } => {
                    self.put(&mut step, *mailbox, Fate::Counted);
                }
                Touched::Subscription { .. }
                | Touched::Acl { .. }
                | Touched::Quota { .. }
                | Touched::Metadata { .. }
                | Touched::Object { .. }
                | Touched::Pruned => {}
            }
        }
        step
    }

    /// A mailbox that was made, or had another name or role before.
    fn came(&self, step: &mut Step, mailbox: MailboxId, before: Option<(&MailboxName, Option<Role>)>) {
        self.put(step, mailbox, Fate::Updated);
        let now = self.opened.mailboxes.get(mailbox);
        let (name, role) = (now.map(|now| &now.name), now.and_then(|now| now.role));
        let (old_name, old_role) = before.map_or((None, None), |(name, role)| (Some(name), role));
        if name != old_name {
            [name, old_name].into_iter().flatten().for_each(|name| self.level(step, name));
        }
        if role != old_role {
            self.role(step, role);
            self.role(step, old_role);
        }
    }

    fn level(&self, step: &mut Step, name: &MailboxName) {
        if self.levels.contains(name) || step.levels.contains(name) {
            return;
        }
        for mailbox in self.opened.mailboxes.below(name).filter_map(|name| self.opened.mailboxes.named(name)) {
            self.put(step, mailbox.id, Fate::Updated);
        }
        step.levels.insert(name.clone());
    }

    fn role(&self, step: &mut Step, role: Option<Role>) {
        if role == Some(Role::Trash) && !self.everywhere && !step.everywhere {
            self.put_everywhere(step);
        }
    }

    /// The counts of every mailbox may be others.
    pub(super) fn put_everywhere(&self, step: &mut Step) {
        self.opened.mailboxes.iter().for_each(|mailbox| self.put(step, mailbox.id, Fate::Counted));
        step.everywhere = true;
    }

    pub(super) fn put(&self, step: &mut Step, mailbox: MailboxId, fate: Fate) {
        if self.opened.sees(mailbox) || self.saw(mailbox) {
            let place = step.touched.entry(mailbox).or_insert(fate);
            *place = (*place).max(fate);
        }
    }

    /// Leaves out of a step what the client knows of its entry.
    pub(super) fn leave_out_known(&self, step: &mut Step, entry: &LogEntry) {
        step.touched.retain(|mailbox, _| !self.since.knows(entry.modseq, mailbox.0));
    }

    /// Whether no more than `max` mailboxes are touched with a step.
    pub(super) fn fits(&self, step: &Step, max: usize) -> bool {
        let new = step.touched.keys().filter(|mailbox| !self.touched.contains_key(mailbox)).count();
        self.touched.len() + new <= max
    }

    /// Takes a step.
    pub(super) fn take(&mut self, step: Step) {
        for (mailbox, fate) in step.touched {
            let place = self.touched.entry(mailbox).or_insert(fate);
            *place = (*place).max(fate);
        }
        self.levels.extend(step.levels);
        self.everywhere |= step.everywhere;
    }

    /// Takes so many mailboxes of a step, the first ones; gives the last of them.
    pub(super) fn take_part(&mut self, step: Step, max: usize) -> Option<MailboxId> {
        let part: BTreeMap<MailboxId, Fate> = step.touched.into_iter().take(max).collect();
        let last = part.keys().last().copied();
        self.touched.extend(part);
        last
    }

    /// What it comes to: what the caller does not see is not there, be it that it never was or that it is gone.
    pub(super) fn settled(&self) -> BTreeMap<MailboxId, Fate> {
        let settled = |(mailbox, fate): (&MailboxId, &Fate)| {
            let fate = match (self.saw(*mailbox), self.opened.sees(*mailbox)) {
                (true, true) => *fate,
                (true, false) => Fate::Destroyed,
                (false, true) => Fate::Created,
                (false, false) => return None,
            };
            Some((*mailbox, fate))
        };
        self.touched.iter().filter_map(settled).collect()
    }
}

/// The emails that an entry touched.
pub(super) fn emails(entry: &LogEntry) -> impl Iterator<Item = EmailId> {
    entry.touched.iter().filter_map(|touched| match touched {
        Touched::Arrived { email, .. } | Touched::Flags { email, .. } | Touched::Expunged { email, .. } => Some(*email),
        _ => None,
    })
}
