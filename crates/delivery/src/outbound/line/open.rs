//! How a connection is made: by TCP or to a socket of this machine, with TLS from the first byte or after STARTTLS, and with
//! a login where an operator has given one.
use super::{At, Ends, Line};
use crate::outbound::broken::{Broken, LoginFault, TlsFault, one_line, told, unexpected};
use crate::outbound::security::Plan;
use crate::outbound::weak::Way;
use crate::routes::{Course, Login};
use crate::settings::Settings;
use data_encoding::BASE64;
use smtp_wire::{Client, Event};
use std::net::SocketAddr;
use std::time::Duration;
use transport::{CertificateFault, Connect, Conversation, Destination, Hello, NotOfTheInternet, Reach};

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(30);

impl Line {
    /// Connects, greets, starts TLS and logs in: as the plan and the course ask for, and by this way.
    pub(crate) async fn open(
        connect: &dyn Connect,
        ends: Ends,
        plan: &Plan,
        settings: &Settings,
        way: Way,
        course: &Course,
    ) -> Result<Self, Broken> {
        let name = ends.from.as_ref().map_or(&settings.host_name, |(_, name)| name).as_str();
        let client = Client::new(course.dialect(), name);
        let conversation = reach(connect, &ends, plan, way).await?;
        let server = match &ends.at {
            At::Address(address) => format!("{} ({})", ends.host, address.ip()),
            // a report to a sender may say it: no path
            At::Socket(_) => format!("{} (socket)", settings.host_name),
        };
        let mut line = Self {
            conversation,
            client,
            patience: settings.reply_timeout,
            mails: 0,
            domains: Vec::new(),
            server,
            plan: plan.clone(),
            course: course.clone(),
            tried: Vec::new(),
            ends,
            used: false,
        };
        let relay = course.relay();
        // RFC 8314, 3.3: the handshake comes first, then the greeting
        if relay.is_some_and(|relay| relay.implicit_tls) {
            line.handshake().await?;
        }
        line.ready().await?;
        if line.ends.found && line.is_ours(settings) {
            line.close().await;
            return Err(Broken::Ourselves);
        }
        let offered = line.client.capabilities().starttls && line.conversation.can_start_tls();
        if matches!(way, Way::Tls(_)) && line.conversation.peer.tls.is_none() && offered {
            line.start_tls().await?;
        }
        // whatever happened on the way here: nothing goes over a connection that is not what was asked for
        if plan.policy.is_mandatory() && line.conversation.peer.tls.is_none() {
            line.close().await;
            return Err(Broken::Tls(TlsFault::NotOffered));
        }
        match relay.and_then(|relay| relay.login.as_ref()) {
            None => Ok(line),
            Some(login) => match line.log_in(login).await {
                Ok(()) => Ok(line),
                Err(fault @ Broken::Login(_)) => {
                    line.close().await;
                    Err(fault)
                }
                Err(broken) => Err(broken),
            },
        }
    }

    /// Whether this is a connection to ourselves: a machine that calls its own address calls from it, and behind a
    /// router that turns addresses we know ourselves by the name.
    fn is_ours(&self, settings: &Settings) -> bool {
        let peer = &self.conversation.peer;
        let ip = |address: SocketAddr| address.ip().to_canonical();
        ip(peer.local) == ip(peer.remote) || settings.is_own(&self.client.capabilities().name)
    }

    /// RFC 3207. What the certificate must prove was said when the connection was made.
    async fn start_tls(&mut self) -> Result<(), Broken> {
        self.client.start_tls();
        match self.event(self.patience).await? {
            Event::StartTls if self.conversation.input.buffered().is_empty() => {}
            // RFC 3207, 5: what stands behind the 220 was put there by somebody between us
            Event::StartTls => return Err(Broken::Lost("words behind the answer to STARTTLS".to_owned())),
            Event::TlsRefused(_) if !self.client.is_over() && !self.plan.policy.is_mandatory() => return Ok(()),
            Event::TlsRefused(reply) => return Err(Broken::Tls(TlsFault::Refused(one_line(&reply)))),
            other => return Err(unexpected(&other)),
        }
        self.handshake().await?;
        self.client.tls_started();
        self.ready().await
    }

    async fn handshake(&mut self) -> Result<(), Broken> {
        self.conversation.start_tls().await.map_err(|error| {
            let fault = CertificateFault::of(&error).map(TlsFault::Certificate);
            Broken::Tls(fault.unwrap_or_else(|| TlsFault::Handshake(error.to_string())))
        })
    }

    async fn ready(&mut self) -> Result<(), Broken> {
        match self.event(self.patience).await? {
            Event::Ready => Ok(()),
            Event::Refused(reply) => Err(Broken::Refused(reply)),
            other => Err(unexpected(&other)),
        }
    }

    /// RFC 4954. A password goes over what nobody can read, unless an operator says otherwise.
    async fn log_in(&mut self, login: &Login) -> Result<(), Broken> {
        if self.conversation.peer.tls.is_none() && !login.without_tls {
            return Err(Broken::Login(LoginFault::InClear));
        }
        if !self.client.log_in(&login.user, login.password.reveal()) {
            return Err(Broken::Login(LoginFault::NotOffered));
        }
        match self.event(self.patience).await? {
            Event::LoggedIn => Ok(()),
            Event::LoginRefused(reply) => {
                Err(Broken::Login(LoginFault::Refused(told(&without_secrets(reply.to_string(), login)))))
            }
            other => Err(unexpected(&other)),
        }
    }
}

/// The words of a server that was told a password, and may say it again: the journal and reports have them.
fn without_secrets(text: String, login: &Login) -> String {
    let (user, password) = (&login.user, login.password.reveal());
    let plain = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
    let coded = BASE64.encode(password.as_bytes());
    [plain.as_str(), coded.as_str(), password.as_str()].into_iter().fold(text, |text, secret| text.replace(secret, "…"))
}

async fn reach(connect: &dyn Connect, ends: &Ends, plan: &Plan, way: Way) -> Result<Conversation, Broken> {
    let made = match &ends.at {
        At::Socket(path) => connect.connect_socket(path, CONNECTING).await,
        At::Address(address) => {
            let to = Destination {
                address: *address,
                server_name: plan.tls_name.clone(),
                demand: plan.policy.demand(),
                hello: if let Way::Tls(hello) = way { hello } else { Hello::Full },
                from: ends.from.as_ref().map(|(address, _)| *address),
                reach: if ends.found { Reach::Internet } else { Reach::Anywhere },
                timeout: CONNECTING,
            };
            connect.connect(to).await
        }
    };
    made.map_err(|error| match NotOfTheInternet::of(&error) {
        Some(inner) => Broken::Inner(inner),
        None => Broken::Lost(error.to_string()),
    })
}
