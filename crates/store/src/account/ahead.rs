//! Messages opened ahead of who reads them one after another: in runs, several of them under way at a time.
use super::{Account, MessageSource};
use crate::blob::SeveralOpened;
use crate::email::Email;
use crate::engine::Engine;
use crate::error::Error;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Messages of one run.
const MESSAGES: usize = 100;
/// Bytes of one run, when all its messages are held whole.
const BYTES: u64 = 128 * 1024;
/// The largest message that is held whole when it is open.
const WHOLE: u64 = 256 * 1024;
/// What a larger one takes until it is read.
const OPEN: u64 = 4 * 1024;
/// Bytes of all runs together. Beyond them, messages are opened one by one.
const ALL_BYTES: usize = 16 * 1024 * 1024;

/// Room for the runs of all readers.
pub(crate) fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(ALL_BYTES))
}

/// Opens messages in the order in which they are pushed.
pub struct Ahead {
    engine: Arc<dyn Engine>,
    room: Arc<Semaphore>,
    /// Runs under way at a time.
    depth: usize,
    waiting: VecDeque<Arc<Email>>,
    waiting_bytes: u64,
    coming: VecDeque<Run>,
    open: Option<OpenRun>,
}

/// Messages that are being opened, whether or not anybody waits for them; or one that is opened when its turn comes.
struct Run {
    emails: Vec<Arc<Email>>,
    asked: Option<Asked>,
}

struct Asked {
    /// In a lock that nobody contends for: who has a run has it alone, and sessions want what they hold to be `Sync`.
    answer: Mutex<SeveralOpened>,
    room: OwnedSemaphorePermit,
}

struct OpenRun {
    sources: std::vec::IntoIter<Result<MessageSource, Error>>,
    /// Given back with the last message. What was taken out before is its taker's.
    _room: Option<OwnedSemaphorePermit>,
}

impl Account {
    /// For reading messages one after another, with so many runs of them under way.
    pub fn ahead(&self, depth: usize) -> Ahead {
        let ground = &self.head.ground;
        Ahead {
            engine: Arc::clone(&ground.engine),
            room: Arc::clone(&ground.ahead),
            depth: depth.max(1),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            coming: VecDeque::new(),
            open: None,
        }
    }
}

impl Ahead {
    /// Puts a message behind those that are to be opened.
    pub fn push(&mut self, email: Arc<Email>) {
        self.waiting_bytes += bytes(&email);
        self.waiting.push_back(email);
    }

    /// Opens the next message; `None` behind the last. While the caller does what it has to do with this one, those
    /// that come are read from the disk and decompressed.
    ///
    /// # Errors
    /// Those of this message.
    pub async fn next(&mut self) -> Option<Result<MessageSource, Error>> {
        loop {
            if let Some(source) = self.open.as_mut().and_then(|open| open.sources.next()) {
                return Some(source);
            }
            self.open = None;
            self.begin();
            let run = self.coming.pop_front()?;
            self.begin();
            self.open = Some(run.open(&*self.engine).await);
        }
    }

    /// Begins runs. One that is not full is begun only where there is nothing else to do.
    fn begin(&mut self) {
        while self.coming.is_empty() || self.coming.len() < self.depth && self.waiting_bytes >= BYTES {
            let Some(run) = self.begin_one() else { return };
            self.coming.push_back(run);
        }
    }

    fn begin_one(&mut self) -> Option<Run> {
        let (mut count, mut sum) = (0, 0);
        for email in self.waiting.iter().take(MESSAGES) {
            let more = sum + bytes(email);
            if count > 0 && more > BYTES {
                break;
            }
            (count, sum) = (count + 1, more);
        }
        if count == 0 {
            return None;
        }
        let asked = self.ask(count, sum);
        if asked.is_none() {
            // as it is without reading ahead: one message in memory, opened when its turn comes
            if !self.coming.is_empty() {
                return None;
            }
            count = 1;
        }
        let emails: Vec<Arc<Email>> = self.waiting.drain(..count).collect();
        self.waiting_bytes -= emails.iter().map(|email| bytes(email)).sum::<u64>();
        Some(Run { emails, asked })
    }

    /// Asks for the first `count` that wait, where there is room for their bytes and the engine has time.
    fn ask(&self, count: usize, sum: u64) -> Option<Asked> {
        let bytes = u32::try_from(sum).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(bytes).ok()?;
        let hashes = self.waiting.iter().take(count).map(|email| email.blob).collect();
        Some(Asked { answer: Mutex::new(self.engine.blobs().ask_for_several(hashes)?), room })
    }
}

/// What a message takes in memory when it is open.
fn bytes(email: &Email) -> u64 {
    if email.size <= WHOLE { email.size } else { OPEN }
}

impl Run {
    async fn open(self, engine: &dyn Engine) -> OpenRun {
        let (opened, room) = match self.asked {
            Some(Asked { answer, room }) => {
                (answer.into_inner().unwrap_or_else(PoisonError::into_inner).await, Some(room))
            }
            None => {
                let mut opened = Vec::with_capacity(self.emails.len());
                for email in &self.emails {
                    opened.push(engine.blobs().open(email.blob).await);
                }
                (Ok(opened), None)
            }
        };
        let sources: Vec<Result<MessageSource, Error>> = match opened {
            Ok(opened) => {
                self.emails.iter().zip(opened).map(|(email, opened)| MessageSource::of(email, opened)).collect()
            }
            Err(error) => self.emails.iter().map(|_| Err(error.clone().into())).collect(),
        };
        OpenRun { sources: sources.into_iter(), _room: room }
    }
}
