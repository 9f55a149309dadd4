//! What a search has found, as it is told and saved (RFC 3501, 7.2.5; RFC 4731; RFC 5182; RFC 5256; RFC 6203, 4; RFC 9394).
use super::completion::Ended;
use super::contexts::Found;
use super::matching::frozen;
use super::messages::Addressing;
use super::numbers::Known;
use super::selected::Selected;
use super::talk::Talk;
use imap_wire::reply::{self, ESearch, SearchReply};
use imap_wire::{MailboxName, PartialRange, Program, ReturnOptions};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use store::Message;

/// Messages by sequence number: a bit each, since a client may leave the reply unread.
pub(crate) struct Matches<'s> {
    pub(crate) selected: &'s Selected,
    pub(crate) found: RoaringBitmap,
    /// How well each fits, where FUZZY was asked for.
    relevance: BTreeMap<u32, u8>,
    /// The order in which they are told, where it is not that of the mailbox.
    order: Option<Vec<u32>>,
    by: Addressing,
    tells_mod_sequence: bool,
    /// The mailbox that it is about, where several are searched (RFC 7377, 2.1).
    mailbox: Option<MailboxName>,
}

impl<'s> Matches<'s> {
    pub(crate) fn of(selected: &'s Selected, by: Addressing, tells_mod_sequence: bool) -> Self {
        let (found, relevance) = (RoaringBitmap::new(), BTreeMap::new());
        Self { selected, found, relevance, order: None, by, tells_mod_sequence, mailbox: None }
    }

    /// A message fits; how well is kept where it was looked for nearly.
    pub(crate) fn add(&mut self, sequence: u32, relevance: Option<u8>) {
        self.found.insert(sequence);
        if let Some(relevance) = relevance {
            self.relevance.insert(sequence, relevance);
        }
    }

    /// How well a message fits, from 1 to 100.
    pub(crate) fn relevance(&self, sequence: u32) -> u8 {
        self.relevance.get(&sequence).copied().unwrap_or(100).max(1)
    }

    /// The same, told in another order; what is not in it has gone meanwhile.
    pub(crate) fn in_order(self, order: Vec<u32>) -> Self {
        let all = u64::try_from(order.len()).is_ok_and(|told| told == self.found.len());
        let found = if all { self.found } else { order.iter().copied().collect() };
        Self { found, order: Some(order), ..self }
    }

    /// The same, told as what was found in one of several mailboxes.
    pub(crate) fn in_mailbox(self, mailbox: MailboxName) -> Self {
        Self { mailbox: Some(mailbox), ..self }
    }

