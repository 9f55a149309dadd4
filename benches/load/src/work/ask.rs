//! One JMAP request again and again on one connection (RFC 8620, 3).
use crate::arguments::{Account, Server};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::http::Http;
use crate::report::Report;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    account: Account,
    /// The name by which the server is asked
    #[arg(long, default_value = "localhost")]
    name: String,
    /// The path of its apiUrl
    #[arg(long)]
    path: String,
    /// A file with the request
    #[arg(long)]
    request: PathBuf,
    /// How often
    #[arg(long, default_value_t = 1)]
    repeat: u64,
    /// Requests before the timed ones
    #[arg(long, default_value_t = 3)]
    before: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let request = std::fs::read(&self.request).map_err(Error::io(self.request.display().to_string()))?;
        let (target, user) = (self.server.target()?, self.account.user());
        let ask = |http: &mut Http| match http.post(&self.path, &request)? {
            // a method that failed answers with the name `error` (RFC 8620, 3.6.2)
            answer if memchr::memmem::find(&answer, b"[\"error\"").is_some() => {
                Err(Error::unexpected("an answer of each method", &answer))
            }
            answer => Ok(answer.len()),
        };
        let prepare = |_| {
            let mut http = Http::open(&target, &self.name, &user)?;
            for _ in 0..self.before {
                ask(&mut http)?;
            }
            Ok(http)
        };
        let outcome = crowd::run(1, self.repeat, prepare, |_, mut http, share| {
            while share.next().is_some() {
                let begin = clock::now();
                let octets = ask(&mut http)?;
                share.done(1, begin);
                share.bytes += u64::try_from(octets).unwrap_or_default();
            }
            Ok(())
        });
        let bytes = outcome.bytes;
        Ok(Report::new("ask", outcome).with("bytes", bytes))
    }
}
