//! A transcript, played.
use super::client::{Came, Client, show};
use super::parse::{Act, Step, Transcript};
use super::segments::Segments;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::DuplexStream;

/// How many lines of the conversation a failure shows.
const SHOWN: usize = 15;
/// How long `quiet` listens.
const QUIET: Duration = Duration::from_secs(1);

/// What a crate's tests put behind its transcripts: a world, a store, a service. One stage plays once.
pub trait Stage: Send {
    /// Opens connection `number` (1 where the transcript names none) and gives the client's end of it.
    fn connect(&mut self, number: u8) -> BoxFuture<'_, Result<DuplexStream, String>>;

    /// Makes `words` so. The error says what is wrong with them.
    fn given<'a>(&'a mut self, words: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move { Err(format!("this crate knows no `given {words}`")) })
    }

    /// Lets time go on. A stage with a `ScriptedClock` advances that, which moves tokio's clock with it.
    fn clock(&mut self, by: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(by))
    }

    /// Is asked at the end: whether all is well behind the scenes.
    fn end(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// Plays `transcript` once.
///
/// # Errors
/// File and line, what was expected, what came, and the conversation before it.
pub async fn play(transcript: &Transcript, segments: Segments, stage: &mut dyn Stage) -> Result<(), String> {
    let mut play = Play { segments, stage, clients: BTreeMap::new() };
    let mut steps = transcript.steps.iter().peekable();
    let mut line = 0;
    let mut failed = None;
    while let (Some(step), None) = (steps.next(), &failed) {
        line = step.line;
        let mut said = None;
        if let Act::Say(number, bytes) = &step.act {
            // neighbouring lines of one client go in one segment
            let mut bytes = bytes.clone();
            while let Some(Act::Say(next, more)) = steps.peek().map(|step| &step.act) {
                if next != number {
                    break;
                }
                bytes.extend_from_slice(more);
                steps.next();
            }
            said = Some(bytes);
        }
        failed = play.step(step, said, steps.peek().copied()).await.err();
    }
    let failed = match failed {
        None => play.stage.end().await.err(),
        failed => failed,
    };
    match failed {
        None => Ok(()),
        Some(failure) => Err(format!(
            "{}:{line}{}: {}\n{failure}\n{}",
            transcript.file,
            if segments == Segments::OneByte { " (client's bytes one at a time)" } else { "" },
            transcript.title,
            play.so_far(),
        )),
    }
}

struct Play<'a> {
    segments: Segments,
    stage: &'a mut dyn Stage,
    clients: BTreeMap<u8, Client>,
}

impl Play<'_> {
    async fn step(&mut self, step: &Step, said: Option<Vec<u8>>, next: Option<&Step>) -> Result<(), String> {
        let segments = self.segments;
        match &step.act {
            Act::Given(words) => self.stage.given(words).await.map_err(|fault| format!("  {fault}")),
            Act::Clock(by) => {
                self.stage.clock(*by).await;
                Ok(())
            }
            Act::Say(number, bytes) => {
                self.client(*number).await?.say(said.as_deref().unwrap_or(bytes), segments).await;
                Ok(())
            }
            Act::Expect(number, pattern) => {
                let came = self.client(*number).await?.line(None).await;
                match &came {
                    Came::Line(line) if pattern.fits(line) => Ok(()),
                    _ => Err(expected(&step.text, &came)),
                }
            }
            Act::Skip(number) => self.skip(*number, next).await,
            Act::Quiet(number) => match self.client(*number).await?.line(Some(QUIET)).await {
                Came::Nothing(begun) if begun.is_empty() => Ok(()),
                came => Err(expected("nothing", &came)),
            },
            Act::Close(number) => {
                self.client(*number).await?.close().await;
                Ok(())
            }
            Act::Closed(number) => match self.client(*number).await?.line(None).await {
                Came::End(rest) if rest.is_empty() => Ok(()),
                came => Err(expected(&step.text, &came)),
            },
        }
    }

    /// Reads lines up to the one that the next step expects, and leaves that one.
    async fn skip(&mut self, number: u8, next: Option<&Step>) -> Result<(), String> {
        let client = self.client(number).await?;
        loop {
            let came = client.line(None).await;
            match (&came, next.map(|step| &step.act)) {
                (Came::Line(line), Some(Act::Expect(_, pattern))) if pattern.fits(line) => {
                    client.unread(line);
                    return Ok(());
                }
                (Came::Line(_), _) => {}
                (Came::End(rest), Some(Act::Closed(_))) if rest.is_empty() => return Ok(()),
                _ => return Err(expected(next.map_or("", |step| &step.text), &came)),
            }
        }
    }

    async fn client(&mut self, number: u8) -> Result<&mut Client, String> {
        if !self.clients.contains_key(&number) {
            let stream = self.stage.connect(number).await?;
            self.clients.insert(number, Client::new(stream));
        }
        self.clients.get_mut(&number).ok_or_else(|| "no such connection".to_owned())
    }

    /// The conversations so far, without the line that failed.
    fn so_far(&self) -> String {
        let mut text = String::from("  the conversation up to there:");
        for (number, client) in &self.clients {
            let skipped = client.so_far.len().saturating_sub(SHOWN);
            for line in client.so_far.iter().skip(skipped) {
                text.push_str(&if self.clients.len() > 1 {
                    format!("\n    [{number}] {line}")
                } else {
                    format!("\n    {line}")
                });
            }
        }
        text
    }
}

fn expected(what: &str, came: &Came) -> String {
    let came = match came {
        Came::Line(line) => format!("S: {}", show(line)),
        Came::End(rest) if rest.is_empty() => "the end of the connection".to_owned(),
        Came::End(rest) => format!("the end of the connection, after `{}`", show(rest)),
        Came::Nothing(rest) if rest.is_empty() => "nothing".to_owned(),
        Came::Nothing(rest) => format!("`{}` without a line end", show(rest)),
    };
    format!("  expected: {what}\n  came:     {came}")
}
