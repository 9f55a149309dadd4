//! Listening sockets: made, inherited, accepted from.
use crate::address::folded;
use crate::{Endpoint, Error};
use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// How many connections the system queues before they are accepted.
const BACKLOG: i32 = 1024;
/// After how long without traffic the system asks whether a peer is still there: an IDLE of 29 minutes behind a
/// home router needs it.
const KEEPALIVE: Duration = Duration::from_secs(240);

/// Sockets that were made for this program before it started (systemd's `LISTEN_FDS`).
#[derive(Default)]
pub struct Inherited {
    tcp: Vec<std::net::TcpListener>,
    unix: Vec<std::os::unix::net::UnixListener>,
}

impl Inherited {
    /// Takes the sockets of this process. They are taken once: a second call finds none.
    pub fn take() -> Self {
        let mut inherited = Self::default();
        let mut sockets = ListenFd::from_env();
        for index in 0..sockets.len() {
            if let Ok(Some(socket)) = sockets.take_tcp_listener(index) {
                inherited.tcp.push(socket);
            } else if let Ok(Some(socket)) = sockets.take_unix_listener(index) {
                inherited.unix.push(socket);
            }
        }
        inherited
    }

    /// The addresses of the sockets that no listener has taken.
    pub fn left(&self) -> Vec<String> {
        let tcp = self.tcp.iter().filter_map(|socket| socket.local_addr().ok()).map(|address| address.to_string());
        let unix = self.unix.iter().filter_map(|socket| socket.local_addr().ok());
        tcp.chain(unix.filter_map(|a| a.as_pathname().map(|path| path.display().to_string()))).collect()
    }

    fn tcp(&mut self, address: SocketAddr) -> Option<std::net::TcpListener> {
        let at = self.tcp.iter().position(|socket| socket.local_addr().is_ok_and(|own| own == address))?;
        Some(self.tcp.swap_remove(at))
    }

    fn unix(&mut self, path: &Path) -> Option<std::os::unix::net::UnixListener> {
        let is_it = |socket: &std::os::unix::net::UnixListener| {
            socket.local_addr().is_ok_and(|own| own.as_pathname() == Some(path))
        };
        let at = self.unix.iter().position(is_it)?;
        Some(self.unix.swap_remove(at))
    }
}

/// A socket that listens.
pub(crate) enum Listening {
    Tcp(TcpListener),
    /// With the path to remove at the end, where we made it.
    Unix {
        socket: UnixListener,
        _own: Option<OwnPath>,
    },
}

/// A connection that was accepted.
pub(crate) enum Accepted {
    Tcp { stream: TcpStream, remote: SocketAddr, local: SocketAddr },
    Unix(UnixStream),
}

/// A socket's file, removed with it.
pub(crate) struct OwnPath(PathBuf);

impl Drop for OwnPath {
    fn drop(&mut self) {
        // the next start removes one that is left
        let _ = fs::remove_file(&self.0);
    }
}

impl Listening {
    /// Listens on `endpoint`, by an inherited socket where there is one.
    pub(crate) fn bind(
        listener: &str,
        endpoint: &Endpoint,
        beside_ipv4: bool,
        inherited: &mut Inherited,
    ) -> Result<Self, Error> {
        let fault = |source| Error::Bind { listener: listener.to_owned(), endpoint: endpoint.to_string(), source };
        match endpoint {
            Endpoint::Tcp(address) => {
                let socket = match inherited.tcp(*address) {
                    Some(socket) => socket,
                    None => bind_tcp(*address, beside_ipv4).map_err(fault)?,
                };
                socket.set_nonblocking(true).map_err(fault)?;
                TcpListener::from_std(socket).map(Self::Tcp).map_err(fault)
            }
            Endpoint::Unix(path) => {
                let (socket, own) = match inherited.unix(path) {
                    Some(socket) => (socket, None),
                    None => bind_unix(path).map(|socket| (socket, Some(OwnPath(path.clone())))).map_err(fault)?,
                };
                socket.set_nonblocking(true).map_err(fault)?;
                Ok(Self::Unix { socket: UnixListener::from_std(socket).map_err(fault)?, _own: own })
            }
        }
    }

    /// The address it got; none for a Unix socket.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(socket) => socket.local_addr().ok(),
            Self::Unix { .. } => None,
        }
    }

    /// Accepts one connection. Cancel safe.
    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(socket) => {
                let (stream, remote) = socket.accept().await?;
                // a connection that is gone already refuses its options; its session will see the end
                let _ = stream.set_nodelay(true);
                let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
                let _ = socket2::SockRef::from(&stream).set_tcp_keepalive(&keepalive);
                let local = stream.local_addr().map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))?;
                let local = folded(local);
                Ok(Accepted::Tcp { stream, remote: folded(remote), local })
            }
            Self::Unix { socket, .. } => Ok(Accepted::Unix(socket.accept().await?.0)),
        }
    }
}

/// `beside_ipv4`: the same port is listened on for IPv4 too, so an IPv6 socket takes IPv6 alone.
fn bind_tcp(address: SocketAddr, beside_ipv4: bool) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(beside_ipv4)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Makes the socket under another name and moves it in place once its mode is right: nobody else can connect in
/// between. The socket of a program that died is replaced, that of a living one is not.
fn bind_unix(path: &Path) -> io::Result<std::os::unix::net::UnixListener> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.file_type().is_socket()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something that is no socket stands there"));
    }
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = std::os::unix::net::UnixListener::bind(&unfinished)?;
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o600))?;
    fs::rename(&unfinished, path)?;
    Ok(socket)
}