    pub(crate) fn message(&self, sequence: u32) -> Option<Message<'_>> {
        match self.selected.numbers.at(sequence) {
            Some(Known::Here(message)) => Some(message),
            Some(Known::Gone) | None => None,
        }
    }

    /// The number by which a message is told.
    pub(crate) fn number(&self, sequence: u32) -> u32 {
        match self.by {
            Addressing::Sequence => sequence,
            Addressing::Uid => self.message(sequence).map_or(0, |message| message.uid.get()),
        }
    }

    /// What is kept of it where it is to be kept up to date (RFC 5267, 4.3).
    pub(crate) fn context(&self, program: &Program) -> Found {
        let uids = self.told().filter_map(|sequence| self.message(sequence)).map(|message| message.uid.get());
        Found { order: uids.collect(), frozen: frozen(program, self.selected) }
    }

    /// All of them, as they are told.
    fn told(&self) -> Box<dyn DoubleEndedIterator<Item = u32> + Send + '_> {
        match &self.order {
            Some(order) => Box::new(order.iter().copied()),
            None => Box::new(self.found.iter()),
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.found.len()).unwrap_or(u32::MAX)
    }

    /// The highest mod-sequence of some, where it is told.
    fn highest(&self, of: &RoaringBitmap) -> Option<u64> {
        if !self.tells_mod_sequence {
            return None;
        }
        of.iter().filter_map(|sequence| self.message(sequence)).map(|message| message.modseq.0).max()
    }

    /// Some places of what was found.
    fn part(&self, range: PartialRange) -> Vec<u32> {
        let places = range.places(self.count());
        let skipped = usize::try_from(places.start).unwrap_or(usize::MAX);
        self.told().skip(skipped).take(places.len()).collect()
    }

    /// What of it the options are about: all, or MIN, MAX and PARTIAL alone (RFC 5182, 2.4; RFC 9394, 3.2).
    fn returned(&self, options: ReturnOptions) -> RoaringBitmap {
        if !options.is_a_part() {
            return self.found.clone();
        }
        let mut returned: RoaringBitmap = options.partial.map(|range| self.part(range)).into_iter().flatten().collect();
        returned.extend(self.told().next().filter(|_| options.min));
        returned.extend(self.told().next_back().filter(|_| options.max));
        returned
    }

    /// The UIDs that `$` stands for from then on.
    pub(crate) fn saved(&self, options: ReturnOptions) -> RoaringBitmap {
        let returned = self.returned(options);
        returned.iter().filter_map(|sequence| self.message(sequence)).map(|message| message.uid.get()).collect()
    }

    pub(crate) async fn print(&self, talk: &mut Talk) -> Result<(), Ended> {
        let word = if self.order.is_some() { "SORT" } else { "SEARCH" };
        let mut reply = SearchReply::begin(talk.out(), word);
        for sequence in self.told() {
            reply.number(talk.out(), self.number(sequence));
            talk.pass().await?;
        }
        reply.end(talk.out(), self.highest(&self.found));
        Ok(())
    }

    pub(crate) async fn print_extended(&self, talk: &mut Talk, options: ReturnOptions) -> Result<(), Ended> {
        if !options.tells() {
            return Ok(());
        }
        // RFC 5267, 3.1: of a SORT the first and the last in its order.
        let ends = [self.told().next().filter(|_| options.min), self.told().next_back().filter(|_| options.max)];
        let [min, max] = ends.map(|end| end.map(|sequence| self.number(sequence)));
        let count = options.count.then(|| self.count());
        // RFC 7162, 3.1.10: of what is returned.
        let mod_sequence = self.highest(&self.returned(options));
        let uid_validity = self.selected.numbers.view().uid_validity();
        let mailbox = self.mailbox.as_ref().map(|name| ((name, self.selected.login.names()), uid_validity));
        let reply = ESearch { mailbox, uid: self.by == Addressing::Uid, min, max, count, mod_sequence };
        let tag = talk.tag.clone();
        reply.begin(talk.out(), &tag);
        if options.all && !self.found.is_empty() {
            ESearch::all(talk.out());
            self.print_ranges(talk, self.told()).await?;
        }
        if let Some(range) = options.partial {
            let part = self.part(range);
            ESearch::partial(talk.out(), range);
            let empty = part.is_empty();
            self.print_ranges(talk, part.into_iter()).await?;
            ESearch::end_partial(talk.out(), empty);
        }
        if options.relevancy {
            self.print_relevancy(talk, options).await?;
        }
        reply.end(talk.out());
        Ok(())
    }

    /// Prints how well each message fits of those that are told. The scores are spread so that the best is 100
    /// (RFC 6203, 4).
    async fn print_relevancy(&self, talk: &mut Talk, options: ReturnOptions) -> Result<(), Ended> {
        let best = u32::from(self.told().map(|sequence| self.relevance(sequence)).max().unwrap_or(100));
        let told: Box<dyn Iterator<Item = u32> + Send> = match options.partial {
            Some(range) => Box::new(self.part(range).into_iter()),
            None => self.told(),
        };
        ESearch::relevancy(talk.out());
        for (index, sequence) in told.enumerate() {
            let score = u32::from(self.relevance(sequence)) * 100 / best.max(1);
            ESearch::score(talk.out(), index == 0, u8::try_from(score).unwrap_or(100).max(1));
            talk.pass().await?;
        }
        ESearch::end_relevancy(talk.out());
        Ok(())
    }

    /// Prints a set in the order of its numbers, those that ascend one by one as a range (RFC 5267, 3.2).
    async fn print_ranges(&self, talk: &mut Talk, of: impl Iterator<Item = u32> + Send) -> Result<(), Ended> {
        let mut first = true;
        let mut range: Option<(u32, u32)> = None;
        for number in of.map(|sequence| self.number(sequence)) {
            match &mut range {
                Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
                _ => {
                    if let Some((start, end)) = range.replace((number, number)) {
                        reply::range(talk.out(), std::mem::take(&mut first), start..=end);
                        talk.pass().await?;
                    }
                }
            }
        }
        if let Some((start, end)) = range {
            reply::range(talk.out(), first, start..=end);
        }
        Ok(())
    }
}
