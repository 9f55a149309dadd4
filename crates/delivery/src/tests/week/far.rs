//! The far sides of the week: ten thousand servers and the DNS that leads to them.
use super::plan::{Kind, Plan, is_refused, name, number};
use super::tally::Tally;
use futures_util::future::BoxFuture;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::{Connect, Conversation, Destination};
use world::{Answer, Dns, DnsError, MailExchanger, Proof, Tlsa};

const CONNECTING: Duration = Duration::from_secs(30);
const GREY: Duration = Duration::from_secs(300);

/// All of them.
pub(super) struct Far {
    plan: Arc<Plan>,
    tally: Arc<Tally>,
    begun: Instant,
    tasks: TaskTracker,
}

impl Far {
    pub(super) fn new(plan: Arc<Plan>, tally: Arc<Tally>) -> Self {
        Self { plan, tally, begun: Instant::now(), tasks: TaskTracker::new() }
    }

    fn is_in(&self, from: u64, to: u64) -> bool {
        (from..to).contains(&self.begun.elapsed().as_secs())
    }

    fn is_away(&self, destination: usize) -> bool {
        match self.plan.kind(destination) {
            Kind::Dead => true,
            Kind::Down(from, to) => self.is_in(from, to),
            _ => false,
        }
    }

    fn latency(&self, destination: usize) -> Duration {
        match self.plan.kind(destination) {
            Kind::Slow => Duration::from_secs(2),
            _ => Duration::from_millis(10 + (destination as u64 * 37) % 90),
        }
    }

    async fn open(&self, to: Destination) -> io::Result<Conversation> {
        let destination = at(to.address.ip());
        self.tally.opens(destination, self.begun.elapsed());
        if self.is_away(destination) {
            // some say no at once, some nothing at all
            if destination.is_multiple_of(2) {
                tokio::time::sleep(CONNECTING).await;
                return Err(io::ErrorKind::TimedOut.into());
            }
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        tokio::time::sleep(self.latency(destination)).await;
        let (ours, theirs) = tokio::io::duplex(16 * 1024);
        let server = Server {
            destination,
            kind: self.plan.kind(destination),
            latency: self.latency(destination),
            begun: self.begun,
            tally: self.tally.clone(),
        };
        self.tasks.spawn(server.run(theirs));
        let mut peer = transport::scripted::peer("127.0.0.1:0");
        peer.remote = to.address;
        Ok(Conversation::new(peer, CancellationToken::new(), Box::new(ours), None, Duration::from_secs(60)))
    }
}

impl Connect for Far {
    fn connect(&self, to: Destination) -> BoxFuture<'_, io::Result<Conversation>> {
        Box::pin(self.open(to))
    }
}

fn address(destination: usize) -> IpAddr {
    let [_, _, high, low] = u32::try_from(destination).unwrap().to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(198, 18, high, low))
}

fn at(address: IpAddr) -> usize {
    let IpAddr::V4(address) = address else { panic!("{address}") };
    let [_, _, high, low] = address.octets();
    usize::from(u16::from_be_bytes([high, low]))
}

fn answer<T>(record: T) -> Answer<T> {
    Answer { records: vec![record], proof: Proof::Insecure, first: Proof::Insecure, name: String::new() }
}

impl Dns for Far {
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Answer<MailExchanger>, DnsError>> {
        let destination = number(domain);
        Box::pin(async move {
            let destination = destination.ok_or(DnsError::NoSuchName)?;
            match self.plan.kind(destination) {
                Kind::Nowhere => Err(DnsError::NoSuchName),
                Kind::Unresolved(from, to) if self.is_in(from, to) => Err(DnsError::Temporary("SERVFAIL".to_owned())),
                _ => Ok(answer(MailExchanger { preference: 10, host: format!("mx.{}", name(destination)) })),
            }
        })
    }

    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Answer<IpAddr>, DnsError>> {
        let destination = number(host);
        Box::pin(async move { destination.map(|number| answer(address(number))).ok_or(DnsError::NoSuchName) })
    }

    fn tlsa(&self, _name: &str) -> BoxFuture<'_, Result<Answer<Tlsa>, DnsError>> {
        Box::pin(async { Err(DnsError::NoSuchName) })
    }

    fn names(&self, _address: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>> {
        Box::pin(async { Err(DnsError::NoSuchName) })
    }

    fn texts(&self, _name: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>> {
        Box::pin(async { Err(DnsError::NoSuchName) })
    }

    fn exists(&self, _name: &str) -> BoxFuture<'_, Result<(), DnsError>> {
        Box::pin(async { Err(DnsError::NoSuchName) })
    }
}

/// One connection.
struct Server {
    destination: usize,
    kind: Kind,
    latency: Duration,
    begun: Instant,
    tally: Arc<Tally>,
}

/// What was said of the message under way.
#[derive(Default)]
struct Transaction {
    message: Option<usize>,
    data: bool,
    taken: u16,
}

impl Server {
    async fn run(self, stream: DuplexStream) {
        let open = self.tally.enters(self.destination);
        let mut stream = BufReader::new(stream);
        let greeting = match self.kind {
            Kind::Few(most) if open > u64::from(most) => {
                self.tally.turns_away(self.destination);
                "421 too many connections\r\n"
            }
            _ => "220 hello\r\n",
        };
        if stream.get_mut().write_all(greeting.as_bytes()).await.is_ok() && !greeting.starts_with("421") {
            // who hangs up ends the conversation
            let _ = self.talk(&mut stream).await;
        }
        self.tally.leaves(self.destination);
    }

    async fn talk(&self, stream: &mut BufReader<DuplexStream>) -> io::Result<()> {
        let (mut line, mut answers, mut at) = (String::new(), String::new(), Transaction::default());
        loop {
            if stream.buffer().is_empty() && !answers.is_empty() {
                tokio::time::sleep(self.latency).await;
                stream.get_mut().write_all(answers.as_bytes()).await?;
                if answers.starts_with("421") || answers.starts_with("221") {
                    return Ok(());
                }
                answers.clear();
            }
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            match self.answer(line.trim_end(), &mut at) {
                Some("") => return Ok(()),
                Some(answer) => {
                    answers.push_str(answer);
                    answers.push_str("\r\n");
                }
                None => {}
            }
        }
    }

    /// The answer to a line; an empty one hangs up.
    fn answer(&self, line: &str, at: &mut Transaction) -> Option<&'static str> {
        if at.data {
            return (line == ".").then(|| self.take(at));
        }
        Some(match line.get(..4)? {
            "EHLO" => "250-far\r\n250-PIPELINING\r\n250 8BITMIME",
            "MAIL" if matches!(self.kind, Kind::Impatient(most) if at.taken >= most) => "421 enough by this connection",
            "RCPT" => {
                let message = line.split(['<', '@']).nth(1)?.parse().ok()?;
                match self.kind {
                    Kind::Refuses if is_refused(message) => "550 5.1.1 nobody of that name",
                    Kind::Grey if self.tally.first_seen(message, self.begun.elapsed()) < GREY => "451 4.7.1 later",
                    _ => {
                        at.message = Some(message);
                        "250 ok"
                    }
                }
            }
            "DATA" => {
                at.data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        })
    }

    fn take(&self, at: &mut Transaction) -> &'static str {
        at.data = false;
        at.taken += 1;
        let Some(message) = at.message.take() else { return "554 nobody" };
        let before = self.tally.comes(message, self.begun.elapsed());
        // one in eight is taken, and the answer lost
        if self.kind == Kind::Flaky && before == 0 && message.is_multiple_of(8) { "" } else { "250 2.0.0 taken" }
    }
}
