//! What has happened in a mailbox since a client last looked (RFC 7162, 3.2.5 and 3.2.6). It comes from the change log
//! and costs the changes; where the log does not reach back so far, it costs the mailbox.
use super::completion::Ended;
use super::selected::Selected;
use super::talk::Talk;
use imap_wire::reply::{self, Vanished};
use imap_wire::{Fetch, MessageSet, Resync, holds};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use store::{Account, Error, ModSeq, Touched, Uid, View};

/// Commits in a page of the change log, and pages that are read: beyond them a look at the whole mailbox is cheaper.
const PAGE: usize = 1_000;
const PAGES: usize = 10;

/// What has happened.
#[derive(Debug, Default, PartialEq, Eq)]
struct Since {
    /// UIDs that are gone, ascending, apart from each other.
    gone: Vec<RangeInclusive<u32>>,
    /// Messages that are there and are new or changed, ascending.
    changed: Vec<Uid>,
}

/// Tells VANISHED (EARLIER) and flags to who has opened a mailbox again (RFC 7162, 3.2.5).
pub(crate) async fn after_select(selected: &Selected, talk: &mut Talk, known: &Resync) -> Result<(), Ended> {
    let view = selected.numbers.view();
    if known.uid_validity != view.uid_validity() {
        return Ok(());
    }
    // RFC 7162, 3.2.5.1: no UIDs are all UIDs.
    let all = vec![1..=last_given(view)];
    let uids = known.known_uids.as_ref().map_or(all, |uids| uids.ranges(0));
    let mut since = since(&selected.account, view, ModSeq(known.mod_sequence), &uids).await;
    let known_up_to = known_up_to(view, known);
    since.gone.retain(|range| *range.end() > known_up_to);
    if let Some(first) = since.gone.first_mut() {
        *first = (*first.start()).max(known_up_to.saturating_add(1))..=*first.end();
    }
    // RFC 7162, 3.2.6: before any FETCH.
    tell_vanished(talk, Vanished::Earlier, &since.gone).await?;
    for uid in since.changed {
        let (Some(sequence), Some(message)) = (selected.numbers.sequence(uid), selected.numbers.get(uid)) else {
            continue;
        };
        let out = talk.out();
        let mut fetch = selected.begin_fetch(out, sequence, uid);
        if !selected.login.uid_only {
            fetch.uid(out, uid.get());
        }
        fetch.flags(out, &selected.flags(&message));
        fetch.mod_sequence(out, message.modseq.0);
        fetch.end(out);
        talk.pass().await?;
    }
    Ok(())
}

/// Tells VANISHED (EARLIER) before the replies of UID FETCH (RFC 7162, 3.2.6). All that has happened since the mailbox
/// was opened is told already: what this is about has no number any more.
pub(crate) async fn before_fetch(selected: &Selected, talk: &mut Talk, fetch: &Fetch) -> Result<(), Ended> {
    let (MessageSet::Numbers(set), Some(modseq)) = (&fetch.set, fetch.modifiers.changed_since) else {
        return Ok(()); // `$` has no expunged messages (RFC 5182, 2.1)
    };
    let view = selected.numbers.view();
    // `*` is the highest UID that was given: the message that had it may be what is gone.
    let uids = set.ranges(last_given(view));
    let gone = since(&selected.account, view, ModSeq(modseq), &uids).await.gone;
    tell_vanished(talk, Vanished::Earlier, &gone).await
}

/// Prints VANISHED, if there is anything to tell.
pub(crate) async fn tell_vanished(talk: &mut Talk, when: Vanished, gone: &[RangeInclusive<u32>]) -> Result<(), Ended> {
    if gone.is_empty() {
        return Ok(());
    }
    reply::vanished(talk.out(), when);
    for (index, range) in gone.iter().enumerate() {
        reply::range(talk.out(), index == 0, range.clone());
        talk.pass().await?;
    }
    reply::line_end(talk.out());
    Ok(())
}

