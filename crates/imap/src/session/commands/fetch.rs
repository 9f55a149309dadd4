//! FETCH (RFC 3501, 6.4.5; CHANGEDSINCE, MODSEQ and VANISHED of RFC 7162, 3.1.4 and 3.2.6; ids of RFC 8474, 5.3; SAVEDATE
//! of RFC 8514, 4.2; PREVIEW of RFC 8970, 3; BINARY of RFC 3516, 4.2; PARTIAL of RFC 9394, 3.3); and what NOTIFY asks of new
//! messages (RFC 5465, 5.2).
mod announce;
mod record;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::content::{Content, Decoding, Piece, decoded, section};
use crate::session::messages::{Addressing, messages};
use crate::session::refusal::refusal;
use crate::session::resync;
use crate::session::selected::{Expunges, Own, Selected};
use crate::session::talk::Talk;
pub(in crate::session) use announce::announce;
use imap_wire::reply::Code;
use imap_wire::{Cursor, Fetch, FetchItem, SectionName};
use record::record_item;
pub(crate) use record::{internal_date, save_date};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use store::{
    Account, Email, EmailId, EmailsAsked, FlagChange, Flags, Message, MessageSource, Rights, SystemFlags, Uid,
};

pub(crate) const FETCH: Command = Command {
    name: "FETCH",
    capability: None,
    effect: Effect::Holds,
    run: Run::Selected(|selected, talk, args| Box::pin(fetch(selected, talk, args, Addressing::Sequence))),
};

pub(crate) const UID_FETCH: Command = Command {
    name: "UID FETCH",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(fetch(selected, talk, args, Addressing::Uid))),
};

/// Records read at a time.
const PAGE: usize = 100;
/// Runs of messages that are read from the disk and decompressed while others are sent.
const RUNS: usize = 3;

