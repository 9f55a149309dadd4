//! By what an account is used: its tokens, and the programs that have its password; and what is better changed of it.
use crate::{Admin, Caller, Error, Response};
use directory::{Channel, LoginId, ProgramLogin, Secured, Use};
use guide::{Guide, Protocol};
use names::{Address, Domain};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A token, or a program by which the password was used. Moments are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginView {
    /// What it is called.
    pub id: String,
    /// Whether it is a token.
    pub token: bool,
    /// What is spoken: `imap`, `pop3`, `submission`, `webmail` or `jmap`.
    pub service: String,
    /// What the program calls itself.
    pub program: Option<String>,
    /// The name of the server by which it came.
    pub host: Option<Domain>,
    /// The port.
    pub port: Option<u16>,
    /// `none`, `starttls` or `implicit`.
    pub tls: String,
    /// From where it came last.
    pub address: Option<IpAddr>,
    /// Since when.
    pub first: u64,
    /// When last.
    pub last: u64,
    /// Sessions of it that are open now.
    pub open: u64,
    /// What is better changed.
    pub advice: Option<LoginAdvice>,
}

/// What is better changed in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginAdvice {
    /// The password comes in clear.
    Plain,
    /// It comes by a name that is no longer the one to use.
    OldName,
}

impl Admin {
    pub(crate) async fn logins(&self, address: &Address) -> Result<Response, Error> {
        let guide = self.guide.load_full();
        let logins = self.directory.programs(address).await?;
        Ok(Response::Logins { logins: logins.into_iter().map(|login| view(login, guide.as_deref())).collect() })
    }

    pub(crate) async fn end_login(&self, caller: &Caller, address: &Address, id: &str) -> Result<Response, Error> {
        let none = || Error::NotFound(format!("{address} has no login {id}"));
        let login: LoginId = id.parse().map_err(|_| none())?;
        if !self.directory.end_login(address, login).await? {
            return Err(none());
        }
        self.told(caller, "account end-login", &address.to_string(), Some(id));
        Ok(Response::Done)
    }
}

fn view(login: ProgramLogin, guide: Option<&Guide>) -> LoginView {
    let ProgramLogin { id, last_use, holder, first, last, open } = login;
    let channel = last_use.as_ref().map_or(Channel::Jmap, |used| used.channel);
    let advice = last_use.as_ref().and_then(|used| advice(used, guide));
    let (program, host, port, tls, from) = match last_use {
        Some(Use { program, host, port, secured, from, .. }) => (program, host, Some(port), secured, Some(from)),
        None => (None, None, None, Secured::Implicit, None),
    };
    // what a browser calls itself says more than what the page in it does
    let program = if channel == Channel::Webmail { program.or(holder) } else { holder.or(program) };
    LoginView {
        id: id.to_string(),
        token: id.is_token(),
        service: service(channel).to_owned(),
        program,
        host,
        port,
        tls: secured(tls).to_owned(),
        address: from,
        first: first.secs(),
        last: last.secs(),
        open: open as u64,
        advice,
    }
}

fn advice(used: &Use, guide: Option<&Guide>) -> Option<LoginAdvice> {
    if used.secured == Secured::None {
        return Some(LoginAdvice::Plain);
    }
    let spoken = match used.channel {
        Channel::Imap => Protocol::Imap,
        Channel::Pop3 => Protocol::Pop3,
        Channel::Submission => Protocol::Smtp,
        Channel::Webmail | Channel::Jmap => return None,
    };
    let is_old = guide?.old_names.iter().any(|old| old.protocol == spoken && Some(&old.name) == used.host.as_ref());
    is_old.then_some(LoginAdvice::OldName)
}

const fn service(channel: Channel) -> &'static str {
    match channel {
        Channel::Imap => "imap",
        Channel::Pop3 => "pop3",
        Channel::Submission => "submission",
        Channel::Webmail => "webmail",
        Channel::Jmap => "jmap",
    }
}

const fn secured(secured: Secured) -> &'static str {
    match secured {
        Secured::None => "none",
        Secured::Starttls => "starttls",
        Secured::Implicit => "implicit",
    }
}