/// Numbers that ascend, as ranges.
pub(crate) fn ranges(numbers: impl IntoIterator<Item = u32>) -> Vec<RangeInclusive<u32>> {
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(number) => *last = *last.start()..=number,
            _ => ranges.push(number..=number),
        }
    }
    ranges
}

/// The highest UID that was given to a message; zero before the first.
fn last_given(view: &View) -> u32 {
    view.uid_next().wrapping_sub(1)
}

/// The highest UID up to which the client knows all expunges: a sequence number that it names has the same UID still
/// (RFC 7162, 3.2.5.2).
fn known_up_to(view: &View, known: &Resync) -> u32 {
    let Some((sequences, uids)) = &known.matched else { return 0 };
    let pairs = sequences.ranges(0).into_iter().flatten().zip(uids.ranges(0).into_iter().flatten());
    // Behind the first that has moved, all have.
    let same = pairs.take_while(|(sequence, uid)| view.at(*sequence).is_some_and(|there| there.uid.get() == *uid));
    same.last().map_or(0, |(_, uid)| uid)
}

/// What has happened to the messages of `uids` after `modseq`.
async fn since(account: &Account, view: &View, modseq: ModSeq, uids: &[RangeInclusive<u32>]) -> Since {
    if modseq == view.modseq() {
        return Since::default();
    }
    match logged(account, view, modseq).await {
        Ok(Some((gone, changed))) => Since {
            gone: ranges(gone.into_iter().map(Uid::get).filter(|uid| holds(uids, *uid))),
            changed: changed.into_iter().filter(|uid| holds(uids, uid.get())).collect(),
        },
        Ok(None) => everything(view, modseq, uids),
        Err(error) => {
            tracing::warn!(%error, "the change log could not be read");
            everything(view, modseq, uids)
        }
    }
}

/// What the change log says: UIDs that are gone, and messages that are new or changed. `None` when it does not reach back
/// so far, or has too much to say.
async fn logged(
    account: &Account,
    view: &View,
    modseq: ModSeq,
) -> Result<Option<(BTreeSet<Uid>, BTreeSet<Uid>)>, Error> {
    let (mut gone, mut changed) = (BTreeSet::new(), BTreeSet::new());
    let mut from = modseq;
    for _ in 0..PAGES {
        let page = match account.changes(from, PAGE).await {
            Ok(page) => page,
            Err(Error::CannotCalculateChanges(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        for touched in page.entries.iter().flat_map(|entry| &entry.touched) {
            match touched {
                Touched::Arrived { mailbox, uid, .. } | Touched::Flags { mailbox, uid, .. }
                    if *mailbox == view.mailbox() =>
                {
                    changed.insert(*uid);
                }
                Touched::Expunged { mailbox, uid, .. } if *mailbox == view.mailbox() => {
                    gone.insert(*uid);
                }
                _ => {}
            }
        }
        from = match page.entries.last() {
            Some(last) if page.more => last.modseq,
            _ => {
                // The log may be younger than the view: what is there is not gone, and is told as it is there.
                gone.retain(|uid| view.get(*uid).is_none());
                changed.retain(|uid| view.get(*uid).is_some_and(|message| message.modseq > modseq));
                return Ok(Some((gone, changed)));
            }
        };
    }
    Ok(None)
}

/// Every UID of `uids` that was given and is not there, and every message of them that has changed (RFC 7162, 3.2.6: as
/// if all expunged messages were asked for).
fn everything(view: &View, modseq: ModSeq, uids: &[RangeInclusive<u32>]) -> Since {
    let mut since = Since::default();
    for range in uids {
        let (mut next, last) = (*range.start(), (*range.end()).min(last_given(view)));
        let (Some(from), Some(to)) = (Uid::new(next), Uid::new(last)) else { continue };
        if from > to {
            continue;
        }
        for message in view.between(from, to) {
            let uid = message.uid.get();
            if next < uid {
                since.gone.push(next..=uid - 1);
            }
            next = uid.saturating_add(1);
            if message.modseq > modseq {
                since.changed.push(message.uid);
            }
        }
        if next <= last {
            since.gone.push(next..=last);
        }
    }
    since
}
