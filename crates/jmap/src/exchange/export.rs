//! Out: one mailbox as mbox, all of them in a zip file, contacts as vCards.
use super::entry_names::EntryNames;
use super::mbox::{Quoter, marks};
use super::own;
use super::zip::Zip;
use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::Jmap;
use admin::{AccountAct, Request, Response};
use bytes::Bytes;
use jiff::Timestamp;
use names::Address;
use std::collections::VecDeque;
use std::sync::Arc;
use store::{Account, Email, MailboxId, MessageSource, SystemFlags, View};

/// Bytes that are read at a time, and about as many as are given.
const PIECE: u64 = 64 * 1024;

/// A file on its way out.
pub struct Export {
    /// How it is called.
    name: String,
    media: &'static str,
    source: Source,
}

enum Source {
    Mail(Box<Mail>),
    Contacts { jmap: Jmap, address: Address, after: Option<u64>, is_over: bool },
}

/// Messages on their way out.
struct Mail {
    account: Account,
    mailboxes: VecDeque<(MailboxId, String)>,
    format: Format,
    view: Option<(Arc<View>, u32)>,
    message: Option<(MessageSource, u64, Quoter)>,
    is_over: bool,
}

/// What they become.
enum Format {
    Mbox(Vec<u8>),
    Zip(Zip),
}

impl Jmap {
    /// Opens a file of the caller's own account: `mail.zip`, `contacts.vcf` or `mailbox/ID.mbox`.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none of that name.
    pub async fn export(&self, caller: &Caller, account: &str, what: &str) -> Result<Export, Error> {
        let opened = own(self, caller, account).await?;
        let told = format!("{what} to {}", caller.peer.remote.ip());
        let mail = |mailboxes, format| {
            let account = opened.account.clone();
            Source::Mail(Box::new(Mail { account, mailboxes, format, view: None, message: None, is_over: false }))
        };
        let seen = opened.mailboxes.iter().filter(|mailbox| opened.sees(mailbox.id));
        let export = if what == "contacts.vcf" {
            let (jmap, address) = (self.clone(), caller.address.clone());
            let source = Source::Contacts { jmap, address, after: None, is_over: false };
            Export { name: what.to_owned(), media: "text/vcard; charset=utf-8", source }
        } else if what == "mail.zip" {
            let mut entries = EntryNames::default();
            let names = seen.map(|mailbox| (mailbox.id, entries.mailbox(mailbox.name.as_str())));
            let source = mail(names.collect(), Format::Zip(Zip::default()));
            Export { name: what.to_owned(), media: "application/zip", source }
        } else {
            let id = what.strip_prefix("mailbox/").and_then(|file| file.strip_suffix(".mbox"));
            let mut seen = seen.filter(|mailbox| Some(mailbox.id.to_string().as_str()) == id);
            let mailbox = seen.next().ok_or(Error::NotFound)?;
            let name = format!("{}.mbox", mailbox.name.last());
            let source = mail(VecDeque::from([(mailbox.id, String::new())]), Format::Mbox(Vec::new()));
            Export { name, media: "application/mbox", source }
        };
        self.parts().admin.note(&admin::Caller::customer(&caller.address), "account export", &caller.address, &told);
        Ok(export)
    }
}

impl Export {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its type.
    #[must_use]
    pub const fn media(&self) -> &'static str {
        self.media
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    /// When something cannot be read: the file is then broken off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.source {
            Source::Mail(mail) => mail.next().await,
            Source::Contacts { jmap, address, after, is_over } => loop {
                if *is_over {
                    return Ok(None);
                }
                let act = AccountAct::ExportContacts { address: address.clone(), after: *after };
                let caller = admin::Caller::customer(address);
                match Box::pin(jmap.parts().admin.run(&caller, Request::Account(act))).await {
                    Ok(Response::Contacts { vcards, next }) => {
                        (*after, *is_over) = (next, next.is_none());
                        if !vcards.is_empty() {
                            return Ok(Some(vcards.into()));
                        }
                    }
                    Ok(_) => return Err(store::Error::Closed.into()),
                    Err(error) => {
                        tracing::warn!(%error, "contacts are not written");
                        return Err(store::Error::Closed.into());
                    }
                }
            },
        }
    }
}

