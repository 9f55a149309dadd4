//! Who is to get a message: the targets of its recipients, each once, and what its sender is to hear of each recipient.
use crate::envelope::Notify;
use crate::queue::Pending;
use crate::queue::settle::{Action, Told, Words};
use crate::routing::{Recipient, Target};
use std::collections::HashMap;
use world::UnixTime;

/// One target, and which recipients led there.
pub(crate) struct Aim {
    /// The target, by the recipient who led there first.
    pub(crate) pending: Pending,
    /// The same target by other recipients, of whom the sender asked to hear what the first one does not tell him.
    others: Vec<Pending>,
    pub(crate) from: Vec<usize>,
}

impl Aim {
    /// What the queue keeps of it: it goes there once, and is told for each.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Pending> {
        std::iter::once(&self.pending).chain(&self.others)
    }

    fn add(&mut self, at: usize, mut pending: Pending) {
        self.from.push(at);
        // it goes once: in its sender's name where he wrote to the target himself
        let rewrite = self.pending.rewrite && pending.rewrite;
        pending.rewrite = rewrite;
        std::iter::once(&mut self.pending).chain(&mut self.others).for_each(|other| other.rewrite = rewrite);
        let all = || std::iter::once(&self.pending).chain(&self.others);
        let tells = |other: &Pending| {
            let (told, asked) = (other.notify, pending.notify);
            (told.failure || !asked.failure) && (told.delay || !asked.delay)
        };
        if all().any(|other| other.original == pending.original) {
            // the same recipient twice: he is told of once, by what was asked either time
            let mut same = std::iter::once(&mut self.pending).chain(&mut self.others);
            if let Some(same) = same.find(|other| other.original == pending.original) {
                same.notify = same.notify.or(pending.notify);
            }
        } else if pending.notify.success || !all().any(tells) {
            self.others.push(pending);
        }
    }
}

/// Each target once, though several recipients lead to it.
pub(crate) fn aims(recipients: &[Recipient], now: UnixTime) -> Vec<Aim> {
    let mut aims: Vec<Aim> = Vec::new();
    let mut known = HashMap::new();
    for (at, recipient) in recipients.iter().enumerate() {
        for target in &recipient.targets {
            let pending = pending(recipient, target, now);
            let account = pending.account;
            let elsewhere = account.is_none().then(|| pending.address.clone());
            let place = *known.entry((account, elsewhere)).or_insert(aims.len());
            match aims.get_mut(place) {
                Some(aim) => aim.add(at, pending),
                None => aims.push(Aim { pending, others: Vec::new(), from: vec![at] }),
            }
        }
    }
    aims
}

fn pending(recipient: &Recipient, target: &Target, now: UnixTime) -> Pending {
    let asked = &recipient.asked;
    let (account, taken_from, address) = target.parts();
    let trail = if asked.address == *address { Vec::new() } else { vec![asked.address.clone()] };
    // RFC 3461, 5.2.7.3 (c): of success the sender hears once, that the alias was expanded; all else goes along
    let notify = Notify { success: asked.notify.success && !recipient.expands, ..asked.notify };
    Pending {
        address: address.clone(),
        account,
        taken_from,
        original: asked.address.clone(),
        orcpt: asked.orcpt.clone(),
        notify,
        trail,
        attempts: 0,
        due: now,
        reply: None,
        warned: false,
        relayed: None,
        // what stays in the house keeps its sender's name
        rewrite: recipient.rewrite && account.is_none() && taken_from.is_none(),
    }
}

/// What the sender hears of recipients who are several (RFC 3461, 5.2.7.3): true as soon as the message is taken.
pub(crate) fn expansions(recipients: &[Recipient], now: UnixTime) -> Vec<Told> {
    let asked = |recipient: &&Recipient| recipient.expands && recipient.asked.notify.success;
    let mut told: Vec<Told> = Vec::new();
    for recipient in recipients.iter().filter(asked) {
        let pending = pending(recipient, &Target::Remote(recipient.asked.address.clone()), now);
        if told.iter().all(|other| other.pending.original != pending.original) {
            told.push(Told { pending, action: Action::Expanded, words: Words::own("2.0.0", "expanded"), report: true });
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Asked;
    use names::AccountId;

    const SUCCESS: Notify = Notify { success: true, ..Notify::NEVER };

    fn recipient(address: &str, notify: Notify, targets: &[&str]) -> Recipient {
        let target = |text: &&str| match text.split_once('@') {
            Some(_) => Target::Remote(text.parse().unwrap()),
            None => Target::Account(AccountId(text.len() as u64), format!("{text}@here.example").parse().unwrap()),
        };
        Recipient {
            asked: Asked { address: address.parse().unwrap(), size: 0, notify, orcpt: None },
            targets: targets.iter().map(target).collect(),
            expands: targets.len() > 1,
            rewrite: false,
            held: Vec::new(),
        }
    }

    /// Each target with the recipients that are told of it, and what of.
    fn told(recipients: &[Recipient]) -> Vec<Vec<(String, bool, bool)>> {
        let one = |pending: &Pending| (pending.original.to_string(), pending.notify.success, pending.notify.failure);
        aims(recipients, UnixTime::from_secs(1)).iter().map(|aim| aim.kept().map(one).collect()).collect()
    }

    fn line(original: &str, success: bool, failure: bool) -> (String, bool, bool) {
        (original.to_owned(), success, failure)
    }

    #[test]
    fn one_target_is_one_aim_and_who_asked_is_told() {
        let to = |notify| {
            [recipient("info@here.example", notify, &["anna"]), recipient("anna@here.example", SUCCESS, &["anna"])]
        };
        // the first one hears of failure, the other of success
        let both = [line("info@here.example", false, true), line("anna@here.example", true, false)];
        assert_eq!(told(&to(Notify::default())), [both]);
        let never = [line("info@here.example", false, false), line("anna@here.example", true, false)];
        assert_eq!(told(&to(Notify::NEVER)), [never]);
        assert_eq!(aims(&to(SUCCESS), UnixTime::from_secs(1))[0].from, [0, 1]);
    }

    #[test]
    fn who_asks_for_nothing_more_adds_nothing() {
        let lists: Vec<Recipient> = (0..50)
            .map(|n| recipient(&format!("list{n}@here.example"), Notify::default(), &["x@far.example", "anna"]))
            .collect();
        assert_eq!(told(&lists).iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn the_same_recipient_twice_is_told_of_once() {
        let twice = [
            recipient("x@far.example", Notify::NEVER, &["x@far.example"]),
            recipient("x@far.example", SUCCESS, &["x@far.example"]),
        ];
        assert_eq!(told(&twice), [[line("x@far.example", true, false)]]);
    }

    #[test]
    fn a_list_is_told_of_once_as_a_list() {
        let asked = Notify { success: true, ..Notify::default() };
        let list = recipient("list@here.example", asked, &["x@far.example", "anna"]);
        let lists = [list, recipient("list@here.example", asked, &["x@far.example", "anna"])];
        let without = [line("list@here.example", false, true)];
        assert_eq!(told(&lists), [without.clone(), without]);
        let expanded = expansions(&lists, UnixTime::from_secs(1));
        assert_eq!(expanded.len(), 1);
        assert_eq!((expanded[0].action, expanded[0].report), (Action::Expanded, true));
        let one = [
            recipient("anna@here.example", asked, &["anna"]),
            recipient("l@here.example", Notify::NEVER, &["x@y.nl", "anna"]),
        ];
        assert_eq!(expansions(&one, UnixTime::from_secs(1)), []);
    }
}
