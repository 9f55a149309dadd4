//! Searches whose results are kept up to date (RFC 5267, 4.3): what comes to fit is told, and what ceases to, when the
//! cause of it is. What changes by time alone (OLDER, YOUNGER) is not.
use super::commands::search::search_among;
use super::completion::{Completion, Ended};
use super::matches::Matches;
use super::matching::{Frozen, Halted};
use super::messages::Addressing;
use super::selected::Selected;
use super::sorting::place;
use super::talk::Talk;
use imap_wire::reply::{Code, ESearch, Status};
use imap_wire::{Criterion, Program, ReturnOptions, SequenceSet};
use roaring::RoaringBitmap;
use std::sync::Arc;
use store::Uid;

/// Most searches that one session keeps up to date (RFC 5267, 4.3.1).
const CONTEXTS: usize = 10;

/// The searches of a mailbox that is selected.
#[derive(Default)]
pub(crate) struct Contexts(Vec<Context>);

/// What was asked for.
pub(crate) struct Asked {
    pub(crate) charset: Option<String>,
    pub(crate) program: Program,
    pub(crate) by: Addressing,
    /// The order; nothing where it is that of the mailbox.
    pub(crate) criteria: Vec<Criterion>,
}

/// What was found.
pub(crate) struct Found {
    /// By UID, in the order in which it was told.
    pub(crate) order: Vec<u32>,
    /// What sequence numbers and `$` stood for.
    pub(crate) frozen: Frozen,
}

/// A search that is kept up to date.
struct Context {
    tag: String,
    asked: Asked,
    frozen: Frozen,
    /// What fits, by UID.
    fits: RoaringBitmap,
    /// The same in its order, where that is not the mailbox's.
    order: Vec<u32>,
}

/// Changes of a list: positions, and what comes there or goes (RFC 5267, 4.3.2).
type Changes = Vec<(u32, SequenceSet)>;

impl Contexts {
    /// Why a search may not be kept up to date under a tag, if it may not (RFC 5267, 4.3).
    pub(crate) fn refused(&self, tag: &str, options: Option<ReturnOptions>) -> Option<Completion> {
        let again = options.is_some_and(|options| options.update) && self.0.iter().any(|context| context.tag == tag);
        again.then(|| Completion::bad("a search of that tag is kept up to date"))
    }

    /// Keeps a search up to date, or says that it is not.
    pub(crate) fn keep(&mut self, talk: &mut Talk, asked: Asked, found: Found) {
        if self.0.len() >= CONTEXTS || asked.program.is_fuzzy {
            let tag = talk.tag.clone();
            return refuse(talk, tag);
        }
        let fits = found.order.iter().copied().collect();
        let order = if asked.criteria.is_empty() { Vec::new() } else { found.order };
        self.0.push(Context { tag: talk.tag.clone(), asked, frozen: found.frozen, fits, order });
    }

    /// Keeps a search up to date no more; says whether it was.
    pub(crate) fn cancel(&mut self, tag: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|context| context.tag != tag);
        self.0.len() < before
    }

    /// Whether nothing is kept up to date.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// None is kept up to date any more.
    pub(crate) fn end(&mut self) {
        self.0.clear();
    }
}

/// RFC 5267, 4.3.1
pub(crate) fn refuse(talk: &mut Talk, tag: String) {
    talk.tell(Status::No, Some(&Code::NoUpdate(tag)), "this search is not kept up to date");
}

/// Tells what is gone from results because it is gone from the mailbox: by its number, so before the expunge
/// (RFC 5267, 4.3.4).
pub(crate) async fn tell_gone(selected: &mut Selected, talk: &mut Talk, gone: &[(u32, Uid)]) -> Result<(), Ended> {
    if gone.is_empty() {
        return Ok(());
    }
    let gone: RoaringBitmap = gone.iter().map(|(_, uid)| uid.get()).collect();
    let mut contexts = std::mem::take(&mut selected.contexts);
    for context in &mut contexts.0 {
        let removed = context.remove(selected, &gone);
        context.tell(selected, talk, &removed, &Vec::new());
        talk.pass().await?;
    }
    selected.contexts = contexts;
    Ok(())
}

/// Tells what messages that came or changed do to the results.
pub(crate) async fn tell_changed(selected: &mut Selected, talk: &mut Talk, uids: &[Uid]) -> Result<(), Ended> {
    if uids.is_empty() {
        return Ok(());
    }
    let mut contexts = std::mem::take(&mut selected.contexts);
    let mut kept = Vec::with_capacity(contexts.0.len());
    for mut context in contexts.0.drain(..) {
        match context.look(selected, talk, uids).await? {
            Ok((removed, added)) => {
                context.tell(selected, talk, &removed, &added);
                kept.push(context);
            }
            // The client would go on with what is not true any more.
            Err(_) => refuse(talk, context.tag),
        }
        talk.pass().await?;
    }
    selected.contexts = Contexts(kept);
    Ok(())
}

