//! Conversations written down in plain text, and played against a session.
//!
//! A transcript is one behaviour, in one file `transcripts/*.txt`:
//!
//! ```text
//! # RFC 9051, 6.3.2: a refused SELECT leaves no mailbox selected
//! given INBOX with 3 messages
//! S: * OK *
//! C: a1 SELECT INBOX
//! S: * 3 EXISTS
//! S: ...
//! S: a1 OK [READ-WRITE] *
//! clock +31m
//! S: \* BYE *
//! closed
//! ```
//!
//! | line | means |
//! | --- | --- |
//! | `# text`, empty | a comment; the first one is the title and names the RFC |
//! | `given words` | handed to [`Stage::given`]: something is made so, before or during the conversation |
//! | `C: text` | the client says a line, with CR LF; neighbouring lines go in one segment |
//! | `C-: text` | the client says it without a line end |
//! | `S: text` | the server says this line; `*` stands for any text within the line |
//! | `S: ...` | any number of lines, up to the one that fits the next `S:` |
//! | `quiet` | the server says nothing for a second |
//! | `clock +1h` | time goes on (`ms`, `s`, `m`, `h`, `d`) |
//! | `close` | the client hangs up its side |
//! | `closed` | the server has hung up, and said nothing more |
//! | `in one segment` | this transcript is about segments: it is not played byte by byte |
//!
//! A digit makes it another connection: `C2:`, `S2:`, `close 2`, `closed 2`. A connection opens at its first line.
//! In both texts `\r`, `\n`, `\t`, `\0`, `\xNN`, `\\` are bytes, and `\s` a space at the end of a line; in an `S:`
//! line `\*` is a star and nothing else. A server's line that ends in a bare LF shows as `text\n`.
//!
//! Every transcript is played twice: with segments as written, and with the client's bytes one at a time. What a
//! transcript expects is settled by what the server says, never by waiting, except for `quiet` and for failures; so
//! run it on a paused clock:
//!
//! ```no_run
//! # use transport::{scripted, transcript::{self, Stage}, Service};
//! # use futures_util::future::BoxFuture;
//! # use tokio::io::DuplexStream;
//! struct House { service: std::sync::Arc<dyn Service> }
//!
//! impl Stage for House {
//!     fn connect(&mut self, _number: u8) -> BoxFuture<'_, Result<DuplexStream, String>> {
//!         let client = scripted::serve(self.service.as_ref(), scripted::peer("192.0.2.7:4711"), None);
//!         Box::pin(async move { Ok(client) })
//!     }
//! }
//!
//! # fn make() -> House { unimplemented!() }
//! // #[tokio::test(start_paused = true)]
//! async fn transcripts() {
//!     transcript::run_dir("transcripts", |_transcript| async { make() }).await;
//! }
//! ```
mod client;
mod parse;
mod pattern;
mod play;
mod segments;
pub use parse::Transcript;
pub use play::{Stage, play};
pub use segments::Segments;

use std::fs;
use std::path::{Path, PathBuf};

/// Plays every `*.txt` in `directory`, twice, each on a stage of its own from `make`.
///
/// # Panics
/// With every transcript that failed: file, line, what was expected, what came. And when there is none.
#[expect(clippy::panic, reason = "it is the last line of a test")]
pub async fn run_dir<S, F>(directory: impl AsRef<Path>, make: impl Fn(&Transcript) -> F)
where
    S: Stage,
    F: Future<Output = S>,
{
    let directory = directory.as_ref();
    let files = match files(directory) {
        Ok(files) if files.is_empty() => panic!("{}: no transcripts", directory.display()),
        Ok(files) => files,
        Err(error) => panic!("{}: {error}", directory.display()),
    };
    let mut failures = Vec::new();
    for file in &files {
        failures.extend(run_file(file, &make).await);
    }
    if !failures.is_empty() {
        panic!("{} of {} transcripts failed\n\n{}", failures.len(), files.len(), failures.join("\n\n"));
    }
}

/// Plays one file, as written and byte by byte; the first failure ends it.
async fn run_file<S, F>(file: &Path, make: &impl Fn(&Transcript) -> F) -> Option<String>
where
    S: Stage,
    F: Future<Output = S>,
{
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return Some(format!("{}: {error}", file.display())),
    };
    let transcript = match Transcript::parse(&file.display().to_string(), &text) {
        Ok(transcript) => transcript,
        Err(fault) => return Some(fault),
    };
    for segments in transcript.plays() {
        let mut stage = make(&transcript).await;
        if let Err(failure) = play(&transcript, segments, &mut stage).await {
            return Some(failure);
        }
    }
    None
}

fn files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
