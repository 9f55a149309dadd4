//! A small SMTP server whose manners a test chooses.
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio_util::task::TaskTracker;
use transport::scripted::{BrokenTls, PlainTls, ScriptedConnect, WrongCertificate};
use transport::{CertificateFault, Demand, Destination, Hello, NotOfTheInternet, Reach, StartTls};

/// A message that a server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Took {
    pub(super) mail: String,
    pub(super) rcpt: Vec<String>,
    /// Without the dots that were doubled.
    pub(super) data: String,
}

/// The answer that never comes.
pub(super) const HANG: &str = "(hang)";

/// The end of `AUTH PLAIN` with the password `wrong`.
const WRONG: &str = "d3Jvbmc=";

/// How a server behaves.
#[derive(Debug, Clone)]
pub(super) struct Manners {
    pub(super) greeting: String,
    /// What it calls itself.
    pub(super) name: &'static str,
    /// What EHLO offers.
    pub(super) offers: Vec<&'static str>,
    /// Answers to the data, one after the other; then 250. An empty one hangs up instead, [`HANG`] says nothing for ever.
    pub(super) after_dot: Vec<&'static str>,
    /// What is said, byte for byte, behind the 220 of STARTTLS.
    pub(super) behind_starttls: &'static str,
    pub(super) broken_tls: bool,
    /// TLS breaks unless the first message is a small one.
    pub(super) narrow_tls: bool,
    /// What is wrong with its certificate, for who asks.
    pub(super) certificate: Option<CertificateFault>,
    /// Nothing is ever said.
    pub(super) silent: bool,
    /// The greeting comes by one octet a minute.
    pub(super) drips: bool,
    /// Said without end in place of the greeting.
    pub(super) endless: Option<&'static str>,
    /// No connection at all.
    pub(super) unreachable: bool,
    /// Its address is none of the Internet.
    pub(super) inner: bool,
    /// Connections at once; who comes then is greeted with 421.
    pub(super) most_connections: usize,
    /// Messages by one connection; then 421.
    pub(super) most_messages: usize,
    /// How many recipients LMTP answers after the data; then it hangs up.
    pub(super) most_answers: usize,
    /// How long it thinks about each recipient, at RCPT by SMTP and after the data by LMTP.
    pub(super) thinks: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            greeting: "220 hello".to_owned(),
            name: "far.example",
            offers: vec!["PIPELINING", "8BITMIME", "SIZE 1000000"],
            after_dot: Vec::new(),
            behind_starttls: "",
            broken_tls: false,
            narrow_tls: false,
            certificate: None,
            silent: false,
            drips: false,
            endless: None,
            unreachable: false,
            inner: false,
            most_connections: usize::MAX,
            most_messages: usize::MAX,
            most_answers: usize::MAX,
            thinks: Duration::ZERO,
        }
    }
}

#[derive(Default)]
struct State {
    manners: Manners,
    took: Vec<Took>,
    connections: usize,
    open: usize,
    turned_away: usize,
    lines: Vec<String>,
    sources: Vec<Option<IpAddr>>,
}

/// A server.
#[derive(Clone, Default)]
pub(super) struct Server(Arc<Mutex<State>>);

/// All servers there are, by address.
#[derive(Clone, Default)]
pub(super) struct World(Arc<Mutex<BTreeMap<IpAddr, Server>>>);

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(super) fn server(&self, address: &str) -> Server {
        let server = Server::default();
        lock(&self.0).insert(address.parse().unwrap(), server.clone());
        server
    }

    pub(super) fn connect(&self) -> ScriptedConnect {
        let world = self.clone();
        ScriptedConnect::new(move |to| world.open(to))
    }

    fn open(&self, to: &Destination) -> io::Result<(DuplexStream, Option<Arc<dyn StartTls>>)> {
        let server = lock(&self.0).get(&to.address.ip()).cloned().ok_or(io::ErrorKind::ConnectionRefused)?;
        let manners = server.manners();
        if manners.inner && to.reach == Reach::Internet {
            return Err(NotOfTheInternet(to.address.ip()).error());
        }
        {
            let mut state = lock(&server.0);
            state.connections += 1;
            state.sources.push(to.from);
        }
        if manners.unreachable {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        TaskTracker::new().spawn(async move {
            lock(&server.0).open += 1;
            // a client that hangs up ends the conversation
            let _ = server.serve(theirs).await;
            lock(&server.0).open -= 1;
        });
        let broken = manners.broken_tls || manners.narrow_tls && to.hello == Hello::Full;
        let tls: Arc<dyn StartTls> = match manners.certificate {
            _ if broken => Arc::new(BrokenTls),
            Some(fault) if to.demand != Demand::Any => Arc::new(WrongCertificate(fault)),
            _ => Arc::new(PlainTls),
        };
        Ok((ours, Some(tls)))
    }
}

impl Server {
    pub(super) fn change(&self, change: impl FnOnce(&mut Manners)) -> &Self {
        change(&mut lock(&self.0).manners);
        self
    }

    pub(super) fn took(&self) -> Vec<Took> {
        lock(&self.0).took.clone()
    }

