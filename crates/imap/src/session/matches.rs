//! What a search has found, as it is told and saved (RFC 3501, 7.2.5; RFC 4731; RFC 5182; RFC 9394).
use super::completion::Ended;
use super::messages::Addressing;
use super::numbers::Known;
use super::selected::Selected;
use super::talk::Talk;
use imap_wire::reply::{self, ESearch, SearchReply};
use imap_wire::{PartialRange, ReturnOptions};
use roaring::RoaringBitmap;
use store::Message;

/// Messages by sequence number: a bit each, since a client may leave the reply unread.
pub(crate) struct Matches<'s> {
    pub(crate) selected: &'s Selected,
    pub(crate) found: RoaringBitmap,
    by: Addressing,
    tells_mod_sequence: bool,
}

impl<'s> Matches<'s> {
    pub(crate) fn of(selected: &'s Selected, by: Addressing, tells_mod_sequence: bool) -> Self {
        Self { selected, found: RoaringBitmap::new(), by, tells_mod_sequence }
    }

    fn message(&self, sequence: u32) -> Option<Message<'_>> {
        match self.selected.numbers.at(sequence) {
            Some(Known::Here(message)) => Some(message),
            Some(Known::Gone) | None => None,
        }
    }

    fn number(&self, sequence: u32) -> u32 {
        match self.by {
            Addressing::Sequence => sequence,
            Addressing::Uid => self.message(sequence).map_or(0, |message| message.uid.get()),
        }
    }

    /// The highest mod-sequence of some, where it is told.
    fn highest(&self, of: &RoaringBitmap) -> Option<u64> {
        if !self.tells_mod_sequence {
            return None;
        }
        of.iter().filter_map(|sequence| self.message(sequence)).map(|message| message.modseq.0).max()
    }

    /// Some places of what was found.
    fn part(&self, range: PartialRange) -> RoaringBitmap {
        let places = range.places(u32::try_from(self.found.len()).unwrap_or(u32::MAX));
        let (Some(first), Some(last)) =
            (self.found.select(places.start), self.found.select(places.end.wrapping_sub(1)))
        else {
            return RoaringBitmap::new();
        };
        if places.is_empty() { RoaringBitmap::new() } else { self.found.range(first..=last).collect() }
    }

    /// What of it the options are about: all, or MIN, MAX and PARTIAL alone (RFC 5182, 2.4; RFC 9394, 3.2).
    fn returned(&self, options: ReturnOptions) -> RoaringBitmap {
        if !options.is_a_part() {
            return self.found.clone();
        }
        let mut returned = options.partial.map(|range| self.part(range)).unwrap_or_default();
        returned.extend(self.found.min().filter(|_| options.min));
        returned.extend(self.found.max().filter(|_| options.max));
        returned
    }

    /// The UIDs that `$` stands for from then on.
    pub(crate) fn saved(&self, options: ReturnOptions) -> RoaringBitmap {
        let returned = self.returned(options);
        returned.iter().filter_map(|sequence| self.message(sequence)).map(|message| message.uid.get()).collect()
    }

    pub(crate) async fn print(&self, talk: &mut Talk) -> Result<(), Ended> {
        let mut reply = SearchReply::begin(talk.out());
        for sequence in &self.found {
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
        let [min, max] = [self.found.min().filter(|_| options.min), self.found.max().filter(|_| options.max)]
            .map(|end| end.map(|sequence| self.number(sequence)));
        let count = options.count.then(|| u32::try_from(self.found.len()).unwrap_or(u32::MAX));
        // RFC 7162, 3.1.10: of what is returned.
        let mod_sequence = self.highest(&self.returned(options));
        let reply = ESearch { uid: self.by == Addressing::Uid, min, max, count, mod_sequence };
        let tag = talk.tag.clone();
        reply.begin(talk.out(), &tag);
        if options.all && !self.found.is_empty() {
            ESearch::all(talk.out());
            self.print_ranges(talk, &self.found).await?;
        }
        if let Some(range) = options.partial {
            let part = self.part(range);
            ESearch::partial(talk.out(), range);
            self.print_ranges(talk, &part).await?;
            ESearch::end_partial(talk.out(), part.is_empty());
        }
        reply.end(talk.out());
        Ok(())
    }

    async fn print_ranges(&self, talk: &mut Talk, of: &RoaringBitmap) -> Result<(), Ended> {
        let mut first = true;
        let mut range: Option<(u32, u32)> = None;
        for number in of.iter().map(|sequence| self.number(sequence)) {
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
