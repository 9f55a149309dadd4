//! Messages into a mailbox: each into a blob as it comes, some at a time into the mailbox.
use super::{Kind, Outcome};
use crate::error::Error;
use crate::exchange::mbox::{Line, Lines, Separator, is_quoted, take_mark};
use jmap_wire::RequestError;
use std::collections::BTreeSet;
use store::{Account, BlobHash, BlobWriter, Flags, LineEnds, MailboxId, NewBlob, NewEmail, ReceivedAt, Store};

/// Messages of one commit.
const BATCH: usize = 50;

/// A message that is coming.
struct Coming {
    writer: BlobWriter,
    index: u64,
    size: u64,
    flags: Flags,
    received: Option<u64>,
    /// What of the file is of the mailbox stands in the header: the fields that say it are not of the message.
    in_header: bool,
    /// The line before was such a field, and what goes on with it goes too.
    in_mark: bool,
    /// An empty line waits for what comes behind it: before the next message, it is none of this one.
    empty_line: Option<Vec<u8>>,
    /// It is larger than a message may be: the rest of it is passed over.
    too_large: bool,
}

/// A message that waits for its commit.
struct Ready {
    index: u64,
    email: NewEmail,
}

pub(super) struct Mail {
    store: Store,
    account: Account,
    mailbox: MailboxId,
    kind: Kind,
    most: u64,
    now: u64,
    lines: Lines,
    coming: Option<Coming>,
    ready: Vec<Ready>,
    /// How many messages there were.
    messages: u64,
    /// The account is full: nothing more is kept of what comes.
    is_full: bool,
    outcome: Outcome,
}

impl Mail {
    pub(super) fn new(store: Store, account: Account, mailbox: MailboxId, (kind, most, now): (Kind, u64, u64)) -> Self {
        Self {
            store,
            account,
            mailbox,
            kind,
            most,
            now,
            lines: Lines::default(),
            coming: None,
            ready: Vec::new(),
            messages: 0,
            is_full: false,
            outcome: Outcome::default(),
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.kind == Kind::Message {
            if self.coming.is_none() {
                self.begin(None);
            }
            return self.body(bytes).await;
        }
        self.lines.push(bytes);
        self.take(false).await
    }

    pub(super) async fn finish(mut self) -> Result<Outcome, Error> {
        self.take(true).await?;
        self.end().await?;
        self.commit().await?;
        Ok(self.outcome)
    }

    async fn take(&mut self, at_end: bool) -> Result<(), Error> {
        // a line is copied, so that what holds the lines may be used beside it: no line is long
        while let Some(Line { bytes, begins }) = self.lines.next(at_end) {
            let bytes = bytes.to_vec();
            self.line(&bytes, begins).await?;
        }
        Ok(())
    }

    /// Takes a line of an mbox file.
    async fn line(&mut self, line: &[u8], begins: bool) -> Result<(), Error> {
        let may_begin =
            begins && self.coming.as_ref().is_none_or(|coming| coming.empty_line.is_some() || coming.size == 0);
        if may_begin && let Some(separator) = Separator::read(line) {
            self.end().await?;
            self.begin(separator.received);
            return Ok(());
        }
        let is_empty = begins && matches!(line, b"\n" | b"\r\n");
        let Some(coming) = &mut self.coming else {
            // empty lines before the first message are nobody's
            return if is_empty { Ok(()) } else { Err(RequestError::NotRequest("this is no mbox file").into()) };
        };
        if coming.in_header && begins {
            let goes_on = line.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
            coming.in_mark = if goes_on { coming.in_mark } else { take_mark(line, &mut coming.flags) };
        }
        if coming.in_header && coming.in_mark {
            return Ok(());
        }
        let waited = coming.empty_line.take();
        if is_empty {
            coming.in_header = false;
            coming.empty_line = Some(line.to_vec());
        }
        if let Some(waited) = waited {
            self.body(&waited).await?;
        }
        match (is_empty, begins && is_quoted(line)) {
            (true, _) => Ok(()),
            (false, true) => self.body(line.get(1..).unwrap_or_default()).await,
            (false, false) => self.body(line).await,
        }
    }

    fn begin(&mut self, received: Option<u64>) {
        let index = self.messages;
        self.messages += 1;
        self.coming = Some(Coming {
            writer: self.store.blob_writer(LineEnds::ToCrlf),
            index,
            size: 0,
            flags: Flags::default(),
            received,
            in_header: true,
            in_mark: false,
            empty_line: None,
            too_large: false,
        });
    }

    /// Takes bytes of the message.
    async fn body(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(coming) = &mut self.coming else { return Ok(()) };
        coming.size += bytes.len() as u64;
        if coming.size > self.most && !coming.too_large {
            coming.too_large = true;
            coming.writer = self.store.blob_writer(LineEnds::ToCrlf);
        }
        if !coming.too_large && !self.is_full {
            coming.writer.write(bytes).await?;
        }
        Ok(())
    }

    /// Ends the message that is coming.
    async fn end(&mut self) -> Result<(), Error> {
        let Some(coming) = self.coming.take() else { return Ok(()) };
        let Coming { writer, index, size, flags, received, too_large, .. } = coming;
        if too_large {
            self.outcome.refuse(index, "tooLarge");
        } else if self.is_full {
            self.outcome.refuse(index, "overQuota");
        } else if size == 0 {
            self.outcome.refuse(index, "empty");
        } else {
            let blob = writer.finish().await?;
            if blob.size > self.most {
                // the ends of its lines have made it so
                self.outcome.refuse(index, "tooLarge");
            } else if self.is_there(blob.hash).await? {
                self.outcome.already_there += 1;
            } else {
                let received = self.received(&blob, received);
                self.ready.push(Ready { index, email: NewEmail { flags, ..NewEmail::new(blob, received) } });
            }
        }
        if self.ready.len() >= BATCH { self.commit().await } else { Ok(()) }
    }

    /// When it was received: as the file says, else as the message does, and never later than now.
    fn received(&self, blob: &NewBlob, told: Option<u64>) -> ReceivedAt {
        let sent = || u64::try_from(blob.parsed.envelope.sent_at()?.seconds).ok();
        let seconds = told.or_else(sent).filter(|seconds| *seconds <= self.now).unwrap_or(self.now);
        ReceivedAt { seconds, offset_minutes: 0 }
    }

    /// Whether the very same bytes are in the mailbox already, or on their way there.
    async fn is_there(&mut self, hash: BlobHash) -> Result<bool, Error> {
        if self.ready.iter().any(|ready| ready.email.blob.hash == hash) {
            return Ok(true);
        }
        let named: BTreeSet<_> = self.account.named(hash).await?.emails.into_iter().collect();
        for email in named {
            if self.account.memberships(email).await?.iter().any(|place| place.mailbox == self.mailbox) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts those that wait into the mailbox: all in one commit, or where that is refused, each by itself.
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        let ready = std::mem::take(&mut self.ready);
        if ready.is_empty() {
            return Ok(());
        }
        let all = ready.iter().map(|ready| ready.email.clone()).collect();
        match self.account.append(self.mailbox, all).await {
            Ok(_) => {
                self.outcome.imported += ready.len() as u64;
                return Ok(());
            }
            Err(store::Error::OverQuota { .. } | store::Error::Limit { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        for Ready { index, email } in ready {
            match self.account.append(self.mailbox, vec![email]).await {
                Ok(_) => self.outcome.imported += 1,
                Err(store::Error::OverQuota { .. }) => {
                    self.is_full = true;
                    self.outcome.refuse(index, "overQuota");
                }
                Err(error @ store::Error::Limit { .. }) => self.outcome.refuse(index, error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