    pub(super) fn connections(&self) -> usize {
        lock(&self.0).connections
    }

    /// How many were told that there are too many.
    pub(super) fn turned_away(&self) -> usize {
        lock(&self.0).turned_away
    }

    /// From which addresses connections came.
    pub(super) fn sources(&self) -> Vec<Option<IpAddr>> {
        lock(&self.0).sources.clone()
    }

    /// Every line that was heard outside of data.
    pub(super) fn lines(&self) -> Vec<String> {
        lock(&self.0).lines.clone()
    }

    fn manners(&self) -> Manners {
        lock(&self.0).manners.clone()
    }

    async fn serve(&self, stream: DuplexStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        let manners = self.manners();
        if manners.silent {
            return std::future::pending().await;
        }
        if manners.drips {
            loop {
                stream.get_mut().write_all(b"2").await?;
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
        if let Some(endless) = manners.endless {
            loop {
                stream.get_mut().write_all(endless.as_bytes()).await?;
            }
        }
        if lock(&self.0).open > manners.most_connections {
            lock(&self.0).turned_away += 1;
            return say(&mut stream, "421 4.7.0 too many connections").await;
        }
        say(&mut stream, &manners.greeting).await?;
        let mut messages = 0;
        let (mut mail, mut rcpt) = (String::new(), Vec::new());
        let mut lmtp = false;
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let said = line.trim_end().to_owned();
            lock(&self.0).lines.push(said.clone());
            let verb = said.split(' ').next().unwrap_or_default().to_owned();
            match verb.as_str() {
                "EHLO" | "LHLO" => {
                    lmtp = verb == "LHLO";
                    let mut text = format!("250-{}\r\n", manners.name);
                    manners.offers.iter().for_each(|offer| text.push_str(&format!("250-{offer}\r\n")));
                    text.push_str("250 HELP");
                    say(&mut stream, &text).await?;
                }
                "STARTTLS" => say(&mut stream, &format!("220 go{}", manners.behind_starttls)).await?,
                "MAIL" if messages == manners.most_messages => {
                    return say(&mut stream, "421 4.7.0 enough by this connection").await;
                }
                "MAIL" => {
                    messages += 1;
                    mail = said;
                    rcpt.clear();
                    say(&mut stream, "250 ok").await?;
                }
                "RCPT" => {
                    let answer = match () {
                        () if said.contains("<no") => "550 5.1.1 nobody of that name",
                        () if said.contains("<later") => "450 4.2.1 not now",
                        () => "250 ok",
                    };
                    if answer.starts_with("250") {
                        rcpt.push(said);
                    }
                    if !lmtp {
                        tokio::time::sleep(manners.thinks).await;
                    }
                    say(&mut stream, answer).await?;
                }
                "AUTH" => {
                    // some say again what they were told
                    let coded = said.rsplit(' ').next().unwrap_or_default();
                    let refusal = format!("535 5.7.8 who is wrong ({coded})?");
                    say(&mut stream, if said.ends_with(WRONG) { &refusal } else { "235 2.7.0 in" }).await?;
                }
                "DATA" if lmtp => {
                    say(&mut stream, "354 go").await?;
                    let data = read_data(&mut stream).await?;
                    let refused = |one: &String| one.contains("<full");
                    let most = self.manners().most_answers;
                    let took = rcpt.iter().take(most).filter(|one| !refused(one)).cloned().collect();
                    lock(&self.0).took.push(Took { mail: mail.clone(), rcpt: took, data });
                    for one in rcpt.iter().take(most) {
                        tokio::time::sleep(manners.thinks).await;
                        // RFC 2033, 4.2: one answer for each that was taken
                        say(&mut stream, if refused(one) { "452 4.2.2 full" } else { "250 2.0.0 taken" }).await?;
                    }
                    if rcpt.len() > most {
                        return Ok(());
                    }
                }
                "DATA" => {
                    say(&mut stream, "354 go").await?;
                    let data = read_data(&mut stream).await?;
                    let answer = {
                        let mut state = lock(&self.0);
                        let answers = &mut state.manners.after_dot;
                        let answer = if answers.is_empty() { "250 2.0.0 taken" } else { answers.remove(0) };
                        if answer.is_empty() || answer.starts_with("250") {
                            state.took.push(Took { mail: mail.clone(), rcpt: std::mem::take(&mut rcpt), data });
                        }
                        answer
                    };
                    if answer.is_empty() {
                        return Ok(());
                    }
                    if answer == HANG {
                        return std::future::pending().await;
                    }
                    say(&mut stream, answer).await?;
                }
                "RSET" => say(&mut stream, "250 ok").await?,
                "QUIT" => return say(&mut stream, "221 bye").await,
                _ => say(&mut stream, "500 what").await?,
            }
        }
    }
}

async fn say(stream: &mut BufReader<DuplexStream>, text: &str) -> io::Result<()> {
    // as the net does: not at once
    tokio::time::sleep(Duration::from_millis(1)).await;
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await
}

async fn read_data(stream: &mut BufReader<DuplexStream>) -> io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