async fn fetch(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let mut fetch = match args.space().and_then(|()| Fetch::read(&mut args)) {
        Ok(fetch) => fetch,
        Err(error) => return Ok(error.into()),
    };
    if fetch.modifiers.vanished {
        // RFC 7162, 3.2.6
        if by == Addressing::Sequence || !selected.login.qresync {
            return Ok(Completion::bad("VANISHED goes with UID FETCH, once QRESYNC is enabled"));
        }
        selected.tell(talk, Expunges::Told, &Own { by_uid: true, ..Own::default() }).await?;
        resync::before_fetch(selected, talk, &fetch).await?;
    }
    let mut found = match messages(selected, &fetch.set, by) {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    if let Some(range) = fetch.modifiers.partial {
        if by == Addressing::Sequence {
            return Ok(Completion::bad("PARTIAL goes with UID FETCH")); // RFC 9394, 3.3
        }
        found.keep(range);
    }
    if fetch.modifiers.changed_since.is_some() || fetch.items.contains(&FetchItem::ModSeq) {
        selected.enable_condstore(talk);
    }
    complete_items(&mut fetch, by, selected.login.uid_only);
    // RFC 9394, 3.4: of the part.
    if let Some(since) = fetch.modifiers.changed_since {
        found.uids.retain(|uid| selected.numbers.get(*uid).is_some_and(|message| message.modseq.0 > since));
    }
    let seen = set_seen(selected, talk, &fetch, &found.uids, by).await?;
    let mut answer = Fetched { seen, gone: found.gone && by == Addressing::Sequence, refused: None };
    let reads = fetch.items.iter().any(|item| matches!(item, FetchItem::Section { .. } | FetchItem::BinarySize(_)));
    let mut ahead = selected.account.ahead(RUNS);
    let mut pages = found.uids.chunks(PAGE).map(|uids| Page::ask(selected, &fetch.items, uids));
    let mut coming = pages.next();
    let mut held: VecDeque<Held> = VecDeque::new();
    loop {
        while held.len() < PAGE
            && let Some(page) = coming.take()
        {
            let messages = answer.records(page, by).await;
            // While these are printed, the next ones are read.
            coming = pages.next();
            for message in messages {
                if let (true, Some(record)) = (reads, &message.1) {
                    ahead.push(Arc::clone(record));
                }
                held.push_back(message);
            }
            // Others have their turn, however fast this client reads.
            tokio::task::yield_now().await;
        }
        let Some(message) = held.pop_front() else { return Ok(answer.completion()) };
        // What could not be opened is tried again by itself, and refused then.
        let source = if reads { ahead.next().await.and_then(Result::ok) } else { None };
        answer.print(selected, talk, &fetch.items, message, source).await?;
    }
}

/// A message, and its record where the items need it.
type Held = (Uid, Option<Arc<Email>>);

/// What the reply has though it was not named: the UID (RFC 3501, 6.4.8), the mod-sequence (RFC 7162, 3.1.4.1).
/// The UID stands in front, once UIDONLY is enabled (RFC 9586, 3.3).
fn complete_items(fetch: &mut Fetch, by: Addressing, uid_only: bool) {
    if by == Addressing::Uid && !uid_only && !fetch.items.contains(&FetchItem::Uid) {
        fetch.items.insert(0, FetchItem::Uid);
    }
    if fetch.modifiers.changed_since.is_some() && !fetch.items.contains(&FetchItem::ModSeq) {
        fetch.items.push(FetchItem::ModSeq);
    }
}

/// Sets `\Seen` where the items ask for it, on disk before a byte is sent; gives the messages that it was set on.
async fn set_seen(
    selected: &mut Selected,
    talk: &mut Talk,
    fetch: &Fetch,
    uids: &[Uid],
    by: Addressing,
) -> Result<Vec<Uid>, Ended> {
    // RFC 4314, 4: nor without the right to.
    let may = !selected.read_only && selected.rights.contains(Rights::SEEN);
    if !may || !fetch.items.iter().any(FetchItem::sets_seen) {
        return Ok(Vec::new());
    }
    // Others may have taken the flag away since this session last looked.
    let by_uid = by == Addressing::Uid;
    selected.tell(talk, Expunges::Held, &Own { by_uid, ..Own::default() }).await?;
    let unseen =
        |uid: &&Uid| selected.numbers.get(**uid).is_some_and(|message| !message.system.contains(SystemFlags::SEEN));
    let unseen: Vec<Uid> = uids.iter().filter(unseen).copied().collect();
    if unseen.is_empty() {
        return Ok(unseen);
    }
    let change = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    // A mailbox that cannot be written to can still be read.
    if let Err(error) = selected.account.store_flags(selected.mailbox, &unseen, &change, None).await {
        refusal(&error);
        return Ok(Vec::new());
    }
    let own = Own { elsewhere: &unseen, by_uid, ..Own::default() };
    selected.tell(talk, Expunges::Held, &own).await?;
    Ok(unseen)
}

/// What a FETCH has come to so far.
struct Fetched {
    /// Messages whose flags have just changed: their replies tell them.
    seen: Vec<Uid>,
    gone: bool,
    refused: Option<Completion>,
}

impl Fetched {
    fn completion(self) -> Completion {
        match self.refused {
            Some(refused) => refused,
            // RFC 2180, 4.1.2: what is there was sent, and the client learns that something is not.
            None if self.gone => Completion::no(Code::ExpungeIssued, "some of the messages are gone"),
            None => Completion::ok("done"),
        }
    }

    /// The messages of a page that are there, with their records where the items need them.
    async fn records(&mut self, page: Page, by: Addressing) -> Vec<Held> {
        let held: Vec<Held> = match page.records {
            None => page.here.into_iter().map(|(uid, _)| (uid, None)).collect(),
            Some(records) => match records.await {
                Ok(found) => {
                    let held = page.here.into_iter().zip(found).filter(|(_, record)| record.is_some());
                    held.map(|((uid, _), record)| (uid, record)).collect()
                }
                Err(error) => {
                    self.refused = Some(refusal(&error));
                    return Vec::new();
                }
            },
        };
        self.gone |= held.len() < page.asked && by == Addressing::Sequence;
        held
    }

    async fn print(
        &mut self,
        selected: &Selected,
        talk: &mut Talk,
        items: &[FetchItem],
        (uid, record): Held,
        source: Option<MessageSource>,
    ) -> Result<(), Ended> {
        let (Some(sequence), Some(message)) = (selected.numbers.sequence(uid), selected.numbers.get(uid)) else {
            return Ok(());
        };
        let content = record.map(|record| Content::opened(record, source));
        let Some(mut prepared) = self.prepare(&selected.account, content, items).await else { return Ok(()) };
        let told = Told { selected, message, sequence, flags_too: self.seen.binary_search(&uid).is_ok() };
        told.print(talk, items, &mut prepared).await
    }

    /// Finds all pieces of a message before a word of its reply is said: then it can still be left out.
    async fn prepare(&mut self, account: &Account, content: Option<Content>, items: &[FetchItem]) -> Option<Prepared> {
        let Some(mut content) = content else { return Some(Prepared { content: None, pieces: Vec::new() }) };
        let mut pieces = Vec::new();
        for item in items {
            let found = match item {
                FetchItem::Section { section: of, partial, name: SectionName::Binary, .. } => {
                    decoded(&mut content, account, &of.part, *partial).await
                }
                FetchItem::Section { section: of, partial, .. } => section(&mut content, account, of, *partial).await,
                FetchItem::BinarySize(part) => decoded(&mut content, account, part, None).await,
                _ => continue,
            };
            let piece = match found {
                Ok(Piece::Undecodable) => {
                    self.refused = Some(Completion::no(Code::UnknownCte, "a part is coded in an unknown way"));
                    return None;
                }
                Ok(piece) => piece,
                Err(error) => {
                    self.refused = Some(refusal(&error));
                    return None;
                }
            };
            // The first bytes are tried, so that a message that cannot be read is not begun.
            if let Piece::Stored(range) = &piece
                && !range.is_empty()
                && let Err(error) = content.piece(account, range.start, range.start + 1).await
            {
                self.refused = Some(refusal(&error));
                return None;
            }
            pieces.push(piece);
        }
        Some(Prepared { content: Some(content), pieces })
    }
}

/// Some messages whose records are being read.
struct Page {
    asked: usize,
    /// Those of them that are there.
    here: Vec<(Uid, EmailId)>,
    /// In a task of its own, so that it goes on while others are printed; nothing where no item needs them.
    records: Option<EmailsAsked>,
}

impl Page {
    fn ask(selected: &Selected, items: &[FetchItem], uids: &[Uid]) -> Self {
        let here: Vec<(Uid, EmailId)> =
            uids.iter().filter_map(|uid| selected.numbers.get(*uid).map(|message| (*uid, message.email))).collect();
        let records = items
            .iter()
            .any(needs_record)
            .then(|| selected.account.ask_for_emails(here.iter().map(|(_, email)| *email).collect()));
        Self { asked: uids.len(), here, records }
    }
}

/// Whether an item needs more than the view has.
const fn needs_record(item: &FetchItem) -> bool {
    match item {
        FetchItem::Envelope
        | FetchItem::Preview
        | FetchItem::InternalDate
        | FetchItem::Body
        | FetchItem::BodyStructure
        | FetchItem::BinarySize(_)
        | FetchItem::Section { .. } => true,
        FetchItem::Flags
        | FetchItem::Size
        | FetchItem::Uid
        | FetchItem::ModSeq
        | FetchItem::EmailId
        | FetchItem::ThreadId
        | FetchItem::SaveDate => false,
    }
}

/// A message with all that is to be sent of it.
struct Prepared {
    content: Option<Content>,
    pieces: Vec<Piece>,
}

/// A message whose reply is to be printed.
struct Told<'a> {
    selected: &'a Selected,
    message: Message<'a>,
    sequence: u32,
    flags_too: bool,
}

