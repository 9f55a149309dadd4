//! Tests of the transcripts themselves, on a small service.
use super::*;
use crate::scripted::{self, PlainTls};
use crate::{InputError, Line, Link, Service};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::DuplexStream;

/// Answers each line with `got <line>`; `SLEEP` waits, `MANY` says ten lines, `STARTTLS` starts TLS, `QUIT` ends.
struct Echo;

impl Service for Echo {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let mut talk = link.into_lines(Duration::from_secs(60));
            talk.output.write(b"hello\r\n").await.unwrap();
            loop {
                talk.output.flush().await.unwrap();
                let line = match talk.input.line(100, Duration::from_secs(300)).await {
                    Ok(Line::Complete { bytes, .. }) => bytes,
                    Ok(Line::TooLong) => "TOO LONG".into(),
                    Err(InputError::TimedOut) => {
                        talk.output.write(b"* BYE too slow\r\n").await.unwrap();
                        return talk.goodbye().await;
                    }
                    Err(_) => return,
                };
                match line.as_ref() {
                    b"QUIT" => {
                        talk.output.write(b"bye\r\n").await.unwrap();
                        return talk.goodbye().await;
                    }
                    b"MANY" => {
                        for n in 0..10 {
                            talk.output.write(format!("line {n}\r\n").as_bytes()).await.unwrap();
                        }
                    }
                    b"STARTTLS" => {
                        talk.output.write(b"go\r\n").await.unwrap();
                        talk.start_tls().await.unwrap();
                        assert!(!talk.can_start_tls());
                    }
                    b"SLEEP" => tokio::time::sleep(Duration::from_secs(5)).await,
                    b"HALF" => talk.output.write(b"half").await.unwrap(),
                    other => {
                        let answer = [b"got ", other, b"\r\n"].concat();
                        talk.output.write(&answer).await.unwrap();
                    }
                }
            }
        })
    }
}

struct EchoStage;

impl Stage for EchoStage {
    fn connect(&mut self, number: u8) -> BoxFuture<'_, Result<DuplexStream, String>> {
        let peer = scripted::peer(&format!("192.0.2.{number}:4711"));
        Box::pin(async move { Ok(scripted::serve(&Echo, peer, Some(Arc::new(PlainTls)))) })
    }
}

async fn outcome(text: &str) -> Result<(), String> {
    let transcript = Transcript::parse("t.txt", text)?;
    for segments in transcript.plays() {
        play(&transcript, segments, &mut EchoStage).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn good_transcripts_pass() {
    for text in [
        "S: hello\nC: a\nC: b\nC-: c\nC-: \\r\nC-: \\n\nS: got a\nS: got b\nS: got c\nC: QUIT\nS: bye\nclosed\n",
        "S: hello\nC: MANY\nS: ...\nS: line 7\nS: line *\nS: line 9\nquiet\nclose\nclosed\n",
        "S: hello\nC: SLEEP\nC: x\nS: got x\nclock +5m\nS: \\* BYE *\nclosed\n",
        "C: x\nS: ...\nS: got x\nC2: y\nC2: QUIT\nS2: hello\nS2: got y\nS2: ...\nclosed 2\nC: z\nS: got z\n",
        "in one segment\nS: hello\nC: STARTTLS\nC: injected\nS: go\nC: after\nS: got after\n",
        "C: caf\u{e9} \\xe9\\\\\nS: hello\nS: got caf\u{e9} \\xe9\\\\\n",
        "C: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n\
         S: hello\nS: got TOO LONG\n",
    ] {
        outcome(&format!("# a good one\n{text}")).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn failures_name_line_expectation_and_conversation() {
    for (text, failure) in [
        (
            "S: hello\nC: a\nS: got b\n",
            "t.txt:4: bad\n  expected: S: got b\n  came:     S: got a\n  the conversation up to there:\n    S: hello\n    C: a\n    S: got a",
        ),
        ("S: hello\nC: HALF\nS: x\n", "t.txt:4: bad\n  expected: S: x\n  came:     `half` without a line end"),
        ("S: hello\nS: x\n", "t.txt:3: bad\n  expected: S: x\n  came:     nothing"),
        ("S: hello\nC: QUIT\nS: ...\nS: x\n", "t.txt:4: bad\n  expected: S: x\n  came:     the end of the connection"),
        ("S: hello\nC: x\nquiet\n", "t.txt:4: bad\n  expected: nothing\n  came:     S: got x"),
        ("S: hello\nclosed\n", "t.txt:3: bad\n  expected: closed\n  came:     nothing"),
        ("given three wishes\n", "t.txt:2: bad\n  this crate knows no `given three wishes`"),
        ("S: ...\nC: x\n", "t.txt:2: `S: ...` is followed by no `S:` or `closed`"),
        ("clock 1h\n", "t.txt:2: the clock only goes on: +1h: clock 1h"),
        ("X: hello\n", "t.txt:2: not a line of a transcript: X: hello"),
        ("C: \\q\n", "t.txt:2: an unknown escape \\q: C: \\q"),
    ] {
        let outcome = outcome(&format!("# bad\n{text}")).await.unwrap_err();
        assert!(outcome.starts_with(failure), "{outcome}\n instead of\n{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_play_says_so() {
    // in one segment the second line comes with the first one; byte by byte the injected line is answered
    let failure = outcome("# segments\nS: hello\nC: STARTTLS\nC: injected\nS: go\nquiet\n").await.unwrap_err();
    assert!(failure.starts_with("t.txt:6 (client's bytes one at a time): segments"), "{failure}");
}
