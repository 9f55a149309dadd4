//! The client's end of a conversation: it says segments and collects lines.
use super::Segments;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};

/// How long a line may take: on a paused clock, how long the server may think by its own timers.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a segment lets the session run before the next one goes.
const TURNS: usize = 4;

/// What came when a line was awaited.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    Line(Vec<u8>),
    /// The end of the stream, with bytes behind the last line if there were any.
    End(Vec<u8>),
    /// Nothing for the time given, with an unfinished line if there is one.
    Nothing(Vec<u8>),
}

pub(super) struct Client {
    reading: ReadHalf<DuplexStream>,
    writing: WriteHalf<DuplexStream>,
    heard: Vec<u8>,
    ended: bool,
    /// The conversation so far, as a transcript.
    pub(super) so_far: Vec<String>,
}

impl Client {
    pub(super) fn new(stream: DuplexStream) -> Self {
        let (reading, writing) = tokio::io::split(stream);
        Self { reading, writing, heard: Vec::new(), ended: false, so_far: Vec::new() }
    }

    /// Says `bytes`, and keeps listening meanwhile, so that neither side waits for the other. What a server that
    /// has hung up does not take is dropped: what it said before tells the rest.
    pub(super) async fn say(&mut self, bytes: &[u8], segments: Segments) {
        self.so_far.push(format!("C: {}", show(bytes)));
        for segment in segments.cut(bytes) {
            let mut rest = segment;
            while !rest.is_empty() {
                tokio::select! {
                    biased;
                    written = self.writing.write(rest) => match written {
                        Ok(0) | Err(_) => return,
                        Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                    },
                    () = hear(&mut self.reading, &mut self.heard, &mut self.ended), if !self.ended => {}
                }
            }
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Puts a line back, to be read again.
    pub(super) fn unread(&mut self, line: &[u8]) {
        let ending: &[u8] = if line.ends_with(b"\n") { b"" } else { b"\r\n" };
        self.heard.splice(..0, [line, ending].concat());
        self.so_far.pop();
    }

    /// Hangs up the client's side.
    pub(super) async fn close(&mut self) {
        self.so_far.push("close".to_owned());
        // a server that is gone already cannot be hung up on
        let _ = self.writing.shutdown().await;
    }

    /// The next line of the server, without CR LF.
    pub(super) async fn line(&mut self, within: Option<Duration>) -> Came {
        let listening = async {
            loop {
                if let Some(at) = self.heard.iter().position(|byte| *byte == b'\n') {
                    let mut line: Vec<u8> = self.heard.drain(..=at).collect();
                    if line.ends_with(b"\r\n") {
                        line.truncate(line.len() - 2);
                    }
                    self.so_far.push(format!("S: {}", show(&line)));
                    return Came::Line(line);
                }
                if self.ended {
                    return Came::End(std::mem::take(&mut self.heard));
                }
                hear(&mut self.reading, &mut self.heard, &mut self.ended).await;
            }
        };
        match tokio::time::timeout(within.unwrap_or(PATIENCE), listening).await {
            Ok(came) => came,
            Err(_) => Came::Nothing(self.heard.clone()),
        }
    }
}

async fn hear(reading: &mut ReadHalf<DuplexStream>, heard: &mut Vec<u8>, ended: &mut bool) {
    *ended = matches!(reading.read_buf(heard).await, Ok(0) | Err(_));
}

/// Bytes as a transcript writes them.
pub(super) fn show(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\r' => text.push_str("\\r"),
                '\n' => text.push_str("\\n"),
                '\\' => text.push_str("\\\\"),
                other if other.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(other))),
                other => text.push(other),
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}
