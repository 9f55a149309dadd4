//! Acts over the control socket: a line of JSON asks, a line of JSON answers.
//!
//! `net` listens on the socket (0600: who can open it runs this machine) and hands its connections to [`Control`]. The
//! command line opens it and calls [`ask`].
use crate::{Admin, Caller, Error, MAX_IMPORT, Request, Response};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use transport::{Link, Service};
use zeroize::Zeroize;

/// Longest request, in bytes: the largest import, and what JSON adds to it.
const MAX_REQUEST: usize = MAX_IMPORT + MAX_IMPORT / 4;
/// Longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 64 << 20;
/// Sessions at once.
const SESSIONS: usize = 8;
/// How long a line may take to come, and to go.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves the control socket.
pub struct Control(Arc<Shared>);

struct Shared {
    admin: Arc<Admin>,
    places: Semaphore,
}

/// One line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Response),
    Error(Error),
}

impl Control {
    /// Serves with `admin`.
    pub fn new(admin: Arc<Admin>) -> Self {
        Self(Arc::new(Shared { admin, places: Semaphore::new(SESSIONS) }))
    }
}

impl Service for Control {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let stop = link.stop().clone();
            let mut stream = BufStream::new(link.into_stream());
            let Ok(_place) = shared.places.try_acquire() else {
                let busy = Answer::Error(Error::Unavailable("too many commands at once".to_owned()));
                let _ = write_line(&mut stream, &busy).await;
                return;
            };
            // An act that has begun goes on to its end; only waiting for the next one is cut off.
            while let Some(Ok(Some(mut line))) = stop.run_until_cancelled(read_line(&mut stream, MAX_REQUEST)).await {
                let answer = shared.answer(&line).await;
                line.zeroize();
                if write_line(&mut stream, &answer).await.is_err() {
                    return;
                }
            }
        })
    }
}

impl Shared {
    async fn answer(&self, line: &[u8]) -> Answer {
        let request: Request = match serde_json::from_slice(line) {
            Ok(request) => request,
            // The text of serde's error may hold a value, and so a password: its place is enough.
            Err(error) => {
                let what = format!("not a request: column {} of the line", error.column());
                return Answer::Error(Error::BadRequest(what));
            }
        };
        match Box::pin(self.admin.run(&Caller::operator("control socket"), request)).await {
            Ok(response) => Answer::Ok(response),
            Err(error) => Answer::Error(error),
        }
    }
}

/// Asks over `stream`, which leads to the control socket of a running server. Waits as long as the act takes.
///
/// # Errors
/// Why it was not done; [`Error::Unavailable`] where the server went away, and then it may have been done.
pub async fn ask<S: AsyncRead + AsyncWrite + Send + Unpin>(stream: S, request: &Request) -> Result<Response, Error> {
    let gone = |error: io::Error| Error::Unavailable(format!("the server went away: {error}"));
    let mut stream = BufStream::new(stream);
    write_line(&mut stream, request).await.map_err(gone)?;
    let mut line = Vec::new();
    (&mut stream).take(MAX_ANSWER).read_until(b'\n', &mut line).await.map_err(gone)?;
    match serde_json::from_slice(&line) {
        Ok(Answer::Ok(response)) => Ok(response),
        Ok(Answer::Error(error)) => Err(error),
        Err(_) => Err(Error::Unavailable("the server's answer is not one of this release".to_owned())),
    }
}

/// A whole line; nothing at the end of the stream, or when it is longer than `limit` or takes too long.
async fn read_line<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut bounded = stream.take(limit as u64);
    let read = timeout(PATIENCE, bounded.read_until(b'\n', &mut line)).await??;
    Ok((read > 0 && line.ends_with(b"\n")).then_some(line))
}

async fn write_line<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    value: &impl Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    let written = timeout(PATIENCE, async {
        stream.write_all(&line).await?;
        stream.flush().await
    });
    let outcome = written.await;
    line.zeroize();
    outcome?
}
