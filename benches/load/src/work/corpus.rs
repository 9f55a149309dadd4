//! Delivers the realistic corpus, so that someone else can measure what it takes on disk.
use crate::arguments::Server;
use crate::clock;
use crate::corpus::Corpus;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::report::Report;
use crate::smtp::{Protocol, Smtp};
use crate::work::smtp::recipients;
use clap::Args;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    /// Messages
    #[arg(long, default_value_t = 10_000)]
    count: u64,
    /// The corpus is made from this number
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Sessions side by side
    #[arg(long, default_value_t = 4)]
    sessions: usize,
    /// The reverse-path
    #[arg(long, default_value = "sender@example.net")]
    from: String,
    /// A file of addresses, one a line
    #[arg(long)]
    to_file: Option<PathBuf>,
    /// An address; may stand several times
    #[arg(long)]
    to: Vec<String>,
    /// LMTP instead of SMTP
    #[arg(long)]
    lmtp: bool,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let to = recipients(&self.to, self.to_file.as_ref())?;
        let protocol = if self.lmtp { Protocol::Lmtp } else { Protocol::Smtp };
        let corpus = Corpus::new(self.seed);
        let copies = AtomicU64::new(0);
        let session = |_, mut smtp: Smtp, share: &mut Share<'_>| {
            while let Some(number) = share.next() {
                let (count, first) = corpus.recipients(number, to.len());
                let these: Vec<&str> = (0..count).map(|at| to[(first + at) % to.len()].as_str()).collect();
                let message = corpus.message(number, these[0]);
                let begin = clock::now();
                smtp.deliver(&self.from, &these, &message)?;
                let (count, octets) = (count as u64, message.len() as u64);
                share.done(count, begin);
                share.bytes += octets;
                copies.fetch_add(octets * count, Ordering::Relaxed);
            }
            smtp.quit()
        };
        let outcome = crowd::run(self.sessions, self.count, |_| Smtp::open(&target, protocol), session);
        let (messages, bytes) = (outcome.latencies.len(), outcome.bytes);
        Ok(Report::new("corpus", outcome)
            .with("messages", messages)
            .with("bytes", bytes)
            .with("bytes_delivered", copies.into_inner())
            .with("seed", self.seed))
    }
}
