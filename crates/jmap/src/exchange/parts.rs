//! Parts of a message in one zip file (`docs/jmap.md`, "Parts of a message"): decoded one behind the other, as they are taken.
use super::entry_names::EntryNames;
use super::zip::Zip;
use crate::blobs::{self, Blob};
use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::{Jmap, open_account};
use crate::mail::email::{part_id, standings};
use bytes::Bytes;
use message::Part;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use store::{Account, Email, EmailId};

/// The most parts of one file.
const PARTS: usize = 1_000;
/// About as many bytes as are given at a time.
const PIECE: usize = 64 * 1024;

/// Parts of a message on their way out, as a zip file.
pub struct PartsFile {
    account: Account,
    email: Arc<Email>,
    /// Those that are still to come, with their names in the file.
    parts: VecDeque<(usize, String)>,
    open: Option<Blob>,
    zip: Zip,
    is_over: bool,
}

impl Jmap {
    /// Opens parts of an email, named by their ids and separated by commas, as one file; nothing where one of them is not there
    /// for this caller, holds others, or is named twice.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account.
    pub async fn parts_file(
        &self,
        caller: &Caller,
        (account, email, parts): (&str, &str, &str),
    ) -> Result<Option<PartsFile>, Error> {
        let opened = open_account(self.parts(), caller, account).await?.ok_or(Error::NotFound)?;
        let Some(id) = email.parse::<EmailId>().ok().filter(|id| id.to_string() == email) else { return Ok(None) };
        if !standings(&opened, &[id]).await?.contains_key(&id) {
            return Ok(None);
        }
        let Some(email) = opened.account.emails(&[id]).await?.into_iter().flatten().next() else { return Ok(None) };
        let Some(parts) = named(&email, parts) else { return Ok(None) };
        let account = opened.account;
        Ok(Some(PartsFile { account, email, parts, open: None, zip: Zip::default(), is_over: false }))
    }
}

/// The parts of a list, and what they are called.
fn named(email: &Email, list: &str) -> Option<VecDeque<(usize, String)>> {
    let (mut names, mut seen) = (EntryNames::default(), BTreeSet::new());
    let structure = &email.parsed.structure;
    let name = |id: &str| {
        let index = id.parse::<usize>().ok()?.checked_sub(1).filter(|index| part_id(*index) == id)?;
        let part = structure.part(index).filter(|part| !part.is_multipart())?;
        let name = part.file_name().unwrap_or_else(|| format!("{id}{}", ending(part)));
        seen.insert(index).then(|| (index, names.file(&name)))
    };
    let parts: VecDeque<_> = list.split(',').take(PARTS + 1).map(name).collect::<Option<_>>()?;
    (parts.len() <= PARTS).then_some(parts)
}

/// How the name of a file ends that came without one.
fn ending(part: &Part) -> &'static str {
    let is = |kind, subtype| part.media.is_exactly(kind, subtype);
    let known = [
        ("text", "plain", ".txt"),
        ("text", "html", ".html"),
        ("text", "calendar", ".ics"),
        ("message", "rfc822", ".eml"),
        ("image", "png", ".png"),
        ("image", "jpeg", ".jpg"),
        ("image", "gif", ".gif"),
        ("application", "pdf", ".pdf"),
    ];
    known.into_iter().find(|(kind, subtype, _)| is(kind, subtype)).map_or("", |(_, _, ending)| ending)
}

impl PartsFile {
    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    /// When something cannot be read: the file is then broken off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        // what is deflated goes into memory: nothing of that fails
        let failed = |_| store::Error::Closed;
        while !self.is_over && self.zip.waiting() < PIECE {
            if let Some(part) = &mut self.open {
                match part.next().await? {
                    Some(bytes) => self.zip.write(&bytes).map_err(failed)?,
                    None => self.open = None,
                }
            } else if let Some((index, name)) = self.parts.pop_front() {
                self.zip.begin(name).map_err(failed)?;
                let part = self.email.parsed.structure.part(index);
                self.open = match part {
                    Some(part) => blobs::open_part(&self.account, self.email.blob, part).await?,
                    None => None,
                };
                if self.open.is_none() {
                    // it went meanwhile: a file that lacks something must not look whole
                    return Err(store::Error::NoSuchEmail.into());
                }
            } else {
                self.zip.finish().map_err(failed)?;
                self.is_over = true;
            }
        }
        let bytes = self.zip.take();
        Ok((!bytes.is_empty()).then(|| bytes.into()))
    }
}

#[cfg(test)]
mod tests {
    use crate::Error;
    use crate::bench::Bench;
    use store::Flags;

    const MESSAGE: &str = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\n\r\nplain\r\n\
        --b\r\nContent-Type: image/png; name=\"../foto.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\n\r\n--b--\r\n";

    /// The file of some parts of anna's email.
    async fn file(bench: &Bench, email: &str, parts: &str) -> Option<Vec<u8>> {
        let anna = bench.anna.account.to_string();
        let mut file = bench.jmap.parts_file(&bench.anna, (&anna, email, parts)).await.unwrap()?;
        let mut all = Vec::new();
        while let Some(piece) = file.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        Some(all)
    }

    #[tokio::test]
    async fn parts_are_decoded_into_one_file_under_safe_names() {
        let bench = Bench::new().await;
        let email = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
        let zip = file(&bench, &email, "3,2,4").await.unwrap();
        let text = String::from_utf8_lossy(&zip);
        let at = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name}"));
        assert!(at("_foto.png") < at("2.txt") && at("2.txt") < at("4.eml"));
        assert!(!text.contains("../") && text.starts_with("PK\u{3}\u{4}"));
        // CRC-32 of `hello`, behind its bytes and in the list at the end
        assert_eq!(zip.windows(4).filter(|bytes| *bytes == 0x3610_a686_u32.to_le_bytes()).count(), 2);
    }

    #[tokio::test]
    async fn what_is_not_there_or_holds_others_makes_no_file() {
        let bench = Bench::new().await;
        let email = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
        for parts in ["", "1", "2,1", "9", "2,2", "02", "2,", "x", "0", &"2,".repeat(2_000)] {
            assert!(file(&bench, &email, parts).await.is_none(), "{parts:.20}");
        }
    }

    #[tokio::test]
    async fn an_email_has_so_many_parts_in_a_file_and_no_more() {
        let bench = Bench::new().await;
        let header = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
        let message = format!("{header}{}--b--\r\n", "--b\r\n\r\nx\r\n".repeat(1_001));
        let email = bench.append("INBOX", &message, Flags::default()).await.to_string();
        let list = |count: usize| (2..2 + count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        let whole = file(&bench, &email, &list(1_000)).await.unwrap();
        assert_eq!(whole.windows(4).filter(|bytes| *bytes == b"PK\x01\x02").count(), 1_000);
        assert!(file(&bench, &email, &list(1_001)).await.is_none());
    }

    #[tokio::test]
    async fn j07_another_s_message_is_not_there() {
        let bench = Bench::new().await;
        let email = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
        let anna = bench.anna.account.to_string();
        let asked = bench.jmap.parts_file(&bench.bram, (&anna, &email, "2")).await;
        assert!(matches!(asked.map(|file| file.is_some()), Err(Error::NotFound)));
        let own = bench.bram.account.to_string();
        let asked = bench.jmap.parts_file(&bench.bram, (&own, &email, "2")).await.unwrap();
        assert!(asked.is_none());
        bench.share("INBOX", "lr").await;
        assert!(bench.jmap.parts_file(&bench.bram, (&anna, &email, "2")).await.unwrap().is_some());
    }
}