impl Mail {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while !self.is_over && self.format.waiting() < PIECE {
            if self.message.is_some() {
                self.read_on().await?;
            } else if !self.next_message().await? && !self.next_mailbox().await? {
                self.format.finish()?;
                self.is_over = true;
            }
        }
        let bytes = self.format.take();
        Ok((!bytes.is_empty()).then(|| bytes.into()))
    }

    /// Goes on with the message that is open.
    async fn read_on(&mut self) -> Result<(), Error> {
        let Some((bytes, at, quoter)) = &mut self.message else { return Ok(()) };
        let piece = bytes.read(*at..bytes.size().min(*at + PIECE)).await?;
        let mut out = Vec::with_capacity(piece.len() + 16);
        quoter.push(&piece, &mut out);
        *at += piece.len() as u64;
        if (piece.is_empty() || *at >= bytes.size())
            && let Some((_, _, quoter)) = self.message.take()
        {
            quoter.finish(&mut out);
        }
        self.format.write(&out)
    }

    /// Opens the next message of the mailbox; whether there was one.
    async fn next_message(&mut self) -> Result<bool, Error> {
        let Some((view, sequence)) = &mut self.view else { return Ok(false) };
        loop {
            let Some(message) = view.at(*sequence) else {
                self.view = None;
                return Ok(false);
            };
            *sequence += 1;
            // what is marked as deleted is gone for JMAP (RFC 8621, 4.1.1)
            if message.system.contains(SystemFlags::DELETED) {
                continue;
            }
            let marks = marks(&message);
            let Some(email) = self.account.emails(&[message.email]).await?.into_iter().next().flatten() else {
                continue;
            };
            let begin = format!("From {} {}\n{marks}", sender(&email), time(email.received.seconds));
            // one that went meanwhile is not told of
            let source = match self.account.open(&email).await {
                Ok(source) => source,
                Err(store::Error::NoSuchEmail) => continue,
                Err(error) => return Err(error.into()),
            };
            self.format.write(begin.as_bytes())?;
            self.message = Some((source, 0, Quoter::default()));
            return Ok(true);
        }
    }

    /// Goes on to the next mailbox; whether there was one.
    async fn next_mailbox(&mut self) -> Result<bool, Error> {
        let Some((mailbox, name)) = self.mailboxes.pop_front() else { return Ok(false) };
        self.format.begin(name)?;
        match self.account.view(mailbox).await {
            Ok(view) => self.view = Some((view, 1)),
            Err(store::Error::NoSuchMailbox) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}

impl Format {
    fn waiting(&self) -> u64 {
        match self {
            Self::Mbox(out) => out.len() as u64,
            Self::Zip(zip) => zip.waiting() as u64,
        }
    }

    fn begin(&mut self, name: String) -> Result<(), Error> {
        match self {
            Self::Mbox(_) => Ok(()),
            Self::Zip(zip) => zip.begin(name).map_err(|_| store::Error::Closed.into()),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Mbox(out) => out.extend_from_slice(bytes),
            // what is deflated goes into memory: nothing of that fails
            Self::Zip(zip) => zip.write(bytes).map_err(|_| store::Error::Closed)?,
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        match self {
            Self::Mbox(_) => Ok(()),
            Self::Zip(zip) => zip.finish().map_err(|_| store::Error::Closed.into()),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Mbox(out) => std::mem::take(out),
            Self::Zip(zip) => zip.take(),
        }
    }
}

/// Who wrote a message, as an mbox has it: one word.
fn sender(email: &Email) -> String {
    let from = email.parsed.envelope.from.iter().find_map(message::Address::readable);
    let word = from
        .map(|from| from.address)
        .filter(|address| !address.contains(|c: char| c.is_whitespace() || c.is_control()));
    word.unwrap_or_else(|| "MAILER-DAEMON".to_owned())
}

/// A time as C's `asctime` writes it, in UTC (RFC 4155, appendix A).
fn time(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_default();
    at.strftime("%a %b %e %H:%M:%S %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::time;
    use crate::Error;
    use crate::bench::Bench;
    use store::{Flags, Keyword, SystemFlags};

    pub(in crate::exchange) async fn read(bench: &Bench, what: &str) -> String {
        let mut export = bench.jmap.export(&bench.anna, &bench.anna.account.to_string(), what).await.unwrap();
        let mut all = Vec::new();
        while let Some(piece) = export.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    #[tokio::test]
    async fn a_mailbox_is_an_mbox() {
        let bench = Bench::new().await;
        let flags =
            Flags { system: SystemFlags::SEEN.with(SystemFlags::FLAGGED), keywords: vec![Keyword::new("$x").unwrap()] };
        bench.append("Archive", "From: Bob <bob@far.example>\r\n\r\nFrom here\r\n", flags).await;
        bench.append("Archive", "Subject: y\r\n\r\nno end", Flags::default()).await;
        bench.append("Archive", "Subject: gone\r\n\r\n", Flags::system(SystemFlags::DELETED)).await;
        let archive = bench.mailbox("Archive").await;
        let text = read(&bench, &format!("mailbox/{archive}.mbox")).await;
        let at = time(bench.parts().world.clock.now().secs());
        let expected = format!(
            "From bob@far.example {at}\nStatus: RO\nX-Status: F\nX-Keywords: $x\nFrom: Bob <bob@far.example>\n\n>From here\n\n\
             From MAILER-DAEMON {at}\nStatus: O\nSubject: y\n\nno end\n\n"
        );
        assert_eq!(text, expected);
    }

    #[tokio::test]
    async fn a_large_message_goes_piece_by_piece() {
        let bench = Bench::new().await;
        let line = format!("{}\r\n", "x".repeat(998));
        bench.append("INBOX", &format!("Subject: y\r\n\r\n{}", line.repeat(1_000)), Flags::default()).await;
        let what = format!("mailbox/{}.mbox", bench.mailbox("INBOX").await);
        let mut export = bench.jmap.export(&bench.anna, &bench.anna.account.to_string(), &what).await.unwrap();
        let (mut pieces, mut size) = (0, 0);
        while let Some(piece) = export.next().await.unwrap() {
            assert!(piece.len() <= 200 * 1024, "{}", piece.len());
            (pieces, size) = (pieces + 1, size + piece.len());
        }
        assert!(pieces > 7 && size > 999 * 1_000, "{pieces} {size}");
    }

    #[tokio::test]
    async fn j07_nobody_takes_anothers_files() {
        let bench = Bench::new().await;
        bench.share("INBOX", "lrswipkxtea").await;
        let (anna, inbox) = (bench.anna.account.to_string(), bench.mailbox("INBOX").await);
        for what in ["mail.zip", "contacts.vcf", &format!("mailbox/{inbox}.mbox")] {
            assert!(
                matches!(bench.jmap.export(&bench.bram, &anna, what).await.map(drop), Err(Error::NotFound)),
                "{what}"
            );
            assert!(bench.jmap.export(&bench.anna, &anna, what).await.is_ok(), "{what}");
        }
        for what in ["", "mailbox/", "mailbox/x.mbox", "mailbox/../mail.zip", "other"] {
            assert!(
                matches!(bench.jmap.export(&bench.anna, &anna, what).await.map(drop), Err(Error::NotFound)),
                "{what}"
            );
        }
    }
}