impl Told<'_> {
    async fn print(&self, talk: &mut Talk, items: &[FetchItem], prepared: &mut Prepared) -> Result<(), Ended> {
        let message = &self.message;
        let mut fetch = self.selected.begin_fetch(talk.out(), self.sequence, message.uid);
        let mut pieces = std::mem::take(&mut prepared.pieces).into_iter();
        for item in items {
            let out = talk.out();
            match item {
                FetchItem::Uid => fetch.uid(out, message.uid.get()),
                FetchItem::Flags => fetch.flags(out, &self.selected.flags(message)),
                FetchItem::Size => fetch.size(out, u64::from(message.size)),
                FetchItem::ModSeq => fetch.mod_sequence(out, message.modseq.0),
                FetchItem::BinarySize(part) => {
                    let size = pieces.next().and_then(|piece| piece.size());
                    fetch.binary_size(out, part, size.unwrap_or(0));
                }
                FetchItem::EmailId => fetch.object_id(out, "EMAILID", self.selected.ids.told(message.email)),
                FetchItem::ThreadId => fetch.object_id(out, "THREADID", self.selected.ids.told(message.thread)),
                FetchItem::SaveDate => fetch.date(out, "SAVEDATE", save_date(message)),
                FetchItem::Section { section, partial, name, .. } => {
                    let piece = pieces.next().unwrap_or(Piece::Missing);
                    if let Piece::Decoded(decoding) = &piece {
                        fetch.binary(out, (section, *partial), piece.size(), decoding.has_nul());
                    } else {
                        fetch.section(out, (*name, section, *partial), piece.size());
                    }
                    self.stream(talk, prepared, piece).await?;
                }
                FetchItem::Envelope
                | FetchItem::Preview
                | FetchItem::InternalDate
                | FetchItem::Body
                | FetchItem::BodyStructure => {
                    if let Some(content) = &prepared.content {
                        record_item(&mut fetch, out, item, &content.email);
                    }
                }
            }
        }
        if self.flags_too && !items.contains(&FetchItem::Flags) {
            fetch.flags(talk.out(), &self.selected.flags(message));
        }
        if self.flags_too && self.selected.login.condstore {
            // RFC 7162, 3.2.4: a change of flags is told with both.
            if !items.contains(&FetchItem::Uid) && !self.selected.login.uid_only {
                fetch.uid(talk.out(), message.uid.get());
            }
            if !items.contains(&FetchItem::ModSeq) {
                fetch.mod_sequence(talk.out(), message.modseq.0);
            }
        }
        fetch.end(talk.out());
        talk.pass().await
    }

    /// Sends the octets of a part as they are decoded.
    async fn stream_decoded(&self, talk: &mut Talk, prepared: &mut Prepared, decoding: &Decoding) -> Result<(), Ended> {
        let Some(content) = &mut prepared.content else { return Ok(()) };
        let mut decoder = decoding.begin();
        while let Some(octets) = decoder.next(content, &self.selected.account).await.map_err(broke_off)? {
            talk.stream(&octets).await?;
        }
        talk.counts.sent += 1;
        Ok(())
    }

    /// Sends the bytes of a piece as they are read.
    async fn stream(&self, talk: &mut Talk, prepared: &mut Prepared, piece: Piece) -> Result<(), Ended> {
        let range = match piece {
            Piece::Missing | Piece::Undecodable => return Ok(()),
            Piece::Made(bytes) => return talk.stream(&without_nul(&bytes)).await,
            Piece::Decoded(decoding) => return self.stream_decoded(talk, prepared, &decoding).await,
            Piece::Stored(range) => range,
        };
        let Some(content) = &mut prepared.content else { return Ok(()) };
        let mut at = range.start;
        while at < range.end {
            let bytes = content.piece(&self.selected.account, at, range.end).await.map_err(broke_off)?;
            at += u64::try_from(bytes.len()).unwrap_or(range.end);
            talk.stream(&without_nul(&bytes)).await?;
        }
        talk.counts.sent += 1;
        Ok(())
    }
}

/// RFC 9051, 9: a literal that is no literal8 holds CHAR8, which has no NUL. Another octet stands in its place, so that
/// sizes and offsets stay; BINARY gives the message as it is.
fn without_nul(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0, bytes).is_some() {
        Cow::Owned(bytes.iter().map(|byte| if *byte == 0 { 0x80 } else { *byte }).collect())
    } else {
        Cow::Borrowed(bytes)
    }
}

/// The literal is announced: a message that breaks off can only end the connection.
fn broke_off(error: store::Error) -> Ended {
    tracing::error!(%error, "a message broke off while it was sent");
    Ended::from(std::io::Error::other(error))
}
