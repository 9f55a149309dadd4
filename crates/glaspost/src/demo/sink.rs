//! The world outside the demo: an SMTP server that takes every message, as another provider would, and keeps it as a
//! file: `NUMBER.eml` with its bytes, `NUMBER.json` with its envelope.
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Serialize;
use smtp_wire::{DataReader, MAX_COMMAND_LINE, Mail, Piece, Quirks, Rcpt, verb};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use transport::{Conversation, InputError, Line, Link, Service};

const WAIT: Duration = Duration::from_secs(60);
const GREETING: &[u8] = b"220 mail.example.org ESMTP sink\r\n";
const HELLO: &[u8] =
    b"250-mail.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 SIZE 52428800\r\n";

/// The server, with the folder that it keeps messages in.
#[derive(Clone)]
pub(super) struct Sink(Arc<Shelf>);

struct Shelf {
    folder: PathBuf,
    next: AtomicU64,
}

/// The envelope of a message, as its file says it.
#[derive(Debug, Default, Serialize)]
struct Envelope {
    from: String,
    to: Vec<String>,
}

impl Sink {
    /// A sink that goes on behind the files that are there.
    pub(super) fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut next = 1;
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
            next = next.max(number.map_or(0, |number| number + 1));
        }
        Ok(Self(Arc::new(Shelf { folder, next: AtomicU64::new(next) })))
    }
}

impl Service for Sink {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let shelf = self.0.clone();
        Box::pin(async move {
            let mut talk = link.into_lines(WAIT);
            // A client that breaks off has its message again, or not at all.
            if converse(&shelf, &mut talk).await.is_ok() {
                talk.goodbye().await;
            }
        })
    }
}

async fn converse(shelf: &Shelf, talk: &mut Conversation) -> Result<(), InputError> {
    talk.output.write(GREETING).await?;
    let mut envelope = Envelope::default();
    loop {
        if talk.input.buffered().is_empty() {
            talk.output.flush().await?;
        }
        let Line::Complete { bytes, .. } = talk.input.line(MAX_COMMAND_LINE, WAIT).await? else {
            talk.output.write(b"500 5.5.2 line too long\r\n").await?;
            continue;
        };
        let answer: &[u8] = match command(&bytes, &mut envelope) {
            Answer::Say(answer) => answer,
            Answer::TakeMessage => {
                talk.output.write(b"354 go on\r\n").await?;
                talk.output.flush().await?;
                let kept = keep(shelf, talk, &std::mem::take(&mut envelope)).await?;
                if kept { b"250 2.0.0 kept\r\n" } else { b"451 4.3.0 not kept\r\n" }
            }
            Answer::Quit => {
                talk.output.write(b"221 2.0.0 goodbye\r\n").await?;
                return Ok(());
            }
        };
        talk.output.write(answer).await?;
    }
}

enum Answer {
    Say(&'static [u8]),
    TakeMessage,
    Quit,
}

fn command(line: &Bytes, envelope: &mut Envelope) -> Answer {
    let (word, rest) = verb(line);
    match word.to_ascii_uppercase().as_slice() {
        b"EHLO" => Answer::Say(HELLO),
        b"HELO" => Answer::Say(b"250 mail.example.org\r\n"),
        b"MAIL" => match Mail::parse(rest, Quirks::LENIENT) {
            Ok(mail) => {
                *envelope = Envelope { from: mail.reverse_path.to_string(), to: Vec::new() };
                Answer::Say(b"250 2.1.0 ok\r\n")
            }
            Err(_) => Answer::Say(b"501 5.5.4 bad sender\r\n"),
        },
        b"RCPT" => match Rcpt::parse(rest, Quirks::LENIENT) {
            Ok(rcpt) => {
                envelope.to.push(rcpt.forward_path.to_string());
                Answer::Say(b"250 2.1.5 ok\r\n")
            }
            Err(_) => Answer::Say(b"501 5.5.4 bad recipient\r\n"),
        },
        b"DATA" if envelope.to.is_empty() => Answer::Say(b"503 5.5.1 nobody to send to\r\n"),
        b"DATA" => Answer::TakeMessage,
        b"RSET" => {
            *envelope = Envelope::default();
            Answer::Say(b"250 2.0.0 ok\r\n")
        }
        b"NOOP" => Answer::Say(b"250 2.0.0 ok\r\n"),
        b"QUIT" => Answer::Quit,
        _ => Answer::Say(b"502 5.5.1 not here\r\n"),
    }
}

/// Reads a message to its end and keeps it; false where the disk would not have it. It appears whole or not at all.
async fn keep(shelf: &Shelf, talk: &mut Conversation, envelope: &Envelope) -> Result<bool, InputError> {
    let number = shelf.next.fetch_add(1, Ordering::Relaxed);
    let draft = shelf.folder.join(format!("{number:06}.part"));
    let mut file = File::create(&draft).await;
    let mut reader = DataReader::new();
    loop {
        let (used, piece) = reader.next(talk.input.buffered());
        match piece {
            Piece::Content(bytes) => {
                if let Ok(open) = &mut file
                    && let Err(error) = open.write_all(bytes).await
                {
                    file = Err(error);
                }
            }
            Piece::More => {}
            Piece::End => {
                talk.input.consume(used);
                break;
            }
        }
        talk.input.consume(used);
        if talk.input.buffered().is_empty() && talk.input.fill_within(WAIT).await? == 0 {
            return Err(InputError::Closed);
        }
    }
    let kept = async {
        file?.flush().await?;
        fs::write(draft.with_extension("json"), serde_json::to_vec(envelope)?).await?;
        fs::rename(&draft, draft.with_extension("eml")).await
    };
    Ok(kept.await.is_ok())
}
