//! How an act is done: by the running server, over its control socket; where none runs, here, on the store itself.
use super::load;
use super::nowhere::Nowhere;
use super::{Global, owner};
use crate::configuration::Configuration;
use crate::failure::{Code, Failure};
use crate::house::{House, Rim};
use crate::serve::doors::control_socket;
use crate::serve::runtime;
use admin::{Caller, DomainAct, Error, Request, Response};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::time::timeout;
use world::{OsRandom, SystemClock, World};

/// How long a server that has the socket may take for its first word.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where acts are done.
pub(crate) struct Desk(Place);

enum Place {
    Server(UnixStream),
    Here(Box<House>),
}

/// Does `request`, and gives its answer.
pub(crate) fn run(global: &Global, request: Request) -> Result<Response, Failure> {
    at_desk(global, async |desk: &mut Desk| desk.ask(request).await)
}

/// What the running server answers to `request`; nothing where none can be asked.
pub(crate) fn ask_server(configuration: &Configuration, request: &Request) -> Result<Option<Response>, Failure> {
    runtime()?.block_on(async {
        let Ok(mut stream) = UnixStream::connect(control_socket(configuration)).await else { return Ok(None) };
        match timeout(PATIENCE, admin::control::ask(&mut stream, request)).await {
            Ok(answer) => answer.map(Some).map_err(refused),
            Err(_) => Err(silent(&configuration.general.data)),
        }
    })
}

/// Does `request`, which is answered by nothing but that it is done.
pub(crate) fn done(global: &Global, request: Request) -> Result<(), Failure> {
    match run(global, request)? {
        Response::Done => Ok(()),
        _ => Err(unexpected()),
    }
}

/// Goes to the desk, does `work` there, and leaves it as it should be left.
pub(crate) fn at_desk<T>(
    global: &Global,
    work: impl AsyncFnOnce(&mut Desk) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let configuration = load(global)?;
    owner::become_owner_of(&configuration.general.data)?;
    runtime()?.block_on(async {
        let mut desk = Desk::find(&configuration).await?;
        let done = work(&mut desk).await;
        desk.leave().await;
        done
    })
}

impl Desk {
    async fn find(configuration: &Configuration) -> Result<Self, Failure> {
        let socket = control_socket(configuration);
        match UnixStream::connect(&socket).await {
            Ok(mut stream) => {
                let first = admin::control::ask(&mut stream, &Request::Domain(DomainAct::List));
                if timeout(PATIENCE, first).await.is_err() {
                    return Err(silent(&configuration.general.data));
                }
                Ok(Self(Place::Server(stream)))
            }
            // no socket, or one whose server is gone: the store tells whether it is free
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                let world = World { clock: Arc::new(SystemClock), random: Arc::new(OsRandom), dns: Arc::new(Nowhere) };
                let (connect, https, observer) = (Arc::new(Nowhere), Arc::new(Nowhere), Arc::new(Nowhere));
                let rim = Rim { world, connect, https, observer };
                Ok(Self(Place::Here(Box::new(House::open(configuration, rim).await?))))
            }
            Err(error) => {
                let denied = error.kind() == io::ErrorKind::PermissionDenied;
                let code = if denied { Code::NoPermission } else { Code::Unavailable };
                Err(Failure::new(code, format!("{}: {error}", socket.display())))
            }
        }
    }

    /// Does `request`, and gives its answer.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Response, Failure> {
        let answer = match &mut self.0 {
            Place::Server(stream) => admin::control::ask(stream, &request).await,
            Place::Here(house) => Box::pin(house.admin.run(&Caller::operator("command line"), request)).await,
        };
        answer.map_err(refused)
    }

    async fn leave(self) {
        if let Place::Here(house) = self.0 {
            house.close().await;
        }
    }
}

/// The server holds the store and does not answer.
fn silent(data: &Path) -> Failure {
    let pid = fs::read_to_string(data.join("lock")).unwrap_or_default();
    let text = format!("{}: process {} has the store and does not answer", data.display(), pid.trim());
    Failure::new(Code::Unavailable, text)
}

/// The exit code of an act that was not done.
fn refused(error: Error) -> Failure {
    let code = match &error {
        Error::NotPermitted(_) => Code::NoPermission,
        Error::NotFound(_) => Code::NoUser,
        Error::Exists(_) => Code::CantCreate,
        Error::BadRequest(_) | Error::WeakPassword { .. } | Error::BadLines(_) | Error::Corrupt(_) => Code::Data,
        Error::WrongPassword => Code::NoPermission,
        Error::TooMany(_) => Code::CantCreate,
        Error::Unavailable(_) | Error::Overtaken | Error::TooOften { .. } => Code::Temporary,
    };
    Failure::new(code, error)
}

/// An answer that does not fit the question: the server is of another release.
pub(crate) fn unexpected() -> Failure {
    Failure::new(Code::Software, "the answer is not one to this question; is the server of another release?")
}