impl Context {
    /// The number by which a message is told.
    fn number(&self, selected: &Selected, uid: u32) -> Option<u32> {
        match self.asked.by {
            Addressing::Sequence if !selected.login.uid_only => selected.numbers.known_sequence(Uid::new(uid)?),
            Addressing::Sequence | Addressing::Uid => Some(uid),
        }
    }

    fn set(&self, selected: &Selected, uids: impl Iterator<Item = u32>) -> Option<SequenceSet> {
        SequenceSet::compact(uids.filter_map(|uid| self.number(selected, uid)))
    }

    /// Takes messages out of the result.
    fn remove(&mut self, selected: &Selected, gone: &RoaringBitmap) -> Changes {
        let gone = gone & &self.fits;
        self.fits -= &gone;
        if self.asked.criteria.is_empty() {
            return self.set(selected, gone.iter()).map(|set| (0, set)).into_iter().collect();
        }
        let mut changes: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut kept = Vec::with_capacity(self.order.len());
        for uid in std::mem::take(&mut self.order) {
            let position = u32::try_from(kept.len()).unwrap_or(u32::MAX).saturating_add(1);
            match changes.last_mut() {
                _ if !gone.contains(uid) => kept.push(uid),
                Some((at, uids)) if *at == position => uids.push(uid),
                Some(_) | None => changes.push((position, vec![uid])),
            }
        }
        self.order = kept;
        let set = |(position, uids): (u32, Vec<u32>)| Some((position, self.set(selected, uids.into_iter())?));
        changes.into_iter().filter_map(set).collect()
    }

    /// Looks which of some messages fit now: what goes, and what comes.
    async fn look(
        &mut self,
        selected: &Selected,
        talk: &mut Talk,
        uids: &[Uid],
    ) -> Result<Result<(Changes, Changes), Halted>, Ended> {
        let sequences: RoaringBitmap = uids.iter().filter_map(|uid| selected.numbers.sequence(*uid)).collect();
        let found = match search_among(selected, talk, (&self.asked, &self.frozen), &sequences).await? {
            Ok(found) => found,
            Err(halted) => return Ok(Err(halted)),
        };
        let matches = Matches::of(selected, self.asked.by, false);
        let uid = |sequence| matches.message(sequence).map(|message| message.uid.get());
        let fits: RoaringBitmap = found.iter().filter_map(uid).collect();
        let looked_at: RoaringBitmap = uids.iter().map(|uid| uid.get()).collect();
        let removed = self.remove(selected, &(&looked_at - &fits));
        let new = &fits - &self.fits;
        self.fits |= &new;
        if self.asked.criteria.is_empty() {
            let added = self.set(selected, new.iter()).map(|set| (0, set)).into_iter().collect();
            return Ok(Ok((removed, added)));
        }
        Ok(self.insert(&matches, talk, &new).await.map(|added| (removed, added)))
    }

    /// Puts messages where they belong in the order.
    async fn insert(&mut self, matches: &Matches<'_>, talk: &Talk, new: &RoaringBitmap) -> Result<Changes, Halted> {
        let selected = matches.selected;
        let house = Arc::clone(&talk.house);
        let mut effort = house.effort(selected.login.account.id());
        let mut changes = Changes::new();
        let sequence = |uid: u32| Uid::new(uid).and_then(|uid| selected.numbers.sequence(uid));
        let mut list: Vec<u32> = self.order.iter().filter_map(|uid| sequence(*uid)).collect();
        for uid in new {
            let Some(number) = sequence(uid) else { continue };
            let at = place(matches, &self.asked.criteria, &list, number, &mut effort).await?;
            list.insert(at, number);
            let position = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
            changes.extend(self.set(selected, [uid].into_iter()).map(|set| (position, set)));
        }
        let uids = list.into_iter().filter_map(|sequence| matches.message(sequence)).map(|message| message.uid.get());
        self.order = uids.collect();
        Ok(changes)
    }

    /// `* ESEARCH (TAG "tag") … REMOVEFROM … ADDTO …`, where there is something to tell.
    fn tell(&self, selected: &Selected, talk: &mut Talk, removed: &Changes, added: &Changes) {
        if removed.is_empty() && added.is_empty() {
            return;
        }
        let uid = self.asked.by == Addressing::Uid || selected.login.uid_only;
        let reply = ESearch { uid, ..ESearch::default() };
        let out = talk.out();
        reply.begin(out, &self.tag);
        for (word, changes) in [("REMOVEFROM", removed), ("ADDTO", added)] {
            if !changes.is_empty() {
                ESearch::update(out, word, changes);
            }
        }
        reply.end(out);
    }
}
