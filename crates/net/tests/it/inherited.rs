//! Sockets that were made before the program started, as systemd hands them over.
use crate::house::{Client, limits, spec};
use net::{Endpoint, Inherited, ListenerSpec, Listeners, Rim, Security};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use tokio::net::TcpStream;
use transport::scripted::Told;

/// Runs in a process of its own, with a listening socket at descriptor 3.
async fn serve_on_the_inherited_socket() {
    let inherited = Inherited::take();
    let address: SocketAddr = inherited.left()[0].parse().unwrap();
    let spec = ListenerSpec { endpoints: vec![Endpoint::Tcp(address)], ..spec("imap", Security::Plain) };
    let rim = Rim {
        certificates: None,
        observer: Arc::new(Told::default()),
        random: Arc::new(world::OsRandom),
        limits: limits(),
        inherited,
    };
    // the parent holds the address: only its socket can be listened on
    let listeners = Listeners::open(vec![spec], rim).unwrap();
    assert!(listeners.inherited_left().is_empty());
    let mut client = Client::new(TcpStream::connect(address).await.unwrap());
    assert!(client.line().await.starts_with("hello"));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the mark of the process that this test starts")]
async fn an_inherited_socket_is_listened_on() {
    if std::env::var("SERVE_ON_THE_INHERITED_SOCKET").is_ok() {
        return serve_on_the_inherited_socket().await;
    }
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(16).unwrap();
    socket.set_cloexec(false).unwrap();
    let outcome = std::process::Command::new("bash")
        .arg("-c")
        .arg("exec 3<&$2; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" --exact \"$1\"")
        .arg(std::env::current_exe().unwrap())
        .args(["inherited::an_inherited_socket_is_listened_on", &socket.as_raw_fd().to_string()])
        .env("SERVE_ON_THE_INHERITED_SOCKET", "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}
